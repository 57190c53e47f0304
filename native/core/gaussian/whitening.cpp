#include "core/gaussian/whitening.hpp"

#include <cmath>
#include <utility>

#include "core/base/elementary.hpp"
#include "core/base/sum.hpp"
#include "core/gaussian/gaussian_factor.hpp"
#include "core/linalg/cholesky.hpp"
#include "core/linalg/eigen.hpp"

namespace madloop::gaussian {

using linalg::asEigen;
using linalg::EigenMatrix;
using linalg::Index;
using linalg::Matrix;

namespace {

Whitening whitenTriangular(Matrix const& lower) {
  Index const dim = lower.rows();
  EigenMatrix const inverse =
      asEigen(lower).triangularView<Eigen::Lower>().solve(EigenMatrix::Identity(dim, dim));
  return {linalg::matrixOf(inverse), logDeterminantOfTriangle(lower)};
}

/// F = Q R: the least-squares solution z = R^-1 Q^T x of F z = x.
Whitening whitenGeneral(Matrix const& factor) {
  Index const dim = factor.rows();
  Index const rank = factor.cols();
  Eigen::HouseholderQR<EigenMatrix> const qr(asEigen(factor));
  EigenMatrix const r = qr.matrixQR().topRows(rank).triangularView<Eigen::Upper>();
  EigenMatrix const q = qr.householderQ() * EigenMatrix::Identity(dim, rank);
  EigenMatrix const solution = r.triangularView<Eigen::Upper>().solve(q.transpose());
  return {linalg::matrixOf(solution), logDeterminantOfTriangle(linalg::matrixOf(r))};
}

}  // namespace

Whitening whiten(MatrixView<double> covariance, Task const& task, std::string const& argument) {
  CovarianceFactor const factor = factorCovariance(covariance, task, argument);
  if (factor.rank() == 0) return {Matrix(0, factor.dim()), 0};
  return factor.isTrapezoidal() ? whitenTriangular(factor.values()) : whitenGeneral(factor.values());
}

std::optional<Whitening> whitenDefinite(Matrix covariance, Task const& task) {
  std::optional<Matrix> const lower = linalg::choleskyFactor(std::move(covariance), task);
  if (!lower) return std::nullopt;
  return whitenTriangular(*lower);
}

}  // namespace madloop::gaussian
