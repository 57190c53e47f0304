// Philox4x32-10 on several counters at once. Plain loops over uint32 do vectorise, but g++ spends half of their
// time on shuffles around the widening products; with each 32-bit word in the low half of a 64-bit lane there
// are none. Integers only, so every build gives the same bits.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/random/philox.hpp"

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace madloop::random::philox {

#if defined(__AVX2__)

struct Lanes {
  static constexpr std::size_t kCount = 4;
  __m256i value;

  static Lanes all(std::uint64_t x) { return {_mm256_set1_epi64x(static_cast<long long>(x))}; }
  static Lanes load(std::uint64_t const* from) {
    return {_mm256_loadu_si256(reinterpret_cast<__m256i const*>(from))};
  }
  void store(std::uint64_t* to) const { _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), value); }
  Lanes operator+(Lanes other) const { return {_mm256_add_epi64(value, other.value)}; }
  Lanes operator^(Lanes other) const { return {_mm256_xor_si256(value, other.value)}; }
  Lanes operator&(Lanes other) const { return {_mm256_and_si256(value, other.value)}; }
  [[nodiscard]] Lanes shiftRight32() const { return {_mm256_srli_epi64(value, 32)}; }
  [[nodiscard]] Lanes shiftLeft32() const { return {_mm256_slli_epi64(value, 32)}; }
  /// 64-bit products of the low halves.
  [[nodiscard]] Lanes multiplyLow(Lanes other) const { return {_mm256_mul_epu32(value, other.value)}; }
};

#elif defined(__SSE2__)

struct Lanes {
  static constexpr std::size_t kCount = 2;
  __m128i value;

  static Lanes all(std::uint64_t x) { return {_mm_set1_epi64x(static_cast<long long>(x))}; }
  static Lanes load(std::uint64_t const* from) {
    return {_mm_loadu_si128(reinterpret_cast<__m128i const*>(from))};
  }
  void store(std::uint64_t* to) const { _mm_storeu_si128(reinterpret_cast<__m128i*>(to), value); }
  Lanes operator+(Lanes other) const { return {_mm_add_epi64(value, other.value)}; }
  Lanes operator^(Lanes other) const { return {_mm_xor_si128(value, other.value)}; }
  Lanes operator&(Lanes other) const { return {_mm_and_si128(value, other.value)}; }
  [[nodiscard]] Lanes shiftRight32() const { return {_mm_srli_epi64(value, 32)}; }
  [[nodiscard]] Lanes shiftLeft32() const { return {_mm_slli_epi64(value, 32)}; }
  [[nodiscard]] Lanes multiplyLow(Lanes other) const { return {_mm_mul_epu32(value, other.value)}; }
};

#else

struct Lanes {
  static constexpr std::size_t kCount = 1;
  std::uint64_t value;

  static Lanes all(std::uint64_t x) { return {x}; }
  static Lanes load(std::uint64_t const* from) { return {*from}; }
  void store(std::uint64_t* to) const { *to = value; }
  Lanes operator+(Lanes other) const { return {value + other.value}; }
  Lanes operator^(Lanes other) const { return {value ^ other.value}; }
  Lanes operator&(Lanes other) const { return {value & other.value}; }
  [[nodiscard]] Lanes shiftRight32() const { return {value >> 32}; }
  [[nodiscard]] Lanes shiftLeft32() const { return {value << 32}; }
  [[nodiscard]] Lanes multiplyLow(Lanes other) const {
    return {static_cast<std::uint64_t>(static_cast<std::uint32_t>(value)) *
            static_cast<std::uint32_t>(other.value)};
  }
};

#endif

/// The round keys, each in all lanes.
struct RoundKeys {
  Lanes key0[kRounds];
  Lanes key1[kRounds];

  explicit RoundKeys(std::uint64_t key) {
    auto low = static_cast<std::uint32_t>(key);
    auto high = static_cast<std::uint32_t>(key >> 32);
    for (int i = 0; i < kRounds; ++i) {
      key0[i] = Lanes::all(low);
      key1[i] = Lanes::all(high);
      low += kKeyIncrement0;
      high += kKeyIncrement1;
    }
  }
};

/// Philox on Lanes::kCount counters, in place. Only the low half of a lane counts, on input and on output.
inline void scrambleLanes(Lanes& c0, Lanes& c1, Lanes& c2, Lanes& c3, RoundKeys const& keys) {
  Lanes const multiplier0 = Lanes::all(kMultiplier0);
  Lanes const multiplier1 = Lanes::all(kMultiplier1);
#if defined(__GNUC__)
#pragma GCC unroll 10
#endif
  for (int i = 0; i < kRounds; ++i) {
    Lanes const product0 = multiplier0.multiplyLow(c0);
    Lanes const product1 = multiplier1.multiplyLow(c2);
    c0 = product1.shiftRight32() ^ c1 ^ keys.key0[i];
    c2 = product0.shiftRight32() ^ c3 ^ keys.key1[i];
    c1 = product1;
    c3 = product0;
  }
}

}  // namespace madloop::random::philox
