// Philox4x32-10: a counter-based generator. A block of 128 random bits is a pure function of a 128-bit counter
// and a 64-bit key. (Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.)
#pragma once

#include <cstdint>

namespace madloop::random {

struct PhiloxBlock {
  std::uint32_t word[4];
};

namespace philox {

inline constexpr int kRounds = 10;
// The round multipliers, and the Weyl increments of the two key words (golden ratio and sqrt(3) - 1).
inline constexpr std::uint32_t kMultiplier0 = 0xD2511F53;
inline constexpr std::uint32_t kMultiplier1 = 0xCD9E8D57;
inline constexpr std::uint32_t kKeyIncrement0 = 0x9E3779B9;
inline constexpr std::uint32_t kKeyIncrement1 = 0xBB67AE85;

/// One round, in place. Takes single words so that a loop over many counters vectorises.
constexpr void round(std::uint32_t& c0, std::uint32_t& c1, std::uint32_t& c2, std::uint32_t& c3,
                     std::uint32_t key0, std::uint32_t key1) {
  std::uint64_t const product0 = static_cast<std::uint64_t>(kMultiplier0) * c0;
  std::uint64_t const product1 = static_cast<std::uint64_t>(kMultiplier1) * c2;
  c0 = static_cast<std::uint32_t>(product1 >> 32) ^ c1 ^ key0;
  c1 = static_cast<std::uint32_t>(product1);
  c2 = static_cast<std::uint32_t>(product0 >> 32) ^ c3 ^ key1;
  c3 = static_cast<std::uint32_t>(product0);
}

/// All rounds, in place.
constexpr void scramble(std::uint32_t& c0, std::uint32_t& c1, std::uint32_t& c2, std::uint32_t& c3,
                        std::uint64_t key) {
  auto key0 = static_cast<std::uint32_t>(key);
  auto key1 = static_cast<std::uint32_t>(key >> 32);
  for (int i = 0; i < kRounds; ++i) {
    round(c0, c1, c2, c3, key0, key1);
    key0 += kKeyIncrement0;
    key1 += kKeyIncrement1;
  }
}

}  // namespace philox

/// The 128 random bits at `counter`. The key's low 32 bits are Random123's key word 0.
constexpr PhiloxBlock philox4x32(PhiloxBlock counter, std::uint64_t key) {
  philox::scramble(counter.word[0], counter.word[1], counter.word[2], counter.word[3], key);
  return counter;
}

}  // namespace madloop::random
