// The Frechet distance at any scale of doubles: squares of data at 1e-160 or 1e200 are none.
#pragma once

#include <vector>

#include "core/base/task.hpp"
#include "core/metrics/frechet.hpp"
#include "core/metrics/frechet_sample.hpp"

namespace madloop::metrics {

/// Two sides, or, where the larger of their values are so large or small that squares are no doubles or
/// imprecise ones, copies times 2^exponent, which costs no digit. What was given outlives this.
class ScaledSides {
 public:
  ScaledSides(FrechetSide const& a, FrechetSide const& b, Task const& task);

  [[nodiscard]] FrechetSide const& a() const { return a_.side; }
  [[nodiscard]] FrechetSide const& b() const { return b_.side; }

  /// A distance of these sides, a square, as one of those that were given.
  [[nodiscard]] double restoredSquare(double value) const;
  [[nodiscard]] FrechetDistance restored(FrechetDistance const& scaled) const;

 private:
  struct Copy {
    FrechetSide side;
    std::vector<double> first;   // the rows, or the mean
    std::vector<double> second;  // the covariance
  };

  static Copy scaledCopy(FrechetSide const& side, int exponent);

  int exponent_ = 0;
  Copy a_;
  Copy b_;
};

/// The distance of two sides. Errors as for factorData and factorMoments, of "a" and "b".
FrechetDistance frechetDistance(FrechetSide const& a, FrechetSide const& b, Task& task);

}  // namespace madloop::metrics
