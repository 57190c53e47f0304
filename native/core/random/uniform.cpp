#include "core/random/uniform.hpp"

#include "core/random/philox_lanes.hpp"

namespace madloop::random {

using philox::Lanes;

void fillUniformPairs(Stream const& stream, std::uint64_t firstBlock, std::uint64_t stride, std::size_t count,
                      double* first, double* second) {
  static_assert(kUniformBatch % Lanes::kCount == 0);  // the last, partly used group of lanes fits the arrays
  alignas(64) std::uint64_t bits0[kUniformBatch];
  alignas(64) std::uint64_t bits1[kUniformBatch];

  philox::RoundKeys const keys(stream.key);
  PhiloxBlock const base = stream.counter(0);
  Lanes const part = Lanes::all(base.word[1]);
  Lanes const lowHalf = Lanes::all(0xFFFFFFFFU);
  std::uint64_t start[Lanes::kCount];
  for (std::size_t lane = 0; lane < Lanes::kCount; ++lane) start[lane] = firstBlock + lane * stride;
  Lanes index = Lanes::load(start);
  Lanes const step = Lanes::all(stride * Lanes::kCount);
  for (std::size_t i = 0; i < count; i += Lanes::kCount, index = index + step) {
    Lanes c0 = index;  // its high half is not looked at
    Lanes c1 = c0.shiftRight32() ^ part;
    Lanes c2 = Lanes::all(base.word[2]);
    Lanes c3 = Lanes::all(base.word[3]);
    philox::scrambleLanes(c0, c1, c2, c3, keys);
    ((c0 & lowHalf) ^ c1.shiftLeft32()).store(bits0 + i);
    ((c2 & lowHalf) ^ c3.shiftLeft32()).store(bits1 + i);
  }
  for (std::size_t i = 0; i < count; ++i) first[i] = uniformFromBits(bits0[i]);
  for (std::size_t i = 0; i < count; ++i) second[i] = uniformFromBits(bits1[i]);
}

}  // namespace madloop::random
