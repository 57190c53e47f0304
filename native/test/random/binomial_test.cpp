#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/base/error.hpp"
#include "core/random/binomial.hpp"
#include "core/random/binomial_probability.hpp"
#include "core/random/gamma.hpp"
#include "test/support/random_statistics.hpp"

using namespace madloop;
using random::binomial;
using random::kVariateBlocks;

namespace {

constexpr std::uint64_t kDraws = 300'000;

/// log of the binomial probability, in long double.
long double logProbability(std::uint64_t trials, std::uint64_t k, long double p) {
  int sign;
  auto const n = static_cast<long double>(trials);
  auto const x = static_cast<long double>(k);
  return lgammal_r(n + 1, &sign) - lgammal_r(x + 1, &sign) - lgammal_r(n - x + 1, &sign) + x * std::log(p) +
         (n - x) * std::log1p(-p);
}

struct Case {
  std::uint64_t trials;
  double probability;
};

}  // namespace

TEST_CASE("Differences of binomial log-probabilities agree with log-factorials in long double") {
  for (auto const& [trials, probability] :
       {Case{20, 0.5}, Case{45, 0.25}, Case{100, 0.1}, Case{1000, 0.3}, Case{1'000'000, 1e-4}}) {
    CAPTURE(trials);
    auto const mode = static_cast<std::uint64_t>(static_cast<double>(trials + 1) * probability);
    random::BinomialLogProbability const logRatio(static_cast<double>(trials), probability);
    for (std::uint64_t k = 0; k <= std::min<std::uint64_t>(trials, 1000); ++k) {
      long double const exact =
          logProbability(trials, k, probability) - logProbability(trials, mode, probability);
      double const got = logRatio(static_cast<double>(k)) - logRatio(static_cast<double>(mode));
      // The references are differences of numbers up to 1.4e7 with 1e-19 relative error.
      REQUIRE(std::fabs(got - static_cast<double>(exact)) <= 1e-11 + 1e-14 * std::fabs(got));
    }
  }
}

TEST_CASE("Binomial counts fit the binomial law: goodness of fit, mean and variance, in both regimes") {
  Case const cases[] = {
      {1, 0.5},
      {2, 0.3},
      {10, 0.3},
      {1000, 0.005},
      {50, 0.01},
      {1'000'000, 1e-6},  // inversion
      {200, 0.0499},
      {100, 0.0999},
      {std::uint64_t{1} << 50, 5e-15},  // inversion, near its end
      {20, 0.5},
      {100, 0.1},
      {30, 0.5},
      {100, 0.37},
      {1000, 0.25},
      {100'000, 0.37},  // rejection
      {200'000, 1e-4},
      {std::uint64_t{1} << 40, 1e-11},  // rejection, rare successes
      {10, 0.7},
      {1000, 0.999},
      {1'000'000, 0.999999},
      {100, 0.63},
      {50, 0.99},  // by symmetry
  };
  std::uint32_t chain = 0;
  for (auto const& [trials, probability] : cases) {
    CAPTURE(trials);
    CAPTURE(probability);
    random::Stream const stream{.key = random::streamKey(8, 1), .chain = chain++};
    double const mean = static_cast<double>(trials) * probability;
    double const deviation = std::sqrt(mean * (1 - probability));
    // Cells: the counts within 12 standard deviations (and 12 counts) of the mean; the rest is below 1e-20.
    double const reach = 12 * deviation + 12;
    auto const low = static_cast<std::uint64_t>(std::max(0.0, std::floor(mean - reach)));
    auto const high = std::min(trials, static_cast<std::uint64_t>(mean + reach));
    std::vector<double> probabilities;
    for (std::uint64_t k = low; k <= high; ++k) {
      probabilities.push_back(static_cast<double>(std::exp(logProbability(trials, k, probability))));
    }
    std::vector<double> counts(probabilities.size());
    test::SampleMean sampleMean, sampleVariance;
    std::uint64_t outside = 0;
    for (std::uint64_t i = 0; i < kDraws; ++i) {
      std::uint64_t const k = binomial(stream, i * kVariateBlocks, trials, probability);
      if (k < low || k > high) {
        outside += 1;
        continue;
      }
      counts[k - low] += 1;
      double const difference = static_cast<double>(k) - mean;
      sampleMean.add(difference);
      sampleVariance.add(difference * difference);
    }
    CHECK(outside == 0);
    CHECK(test::goodnessOfFit(counts, probabilities, kDraws) >= test::kFalseAlarm);
    CHECK(std::fabs(sampleMean.z(0)) <= test::kMaximumZ);
    if (trials > 1) CHECK(std::fabs(sampleVariance.z(deviation * deviation)) <= test::kMaximumZ);
  }
}

TEST_CASE("Binomial counts of up to 2^53 trials keep mean, variance, skewness and shape") {
  for (std::uint64_t trials : {std::uint64_t{1} << 44, (std::uint64_t{1} << 53) - 1, std::uint64_t{1} << 53}) {
    for (double probability : {0.5, 0.3, 1e-4, 0.9}) {
      CAPTURE(trials);
      CAPTURE(probability);
      random::Stream const stream{.key = random::streamKey(8, 2),
                                  .generation = static_cast<std::uint32_t>(1000 * probability)};
      auto const n = static_cast<long double>(trials);
      auto const deviation =
          static_cast<double>(std::sqrt(n * probability * (1 - static_cast<long double>(probability))));
      std::vector<double> draws;
      test::SampleMean mean, variance, skewness;
      for (std::uint64_t i = 0; i < kDraws; ++i) {
        std::uint64_t const k = binomial(stream, i * kVariateBlocks, trials, probability);
        auto const x = static_cast<double>((static_cast<long double>(k) - n * probability) / deviation);
        draws.push_back(x);
        mean.add(x);
        variance.add(x * x);
        skewness.add(x * x * x);
      }
      CHECK(std::fabs(mean.z(0)) <= test::kMaximumZ);
      CHECK(std::fabs(variance.z(1)) <= test::kMaximumZ);
      CHECK(std::fabs(skewness.z((1 - 2 * probability) / deviation)) <= test::kMaximumZ);
      // With deviations of 4e4 and more the normal law is 1e-5 away, the resolution of the test 4e-3.
      double const distance =
          test::kolmogorovSmirnov(draws, 1, [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); });
      CHECK(distance <= test::kolmogorovSmirnovLimit());
    }
  }
}

TEST_CASE("Binomial edges are exact, and values out of range are refused") {
  random::Stream const stream{.key = 1};
  std::uint64_t const most = std::uint64_t{1} << 53;
  for (std::uint64_t trials : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1000}, most}) {
    CHECK(binomial(stream, 0, trials, 0) == 0);
    CHECK(binomial(stream, 0, trials, 1) == trials);
  }
  CHECK(binomial(stream, 0, 0, 0.5) == 0);
  CHECK(binomial(stream, 0, 1000, std::numeric_limits<double>::denorm_min()) == 0);
  CHECK(binomial(stream, 0, 1000, 1 - 0x1p-53) == 1000);
  CHECK_THROWS_AS(binomial(stream, 0, most + 1, 0.5), Error);
  for (double bad : {-1e-300, 1 + 0x1p-52, std::numeric_limits<double>::quiet_NaN()}) {
    CHECK_THROWS_AS(binomial(stream, 0, 10, bad), Error);
  }
  CHECK_NOTHROW(binomial(stream, random::kStreamBlocks - kVariateBlocks, 100, 0.5));
  CHECK_THROWS_AS(binomial(stream, random::kStreamBlocks - kVariateBlocks + 1, 100, 0.5), Error);
}

