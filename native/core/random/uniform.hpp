// Uniform numbers in the open interval (0, 1).
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "core/random/philox.hpp"
#include "core/random/stream.hpp"

namespace madloop::random {

/// ((bits >> 12) + 1/2) 2^-52, exactly: from 2^-53 to 1 - 2^-53, symmetric about 1/2, never 0 or 1.
inline double uniformFromBits(std::uint64_t bits) {
  // With the 52 bits as significand, `one` is 1 + (bits >> 12) 2^-52. The difference is an odd multiple of
  // 2^-53 below 1, so the subtraction is exact.
  double const one = std::bit_cast<double>((bits >> 12) | 0x3FF0000000000000U);
  return one - (1.0 - 0x1p-53);
}

struct UniformPair {
  double first;   // made of words 0 (low) and 1
  double second;  // made of words 2 (low) and 3
};

/// Two independent uniforms of one block.
inline UniformPair uniformPair(PhiloxBlock block) {
  auto const join = [](std::uint32_t low, std::uint32_t high) {
    return (static_cast<std::uint64_t>(high) << 32) | low;
  };
  return {uniformFromBits(join(block.word[0], block.word[1])),
          uniformFromBits(join(block.word[2], block.word[3]))};
}

/// How many blocks fillUniformPairs takes at a time: the intermediate arrays stay in the first-level cache.
inline constexpr std::size_t kUniformBatch = 64;

/// first[i], second[i] = uniformPair(stream.block(firstBlock + i stride)) for i < count <= kUniformBatch, many
/// counters at once. The caller has checked the range (checkBlocks).
void fillUniformPairs(Stream const& stream, std::uint64_t firstBlock, std::uint64_t stride, std::size_t count,
                      double* first, double* second);

}  // namespace madloop::random
