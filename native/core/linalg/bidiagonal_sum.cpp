#include "core/linalg/bidiagonal_sum.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "core/base/sum.hpp"

namespace madloop::linalg {

namespace {

constexpr double kTwoOverPi = 0.63661977236758134308;
constexpr double kLog2 = 0.69314718055994530942;
/// 2^(j/3): nodes t = 2^(j/3) have a step of log(2)/3 in log t, for an error of 2 exp(-pi^2 / step) = 6e-19.
constexpr std::array<double, 3> kThirdPowers{1.0, 1.2599210498948731648, 1.5874010519681994748};
constexpr int kLowest = -180;  // t = 2^-60 and 2^30, for singular values of order 1
constexpr int kHighest = 90;

double thirdPower(int j) {
  int const remainder = ((j % 3) + 3) % 3;
  return std::ldexp(kThirdPowers[static_cast<std::size_t>(remainder)], (j - remainder) / 3);
}

/// B scaled to a Frobenius norm in [1, 2), by its squares: q of the diagonal, e of the superdiagonal.
struct Squares {
  std::vector<double> q;
  std::vector<double> e;
  double total = 0;  // ||B||_F^2
  int exponent = 0;  // B = 2^exponent * what is here
};

Squares squaresOf(Bidiagonal const& b) {
  double largest = 0;
  for (double const value : b.diagonal) largest = std::max(largest, std::abs(value));
  for (double const value : b.superdiagonal) largest = std::max(largest, std::abs(value));
  Squares result;
  if (largest == 0) return result;
  auto const n = static_cast<std::size_t>(b.diagonal.size());
  result.exponent = std::ilogb(largest);
  auto sum = [&] {
    result.q.assign(n, 0.0);
    result.e.assign(n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
      double const diagonal = std::ldexp(b.diagonal[static_cast<Index>(i)], -result.exponent);
      double const next =
          i + 1 < n ? std::ldexp(b.superdiagonal[static_cast<Index>(i)], -result.exponent) : 0.0;
      result.q[i] = diagonal * diagonal;
      result.e[i] = next * next;
    }
    return fixedOrderSum(n, [&](std::size_t i) { return result.q[i] + result.e[i]; });
  };
  result.exponent += std::ilogb(sum()) / 2;
  result.total = sum();
  return result;
}

/// sum_i sigma_i^2 / (sigma_i^2 + s) for each s > 0.
///
/// B^T B + s = R^T R with R upper bidiagonal and squared diagonal Q_i = q_i + t_i, t_i = s + e_{i-1} t_{i-1} /
/// Q_{i-1} (the stationary qd transformation with a shift of the sign that adds). The sum is that of 1 - s (log
/// Q_i)', which with g = t - s t' is (q_i + g_i) / Q_i, g_i = e_{i-1} (q_{i-1} g_{i-1} + t_{i-1}^2) /
/// Q_{i-1}^2: nothing is subtracted.
std::vector<double> dampedCounts(Squares const& b, std::vector<double> const& shifts) {
  std::size_t const count = shifts.size();
  std::vector<double> t(shifts);
  std::vector<double> g(count, 0.0);
  std::vector<double> sum(count, 0.0);
  for (std::size_t i = 0; i < b.q.size(); ++i) {
    double const q = b.q[i];
    double const e = b.e[i];
    for (std::size_t j = 0; j < count; ++j) {
      double const inverse = 1 / (q + t[j]);
      double const ratio = e * inverse;
      sum[j] += (q + g[j]) * inverse;
      g[j] = ratio * inverse * (q * g[j] + t[j] * t[j]);
      t[j] = shifts[j] + ratio * t[j];
    }
  }
  return sum;
}

}  // namespace

double singularValueSum(Bidiagonal const& b) {
  Squares const squares = squaresOf(b);
  if (squares.total == 0) return 0;
  std::vector<double> nodes;
  std::vector<double> shifts;
  for (int j = kLowest; j <= kHighest; ++j) {
    nodes.push_back(thirdPower(j));
    shifts.push_back(nodes.back() * nodes.back());
  }
  std::vector<double> const counts = dampedCounts(squares, shifts);
  double const inner = fixedOrderSum(nodes.size(), [&](std::size_t j) { return nodes[j] * counts[j]; });
  // Geometric series for the nodes beyond: the counts are constant on the far left (to n 2^-60) and ||B||_F^2 /
  // t^2 on the far right (to 2^-58, relative).
  double const ratio = kThirdPowers[1];
  double const left = counts.front() * nodes.front() / (ratio - 1);
  double const right = squares.total / nodes.back() / (ratio - 1);
  return std::ldexp(kTwoOverPi * (kLog2 / 3) * (inner + left + right), squares.exponent);
}

double squareRootSumErrorBound(Bidiagonal const& b, double perturbation) {
  auto const n = static_cast<double>(b.diagonal.size());
  Squares const squares = squaresOf(b);
  if (perturbation == 0 || n == 0) return 0;
  if (squares.total == 0) return n * std::sqrt(perturbation);
  // min(1 / sigma, 1 / sqrt(e)) <= sqrt(2 / (sigma^2 + e)), and 1 / sqrt(sigma^2 + e) is the integral of
  // (2/pi) / (sigma^2 + e + t^2) over t > 0. A step of log 2 is good for 1e-6.
  double const e = std::ldexp(perturbation, -2 * squares.exponent);
  // Beyond the range of what follows (and far above all squares) each root changes by sqrt(e) at most.
  if (!(e >= std::numeric_limits<double>::min() && e <= 0x1p60)) return n * std::sqrt(perturbation);
  int const start = std::ilogb(e) / 2 - 20;
  std::vector<double> nodes;
  std::vector<double> shifts;
  for (int j = start; j <= 40; ++j) {
    nodes.push_back(std::ldexp(1.0, j));
    shifts.push_back(e + nodes.back() * nodes.back());
  }
  std::vector<double> const counts = dampedCounts(squares, shifts);
  double const sum = fixedOrderSum(
      nodes.size(), [&](std::size_t j) { return nodes[j] * std::max(0.0, n - counts[j]) / shifts[j]; });
  constexpr double rootOfTwo = 1.4142135623730951;
  return std::ldexp(1.00001 * rootOfTwo * kTwoOverPi * kLog2 * e * sum, squares.exponent);
}

}  // namespace madloop::linalg
