#include "core/random/softmax_choice.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace madloop;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// How often each of these scores is chosen.
std::vector<double> frequencies(std::vector<double> const& scores, double temperature, std::size_t draws) {
  std::vector<double> all;
  for (std::size_t i = 0; i < draws; ++i) all.insert(all.end(), scores.begin(), scores.end());
  std::vector<std::uint32_t> choices(draws);
  random::Stream const stream{random::streamKey(7, 1), 0, 0, 0};
  random::softmaxChoices(stream, all, scores.size(), temperature, choices);
  std::vector<double> found(scores.size());
  for (std::size_t i = 0; i < draws; ++i) {
    std::size_t const index = choices[i] - i * scores.size();
    REQUIRE(index < scores.size());
    found[index] += 1 / static_cast<double>(draws);
  }
  return found;
}

}  // namespace

TEST_CASE("choices have the probabilities of the softmax") {
  constexpr std::size_t draws = 40'000;
  std::vector<double> const scores{1, -2, 0.5, 1000, 998, 999.5};
  for (double const temperature : {0.3, 1.0, 5.0, 1e6}) {
    for (std::size_t const first : {std::size_t{0}, std::size_t{3}}) {
      std::vector<double> const three(scores.begin() + static_cast<std::ptrdiff_t>(first),
                                      scores.begin() + static_cast<std::ptrdiff_t>(first) + 3);
      std::vector<double> const found = frequencies(three, temperature, draws);
      double total = 0;
      for (double const score : three) total += std::exp((score - three[0]) / temperature);
      for (std::size_t i = 0; i < 3; ++i) {
        double const exact = std::exp((three[i] - three[0]) / temperature) / total;
        double const error = std::sqrt(exact * (1 - exact) / draws);
        CHECK(std::abs(found[i] - exact) <= 4.5 * error);
      }
    }
  }
}

TEST_CASE("the extremes of scores and temperatures") {
  // Cold: the highest alone, also where the differences overflow.
  CHECK(frequencies({3, 5, 4}, 1e-300, 100)[1] == doctest::Approx(1));
  CHECK(frequencies({-1.7e308, 1.7e308}, 1, 100)[0] == 0);
  // Infinite ones are all alike.
  CHECK(frequencies({kInfinity, 0, kInfinity}, 1, 1000)[1] == 0);
  CHECK(frequencies({kInfinity, 0, kInfinity}, 1, 1000)[0] == doctest::Approx(0.5).epsilon(0.2));
  CHECK(frequencies({-kInfinity, 0}, 1e300, 100)[0] == 0);
  CHECK(frequencies({-kInfinity, -kInfinity}, 1, 1000)[0] == doctest::Approx(0.5).epsilon(0.2));
  CHECK(frequencies({7}, 1, 10)[0] == doctest::Approx(1));
}
