// Squared distances in float64 and beyond, for the pairs that float32 leaves open.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/neighbours/frame.hpp"

namespace madloop::neighbours {

/// A point's distances to points of a set. Reuses its memory: keep one a thread.
class ResolvedDistances {
 public:
  explicit ResolvedDistances(Frame const& frame);

  /// Distances are measured from here on.
  void setCentre(Points const& points, std::size_t index);

  /// scale^2 |centre - point|^2, by differences in float64, with the bounds of its error.
  [[nodiscard]] Interval squared(Points const& points, std::size_t index) const;

  /// The sign of |centre - a|^2 - |centre - b|^2 in exact arithmetic.
  [[nodiscard]] int compare(Points const& setOfA, std::size_t a, Points const& setOfB, std::size_t b);

 private:
  Frame const& frame_;
  std::vector<double> scaled_;
  std::vector<double> centre_;
  std::vector<double> a_;
  std::vector<double> b_;
};

}  // namespace madloop::neighbours
