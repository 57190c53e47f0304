#include "core/limits/expected_distance.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "core/base/elementary.hpp"
#include "core/linalg/eigen.hpp"
#include "test/support/expected_distance_reference.hpp"
#include "test/support/reference.hpp"
#include "test/support/threads_label.hpp"

using madloop::Error;
using madloop::ErrorCode;
using madloop::Task;

namespace {

double expectedDistance(std::size_t dim, double samples) {
  Task task;
  return madloop::limits::expectedDistance(dim, samples, task);
}

double relativeError(double value, double exact) { return std::abs(value / exact - 1); }

/// What rounding leaves: min(dim, samples - 1) steps of a recurrence, each of which rounds a few times.
double tolerance(std::size_t dim) { return (20 + 4 * static_cast<double>(dim)) * 0x1p-53; }

/// d/n + d (d+1)/(4 k) + d (2 d^2 + d - 7)/(64 k^2), which falls short of f by O(d^4/k^3).
double series(double d, double k) {
  return d / (k + 1) + d * (d + 1) / (4 * k) + d * (2 * d * d + d - 7) / (64 * k * k);
}

/// d = 1: 1/n + 2 - 2 E|z|, where E|z| = c4 = sqrt(2/k) Gamma((k+1)/2)/Gamma(k/2), by the logarithm of c4 in a
/// form in which nothing cancels: log c4 = stirlingError(y) - stirlingError(x) - x (u - log(1 + u)), x = k/2, y
/// = (k+1)/2, u = 1/k.
double closedFormInOneDimension(double n) {
  double const k = n - 1;
  double const u = 1 / k;
  double const minusLogOnePlus =
      u < 1e-3 ? u * u * (1.0 / 2 - u * (1.0 / 3 - u * (1.0 / 4 - u * (1.0 / 5 - u / 6)))) : u - std::log1p(u);
  double const logC4 =
      madloop::stirlingError((k + 1) / 2) - madloop::stirlingError(k / 2) - k / 2 * minusLogOnePlus;
  return 1 / n - 2 * std::expm1(logC4);
}

struct Estimate {
  double mean;
  double standardError;
};

/// f by Monte Carlo. The singular values of a real Gaussian M x nu matrix are those of a bidiagonal one with
/// independent chi variables, chi(nu), chi(nu - 1), ... on the diagonal and chi(M - 1), ... chi(1) beside it
/// (Dumitriu & Edelman 2002).
Estimate simulatedDistance(std::size_t dim, std::size_t samples, std::size_t draws, std::uint64_t seed) {
  std::size_t const k = samples - 1;
  std::size_t const count = std::min(dim, k);
  std::size_t const degrees = std::max(dim, k);
  std::mt19937_64 engine(seed);
  auto const chiSquare = [&](std::size_t freedom) {
    return std::gamma_distribution<double>(static_cast<double>(freedom) / 2, 2.0)(engine);
  };
  double sum = 0;
  double squares = 0;
  madloop::linalg::EigenVector diagonal(static_cast<madloop::linalg::Index>(count));
  madloop::linalg::EigenVector beside(static_cast<madloop::linalg::Index>(count - 1));
  for (std::size_t draw = 0; draw < draws; ++draw) {
    // B B^T is tridiagonal, for B with diagonal b_i and subdiagonal c_i.
    double above = 0;  // c_(i-1)^2
    for (std::size_t i = 0; i < count; ++i) {
      auto const index = static_cast<madloop::linalg::Index>(i);
      double const b = chiSquare(degrees - i);
      diagonal[index] = b + above;
      if (i + 1 < count) {
        above = chiSquare(count - 1 - i);
        beside[index] = std::sqrt(b * above);
      }
    }
    madloop::linalg::EigenVector const eigenvalues = madloop::test::referenceEigenvalues(diagonal, beside);
    double value = static_cast<double>(dim) / static_cast<double>(samples) + static_cast<double>(dim - count);
    for (std::size_t i = 0; i < count; ++i) {
      double const x = std::max(0.0, eigenvalues[static_cast<madloop::linalg::Index>(i)]);
      value += std::pow(std::sqrt(x / static_cast<double>(k)) - 1, 2);
    }
    sum += value;
    squares += value * value;
  }
  double const n = static_cast<double>(draws);
  double const mean = sum / n;
  return {mean, std::sqrt((squares / n - mean * mean) / (n - 1))};
}

std::string messageOf(std::size_t dim, double samples) {
  try {
    expectedDistance(dim, samples);
  } catch (Error const& error) {
    CHECK(error.code() == ErrorCode::invalidInput);
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("expectedDistance agrees with the published golden values") {
  struct Golden {
    std::size_t dim;
    double samples;
    double value;
  };
  constexpr Golden golden[] = {
      {1, 2, 0.904230878394},     {1, 10, 0.154681451757},     {2, 5, 0.779066047325},
      {3, 10, 0.64187528946},     {5, 6, 2.55178773985},       {5, 51, 0.249581139416},
      {10, 40, 0.977797030191},   {20, 21, 7.24821685704},     {20, 201, 0.631059419596},
      {100, 2, 230.049936721},    {100, 20, 120.054664059},    {100, 50, 71.3843315863},
      {100, 100, 31.9364620755},  {100, 101, 31.4913211731},   {100, 150, 19.4627571879},
      {100, 190, 14.9575001259},  {100, 200, 14.1432774262},   {100, 250, 11.124647956},
      {100, 500, 5.39486533803},  {100, 1000, 2.66001400164},  {100, 2000, 1.32111367773},
      {100, 1e4, 0.262840252971}, {100, 1e5, 0.0262533930769}, {100, 1e6, 0.0026250339214},
  };
  for (Golden const& g : golden) {
    CAPTURE(g.dim);
    CAPTURE(g.samples);
    CHECK(relativeError(expectedDistance(g.dim, g.samples), g.value) < 1e-10);
  }
}

TEST_CASE("expectedDistance agrees with high-precision values made by another method") {
  for (ExpectedDistanceReference const& reference : expectedDistanceReferences) {
    CAPTURE(reference.dim);
    CAPTURE(reference.samples);
    double const error = relativeError(expectedDistance(reference.dim, reference.samples), reference.value);
    CHECK(error < tolerance(std::min(reference.dim, static_cast<std::size_t>(reference.samples - 1))));
  }
}

TEST_CASE("in one dimension expectedDistance is 1/n + 2 - 2 c4(n)") {
  for (double const n : {2.0, 2.25, 3.0, 7.5, 100.0, 1000.0, 1e6, 1e9, 1e12, 1e15}) {
    CAPTURE(n);
    CHECK(relativeError(expectedDistance(1, n), closedFormInOneDimension(n)) < 4e-15);
  }
}

TEST_CASE("expectedDistance follows its expansion in 1/k, to the order of the first term left out") {
  constexpr std::size_t dims[] = {1, 2, 7, 30, 100, 300};
  for (std::size_t const dim : dims) {
    CAPTURE(dim);
    auto const d = static_cast<double>(dim);
    auto const remainder = [&](double k) { return expectedDistance(dim, k + 1) - series(d, k); };
    double const k = 50 * (d + 3);
    CHECK(remainder(k) / remainder(2 * k) == doctest::Approx(8).epsilon(0.05));
    // Far out the remainder, below 0.01 d (d+3)^3/k^3, is below the rounding of f, about d (d+5)/(4 k).
    for (double const far : {1e10, 1e12, 1e15 - 1}) {
      CAPTURE(far);
      CHECK(relativeError(expectedDistance(dim, far + 1), series(d, far)) < tolerance(dim));
    }
  }
  CHECK(relativeError(expectedDistance(10000, 1e15), series(10000, 1e15 - 1)) < tolerance(10000));
}

TEST_CASE("expectedDistance agrees with simulation") {
  struct Case {
    std::size_t dim, samples, draws;
  };
  for (Case const c : {Case{5, 9, 100000}, Case{20, 13, 20000}, Case{20, 21, 20000}, Case{60, 90, 2000}}) {
    CAPTURE(c.dim);
    CAPTURE(c.samples);
    Estimate const estimate = simulatedDistance(c.dim, c.samples, c.draws, 20240507);
    double const expected = expectedDistance(c.dim, static_cast<double>(c.samples));
    CHECK(std::abs(estimate.mean - expected) < 4.5 * estimate.standardError);
    CHECK(estimate.standardError < 3e-3 * expected);  // or the comparison would say little
  }
}

TEST_CASE("expectedDistance decreases strictly in the number of samples") {
  constexpr std::size_t dims[] = {1, 2, 5, 20, 100};
  for (std::size_t const dim : dims) {
    CAPTURE(dim);
    double last = std::numeric_limits<double>::infinity();
    auto const lower = [&](double samples) {
      CAPTURE(samples);
      double const value = expectedDistance(dim, samples);
      CHECK(value < last);
      CHECK(value > 0);
      last = value;
    };
    double samples = 2;
    for (; samples <= static_cast<double>(3 * dim + 19); ++samples) lower(samples);
    for (; samples <= 1e15; samples *= 1.37) lower(samples);
  }
}

TEST_CASE("expectedDistance is smooth in real samples, across integers and down to dim + 1") {
  constexpr std::size_t dims[] = {1, 2, 3, 10, 99, 100};
  for (std::size_t const dim : dims) {
    auto const d = static_cast<double>(dim);
    for (double const from : {d + 1, d + 2, d + 3, 2 * d + 3, 90.0 + d, 10 * d + 90}) {
      CAPTURE(dim);
      CAPTURE(from);
      // Third differences of a smooth function on a fine grid vanish; f''' h^3 < f h^3 there.
      double const h = 1e-3;
      double const f0 = expectedDistance(dim, from);
      double const f1 = expectedDistance(dim, from + h);
      double const f2 = expectedDistance(dim, from + 2 * h);
      double const f3 = expectedDistance(dim, from + 3 * h);
      CHECK(std::abs(f3 - 3 * f2 + 3 * f1 - f0) < (8 * tolerance(dim) + 20 * h * h * h) * f0);
      CHECK(f1 < f0);
    }
  }
}

TEST_CASE("expectedDistance refuses what it cannot answer") {
  double const nan = std::numeric_limits<double>::quiet_NaN();
  double const infinity = std::numeric_limits<double>::infinity();
  CHECK(messageOf(0, 10) == "expectedDistance: dim must be from 1 to 10000, got 0");
  CHECK(messageOf(10001, 10) == "expectedDistance: dim must be from 1 to 10000, got 10001");
  CHECK(messageOf(std::numeric_limits<std::size_t>::max(), 10).find("dim must be") != std::string::npos);
  CHECK(messageOf(3, 1) == "expectedDistance: samples must be from 2 to 1e+15, got 1");
  for (double const samples : {nan, infinity, -infinity, -5.0, 0.0, 1.5, 1.0000001e15}) {
    CAPTURE(samples);
    CHECK(messageOf(3, samples).find("samples must be from 2 to 1e+15, got ") != std::string::npos);
  }
  CHECK(messageOf(10, 3.5) == "expectedDistance: samples must be an integer or at least dim + 1 = 11, got 3.5");
  CHECK(messageOf(10, 10.999).find("at least dim + 1") != std::string::npos);
  CHECK(messageOf(10, 11) == "no error");
  CHECK(messageOf(10, 11.001) == "no error");
  CHECK(messageOf(10, 10) == "no error");
}

TEST_CASE("a cancelled expectedDistance stops" * startsThreads) {
  auto const codeOf = [](Task& task) {
    try {
      madloop::limits::expectedDistance(10000, 20000, task);
    } catch (Error const& error) {
      return error.code();
    }
    return ErrorCode::internal;
  };
  Task before;
  before.cancel();
  CHECK(codeOf(before) == ErrorCode::aborted);

  // Uncancelled it takes a second. How soon it stops is a matter of the clock, which tests of the addon look
  // at.
  Task during;
  std::thread canceller([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    during.cancel();
  });
  CHECK(codeOf(during) == ErrorCode::aborted);
  canceller.join();
}
