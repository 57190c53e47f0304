#include "core/neighbours/half_samples.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/random/stream.hpp"
#include "core/random/uniform.hpp"

namespace madloop {

namespace {

constexpr std::uint64_t kDomain = 0x68616c76;  // "halv"

}  // namespace

HalfSamples drawHalfSamples(std::size_t rows, std::uint64_t seed, std::uint32_t set) {
  HalfSamples halves{std::vector<std::uint32_t>(rows, 0), rows / 2};
  std::vector<std::uint32_t> order(rows);
  for (std::uint32_t r = 0; r < kHalfSamples; ++r) {
    // The first half of a random permutation (Fisher & Yates).
    std::iota(order.begin(), order.end(), 0U);
    Stream const stream{streamKey(seed, kDomain), set, r, 0};
    for (std::size_t i = 0; i < halves.size; ++i) {
      double const uniform = uniformPair(stream.block(i)).first;
      std::size_t const j = i + static_cast<std::size_t>(uniform * static_cast<double>(rows - i));
      std::swap(order[i], order[j]);
      halves.containing[order[i]] |= 1U << r;
    }
  }
  return halves;
}

std::size_t halfSampleDepth(std::size_t k) {
  // A half holds m / 2 +- sqrt(m) / 2 of m neighbours.
  auto const kReal = static_cast<double>(k);
  return static_cast<std::size_t>(std::ceil(2 * kReal + 7 * std::sqrt(kReal) + 8));
}

void halfSampleRanks(HalfSamples const& halves, std::size_t i, std::span<std::uint32_t const> nearest,
                     std::size_t k, std::uint32_t* ranks) {
  for (std::size_t r = 0; r < kHalfSamples; ++r) {
    ranks[r] = 0;
    if ((halves.containing[i] >> r & 1) == 0) continue;
    std::size_t found = 0;
    std::size_t rank = 0;
    while (rank < nearest.size() && found < k) found += halves.containing[nearest[rank++]] >> r & 1;
    ranks[r] = static_cast<std::uint32_t>(rank);
  }
}

}  // namespace madloop
