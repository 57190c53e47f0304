#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>
#include <limits>

#include "core/inference/score_interval.hpp"

using namespace madloop;
using inference::Interval;
using inference::scoreInterval;
using inference::scoreIntervalOfTrials;

TEST_CASE("the ends of a score interval are where the variance there explains the estimate") {
  for (double const height : {0.3, 2.0, 5.0}) {
    for (double const halfWidth : {0.01, 1.0, 40.0}) {
      double const estimate = 2;
      Interval const interval = scoreInterval(estimate, halfWidth, height);
      for (double const v : std::initializer_list<double>{interval.lower, interval.upper}) {
        double const squared = halfWidth * halfWidth * (height + v - estimate) / height;
        CHECK(std::abs((estimate - v) * (estimate - v) / squared - 1) < 1e-9);
      }
      CHECK(interval.lower < estimate);
      CHECK(interval.upper - estimate > estimate - interval.lower);
    }
  }
  // Above a floor of 0 the end below stays above it.
  CHECK(scoreInterval(2, 1000, 2).lower > 0);
}

TEST_CASE("a score interval without a height is symmetric, and without a width a point") {
  CHECK(scoreInterval(-1, 3, 0).lower == -4);
  CHECK(scoreInterval(-1, 3, -2).upper == 2);
  CHECK(scoreInterval(5, 0, 5).lower == 5);
  CHECK(scoreInterval(0, 0, 0).upper == 0);
  CHECK(std::isnan(scoreInterval(1, std::numeric_limits<double>::quiet_NaN(), 1).lower));
}

TEST_CASE("the ends of a score interval of trials are where the variance there explains the estimate") {
  for (double const curvature : {0.0, 1.0}) {
    for (double const width : {1e-3, 0.4, 9.0}) {
      for (double const estimate : {0.0, 0.3, 1.0}) {
        auto const [lower, upper] = scoreIntervalOfTrials(estimate, width, curvature);
        for (double const p : {lower, upper}) {
          double const squared = width * (p - curvature * p * p);
          CHECK((estimate - p) * (estimate - p) == doctest::Approx(squared).epsilon(1e-9).scale(1e-6));
        }
        CHECK(lower <= estimate);
        CHECK(upper >= estimate);
        CHECK(upper - lower > 0.9 * width / (1 + curvature * width));
      }
    }
  }
}

TEST_CASE("of counts the two score intervals are one") {
  for (double const estimate : {0.1, 2.0}) {
    for (double const width : {1e-4, 0.3, 4.0}) {
      Interval const above = scoreInterval(estimate, std::sqrt(width * estimate), estimate);
      Interval const ofTrials = scoreIntervalOfTrials(estimate, width, 0);
      CHECK(ofTrials.lower == doctest::Approx(above.lower).epsilon(1e-12));
      CHECK(ofTrials.upper == doctest::Approx(above.upper).epsilon(1e-14));
    }
  }
}
