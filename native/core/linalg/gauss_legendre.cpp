#include "core/linalg/gauss_legendre.hpp"

#include "core/base/elementary.hpp"

namespace madloop::linalg {

namespace {

constexpr std::size_t kCount = kGaussLegendreCount;

/// P_0(x) ... P_count(x).
std::array<double, kCount + 1> legendrePolynomials(double x) {
  std::array<double, kCount + 1> p{1, x};
  for (std::size_t k = 1; k < kCount; ++k) {
    auto const degree = static_cast<double>(k);
    p[k + 1] = ((2 * degree + 1) * x * p[k] - degree * p[k - 1]) / (degree + 1);
  }
  return p;
}

/// P'_count(x) for |x| < 1.
double legendreDerivative(double x, std::array<double, kCount + 1> const& p) {
  return static_cast<double>(kCount) * (p[kCount - 1] - x * p[kCount]) / ((1 - x) * (1 + x));
}

GaussLegendre makeRule() {
  GaussLegendre rule;
  for (std::size_t i = 0; i < kCount / 2; ++i) {
    // cos(pi (i + 3/4)/(kCount + 1/2)), then Newton's method: it converges quadratically, so five steps are
    // ample.
    double sine = 0;
    double x = 0;
    sinCosTurn((static_cast<double>(i) + 0.75) / static_cast<double>(2 * kCount + 1), sine, x);
    for (int step = 0; step < 5; ++step) {
      auto const p = legendrePolynomials(x);
      x -= p[kCount] / legendreDerivative(x, p);
    }
    double const derivative = legendreDerivative(x, legendrePolynomials(x));
    double const weight = 2 / ((1 - x) * (1 + x) * derivative * derivative);
    rule.nodes[i] = -x;
    rule.nodes[kCount - 1 - i] = x;
    rule.weights[i] = rule.weights[kCount - 1 - i] = weight;
  }

  // The interpolating polynomial is sum_k (2k+1)/2 [sum_j w_j P_k(x_j) f_j] P_k, and
  // (2k+1) int_-1^x P_k = P_(k+1)(x) - P_(k-1)(x).
  for (std::size_t i = 0; i < kCount; ++i) {
    auto const at = legendrePolynomials(rule.nodes[i]);
    for (std::size_t j = 0; j < kCount; ++j) {
      auto const from = legendrePolynomials(rule.nodes[j]);
      double sum = 1 + rule.nodes[i];
      for (std::size_t k = 1; k < kCount; ++k) sum += from[k] * (at[k + 1] - at[k - 1]);
      rule.partial[i][j] = 0.5 * rule.weights[j] * sum;
    }
  }
  return rule;
}

}  // namespace

GaussLegendre const& gaussLegendre() {
  static GaussLegendre const rule = makeRule();
  return rule;
}

}  // namespace madloop::linalg
