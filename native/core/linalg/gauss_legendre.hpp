// Gauss-Legendre quadrature on [-1, 1], and the integral up to each node that goes with it.
#pragma once

#include <array>
#include <cstddef>

namespace madloop::linalg {

inline constexpr std::size_t kGaussLegendreCount = 32;

/// The rule with kGaussLegendreCount nodes: exact for polynomials of degree below twice that.
struct GaussLegendre {
  std::array<double, kGaussLegendreCount> nodes{};  // ascending
  std::array<double, kGaussLegendreCount> weights{};
  // partial[i][j]: weight of the value at node j in the integral from -1 to node i of the polynomial that
  // interpolates the values.
  std::array<std::array<double, kGaussLegendreCount>, kGaussLegendreCount> partial{};
};

/// Computed at first use; thread-safe.
GaussLegendre const& gaussLegendre();

}  // namespace madloop::linalg
