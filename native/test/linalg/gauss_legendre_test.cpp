#include "core/linalg/gauss_legendre.hpp"

#include <doctest/doctest.h>

#include <cmath>

using madloop::linalg::gaussLegendre;
using madloop::linalg::kGaussLegendreCount;

TEST_CASE("Gauss-Legendre integrates powers below twice the number of nodes, and no further") {
  auto const& rule = gaussLegendre();
  auto const error = [&](int power) {
    double sum = 0;
    for (std::size_t i = 0; i < kGaussLegendreCount; ++i)
      sum += rule.weights[i] * std::pow(rule.nodes[i], power);
    return std::abs(sum - (power % 2 == 0 ? 2.0 / (power + 1) : 0));
  };
  for (int power = 0; power < 2 * static_cast<int>(kGaussLegendreCount); ++power) {
    CAPTURE(power);
    CHECK(error(power) < 1e-15);
  }
  // At degree 64 the error is 2^129 (32!)^4/(65 (64!)^2) = 2.4e-19: too small to see, but not at 200.
  CHECK(error(200) > 1e-9);
}

TEST_CASE("the partial weights integrate powers below the number of nodes up to each node") {
  auto const& rule = gaussLegendre();
  for (int power = 0; power < static_cast<int>(kGaussLegendreCount); ++power) {
    for (std::size_t i = 0; i < kGaussLegendreCount; ++i) {
      CAPTURE(power);
      CAPTURE(i);
      double sum = 0;
      for (std::size_t j = 0; j < kGaussLegendreCount; ++j) {
        sum += rule.partial[i][j] * std::pow(rule.nodes[j], power);
      }
      double const exact = (std::pow(rule.nodes[i], power + 1) - std::pow(-1.0, power + 1)) / (power + 1);
      CHECK(std::abs(sum - exact) < 2e-15);
    }
  }
}
