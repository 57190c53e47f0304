#include "core/limits/effective_sample_size.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "core/limits/deterministic_limit.hpp"
#include "core/limits/expected_distance.hpp"
#include "test/support/threads_label.hpp"

using madloop::Error;
using madloop::ErrorCode;
using madloop::Task;
using madloop::gaussian::CovarianceDivisor;
using madloop::limits::DistanceToConvert;
using madloop::limits::effectiveSampleSizes;
using madloop::limits::expectedDistance;
using madloop::limits::ReferenceCurve;
using madloop::limits::SampleSizes;

namespace {

constexpr double absent = std::numeric_limits<double>::quiet_NaN();

SampleSizes sizesOf(DistanceToConvert const& distance) {
  Task task;
  return effectiveSampleSizes({distance}, task)[0];
}

double sizeOf(ReferenceCurve const& referenceCurve, double distance) {
  return sizesOf({referenceCurve, distance, absent, absent}).value;
}

constexpr CovarianceDivisor divisors[] = {CovarianceDivisor::unbiased, CovarianceDivisor::mle};

}  // namespace

TEST_CASE("effectiveSampleSizes inverts expectedDistance") {
  Task const task;
  constexpr std::size_t dims[] = {1, 2, 3, 10, 57, 100};
  for (CovarianceDivisor const divisor : divisors) {
    for (std::size_t const dim : dims) {
      auto const d = static_cast<double>(dim);
      for (double const n : {2.0, 3.0, 4.0, 7.0, 12.5, 30.0, 57.0, 58.0, 59.25, 100.0, 101.0, 102.5, 250.0, 1e4,
                             1e7, 1e12, 1e15}) {
        if (n < d + 1 && n != std::floor(n)) continue;
        CAPTURE(dim);
        CAPTURE(n);
        double const distance = expectedDistance(dim, n, task, divisor);
        // At the ends of the range rounding decides whether the solution is inside.
        double const inside = n == 2 ? distance * (1 - 1e-13) : n == 1e15 ? distance * (1 + 1e-13) : distance;
        CHECK(std::abs(sizeOf({dim, divisor}, inside) / n - 1) < 1e-10);
      }
    }
  }
}

TEST_CASE("the ends of an interval are the sizes of its distances") {
  Task const task;
  for (CovarianceDivisor const divisor : divisors) {
    for (double const n : {9.0, 40.0, 101.0, 130.0, 5e3, 1e9}) {
      for (double const part : {1e-6, 1e-3, 0.2}) {
        CAPTURE(n);
        CAPTURE(part);
        double const distance = expectedDistance(100, n, task, divisor);
        ReferenceCurve const referenceCurve{100, divisor};
        SampleSizes const sizes =
            sizesOf({referenceCurve, distance, distance * (1 - part), distance * (1 + part)});
        CHECK(sizes.lower < sizes.value);
        CHECK(sizes.value < sizes.upper);
        CHECK(std::abs(sizes.lower / sizeOf(referenceCurve, distance * (1 + part)) - 1) < 1e-10);
        CHECK(std::abs(sizes.upper / sizeOf(referenceCurve, distance * (1 - part)) - 1) < 1e-10);
      }
    }
  }
}

TEST_CASE("between integers below dim + 1 log distance is linear in log n") {
  Task const task;
  for (double const n : {2.0, 9.0, 19.0, 20.0}) {
    CAPTURE(n);
    double const from = expectedDistance(20, n, task);
    double const to = expectedDistance(20, n + 1, task);
    for (double const part : {0.01, 0.5, 0.9}) {
      double const size = sizeOf({20}, from * std::pow(to / from, part));
      CHECK(std::abs(size / (n * std::pow((n + 1) / n, part)) - 1) < 1e-10);
    }
  }
}