TEST_CASE("Equal-probability multinomial counts sum to the trials, with the exact means and covariances") {
  random::Stream const stream{.key = random::streamKey(8, 3)};
  for (std::size_t cells : {1U, 2U, 5U, 11U}) {
    for (std::uint64_t trials : {7U, 900U, 1'000'000'007U}) {
      CAPTURE(cells);
      CAPTURE(trials);
      auto const n = static_cast<double>(trials);
      double const p = 1 / static_cast<double>(cells);
      std::vector<std::uint64_t> counts(cells);
      std::vector<test::SampleMean> moments(cells + cells * cells);
      for (std::uint64_t i = 0; i < 20'000; ++i) {
        random::multinomialUniform(stream, i * cells * kVariateBlocks, trials, cells, counts.data());
        std::uint64_t sum = 0;
        for (std::size_t a = 0; a < cells; ++a) {
          sum += counts[a];
          double const first = static_cast<double>(counts[a]) - n * p;
          moments[a].add(first);
          for (std::size_t b = 0; b < cells; ++b)
            moments[cells + a * cells + b].add(first * (static_cast<double>(counts[b]) - n * p));
        }
        REQUIRE(sum == trials);
      }
      if (cells == 1) continue;
      for (std::size_t a = 0; a < cells; ++a) {
        CHECK(std::fabs(moments[a].z(0)) <= test::kMaximumZ);
        for (std::size_t b = 0; b < cells; ++b) {
          CHECK(std::fabs(moments[cells + a * cells + b].z(a == b ? n * p * (1 - p) : -n * p * p)) <=
                test::kMaximumZ);
        }
      }
    }
  }
  std::uint64_t count = 7;
  CHECK_NOTHROW(random::multinomialUniform(stream, 0, 0, 0, nullptr));
  CHECK_THROWS_AS(random::multinomialUniform(stream, 0, 1, 0, &count), Error);
}

TEST_CASE("Binomial counts are the same on every build") {
  test::Checksum checksum;
  for (double probability : {1e-3, 0.1, 0.5, 0.8}) {
    for (std::uint64_t trials : {20U, 1000U, 4'000'000'000U}) {
      for (std::uint64_t i = 0; i < 2000; ++i) {
        checksum.add(binomial({.key = random::streamKey(8, 4)}, i * kVariateBlocks, trials, probability));
      }
    }
  }
  CHECK(checksum.value() == 7116965565524437004U);
}
