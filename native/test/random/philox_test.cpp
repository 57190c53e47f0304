#include <doctest/doctest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/random/philox.hpp"
#include "core/random/stream.hpp"
#include "core/random/uniform.hpp"
#include "test/support/random_statistics.hpp"

using namespace madloop;
using random::checkBlocks;
using random::kStreamBlocks;
using random::kStreamParts;
using random::kUniformBatch;
using random::PhiloxBlock;
using random::Stream;
using random::streamKey;

namespace {

constexpr bool equal(PhiloxBlock a, PhiloxBlock b) {
  return a.word[0] == b.word[0] && a.word[1] == b.word[1] && a.word[2] == b.word[2] && a.word[3] == b.word[3];
}

static_assert(equal(random::philox4x32({}, 0), {{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}}),
              "at compile time");

// Field maxima: each field fills its own bits of the counter and no others.
constexpr Stream largest{.key = 0, .chain = 0xFFFFFFFF, .generation = 0xFFFFFFFF, .part = kStreamParts - 1};
static_assert(equal(largest.counter(kStreamBlocks - 1), {{0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF}}));
static_assert(equal(Stream{.chain = 0xFFFFFFFF}.counter(0), {{0, 0, 0, 0xFFFFFFFF}}));
static_assert(equal(Stream{.generation = 0xFFFFFFFF}.counter(0), {{0, 0, 0xFFFFFFFF, 0}}));
static_assert(equal(Stream{.part = kStreamParts - 1}.counter(0), {{0, 0xFFFFFF00, 0, 0}}));
static_assert(equal(Stream{}.counter(kStreamBlocks - 1), {{0xFFFFFFFF, 0x000000FF, 0, 0}}));

}  // namespace

TEST_CASE("Philox4x32-10 gives Random123's known answers") {
  std::ifstream file(MADLOOP_FIXTURES "/philox-known-answers.txt");
  int lines = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    ++lines;
    std::istringstream text(line);
    std::array<std::uint32_t, 10> w{};  // counter, key, answer
    for (std::uint32_t& word : w) text >> std::hex >> word;
    REQUIRE(!text.fail());
    PhiloxBlock const answer = random::philox4x32({{w[0], w[1], w[2], w[3]}}, std::uint64_t{w[5]} << 32 | w[4]);
    CHECK(equal(answer, {{w[6], w[7], w[8], w[9]}}));
  }
  CHECK(lines == 3);
}

TEST_CASE("A stream's block is Philox at the documented counter") {
  Stream const stream{.key = 0x0123456789ABCDEF, .chain = 3, .generation = 5, .part = 7};
  CHECK(equal(stream.block(0xAB12345678), random::philox4x32({{0x12345678, 0x000007AB, 5, 3}}, stream.key)));
}

TEST_CASE("Blocks and parts beyond the counter's fields are refused") {
  Stream stream{.part = kStreamParts - 1};
  CHECK_NOTHROW(checkBlocks(stream, 0, kStreamBlocks));
  CHECK_NOTHROW(checkBlocks(stream, kStreamBlocks, 0));
  CHECK_THROWS_AS(checkBlocks(stream, 1, kStreamBlocks), Error);
  CHECK_THROWS_AS(checkBlocks(stream, kStreamBlocks, 1), Error);
  CHECK_THROWS_AS(checkBlocks(stream, ~std::uint64_t{0}, 2), Error);
  CHECK_THROWS_AS(checkBlocks(stream, 0, ~std::uint64_t{0}), Error);
  stream.part = kStreamParts;
  CHECK_THROWS_AS(checkBlocks(stream, 0, 1), Error);
}

TEST_CASE("Stream keys differ for neighbouring seeds and domains, by about half of their bits") {
  std::set<std::uint64_t> keys;
  test::SampleMean flipped;
  std::uint64_t const seeds[] = {0, 1, 2, 3, 0x7FFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFE, 0xFFFFFFFFFFFFFFFF};
  for (std::uint64_t seed : seeds) {
    for (std::uint64_t domain = 0; domain < 200; ++domain) {
      std::uint64_t const key = streamKey(seed, domain);
      keys.insert(key);
      for (int bit = 0; bit < 64; ++bit) {
        std::uint64_t const mask = std::uint64_t{1} << bit;
        flipped.add(std::popcount(key ^ streamKey(seed ^ mask, domain)));
        flipped.add(std::popcount(key ^ streamKey(seed, domain ^ mask)));
      }
    }
  }
  CHECK(keys.size() == 7 * 200);
  CHECK(std::fabs(flipped.z(32)) <= test::kMaximumZ);
  CHECK(streamKey(1, 2) != streamKey(2, 1));
  CHECK(streamKey(0, 0) != 0);
}

TEST_CASE("Many blocks at once are the blocks one by one, for any start, stride and count") {
  Stream const stream{
      .key = 0xFEDCBA9876543210, .chain = 0xFFFFFFFF, .generation = 9, .part = kStreamParts - 1};
  double first[kUniformBatch];
  double second[kUniformBatch];
  // Starts around the carry from word 0 into word 1, and at the end of the stream.
  for (std::uint64_t start :
       {std::uint64_t{0}, std::uint64_t{0xFFFFFFE1}, std::uint64_t{0x23FFFFFFF1}, kStreamBlocks - 64}) {
    for (std::uint64_t stride : {1U, 2U, 65536U}) {
      if (stride > 1 && start >= kStreamBlocks - 64) continue;
      for (std::size_t count = 0; count <= kUniformBatch; ++count) {
        for (std::size_t i = 0; i < kUniformBatch; ++i) first[i] = second[i] = -1;
        random::fillUniformPairs(stream, start, stride, count, first, second);
        bool same = true;
        for (std::size_t i = 0; i < kUniformBatch; ++i) {
          random::UniformPair const want =
              i < count ? random::uniformPair(stream.block(start + i * stride)) : random::UniformPair{-1, -1};
          same = same && first[i] == want.first && second[i] == want.second;
        }
        REQUIRE(same);
      }
    }
  }
}

TEST_CASE("Every one of the 128 bits is 1 half of the time, and neighbouring counters share none") {
  constexpr int blocks = 1'000'000;
  std::vector<int> ones(128);
  std::vector<int> kept(128);
  Stream const stream{.key = streamKey(1, 1)};
  PhiloxBlock previous = stream.block(blocks);
  for (std::uint64_t i = 0; i < blocks; ++i) {
    PhiloxBlock const block = stream.block(i);
    for (std::size_t word = 0; word < 4; ++word) {
      for (std::size_t bit = 0; bit < 32; ++bit) {
        ones[32 * word + bit] += static_cast<int>((block.word[word] >> bit) & 1);
        kept[32 * word + bit] += static_cast<int>((~(block.word[word] ^ previous.word[word]) >> bit) & 1);
      }
    }
    previous = block;
  }
  double const standardError = std::sqrt(blocks / 4.0);
  for (std::size_t bit = 0; bit < 128; ++bit) {
    CHECK(std::fabs(ones[bit] - blocks / 2.0) <= test::kMaximumZ * standardError);
    CHECK(std::fabs(kept[bit] - blocks / 2.0) <= test::kMaximumZ * standardError);
  }
}
