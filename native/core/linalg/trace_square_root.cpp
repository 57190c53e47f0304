#include "core/linalg/trace_square_root.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <tuple>

#include "core/linalg/square_root_nodes.hpp"

namespace madloop::linalg {

namespace {

constexpr double kEps = std::numeric_limits<double>::epsilon();

/// The sum of the inverse eigenvalues of a positive definite T, tr T^-1, and Gershgorin's bound on the largest.
struct SpectrumBounds {
  double inverses;
  double largest;
};

/// Empty where T is not positive definite to working precision.
std::optional<SpectrumBounds> spectrumBounds(Tridiagonal const& t) {
  Index const n = t.diagonal.size();
  double pivot = 1;
  double derivative = 0;
  double inverseTrace = 0;
  double largest = 0;
  for (Index i = 0; i < n; ++i) {
    double const before = i > 0 ? t.subdiagonal[i - 1] : 0;
    double const after = i + 1 < n ? t.subdiagonal[i] : 0;
    double const ratio = before * before / pivot;
    derivative = 1 + ratio / pivot * derivative;
    pivot = t.diagonal[i] - ratio;
    if (!(pivot > 0)) return std::nullopt;
    inverseTrace += derivative / pivot;
    largest = std::max(largest, t.diagonal[i] + std::abs(before) + std::abs(after));
  }
  return SpectrumBounds{inverseTrace, largest};
}

/// sum_j w_j (n - s_j tr (T + s_j)^-1) and sum_j w_j tr (T + s_j)^-1 times sqrt(smallest), for the rule's nodes
/// scaled by `smallest`. With delta_i the pivots of T + s, log det (T + s) = sum log delta_i, whose derivative
/// in s is the trace.
void sumOverNodes(Tridiagonal const& t, SquareRootRule const& rule, double smallest, RootSums& result) {
  constexpr std::size_t capacity = std::tuple_size_v<decltype(rule.node)>;
  Index const n = t.diagonal.size();
  std::array<double, capacity> node;
  std::array<double, capacity> reciprocal;  // 1 / delta_{i-1}
  std::array<double, capacity> derivative;  // d delta_{i-1} / ds
  std::array<double, capacity> trace;
  for (std::size_t j = 0; j < rule.size; ++j) {
    node[j] = rule.node[j] * smallest;
    reciprocal[j] = 0;
    derivative[j] = 0;
    trace[j] = 0;
  }
  for (Index i = 0; i < n; ++i) {
    double const diagonal = t.diagonal[i];
    double const square = i > 0 ? t.subdiagonal[i - 1] * t.subdiagonal[i - 1] : 0;
    for (std::size_t j = 0; j < rule.size; ++j) {
      double const ratio = square * reciprocal[j];
      derivative[j] = 1 + ratio * reciprocal[j] * derivative[j];
      reciprocal[j] = 1 / (diagonal + node[j] - ratio);
      trace[j] += derivative[j] * reciprocal[j];
    }
  }
  double const root = std::sqrt(smallest);
  for (std::size_t j = 0; j < rule.size; ++j) {
    result.roots += rule.weight[j] * (static_cast<double>(n) - node[j] * trace[j]) * root;
    result.inverseRoots += rule.weight[j] * trace[j] * root;
  }
}

double sumOfWeights(SquareRootRule const& rule) {
  double sum = 0;
  for (std::size_t j = 0; j < rule.size; ++j) sum += rule.weight[j];
  return sum;
}

}  // namespace

std::optional<RootSums> rootSums(Tridiagonal const& t) {
  std::optional<SpectrumBounds> const bounds = spectrumBounds(t);
  if (!bounds) return std::nullopt;
  double const smallest = 1 / bounds->inverses;  // at most the smallest eigenvalue
  auto const rule = std::find_if(
      kSquareRootRules.begin(), kSquareRootRules.end(),
      [&](SquareRootRule const& candidate) { return bounds->largest <= candidate.condition * smallest; });
  if (rule == kSquareRootRules.end()) return std::nullopt;
  RootSums result;
  sumOverNodes(t, *rule, smallest, result);
  result.inverses = bounds->inverses;
  result.largest = bounds->largest;
  // Each n - s tr (T + s)^-1 is rounded to a few eps n, whatever cancels.
  auto const n = static_cast<double>(t.diagonal.size());
  result.rounding = 4 * kEps * (n * sumOfWeights(*rule) * std::sqrt(smallest) + result.roots);
  return result;
}

BoundedValue traceSquareRoot(Matrix const& s, Task const& task) {
  return traceSquareRoot(scaledTridiagonal(s, task), task);
}

BoundedValue traceSquareRoot(ScaledTridiagonal const& reduced, Task const& task) {
  double const scale = std::sqrt(reduced.scale);
  if (std::optional<RootSums> const sums = rootSums(reduced.matrix)) {
    // The reduction moves each eigenvalue by n eps lambda_max at most, hence the sum of roots by half of that
    // times sum lambda^(-1/2) <= (n tr T^-1)^(1/2).
    auto const n = static_cast<double>(reduced.matrix.diagonal.size());
    double const reduction = 0.5 * n * kEps * sums->largest * std::sqrt(n * sums->inverses);
    return {sums->roots * scale, (reduction + sums->rounding) * scale};
  }
  NuclearNorm const roots = sumOfRoots(tridiagonalEigenvalues(reduced.matrix, task));
  return {roots.value * scale, roots.errorBound * scale};
}

}  // namespace madloop::linalg
