#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <vector>

#include "core/base/error.hpp"
#include "core/random/permutation.hpp"
#include "test/support/random_statistics.hpp"

using namespace madloop;
using namespace madloop::test;

namespace {

random::Stream stream(std::uint32_t chain) { return {random::streamKey(7, 1), chain, 0, 0}; }

}  // namespace

TEST_CASE("a random order holds every row once, and its beginning is that of the whole") {
  for (std::size_t const count : {1U, 2U, 3U, 1000U}) {
    std::vector<std::size_t> const order = random::randomOrder(stream(0), count, count);
    std::vector<std::size_t> sorted = order;
    std::sort(sorted.begin(), sorted.end());
    std::vector<std::size_t> expected(count);
    std::iota(expected.begin(), expected.end(), std::size_t{0});
    CHECK(sorted == expected);
    std::vector<std::size_t> const some = random::randomOrder(stream(0), count, count / 2);
    CHECK(std::equal(some.begin(), some.end(), order.begin()));
    CHECK(some.size() == count / 2);
  }
}

TEST_CASE("every order, and every choice of rows, is equally likely") {
  std::map<std::vector<std::size_t>, double> orders;
  std::map<std::vector<std::size_t>, double> choices;
  constexpr std::uint32_t draws = 60'000;
  for (std::uint32_t chain = 0; chain < draws; ++chain) {
    orders[random::randomOrder(stream(chain), 4, 4)] += 1;
    choices[random::randomOrder(stream(chain), 5, 2)] += 1;
  }
  for (auto const* const found : {&orders, &choices}) {
    std::vector<double> counts;
    for (auto const& [order, count] : *found) counts.push_back(count);
    REQUIRE(counts.size() == (found == &orders ? 24 : 20));
    std::vector<double> const probabilities(counts.size(), 1 / static_cast<double>(counts.size()));
    CHECK(goodnessOfFit(counts, probabilities, draws) > kFalseAlarm);
  }
}

TEST_CASE("more rows than there are is an error") {
  CHECK_THROWS_AS(random::randomOrder(stream(0), 3, 4), Error);
  CHECK_THROWS_AS(random::randomOrder(stream(0), (std::size_t{1} << 32) + 1, 1), Error);
}
