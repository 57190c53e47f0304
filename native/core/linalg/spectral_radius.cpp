#include "core/linalg/spectral_radius.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace madloop::linalg {

namespace {

/// m is at most 2 to this: however close two eigenvalues are, what is left of the bounds' distance is rounding.
constexpr int kLargestPower = 64;

/// Entries of x below this part of the largest are on their way to zero, and lose digits by underflow.
constexpr double kVanished = 1e-280;

/// m m, by a power of two near 1.
Matrix scaledSquare(Matrix const& m) {
  Index const n = m.rows();
  Matrix square = Matrix::zero(n, n);
  double largest = 0;
  for (Index j = 0; j < n; ++j) {
    for (Index k = 0; k < n; ++k) {
      for (Index i = 0; i < n; ++i) square(i, j) += m(i, k) * m(k, j);
    }
    largest = std::max(largest, *std::max_element(square.column(j), square.column(j) + n));
  }
  double const scale = largest > 0 ? std::ldexp(1.0, -std::ilogb(largest)) : 1;
  for (Index i = 0; i < square.size(); ++i) square.data()[i] *= scale;
  return square;
}

struct Bounds {
  double lower = std::numeric_limits<double>::infinity();
  double upper = 0;
};

/// By x = power (1, ..., 1). Rows in which that has vanished say nothing.
Bounds ratios(Matrix const& a, Matrix const& power) {
  Index const n = a.rows();
  Vector x = Vector::zero(n);
  for (Index j = 0; j < n; ++j) {
    for (Index i = 0; i < n; ++i) x[i] += power(i, j);
  }
  double const largest = *std::max_element(x.begin(), x.end());
  Bounds bounds;
  for (Index i = 0; i < n; ++i) {
    if (!(x[i] > kVanished * largest)) continue;
    double sum = 0;
    for (Index j = 0; j < n; ++j) sum += a(i, j) * x[j];
    bounds.lower = std::min(bounds.lower, sum / x[i]);
    bounds.upper = std::max(bounds.upper, sum / x[i]);
  }
  return bounds;
}

}  // namespace

double spectralRadius(Matrix const& a) {
  double const eps = std::numeric_limits<double>::epsilon() * static_cast<double>(a.rows());
  Matrix power = Matrix::identity(a.rows());
  for (int k = 0;; ++k) {
    Bounds const bounds = ratios(a, power);
    if (bounds.upper - bounds.lower <= eps * bounds.upper || k == kLargestPower) return bounds.upper;
    power = k == 0 ? a : scaledSquare(power);
  }
}

}  // namespace madloop::linalg
