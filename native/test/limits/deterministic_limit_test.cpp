#include "core/limits/deterministic_limit.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "core/limits/expected_distance.hpp"
#include "core/limits/stationary_moments.hpp"

using madloop::Error;
using madloop::ErrorCode;
using madloop::Task;
using madloop::gaussian::CovarianceDivisor;
using madloop::limits::DeterministicLimit;
using madloop::limits::StationaryLoop;

namespace {

DeterministicLimit limitOf(StationaryLoop const& loop) {
  Task const task;
  return madloop::limits::deterministicLimit(loop, task);
}

double relativeError(double value, double exact) { return std::abs(value / exact - 1); }

/// 1 - int sqrt(tau/mu_1) dH, by iterating generations of w(s) = 1/m(s) - s from a point mass, each a fixed
/// point in two unknowns at every s: the definition, with linear interpolation.
double iteratedRootDeficit(StationaryLoop const& loop, int generations) {
  double const n = loop.real + loop.synthetic;
  double const a = loop.real / n;
  double const b = loop.lambda * loop.synthetic / n;
  double const y = static_cast<double>(loop.dim) / (n - 1);
  double const step = 0.02;
  double const bottom = -24;
  std::size_t const count = 2100;
  auto const argument = [&](std::size_t i) { return std::exp(bottom + step * static_cast<double>(i)); };
  std::vector<double> w(count, a / (1 - b));
  auto const interpolate = [&](double s) {
    double const position = (std::log(s) - bottom) / step;
    if (position >= static_cast<double>(count - 1)) return w.back();
    auto const cell = static_cast<std::size_t>(position);
    double const part = position - static_cast<double>(cell);
    return (1 - part) * w[cell] + part * w[cell + 1];
  };
  for (int t = 0; t < generations; ++t) {
    std::vector<double> next(count);
    for (std::size_t i = 0; i < count; ++i) {
      double const s = argument(i);
      double delta1 = 0;
      double delta2 = 0;
      for (int iteration = 0; iteration < 400; ++iteration) {
        double const real = a / (1 + delta1);
        double const carried = b / (1 + delta2);
        double const q = (real + s) / carried;
        double const last = interpolate(q);
        double const m = 1 / (carried * (last + q));
        double const moved = std::abs(y * m - delta1);
        delta1 = y * m;
        delta2 = y * loop.lambda * last * m;
        next[i] = real + carried * last;
        if (moved < 1e-13 * delta1) break;
      }
    }
    w = next;
  }
  double const mean = a / (1 - b);
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    double const s = argument(i);
    sum += s * std::sqrt(s) * (mean - w[i]) / ((w[i] + s) * (mean + s)) * step;
  }
  return sum / (M_PI * std::sqrt(mean));
}

/// int sqrt(x) of the Marchenko-Pastur law of ratio c <= 1: 2F1(-1/2, 1/2; 2; c).
double marchenkoPasturRoot(double c) {
  double term = 1;
  double sum = 1;
  for (int k = 0; k < 100000; ++k) {
    term *= (k - 0.5) * (k + 0.5) / ((k + 2.0) * (k + 1.0)) * c;
    sum += term;
  }
  return sum;
}

/// distance = d [m + (sqrt(sigma) - 1)^2 + 2 sqrt(sigma) loss], solved for the loss.
double lossOf(StationaryLoop const& loop, double distance) {
  madloop::limits::EigenvalueDispersion const exact = madloop::limits::eigenvalueDispersion(loop);
  double const root = std::sqrt(1 + exact.bias);
  return (distance / static_cast<double>(loop.dim) - exact.meanSquare - (root - 1) * (root - 1)) / (2 * root);
}

}  // namespace

