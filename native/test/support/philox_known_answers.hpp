// Known answers of Philox4x32-10, from Random123's kat_vectors: for every implementation, host or device.
#pragma once

#include <cstdint>

#include "core/random/philox.hpp"

namespace madloop::test {

struct PhiloxKnownAnswer {
  random::PhiloxBlock counter;
  std::uint64_t key;
  random::PhiloxBlock answer;
};

inline constexpr PhiloxKnownAnswer philoxKnownAnswers[] = {
    {{{0x00000000, 0x00000000, 0x00000000, 0x00000000}},
     0x0000000000000000,
     {{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}}},
    {{{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}},
     0xffffffffffffffff,
     {{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}}},
    {{{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}},  // digits of pi
     0x299f31d0a4093822,
     {{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}},
};

}  // namespace madloop::test
