#include "core/limits/laguerre_ensemble.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstddef>

using madloop::Task;
using madloop::limits::laguerreQuadrature;
using madloop::limits::LaguerreQuadrature;

namespace {

/// E[sum_m (x_m/nu)^power], power = 0 ... 3, nu = count + excess.
std::array<double, 4> traceMoments(LaguerreQuadrature const& rule, double nu) {
  std::array<double, 4> moments{};
  for (std::size_t i = 0; i < rule.mass.size(); ++i) {
    double const root = rule.origin + rule.offset[i];
    double term = rule.mass[i];
    for (double& moment : moments) {
      moment += term;
      term *= root * root / nu;
    }
  }
  return moments;
}

/// The same, exactly (Wishart trace moments).
std::array<double, 4> exactTraceMoments(double d, double nu) {
  return {d, d, d * (nu + d + 1) / nu, d * (nu * nu + d * d + 3 * nu * d + 3 * nu + 3 * d + 4) / (nu * nu)};
}

constexpr std::size_t counts[] = {1, 2, 3, 4, 5, 8, 20, 33, 99, 100, 300, 1000};
constexpr double excesses[] = {0, 1e-9, 0.3, 0.5, 1, 1.75, 7, 40.5, 80, 500, 1e4, 1e6, 1e9, 1e14};

}  // namespace

TEST_CASE("the density of the Laguerre ensemble has the mass and the trace moments of the Wishart law") {
  Task task;
  for (std::size_t const count : counts) {
    for (double const excess : excesses) {
      CAPTURE(count);
      CAPTURE(excess);
      double const d = static_cast<double>(count);
      // `count` steps of the recurrence, each of which rounds phi and its square a few times
      double const tolerance = (20 + 4 * d) * 0x1p-53;
      auto const moments = traceMoments(laguerreQuadrature(count, excess, task), d + excess);
      auto const exact = exactTraceMoments(d, d + excess);
      for (std::size_t power = 0; power < moments.size(); ++power) {
        CAPTURE(power);
        CHECK(std::abs(moments[power] / exact[power] - 1) < tolerance);
      }
    }
  }
}

TEST_CASE("narrower panels change nothing") {
  Task task;
  constexpr std::size_t someCounts[] = {1, 2, 3, 20, 99, 100, 300};
  for (std::size_t const count : someCounts) {
    for (double const excess : excesses) {
      CAPTURE(count);
      CAPTURE(excess);
      double const d = static_cast<double>(count);
      double const tolerance = (20 + 4 * d) * 0x1p-53;
      // the part of E tr (W^(1/2) - sqrt(nu))^2 that sees the shape of a narrow spectrum
      auto const spread = [&](std::size_t refinement) {
        LaguerreQuadrature const rule = laguerreQuadrature(count, excess, task, refinement);
        double const centre = std::sqrt(d + excess) - rule.origin;
        double sum = 0;
        for (std::size_t i = 0; i < rule.mass.size(); ++i) {
          sum += rule.mass[i] * (rule.offset[i] - centre) * (rule.offset[i] - centre);
        }
        return sum;
      };
      double const plain = spread(1);
      CHECK(std::abs(spread(2) / plain - 1) < tolerance);
      CHECK(std::abs(spread(3) / plain - 1) < tolerance);
    }
  }
}