TEST_CASE("without synthetic samples the deterministic limit is the Marchenko-Pastur law") {
  for (double const k : {5.0, 20.0, 50.0, 99.0, 101.0, 200.0, 1e3, 1e6}) {
    CAPTURE(k);
    StationaryLoop const loop{100, k + 1, 0, 1};
    // For k < d the k eigenvalues that are not 0 are those of the transposed matrix.
    double const root =
        k >= 100 ? marchenkoPasturRoot(100 / k) : std::sqrt(k / 100) * marchenkoPasturRoot(k / 100);
    double const response = k >= 100 ? 1.0 / 8 : 1.0 / 8 * std::pow(k / 100, 1.5);
    // 1 - root cancels where k is large.
    CHECK(std::abs(lossOf(loop, limitOf(loop).distance) - (1 - root + response / k)) <
          1e-8 * (1 - root) + 1e-14);
  }
}

TEST_CASE("the deterministic limit is the fixed point of the map of generations") {
  for (StationaryLoop const& loop :
       {StationaryLoop{100, 100, 300, 1}, StationaryLoop{100, 100, 900, 0.8}, StationaryLoop{100, 30, 20, 0.9},
        StationaryLoop{100, 400, 100, 0.5}, StationaryLoop{100, 60, 100, 0.3}}) {
    CAPTURE(loop.real);
    CAPTURE(loop.lambda);
    DeterministicLimit const found = limitOf(loop);
    double const n = loop.real + loop.synthetic;
    double const a = loop.real / n;
    double const b = loop.lambda * loop.synthetic / n;
    double const mean = a / (1 - b);
    double const leading = 100 / (n - 1) * (a + loop.lambda * b * mean * mean) / (mean * mean * (1 - b * b));
    double const synthetic = loop.lambda * b * mean * mean;
    double const share = synthetic / (a + synthetic);
    double const ofReal = leading > 1 ? std::pow(leading, -1.5) : 1;
    double const expected = iteratedRootDeficit(loop, 150);
    double const ofSynthetic = (1 - expected) / (1 + leading);
    double const response = ((1 - share) * ofReal + share * ofSynthetic) / 8;
    double const deficit = lossOf(loop, found.distance) - response * (found.dispersion - leading);
    CHECK(relativeError(deficit, expected) < 2e-4);  // of the linear interpolation
  }
}

TEST_CASE("without synthetic samples the deterministic limit approaches expectedDistance as d grows") {
  Task const task;
  for (double const ratio : {0.1, 0.5, 1.0, 2.0, 10.0, 1000.0}) {
    for (std::size_t const dim : {10U, 100U, 1000U}) {
      CAPTURE(ratio);
      CAPTURE(dim);
      double const d = static_cast<double>(dim);
      double const n = std::max(2.0, std::round(ratio * d)) + 1;
      double const exact = madloop::limits::expectedDistance(dim, n, task);
      // Next to n = d, where the spectrum has a hard edge, the error falls a little more slowly than 1/d.
      CHECK(relativeError(limitOf({dim, n, 0, 1}).distance, exact) < 0.1 / d);
    }
  }
}

TEST_CASE("the deterministic limit meets the simulated limit points") {
  struct Simulated {
    StationaryLoop loop;
    double distance;
    double standardError;
  };
  // 12,000 to 16,000 stationary generations of an independent program.
  Simulated const simulated[] = {
      {{100, 100, 900, 1}, 12.2935, 0.013},     {{100, 100, 900, 0.8}, 20.6281, 0.0039},
      {{100, 1000, 1000, 1}, 1.75090, 0.00047}, {{100, 200, 50, 0.85}, 11.3073, 0.0020},
      {{100, 250, 1000, 0.7}, 13.437, 0.009},   {{100, 1000, 10000, 1}, 1.3594, 0.0028},
  };
  for (Simulated const& s : simulated) {
    CAPTURE(s.loop.real);
    CAPTURE(s.loop.lambda);
    CHECK(std::abs(limitOf(s.loop).distance - s.distance) < 0.002 * s.distance + 4.5 * s.standardError);
  }
}

