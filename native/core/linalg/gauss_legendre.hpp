// Gauss-Legendre quadrature on [-1, 1], and the integral up to each node that goes with it.
#pragma once

#include <array>
#include <cstddef>

namespace madloop::linalg {

inline constexpr std::size_t gaussLegendreCount = 32;

/// The rule with gaussLegendreCount nodes: exact for polynomials of degree below twice that.
struct GaussLegendre {
  std::array<double, gaussLegendreCount> nodes{};  // ascending
  std::array<double, gaussLegendreCount> weights{};
  // partial[i][j]: weight of the value at node j in the integral from -1 to node i of the polynomial that
  // interpolates the values.
  std::array<std::array<double, gaussLegendreCount>, gaussLegendreCount> partial{};
};

/// Computed at first use; thread-safe.
GaussLegendre const& gaussLegendre();

}  // namespace madloop::linalg