TEST_CASE("effective sample sizes fall strictly with the distance") {
  for (std::size_t const dim : {1U, 3U, 40U}) {
    for (CovarianceDivisor const divisor : divisors) {
      std::vector<DistanceToConvert> distances;
      double const largest = expectedDistance(dim, 2, Task(), divisor);
      for (double distance = 0.9999 * largest; distance > 1e-9; distance *= 0.97) {
        distances.push_back({{dim, divisor}, distance, absent, absent});
      }
      Task task;
      std::vector<SampleSizes> const sizes = effectiveSampleSizes(distances, task);
      for (std::size_t i = 1; i < sizes.size(); ++i) {
        CAPTURE(dim);
        CAPTURE(distances[i].distance);
        CHECK(sizes[i].value > sizes[i - 1].value);
      }
    }
  }
}

TEST_CASE("distances outside the curve are said to be so") {
  Task const task;
  double const worst = expectedDistance(10, 2, task);
  double const infinity = std::numeric_limits<double>::infinity();
  SampleSizes const bad = sizesOf({{10}, 1.1 * worst, 0.9 * worst, 1.3 * worst});
  CHECK(bad.value == 0);
  CHECK(bad.lower == 0);
  CHECK(bad.upper > 2);
  SampleSizes const good = sizesOf({{10}, 1e-15, 1e-16, 1e-14});
  CHECK(good.value == infinity);
  CHECK(good.upper == infinity);
  SampleSizes const wide = sizesOf({{10}, 0.5, -0.1, infinity});
  CHECK(wide.lower == 0);
  CHECK(wide.upper == infinity);
  SampleSizes const none = sizesOf({{10}, 0.5, absent, absent});
  CHECK(std::isnan(none.lower));
  CHECK(std::isnan(none.upper));
}

TEST_CASE("the reference curve of large dimensions is the deterministic limit without synthetic samples") {
  Task const task;
  for (double const n : {3.0, 20.7, 500.0, 2e5, 1e9}) {
    CAPTURE(n);
    double const distance = madloop::limits::deterministicLimit({100000, n, 0, 1}, task).distance;
    CHECK(std::abs(sizeOf({100000, CovarianceDivisor::unbiased, true}, distance) / n - 1) < 1e-8);
  }
  // It meets the exact curve.
  for (double const n : {50.0, 1000.0, 1e5}) {
    CAPTURE(n);
    double const distance = expectedDistance(1000, n, task);
    CHECK(std::abs(sizeOf({1000, CovarianceDivisor::unbiased, true}, distance) / n - 1) < 2e-4);
  }
}

TEST_CASE("effective sample sizes are the same for any number of threads" * startsThreads) {
  std::vector<DistanceToConvert> distances;
  for (int i = 1; i < 60; ++i) distances.push_back({{30}, 0.3 * i, 0.29 * i, 0.31 * i});
  Task one(1);
  std::vector<SampleSizes> const expected = effectiveSampleSizes(distances, one);
  CHECK(one.done() == distances.size());
  for (std::size_t const threads : {2U, 7U}) {
    Task task(threads);
    std::vector<SampleSizes> const sizes = effectiveSampleSizes(distances, task);
    CHECK(std::memcmp(sizes.data(), expected.data(), sizes.size() * sizeof(SampleSizes)) == 0);
  }
}

TEST_CASE("effectiveSampleSizes refuses what it cannot answer") {
  auto const codeOf = [](DistanceToConvert const& distance) {
    try {
      sizesOf(distance);
    } catch (Error const& error) {
      return error.code();
    }
    return ErrorCode::internal;
  };
  CHECK(codeOf({{10}, absent, absent, absent}) == ErrorCode::invalidInput);
  CHECK(codeOf({{10}, 0, absent, absent}) == ErrorCode::invalidInput);
  CHECK(codeOf({{10}, std::numeric_limits<double>::infinity(), absent, absent}) == ErrorCode::invalidInput);
  CHECK(codeOf({{20000}, 1, absent, absent}) == ErrorCode::invalidInput);
  Task cancelled;
  cancelled.cancel();
  CHECK_THROWS_AS(effectiveSampleSizes({{{10}, 1, absent, absent}}, cancelled), Error);
}
