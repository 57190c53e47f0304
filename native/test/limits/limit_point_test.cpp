#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/task.hpp"
#include "core/limits/limit_point_chain.hpp"
#include "core/limits/limit_point_controls.hpp"
#include "core/limits/limit_point_estimate.hpp"
#include "core/limits/limit_point_estimator.hpp"
#include "core/limits/limit_point_theory.hpp"
#include "test/support/sanitized.hpp"
#include "test/support/threads_label.hpp"

using namespace madloop;
using limits::chainWidth;
using limits::LimitPointChains;
using limits::LimitPointEstimator;
using limits::LimitPointTheory;
using limits::StationaryLoop;

namespace {

struct Case {
  char const* name;
  StationaryLoop loop;
  std::vector<double> referenceCovariance = {};
};

StationaryLoop freshLoop(std::size_t dim, double real, double synthetic, double lambda) {
  return {dim, real, synthetic, lambda};
}

StationaryLoop augmentation(StationaryLoop loop) {
  loop.variant = loop::LoopVariant::syntheticAugmentation;
  return loop;
}

StationaryLoop withMemory(StationaryLoop loop, std::uint64_t memory) {
  loop.memory = memory;
  return loop;
}

StationaryLoop mle(StationaryLoop loop) {
  loop.divisor = gaussian::CovarianceDivisor::mle;
  return loop;
}

/// diag(4, 1, 1/4, ...) with some correlation; the last coordinate copies the first where `singular`.
std::vector<double> reference(std::size_t d, bool singular = false) {
  std::vector<double> factor(d * d, 0);
  for (std::size_t i = 0; i < d; ++i) {
    factor[i * d + i] = std::pow(0.5, static_cast<double>(i) - 1);
    for (std::size_t j = 0; j < i; ++j) factor[i * d + j] = 0.3;
  }
  if (singular) {
    for (std::size_t j = 0; j < d; ++j) factor[(d - 1) * d + j] = factor[j];
  }
  std::vector<double> covariance(d * d, 0);
  for (std::size_t i = 0; i < d; ++i) {
    for (std::size_t j = 0; j < d; ++j) {
      for (std::size_t k = 0; k < d; ++k) covariance[i * d + j] += factor[i * d + k] * factor[j * d + k];
    }
  }
  return covariance;
}

std::vector<Case> const cases{
    {"fresh", freshLoop(3, 6, 9, 0.8)},
    {"fresh, d = 1", freshLoop(1, 10, 10, 1)},
    {"fresh, singular", freshLoop(5, 2, 2, 0.9)},
    {"fresh, one synthetic sample", freshLoop(3, 9, 1, 1)},
    {"fresh, mle", mle(freshLoop(3, 6, 9, 1))},
    {"fresh, no synthetic samples", freshLoop(4, 6, 0, 1)},
    {"fresh, lambda = 0", freshLoop(4, 6, 5, 0)},
    {"fresh, few real samples", freshLoop(2, 4, 20, 1)},
    {"fresh, memory", withMemory(freshLoop(3, 6, 9, 0.9), 4)},
    {"fresh, memory, mle", mle(withMemory(freshLoop(2, 8, 30, 1), 3))},
    {"fresh, reference", freshLoop(3, 6, 9, 0.9), reference(3)},
    {"fresh, singular reference", freshLoop(3, 6, 9, 0.9), reference(3, true)},
    {"fresh, memory, reference", withMemory(freshLoop(3, 8, 9, 0.9), 2), reference(3)},
    {"augmentation", augmentation(freshLoop(2, 8, 12, 0.9))},
    {"augmentation, singular", augmentation(freshLoop(6, 4, 5, 1))},
    {"augmentation, mle", augmentation(mle(freshLoop(3, 7, 12, 1)))},
    {"augmentation, memory", augmentation(withMemory(freshLoop(2, 8, 12, 0.9), 3))},
    {"augmentation, reference", augmentation(freshLoop(3, 8, 12, 0.9)), reference(3)},
};

LimitPointTheory theoryOf(Case const& test) {
  if (test.referenceCovariance.empty()) return LimitPointTheory(test.loop);
  return LimitPointTheory(test.loop, 1.0);
}

std::unique_ptr<LimitPointChains> chainsOf(Case const& test, std::uint64_t key = 5) {
  return std::make_unique<LimitPointChains>(theoryOf(test), test.referenceCovariance, key);
}

struct Run {
  limits::LimitPointSchedule schedule;
  std::size_t controls = 0;
  std::vector<double> sums;
};

Run simulate(Case const& test, std::uint64_t count, std::uint64_t key = 5, std::size_t threads = 2) {
  auto const chains = chainsOf(test, key);
  Run run{chains->theory().schedule(1e-3), limits::LimitPointControls::count(chains->theory()), {}};
  CHECK(chains->width() == chainWidth(run.controls));
  run.sums.resize(count * chains->width());
  Task task(threads);
  limits::simulateLimitPointChains({{chains.get(), run.schedule, 0, count, run.sums.data()}}, task);
  return run;
}

}  // namespace

