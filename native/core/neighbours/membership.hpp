// Which points of one set lie in the balls about the points of another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/task.hpp"
#include "core/neighbours/frame.hpp"
#include "core/neighbours/half_samples.hpp"
#include "core/neighbours/nearest_neighbours.hpp"

namespace madloop::neighbours {

/// Closed balls hold the points at their radius, open ones do not.
enum class Boundary { closed, open };

/// The halves of both sets, and the ranks of the radii that balls have in them.
struct HalfSampling {
  HalfSamples halvesOfX;
  HalfSamples halvesOfY;
  /// halfSampleRanks of ball b for ks[q]: from (q * balls + b) * kHalfSamples.
  std::vector<std::uint32_t> ranksOfX;
  std::vector<std::uint32_t> ranksOfY;
};

/// What is found about the balls of one set ("balls") and the points of the other, for each k.
struct Inclusions {
  std::size_t balls = 0;
  std::size_t points = 0;
  /// Points in ball b: at q * balls + b.
  std::vector<std::uint32_t> pointsInBall;
  /// Balls around point p: at q * points + p.
  std::vector<std::uint32_t> ballsAroundPoint;

  // With half of both sets, bit r or entry r for the r-th halves; empty without half-sampling.
  /// Whether ball b holds a point.
  std::vector<std::uint32_t> occupiedInHalf;
  /// Whether there is a ball around point p.
  std::vector<std::uint32_t> coveredInHalf;
  /// Pairs of a point and a ball around it: at q * kHalfSamples + r.
  std::vector<std::uint64_t> pairsInHalf;
};

/// Decisions that float32 left open, by what resolved them.
struct ResolvedCounts {
  std::uint64_t inDouble = 0;
  std::uint64_t exactly = 0;
};

struct Membership {
  Inclusions inBallsOfX;  // points of y in balls of x
  Inclusions inBallsOfY;  // points of x in balls of y
  ResolvedCounts resolved;
};

/// For each of `ks`, every ball of x and y and every point of the other set. Every decision is the one of exact
/// arithmetic: distance <= radius (Boundary::closed) or < (open). Each pair's distance is computed once. The
/// radii have the ranks `ks` and, with half-sampling (which may be null), those of the halves.
Membership membership(FramedPoints const& x, NeighbourRadii const& radiiOfX, FramedPoints const& y,
                      NeighbourRadii const& radiiOfY, std::span<std::size_t const> ks,
                      HalfSampling const* halves, Frame const& frame, Boundary boundary, Task& task);

}  // namespace madloop::neighbours
