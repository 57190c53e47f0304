#include "core/linalg/root_differences.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/sum.hpp"
#include "core/linalg/eigen.hpp"
#include "core/linalg/products.hpp"
#include "core/linalg/symmetric_eigenvectors.hpp"

namespace madloop::linalg {

namespace {

/// Change of the distance by a step, as a part of it, with which the fixed point is reached.
constexpr double kConverged = 1e-14;
/// Where they are not enough, S is not near C.
constexpr int kSteps = 30;

/// tr C^-1 X^2 for C = diag(c) and the root C + X of C^2 + M.
std::optional<double> rootDifference(Vector const& c, Matrix const& m) {
  Index const n = c.size();
  Matrix x(n, n);
  Matrix rest = m;
  double before = 0;
  for (int step = 0; step < kSteps; ++step) {
    for (Index j = 0; j < n; ++j) {
      for (Index i = 0; i < n; ++i) x(i, j) = rest(i, j) / (c[i] + c[j]);
    }
    double const sum = fixedOrderSum(static_cast<std::size_t>(n), [&](std::size_t k) {
      auto const j = static_cast<Index>(k);
      double const* const column = x.column(j);
      return fixedOrderSum(static_cast<std::size_t>(n), [&](std::size_t i) { return column[i] * column[i]; }) /
             c[j];
    });
    if (!std::isfinite(sum)) return std::nullopt;
    if (std::abs(sum - before) <= kConverged * sum) return sum;
    before = sum;
    asEigen(rest) = asEigen(m);
    asEigen(rest).noalias() -= asEigen(x) * asEigen(x);
  }
  return std::nullopt;
}

}  // namespace

double squaredRootDifferences(ScaledTridiagonal t, Task const& task) {
  Tridiagonal& shifted = t.matrix;
  for (Index i = 0; i < shifted.diagonal.size(); ++i) shifted.diagonal[i] = shifted.diagonal[i] * t.scale - 1;
  for (Index i = 0; i < shifted.subdiagonal.size(); ++i) shifted.subdiagonal[i] *= t.scale;
  Vector const differences = tridiagonalEigenvalues(shifted, task);
  return fixedOrderSum(static_cast<std::size_t>(differences.size()), [&](std::size_t i) {
    double const difference = std::max(-1.0, differences[static_cast<Index>(i)]);
    double const root = difference / (1 + std::sqrt(1 + difference));
    return root * root;
  });
}

void NearDistances::decompose(Task const& task) const {
  double const largest = factor_.size() > 0 ? asEigen(factor_).cwiseAbs().maxCoeff() : 0;
  if (!(largest > 0)) return;
  Index const rank = factor_.cols();
  // Entries of C at most 1.
  scale_ = std::ldexp(1.0, -std::ilogb(largest) - 1 - (std::ilogb(static_cast<double>(rank)) + 2) / 2);
  Matrix scaled = factor_;
  scale(scaled, scale_);
  Matrix covariance = Matrix::zero(factor_.rows(), factor_.rows());
  addGram(scaled, covariance);
  Task inner(task, 1);
  Eigendecomposition const whole = symmetricEigenvectors(std::move(covariance), inner);
  if (whole.values.size() < rank || !(whole.values[whole.values.size() - rank] > 0)) return;
  values_ = vectorOf(whole.values.tail(rank));
  basis_ = matrixOf(whole.vectors.rightCols(rank));
  Matrix const inBasis = multiplyTransposed(basis_, scaled);
  gram_ = Matrix::zero(rank, rank);
  addGram(inBasis, gram_);
}

std::optional<double> NearDistances::squared(Matrix const& factor, Task const& task) const {
  std::call_once(decomposed_, [&] { decompose(task); });
  if (values_.size() == 0) return std::nullopt;
  Index const rank = values_.size();
  Matrix inBasis = multiplyTransposed(basis_, factor);
  scale(inBasis, scale_);
  Matrix m = Matrix::zero(rank, rank);
  addGram(inBasis, m);
  for (Index j = 0; j < rank; ++j) {
    for (Index i = j; i < rank; ++i)
      m(i, j) = m(j, i) = (m(i, j) - gram_(i, j)) * std::sqrt(values_[i] * values_[j]);
  }
  std::optional<double> const result = rootDifference(values_, m);
  return result ? std::optional(*result / scale_ / scale_) : std::nullopt;
}

}  // namespace madloop::linalg
