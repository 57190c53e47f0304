// Distances to the k-th nearest other point of a set: the radii of the balls that stand for its manifold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/base/task.hpp"
#include "core/neighbours/frame.hpp"

namespace madloop::neighbours {

/// A radius of a ball: the distance to the rank-th nearest other point of the set.
struct Radius {
  std::uint32_t rank;
  std::uint32_t neighbour;
  Interval squared;
};

/// The balls about the points of a set, each with radii of ascending rank.
class NeighbourRadii {
 public:
  [[nodiscard]] std::size_t points() const { return first_.size() - 1; }
  [[nodiscard]] std::span<Radius const> of(std::size_t point) const {
    return {radii_.data() + first_[point], first_[point + 1] - first_[point]};
  }
  void append(std::span<Radius const> radii) {
    radii_.insert(radii_.end(), radii.begin(), radii.end());
    first_.push_back(radii_.size());
  }

 private:
  std::vector<std::size_t> first_ = {0};
  std::vector<Radius> radii_;
};

/// Appends the ranks (from 1, in any order) of the radii to keep for a point, given its nearest neighbours in
/// order. Called from several threads at once.
using ChooseRanks = std::function<void(std::size_t point, std::span<std::uint32_t const> nearest,
                                       std::vector<std::uint32_t>& ranks)>;

/// The radii of all points up to rank `depth` (below the number of points). Order is that of the exact
/// distances, and of the indices where these are equal: each pair's distance is computed once in float32; what
/// its error bound leaves open about the order is resolved in float64 and, where that leaves ties, exactly. A
/// point is not its own neighbour; a duplicate of it is. Memory: 12 (2 depth + 22) bytes a point, in strips of
/// points (that see some pairs twice) beyond 64 MiB.
NeighbourRadii neighbourRadii(FramedPoints const& x, Frame const& frame, std::size_t depth,
                              ChooseRanks const& choose, Task& task);

/// What neighbourRadii will report as progress.
std::uint64_t neighbourRadiiProgress(std::size_t points, std::size_t depth);

}  // namespace madloop::neighbours
