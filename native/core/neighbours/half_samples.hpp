// Random halves of a set of points, for standard errors by half-sample replication (McCarthy 1969): a statistic
// of half the points scatters about its mean over halves as one of all points does over repeated samples, since
// the variance of the former, twice as large, is halved by its sharing half of the points (Politis, Romano &
// Wolf 1999). Leaving out single points instead (the jackknife) overestimated the error of these statistics by
// 1.6 to 2.4 times where halves do by 1.1 to 1.5 (150 and 120 points in 3 dimensions).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace madloop::neighbours {

constexpr std::size_t kHalfSamples = 31;

struct HalfSamples {
  /// Bit r of entry i: point i is in half r.
  std::vector<std::uint32_t> containing;
  /// Points in each half: rows / 2, rounded down.
  std::size_t size = 0;
};

/// Halves drawn by the seed and the number of the set among those used together.
HalfSamples drawHalfSamples(std::size_t rows, std::uint64_t seed, std::uint32_t set);

/// So many neighbours of a point hold k of a half of all points, but for one case in 10^5.
std::size_t halfSampleDepth(std::size_t k);

/// For the point `i` and each half it is in, which of its neighbours (`nearest`, ascending by distance, counted
/// from 1) is the k-th that lies in the half, the last one if there are fewer; 0 for the other halves. `ranks`
/// has kHalfSamples entries.
void halfSampleRanks(HalfSamples const& halves, std::size_t i, std::span<std::uint32_t const> nearest,
                     std::size_t k, std::uint32_t* ranks);

}  // namespace madloop::neighbours