TEST_CASE("every control has the expectation zero in every recorded generation" * startsThreads *
          doctest::skip(test::kSanitized)) {
  constexpr std::uint64_t chains = 3000;
  for (Case const& test : cases) {
    CAPTURE(test.name);
    Run const run = simulate(test, chains);
    std::size_t const size = run.controls + 1;
    for (std::size_t i = 1; i < size; ++i) {
      CAPTURE(i);
      for (std::size_t half = 0; half < 2; ++half) {
        double sum = 0;
        double squares = 0;
        for (std::uint64_t chain = 0; chain < chains; ++chain) {
          double const value = run.sums[chain * chainWidth(run.controls) + half * size + i];
          sum += value;
          squares += value * value;
        }
        double const mean = sum / chains;
        double const error = std::sqrt((squares / chains - mean * mean) / chains);
        // Rounding, where a control is constant.
        CHECK(std::abs(mean) <= 4.5 * error + 1e-9);
      }
    }
  }
}

TEST_CASE("chains do not depend on threads, on each other or on how they are split" * startsThreads) {
  for (Case const& test : cases) {
    CAPTURE(test.name);
    Run const all = simulate(test, 7);
    Run const serial = simulate(test, 7, 5, 1);
    CHECK(all.sums == serial.sums);
    CHECK(simulate(test, 7, 6).sums != all.sums);

    std::size_t const width = chainWidth(all.controls);
    std::vector<double> split(7 * width);
    Task task(3);
    auto const chains = chainsOf(test);
    limits::simulateLimitPointChains({{chains.get(), all.schedule, 4, 3, split.data() + 4 * width},
                                      {chains.get(), all.schedule, 0, 4, split.data()}},
                                     task);
    CHECK(split == all.sums);

    std::vector<double> once(limits::limitPointAccumulatorLength(all.controls));
    std::vector<double> twice(once.size());
    limits::addLimitPointChains(all.controls, once.data(), all.sums.data(), 0, 7);
    limits::addLimitPointChains(all.controls, twice.data(), all.sums.data(), 0, 3);
    limits::addLimitPointChains(all.controls, twice.data(), all.sums.data() + 3 * width, 3, 4);
    CHECK(once == twice);
  }
}

