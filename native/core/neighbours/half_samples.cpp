#include "core/neighbours/half_samples.hpp"

#include <cmath>

#include "core/random/permutation.hpp"

namespace madloop::neighbours {

namespace {

constexpr std::uint64_t kDomain = 0x68616c76;  // "halv"

}  // namespace

HalfSamples drawHalfSamples(std::size_t rows, std::uint64_t seed, std::uint32_t set) {
  HalfSamples halves{std::vector<std::uint32_t>(rows, 0), rows / 2};
  for (std::uint32_t r = 0; r < kHalfSamples; ++r) {
    random::Stream const stream{random::streamKey(seed, kDomain), set, r, 0};
    for (std::size_t const i : random::randomOrder(stream, rows, halves.size)) halves.containing[i] |= 1U << r;
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

}  // namespace madloop::neighbours