TEST_CASE("for endless samples at a fixed share of real data the limit is the bias of the covariance alone") {
  // d (1 - sqrt(p/(1 - lambda q)))^2
  for (double const lambda : {0.97, 0.95, 0.93, 0.90}) {
    CAPTURE(lambda);
    double const expected = 100 * std::pow(1 - std::sqrt(0.1 / (1 - lambda * 0.9)), 2);
    CHECK(relativeError(limitOf({100, 1e12, 9e12, lambda}).distance, expected) < 1e-8);
  }
}

TEST_CASE("unbiased synthetic samples at most double the real ones where those are many") {
  // WD -> (d + d (d + 1)/4)/n_e with n_e = (1 + q) n_r
  for (double const synthetic : {1e11, 1e12, 1e13}) {
    double const real = 1e12;
    double const expected = (100 + 100 * 101 / 4.0) / (real * (1 + synthetic / (real + synthetic)));
    CHECK(relativeError(limitOf({100, real, synthetic, 1}).distance, expected) < 1e-6);
  }
}

TEST_CASE("the deterministic limit is smooth at both ends of the numbers of synthetic samples") {
  // As n_s -> 0 it is the limit without any; as n_s -> infinity at fixed n_r it has a limit.
  for (double const lambda : {0.0, 0.5, 1.0}) {
    CAPTURE(lambda);
    CHECK(relativeError(limitOf({50, 80, 1e-6, lambda}).distance, limitOf({50, 80, 0, lambda}).distance) <
          1e-6);
  }
  CHECK(relativeError(limitOf({50, 80, 1e8, 1}).distance, limitOf({50, 80, 1e12, 1}).distance) < 1e-5);
}

TEST_CASE("the deterministic limit is per dimension where dimension and counts grow together") {
  for (double const lambda : {0.6, 1.0}) {
    double const small = limitOf({10000, 10000, 20000, lambda}).distance / 1e4;
    double const large = limitOf({1000000, 1000000, 2000000, lambda}).distance / 1e6;
    CHECK(relativeError(small, large) < 1e-3);
    CHECK(relativeError(small, large) > 1e-7);  // the finite-n moments are in it
  }
}

TEST_CASE("the deterministic limit is infinite where the dispersion is") {
  DeterministicLimit const limit = limitOf({10, 1, 1000, 1});
  CHECK(std::isinf(limit.dispersion));
  CHECK(std::isinf(limit.distance));
}

TEST_CASE("the deterministic limit refuses what it cannot answer") {
  double const nan = std::numeric_limits<double>::quiet_NaN();
  auto const messageOf = [](StationaryLoop const& loop) -> std::string {
    try {
      limitOf(loop);
    } catch (Error const& error) {
      CHECK(error.code() == ErrorCode::invalidInput);
      return error.what();
    }
    return "no error";
  };
  CHECK(messageOf({0, 10, 10, 1}) == "deterministicLimit: dim must be at least 1, got 0");
  CHECK(messageOf({5, 0, 10, 1}) == "deterministicLimit: real must be from 1 to 1e+15, got 0");
  CHECK(messageOf({5, nan, 10, 1}) == "deterministicLimit: real must be from 1 to 1e+15, got nan");
  CHECK(messageOf({5, 10, -1, 1}) == "deterministicLimit: synthetic must be from 0 to 1e+15, got -1");
  CHECK(messageOf({5, 1, 0, 1}) == "deterministicLimit: real + synthetic must be at least 2, got 1");
  CHECK(messageOf({5, 10, 10, 1.5}) == "deterministicLimit: lambda must be from 0 to 1, got 1.5");
}

TEST_CASE("a cancelled deterministic limit stops") {
  Task task;
  task.cancel();
  try {
    madloop::limits::deterministicLimit({100, 100, 100, 1}, task);
    FAIL("no error");
  } catch (Error const& error) {
    CHECK(error.code() == ErrorCode::aborted);
  }
}
