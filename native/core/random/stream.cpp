#include "core/random/stream.hpp"

#include <string>

#include "core/base/error.hpp"

namespace madloop::random {

void checkBlocks(Stream const& stream, std::uint64_t first, std::uint64_t count) {
  if (stream.part >= kStreamParts) {
    throw Error(ErrorCode::internal,
                "random stream: part must be below 2^24, got " + std::to_string(stream.part));
  }
  if (count > kStreamBlocks || first > kStreamBlocks - count) {
    throw Error(ErrorCode::internal, "random stream: blocks must be below 2^40, got " + std::to_string(count) +
                                         " blocks from " + std::to_string(first));
  }
}

namespace {

/// A bijection of 64-bit words in which every input bit changes each output bit with probability near 1/2:
/// the finaliser of SplitMix64 (Steele, Lea & Flood 2014; constants of Stafford's variant 13).
std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

constexpr std::uint64_t kGoldenGamma = 0x9E3779B97F4A7C15U;  // odd, 2^64 / golden ratio

}  // namespace

std::uint64_t streamKey(std::uint64_t seed, std::uint64_t domain) {
  // The domain is mixed before it meets the seed: seed + 1 and domain + 1 must not cancel. The increments keep
  // (0, 0) away from the fixed point mix(0) = 0.
  return mix(mix(domain + kGoldenGamma) + seed + kGoldenGamma);
}

}  // namespace madloop::random
