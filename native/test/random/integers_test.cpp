#include "core/random/integers.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "core/base/error.hpp"
#include "test/support/random_statistics.hpp"

using namespace madloop;
using random::kStreamBlocks;
using random::RandomIntegers;
using random::Stream;

namespace {

constexpr Stream stream{.key = 0x0123456789ABCDEF, .chain = 3, .generation = 5, .part = 7};

}  // namespace

TEST_CASE("random integers are the stream's words, two of 64 bits a block, from any position on") {
  std::vector<std::uint64_t> words;
  for (std::uint64_t index = 0; index < 10; ++index) {
    random::PhiloxBlock const block = stream.block(index);
    words.push_back(std::uint64_t{block.word[1]} << 32 | block.word[0]);
    words.push_back(std::uint64_t{block.word[3]} << 32 | block.word[2]);
  }
  for (std::uint64_t const limit : {std::uint64_t{1}, std::uint64_t{10}, std::uint64_t{1} << 32}) {
    for (std::uint64_t start = 0; start < words.size(); ++start) {
      RandomIntegers integers(stream, start);
      for (std::uint64_t i = start; i < words.size(); ++i) {
        CHECK(integers.position() == i);
        CHECK(integers.below(limit) == words[i] % limit);
      }
    }
  }
}

TEST_CASE("draws that would favour small results are drawn again") {
  // Of the 2^64 words those from 2^63 + 1 on are none of this limit's: about half.
  std::uint64_t const limit = (std::uint64_t{1} << 63) + 1;
  RandomIntegers integers(stream);
  test::SampleMean mean;
  for (int i = 0; i < 10'000; ++i) {
    std::uint64_t const value = integers.below(limit);
    REQUIRE(value < limit);
    mean.add(static_cast<double>(value) * 0x1p-63);
  }
  CHECK(integers.position() > 19'000);
  CHECK(integers.position() < 21'000);
  CHECK(std::abs(mean.z(0.5)) <= test::kMaximumZ);
}

TEST_CASE("random integers end with their stream") {
  RandomIntegers integers(stream, 2 * kStreamBlocks - 1);
  CHECK_NOTHROW(integers.below(10));
  CHECK_THROWS_AS(integers.below(10), Error);
  CHECK_THROWS_AS(RandomIntegers(stream, 2 * kStreamBlocks + 1), Error);
}