TEST_CASE("the estimate is the regression estimate with coefficients from the other group") {
  // One control c with E c = 0; distance = 3 c + noise.
  constexpr std::size_t width = chainWidth(1);
  std::vector<double> const noise{0.3, -0.1, 0.2, -0.4, 0.05, 0.15};
  std::vector<double> const control{1, -2, 0.5, 1.5, -1, 0.7};
  std::vector<double> sums(6 * width, 0);
  for (std::size_t chain = 0; chain < 6; ++chain) {
    double* const out = sums.data() + chain * width;
    for (std::size_t half = 0; half < 2; ++half) {
      double const c = control[chain] + (half == 0 ? 0.1 : -0.1);
      double const y = 3 * c + noise[chain];
      out[2 * half] = y;
      out[2 * half + 1] = c;
      out[4] += y * y;
      out[5] += y * c;
      out[6] += c * c;
    }
  }
  std::vector<double> accumulator(limits::limitPointAccumulatorLength(1));
  limits::addLimitPointChains(1, accumulator.data(), sums.data(), 0, 6);
  limits::LimitPointSchedule schedule;
  schedule.recordings = 2;
  schedule.centre = 10;
  limits::LimitPointEstimate const estimate =
      limits::estimateLimitPoint(schedule, 1, false, accumulator.data());

  auto slope = [&](std::size_t group) {
    double n = 0, sy = 0, sc = 0, syc = 0, scc = 0;
    for (std::size_t chain = group; chain < 6; chain += 2) {
      double const* const out = sums.data() + chain * width;
      n += 2;
      sy += out[0] + out[2];
      sc += out[1] + out[3];
      syc += out[5];
      scc += out[6];
    }
    return (syc / n - sy / n * sc / n) / (scc / n - sc / n * sc / n);
  };
  double mean = 0;
  double squares = 0;
  for (std::size_t group = 0; group < 2; ++group) {
    std::vector<double> residuals;
    double sum = 0;
    for (std::size_t chain = group; chain < 6; chain += 2) {
      double const* const out = sums.data() + chain * width;
      residuals.push_back((out[0] + out[2] - slope(1 - group) * (out[1] + out[3])) / 2);
      sum += residuals.back();
    }
    for (double const residual : residuals) squares += (residual - sum / 3) * (residual - sum / 3);
    mean += sum / 6;
  }
  CHECK(std::abs(estimate.distance - (10 + mean)) < 1e-12);
  double const error = std::sqrt(squares / 4 / 6);
  CHECK(std::abs(estimate.standardError / error - 1) < 1e-9);
  CHECK(std::abs((estimate.upper - estimate.distance) / (2.77644510519779 * error) - 1) < 1e-9);
  CHECK(estimate.lower < estimate.distance);
}

TEST_CASE("where the distance has no fourth moment the interval has six degrees of freedom at most") {
  auto heavy = [](std::size_t dim, double real, double synthetic) {
    return LimitPointTheory({dim, real, synthetic, 1}).heavyTails();
  };
  CHECK(heavy(1, 2, 2));
  CHECK(heavy(1, 3, 30));
  CHECK_FALSE(heavy(1, 12, 12));
  CHECK_FALSE(heavy(5, 6, 12));

  // Chains that differ: in how wide an interval they make, and in nothing else.
  for (std::size_t const chains : {std::size_t{4}, std::size_t{6}, std::size_t{40}}) {
    std::size_t const width = limits::chainWidth(0);
    std::vector<double> sums(chains * width);
    for (std::size_t i = 0; i < chains; ++i)
      sums[i * width] = std::fmod(0.754877666 * static_cast<double>(i), 1.0);
    std::vector<double> accumulator(limits::limitPointAccumulatorLength(0));
    limits::addLimitPointChains(0, accumulator.data(), sums.data(), 0, chains);
    limits::LimitPointSchedule const schedule;
    auto const light = limits::estimateLimitPoint(schedule, 0, false, accumulator.data());
    auto const wide = limits::estimateLimitPoint(schedule, 0, true, accumulator.data());
    CHECK(wide.distance == light.distance);
    CHECK(wide.standardError == light.standardError);
    double const quantile = chains == 4 ? 4.30265272974946 : chains == 6 ? 2.77644510519779 : 2.44691185114497;
    CHECK((wide.upper - wide.distance) / wide.standardError == doctest::Approx(quantile).epsilon(1e-9));
  }
}

TEST_CASE("a chain that starts too far shows as a drift" * startsThreads) {
  Case const test{"", freshLoop(20, 20, 180, 1)};
  auto const chains = chainsOf(test, 9);
  std::size_t const controls = limits::LimitPointControls::count(chains->theory());
  auto drift = [&](std::uint64_t burnIn) {
    limits::LimitPointSchedule schedule = chains->theory().schedule(1e-3);
    schedule.burnIn = burnIn;
    schedule.stride = 1;
    constexpr std::uint64_t count = 400;
    std::vector<double> sums(count * chains->width());
    Task task(2);
    limits::simulateLimitPointChains({{chains.get(), schedule, 0, count, sums.data()}}, task);
    std::vector<double> accumulator(limits::limitPointAccumulatorLength(controls));
    limits::addLimitPointChains(controls, accumulator.data(), sums.data(), 0, count);
    return limits::estimateLimitPoint(schedule, controls, false, accumulator.data()).drift;
  };
  CHECK(std::abs(drift(0)) > 10);
  CHECK(std::abs(drift(chains->theory().schedule(1e-3).burnIn)) < 4.5);
}

