// Addresses of random numbers. Every number is a pure function of (key, chain, generation, part, index), so
// results cannot depend on threads, order or interruption.
//
// Layout of the 128-bit Philox counter, low word first:
//   word 0            index, low 32 bits
//   word 1, bits 0-7  index, high 8 bits          (an index counts 128-bit blocks: two doubles each)
//   word 1, bits 8-31 part                        (24 bits)
//   word 2            generation                  (32 bits)
//   word 3            chain                       (32 bits)
#pragma once

#include <cstdint>

#include "core/random/philox.hpp"

namespace madloop::random {

inline constexpr std::uint64_t kStreamBlocks = std::uint64_t{1} << 40;  // blocks in a stream
inline constexpr std::uint32_t kStreamParts = std::uint32_t{1} << 24;   // parts in a generation

/// One independent stream: 2^40 blocks of 128 random bits.
struct Stream {
  std::uint64_t key = 0;
  std::uint32_t chain = 0;
  std::uint32_t generation = 0;
  std::uint32_t part = 0;  // below 2^24

  /// The Philox counter of block `index` (below 2^40): the layout above.
  [[nodiscard]] constexpr PhiloxBlock counter(std::uint64_t index) const {
    return {{static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32) | (part << 8),
             generation, chain}};
  }

  /// The block of random bits at `index` (below 2^40).
  [[nodiscard]] constexpr PhiloxBlock block(std::uint64_t index) const {
    return philox4x32(counter(index), key);
  }
};

/// Throws ErrorCode::internal unless blocks first ... first + count - 1 and the part lie inside the layout:
/// beyond it numbers of other streams would come back. Called once per fill or variate.
void checkBlocks(Stream const& stream, std::uint64_t first, std::uint64_t count);

/// The key of a study or run: a hash of the user's seed and of `domain`, which tells apart uses that
/// must not share numbers. For one domain, different seeds never collide (it is a bijection of the seed), and
/// for one seed different domains never do.
std::uint64_t streamKey(std::uint64_t seed, std::uint64_t domain);

}  // namespace madloop::random
