#include "core/linalg/nuclear_norm.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "core/base/sum.hpp"
#include "core/linalg/band_tridiagonal.hpp"
#include "core/linalg/bidiagonal.hpp"
#include "core/linalg/bidiagonal_sum.hpp"
#include "core/linalg/norms.hpp"
#include "core/linalg/parallel_product.hpp"
#include "core/linalg/products.hpp"
#include "core/linalg/symmetric_eigenvalues.hpp"
#include "core/linalg/trace_square_root.hpp"

namespace madloop::linalg {

namespace {

constexpr double kEps = std::numeric_limits<double>::epsilon();

/// Shorter side from which singular values cost about as much as eigenvalues of the Gram matrix and need no
/// bound (at 383, 6.1 against 4.5 ms on one core).
constexpr Index kDirectSize = 512;

/// Shorter side from which the tridiagonal form of the Gram matrix costs less than the bidiagonal form.
constexpr Index kGramSize = 768;

/// Exponent of entries whose squares, and what eigenvalues are computed through, are far from the ends of the
/// range.
constexpr int kLargestExponent = 200;

/// In size.
double largestEntry(Matrix const& m) { return asEigen(m).cwiseAbs().maxCoeff(); }

/// Normwise backward error of Householder reduction plus QL. Errors seen on random matrices are below
/// 0.5 n eps ||A|| up to n = 1,000 (the proved bound has a larger polynomial in n; Higham 2002, section 19.3).
double eigenvaluePerturbation(Index n, double norm) { return kEps * static_cast<double>(n) * norm; }

/// Error that the reduction to tridiagonal form makes in a matrix of Frobenius norm `norm`.
double reductionError(Index n, double norm) { return kEps * (4 + std::sqrt(static_cast<double>(n))) * norm; }

/// From the tridiagonal form of the Gram matrix; empty where the bound on the error would be above `tolerance`.
std::optional<NuclearNorm> sumFromTridiagonal(Matrix const& g, double tolerance, double squaredNormOfInverse,
                                              Task const& task) {
  Index const n = std::min(g.rows(), g.cols());
  double const trace = squaredNorm(g, task);
  if (!(trace > 0 && std::isfinite(trace))) return std::nullopt;
  double const formError = kEps * trace;
  // ||M||_F >= tr M / sqrt(n).
  double const least = formError + reductionError(n, trace / std::sqrt(static_cast<double>(n)));
  if (!(least * std::sqrt(squaredNormOfInverse) <= tolerance)) return std::nullopt;
  int const exponent = std::ilogb(trace / static_cast<double>(n)) / 2;  // g = 2^exponent times entries near 1
  double const scale = std::ldexp(1.0, exponent);
  double const factor = std::ldexp(1.0, -2 * exponent);
  Matrix gram = Matrix::zero(n, n);
  Transpose const transpose = g.rows() <= g.cols() ? Transpose::no : Transpose::yes;
  Transpose const other = g.rows() <= g.cols() ? Transpose::yes : Transpose::no;
  addProductLower(asEigen(gram), factor, {asEigen(g), transpose, asEigen(g), other}, task);
  std::optional<NuclearNorm> result =
      sumOfRootsInTwoStages(std::move(gram), factor * formError, tolerance / scale, task);
  if (result) result->scaleBy(scale);
  return result;
}

}  // namespace

double squareRootSumErrorBound(Vector const& x, double perturbation) {
  double const largest = std::sqrt(perturbation);
  return fixedOrderSum(static_cast<std::size_t>(x.size()), [&](std::size_t i) {
    double const root = std::sqrt(std::max(0.0, x[static_cast<Index>(i)]));
    // |sqrt(x + e) - sqrt(x)| = |e| / (sqrt(x + e) + sqrt(x)) is at most |e| / sqrt(x) and at most sqrt(|e|).
    return root > largest ? perturbation / root : largest;
  });
}

NuclearNorm sumOfRoots(Vector eigenvalues) {
  NuclearNorm result;
  result.squares = std::move(eigenvalues);
  Index const n = result.squares.size();
  if (n == 0) return result;
  double const norm = std::max(std::abs(result.squares[0]), std::abs(result.squares[n - 1]));
  result.value = fixedOrderSum(static_cast<std::size_t>(n), [&](std::size_t i) {
    return std::sqrt(std::max(0.0, result.squares[static_cast<Index>(i)]));
  });
  result.errorBound =
      squareRootSumErrorBound(result.squares, eigenvaluePerturbation(n, norm)) + 2 * kEps * result.value;
  return result;
}

std::optional<NuclearNorm> sumOfRootsInTwoStages(Matrix m, double formError, double tolerance,
                                                 Task const& task) {
  Index const n = m.rows();
  Tridiagonal const t = tridiagonaliseInTwoStages(m, task);
  std::optional<RootSums> const sums = rootSums(t);
  if (!sums) return std::nullopt;
  double const squaredNorm = fixedOrderSum(static_cast<std::size_t>(n), [&](std::size_t i) {
    auto const j = static_cast<Index>(i);
    double const next = j + 1 < n ? t.subdiagonal[j] : 0;
    return t.diagonal[j] * t.diagonal[j] + 2 * next * next;
  });
  NuclearNorm result;
  result.value = sums->roots;
  // An error E of M moves the sum by at most ||E||_F (tr M^-1)^(1/2): with |sqrt(x + e) - sqrt(x)| <= |e| /
  // sqrt(x), sum_i e_i^2 <= ||E||_F^2 (Hoffman & Wielandt 1953) and the Cauchy-Schwarz inequality.
  result.errorBound =
      (formError + reductionError(n, std::sqrt(squaredNorm))) * std::sqrt(sums->inverses) + sums->rounding;
  result.reciprocals = sums->inverseRoots;
  if (!(result.errorBound <= tolerance)) return std::nullopt;
  return result;
}

NuclearNorm singularValueSum(Matrix g, Task const& task) {
  Index const r = std::min(g.rows(), g.cols());
  NuclearNorm result;
  if (r == 0) return result;
  double const largest = largestEntry(g);
  if (largest > 0) {
    int exponent = 0;
    std::frexp(largest, &exponent);
    result.scale = std::ldexp(1.0, exponent);
    asEigen(g) *= std::ldexp(1.0, -exponent);
  }
  result.bidiagonal = bidiagonalise(std::move(g), task);
  Bidiagonal const& b = result.bidiagonal;
  double const frobenius = std::sqrt(fixedOrderSum(static_cast<std::size_t>(r), [&](std::size_t i) {
    auto const j = static_cast<Index>(i);
    double const next = j + 1 < r ? b.superdiagonal[j] : 0;
    return b.diagonal[j] * b.diagonal[j] + next * next;
  }));
  auto const rank = static_cast<double>(r);
  result.value = result.scale * singularValueSum(b);
  // The nuclear norm of a perturbation E is at most sqrt(r) ||E||_F; here ||E||_F is of order eps ||g||_F, with
  // a factor sqrt(r) for the reflectors one after the other (Connolly & Higham 2023).
  result.errorBound =
      result.scale * kEps * (4 + std::sqrt(rank)) * std::sqrt(rank) * frobenius + 8 * kEps * result.value;
  return result;
}

void NuclearNorm::scaleBy(double factor) {
  value *= factor;
  errorBound *= factor;
  asEigen(squares) *= factor * factor;
  reciprocals /= factor;
  scale *= factor;
}

double NuclearNorm::changeBound(double perturbation) const {
  if (perturbation == 0) return 0;
  if (reciprocals > 0) return perturbation * reciprocals;
  return squares.size() > 0 ? squareRootSumErrorBound(squares, perturbation)
                            : scale * squareRootSumErrorBound(bidiagonal, perturbation / scale / scale);
}

double NuclearNorm::leastSingularValue() const {
  if (reciprocals > 0) return 1 / reciprocals;
  if (Index const n = squares.size(); n > 0)
    return std::sqrt(std::max(0.0, squares[0] - eigenvaluePerturbation(n, std::abs(squares[n - 1]))));
  Index const n = bidiagonal.diagonal.size();
  // ||B^-1||_F^2 by its columns.
  double column = 0;
  double inverse = 0;
  double next = 0;
  for (Index i = 0; i < n; ++i) {
    column = (1 + next * next * column) / (bidiagonal.diagonal[i] * bidiagonal.diagonal[i]);
    inverse += column;
    if (i + 1 < n) next = bidiagonal.superdiagonal[i];
  }
  return inverse > 0 ? std::max(0.0, scale / std::sqrt(inverse) - errorBound) : 0;
}

NuclearNorm nuclearNorm(Matrix g, double tolerance, Task const& task, double squaredNormOfInverse) {
  Index const r = std::min(g.rows(), g.cols());
  if (r == 0) return {};
  if (r >= kGramSize) {
    std::optional<NuclearNorm> const fast = sumFromTridiagonal(g, tolerance, squaredNormOfInverse, task);
    if (fast) return *fast;
  }
  double const largest = largestEntry(g);
  bool const extreme = largest > 0 && std::abs(std::ilogb(largest)) > kLargestExponent;
  if (r >= kDirectSize || extreme) return singularValueSum(std::move(g), task);
  Matrix gram = Matrix::zero(r, r);
  if (g.rows() <= g.cols()) {
    addGram(g, gram);
  } else {
    addTransposedGram(g, gram);
  }
  NuclearNorm fast = sumOfRoots(symmetricEigenvalues(gram, task));
  return fast.errorBound <= tolerance ? fast : singularValueSum(std::move(g), task);
}

}  // namespace madloop::linalg