TEST_CASE("a distance without variance is refused") {
  CHECK_THROWS_WITH_AS(
      LimitPointTheory(freshLoop(100, 1, 999, 1)),
      "the distance must have a finite variance, got real = 1, synthetic = 999, lambda = 1: more real samples, "
      "or a smaller lambda, give it one",
      Error);
  CHECK_NOTHROW(LimitPointTheory(freshLoop(100, 1, 999, 0.9)));
  // At lambda = 1 moments of degree n_r exist, and from four dimensions on controls of degree 2 need those of
  // degree 12, of degree 3 those of 24.
  auto degree = [](double real, double synthetic) {
    return LimitPointTheory(freshLoop(100, real, synthetic, 1)).controlDegree();
  };
  CHECK(degree(11, 989) == 1);
  CHECK(degree(12, 988) == 2);
  CHECK(degree(23, 977) == 2);
  CHECK(degree(24, 976) == 3);
  CHECK(degree(100, 900) == 3);
  // Beyond so many samples rounding would be larger than what the controls remove: eps (N d / 2)^(k / 2).
  CHECK(degree(1.3e4, 1.3e4) == 3);
  CHECK(degree(1.4e4, 1.4e4) == 2);
  CHECK(degree(1.4e7, 1.4e7) == 2);
  CHECK(degree(1.6e7, 1.6e7) == 1);
  CHECK(LimitPointTheory(freshLoop(100, 100, 900, 1), std::nullopt, 2).controlDegree() == 2);
  // In one to three dimensions those of degree 2 need moments of degree 16.
  CHECK(LimitPointTheory(freshLoop(3, 15, 985, 1)).controlDegree() == 1);
  CHECK(LimitPointTheory(freshLoop(3, 16, 984, 1)).controlDegree() == 2);
  CHECK(LimitPointTheory(freshLoop(4, 12, 988, 1)).controlDegree() == 2);
  // What those of degree 3 leave has heavy tails there.
  CHECK(LimitPointTheory(freshLoop(3, 100, 900, 1)).controlDegree() == 2);
  CHECK(LimitPointTheory(freshLoop(4, 100, 900, 1)).controlDegree() == 3);
}

TEST_CASE("chains are short where a first stage of them will do, and long where many are needed") {
  // Next to 10 recordings a span of three times the burn-in is long.
  auto isLong = [](LimitPointTheory const& theory, double relativeError) {
    limits::LimitPointSchedule const schedule = theory.schedule(relativeError);
    bool const spanned = schedule.stride * schedule.recordings >= 3 * schedule.burnIn;
    CHECK((spanned || schedule.recordings == 10));
    return spanned;
  };
  for (std::size_t const dim : {1U, 2U, 3U, 4U, 10U, 100U}) {
    CAPTURE(dim);
    // In one to three dimensions they are always long.
    CHECK(isLong(LimitPointTheory(freshLoop(dim, 24, 2400, 1)), 1e-3) == (dim < 4));
    CHECK(isLong(LimitPointTheory(freshLoop(dim, 24, 2400, 1)), 4e-4));
    // Tails that allow no controls of degree 3, whether the dimension does or not.
    CHECK(isLong(LimitPointTheory(freshLoop(dim, 23, 2300, 1)), 1e-3));
  }
  // Controls of degree 3 that would be lost in rounding, and those that are not known.
  CHECK(isLong(LimitPointTheory(freshLoop(100, 1.4e4, 1.4e6, 1)), 1e-3));
  StationaryLoop remembering = freshLoop(2, 24, 2400, 1);
  remembering.memory = 2;
  CHECK(isLong(LimitPointTheory(remembering), 1e-3));
}

TEST_CASE(
    "chains with a singular reference have the controls that were planned, where fewer dimensions allow more") {
  // With d = 6 the controls of degree 2 would be lost in rounding; in the reference's one dimension they are
  // not.
  Case test{"", freshLoop(6, 1e9, 1e9, 1)};
  test.referenceCovariance.assign(36, 1);
  auto const chains = chainsOf(test);
  REQUIRE(chains->theory().controlDegree() == 1);
  REQUIRE(LimitPointTheory(freshLoop(1, 1e9, 1e9, 1)).controlDegree() == 2);
  std::vector<double> sums(chains->width());
  Task task;
  limits::simulateLimitPointChains({{chains.get(), chains->theory().schedule(1e-3), 0, 1, sums.data()}}, task);
  CHECK(sums[0] != 0);
}
