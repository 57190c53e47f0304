#include "core/gaussian/gaussian_factor.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "core/base/checked.hpp"
#include "core/base/elementary.hpp"
#include "core/base/finite.hpp"
#include "core/base/sum.hpp"
#include "core/gaussian/checked_covariance.hpp"
#include "core/gaussian/row_blocks.hpp"
#include "core/linalg/block_reflector.hpp"
#include "core/linalg/cholesky.hpp"
#include "core/linalg/eigen.hpp"
#include "core/linalg/inverse_norm.hpp"
#include "core/linalg/norms.hpp"
#include "core/linalg/products.hpp"
#include "core/linalg/symmetric_eigenvalues.hpp"

namespace madloop::gaussian {

using linalg::Index;
using linalg::Matrix;
using linalg::Vector;

namespace {

constexpr double kEps = std::numeric_limits<double>::epsilon();

/// The pivoted Cholesky decomposition up to what is zero to rounding, after making sure that the rest is.
linalg::PivotedCholesky semidefiniteFactor(Matrix const& s, std::string const& argument, Task const& task) {
  auto const dim = static_cast<double>(s.rows());
  double largestVariance = 0;
  for (Index i = 0; i < s.rows(); ++i) largestVariance = std::max(largestVariance, s(i, i));
  double const zero = dim * kEps * largestVariance;
  linalg::PivotedCholesky result = linalg::pivotedCholesky(s, zero, task);
  // S differs from a semidefinite matrix by the remainder. One that is small proves that no eigenvalue is below
  // -8 d eps lambda_max, else the eigenvalues decide. Covariances stored in single precision and indefinite by
  // its rounding are refused, too: they are not what they claim.
  if (result.remainder > 8 * zero) {
    Vector const eigenvalues = linalg::symmetricEigenvalues(s, task);
    double const smallest = eigenvalues[0];
    double const largest = std::max(eigenvalues[s.rows() - 1], -smallest);
    if (smallest < -8 * dim * kEps * largest) {
      throw Error(ErrorCode::notPositiveSemidefinite,
                  argument + " must be positive semidefinite, got smallest eigenvalue " +
                      messageNumber(smallest) + " (largest " + messageNumber(largest) + ")");
    }
  }
  return result;
}

CheckedCovariance checkCovariance(MatrixView<double> given, std::string const& argument, Task const& task) {
  CheckedCovariance result;
  result.dim = static_cast<Index>(given.rows);
  result.covariance = checkedCovariance(given, argument, task);
  result.norm = linalg::oneNorm(result.covariance, task);
  result.trace = fixedOrderSum(given.rows, [&](std::size_t i) {
    return result.covariance(static_cast<Index>(i), static_cast<Index>(i));
  });
  return result;
}

/// The factor of `given`, of which `checked` is what the check left; that is used up.
CovarianceFactor factorChecked(CheckedCovariance checked, MatrixView<double> given, std::string const& argument,
                               Task const& task) {
  CovarianceFactor::Known known;
  known.trace = checked.trace;
  known.uncertainty = choleskyUncertainty(checked);
  Matrix factor = choleskyIfWellConditioned(std::move(checked.covariance), task).factor;
  if (factor.size() != 0) {
    known.logDeterminant = logDeterminantOfTriangle(factor);
    return CovarianceFactor::trapezoidal(std::move(factor), known);
  }
  linalg::PivotedCholesky pivoted =
      semidefiniteFactor(checkedCovariance(given, argument, task), argument, task);
  known.uncertainty += pivoted.remainder;
  if (pivoted.pivots.size() == checked.dim) {
    known.logDeterminant = fixedOrderSum(static_cast<std::size_t>(checked.dim), [&](std::size_t i) {
      return 2 * logarithm(pivoted.pivots[static_cast<Index>(i)]);
    });
  }
  return CovarianceFactor::general(std::move(pivoted.factor), known);
}

/// Lower-triangular L with L L^T = sum of block block^T, by orthogonal reductions of [L | block]: unlike
/// Cholesky of the sum, it keeps directions of small variance to full accuracy.
template <class T>
Matrix triangularFactorOfRows(MatrixView<T> x, Vector const& mean, Task const& task) {
  Index const dim = mean.size();
  Matrix upper = Matrix::zero(dim, dim);
  // Blocks as long as the matrix is wide: shorter ones would reduce the triangle again and again.
  std::size_t const blockRows = std::max<std::size_t>(2 * x.cols, 64);
  forEachCentredBlock(x, {0, x.rows}, mean, blockRows, [&](Matrix const& block) {
    task.throwIfCancelled();
    linalg::EigenMatrix stacked(dim + block.cols(), dim);
    stacked << linalg::asEigen(upper), linalg::asEigen(block).transpose();
    upper = linalg::triangularFactor(stacked, task);
  });
  return linalg::matrixOf(linalg::asEigen(upper).transpose());
}

MatrixView<double> covarianceOf(GaussianView const& moments) {
  return {moments.covariance.data(), moments.dim, moments.dim};
}

/// No more rows than columns: the centred data / sqrt(n - 1).
template <class T>
FactoredGaussian factorFewRows(MatrixView<T> x, Task& task, char const* argument) {
  auto const n = static_cast<double>(x.rows);
  auto const rows = static_cast<Index>(x.rows);
  task.expect(x.rows);
  Vector mean = columnMean(x, task, argument);
  Matrix factor(static_cast<Index>(x.cols), rows);
  double* next = factor.data();
  forEachCentredBlock(x, {0, x.rows}, mean, cacheBlockRows(x.cols),
                      [&](Matrix const& block) { next = std::copy_n(block.data(), block.size(), next); });
  // Rounding leaves the rows of the factor a tiny mean: remove it, so that constant data have covariance
  // zero.
  Vector residual = Vector::zero(factor.rows());
  for (Index i = 0; i < rows; ++i) linalg::addScaled(residual, 1, factor.column(i));
  linalg::asEigen(residual) /= n;
  linalg::subtractFromColumns(factor, residual);
  linalg::scale(factor, 1 / std::sqrt(n - 1));
  linalg::addScaled(mean, 1, residual.data());
  double const trace = linalg::squaredNorm(factor, task);
  return {std::move(mean), CovarianceFactor::general(std::move(factor), {.trace = trace})};
}

template <class T>
FactoredGaussian factorManyRows(MatrixView<T> x, Task& task, char const* argument) {
  Moments const sample = moments(x, task, argument);
  auto const dim = static_cast<Index>(x.cols);
  Vector mean(dim);
  std::copy(sample.mean.begin(), sample.mean.end(), mean.data());
  Matrix covariance(dim, dim);
  std::copy(sample.covariance.begin(), sample.covariance.end(), covariance.data());
  Matrix factor = choleskyIfWellConditioned(std::move(covariance), task).factor;
  if (factor.size() == 0) {
    factor = triangularFactorOfRows(x, mean, task);
    linalg::scale(factor, 1 / std::sqrt(static_cast<double>(x.rows) - 1));
  }
  CovarianceFactor::Known const known{.logDeterminant = logDeterminantOfTriangle(factor),
                                      .trace = linalg::squaredNorm(factor, task)};
  return {std::move(mean), CovarianceFactor::trapezoidal(std::move(factor), known)};
}

}  // namespace

WellConditionedFactor choleskyIfWellConditioned(Matrix s, Task const& task) {
  Index const dim = s.rows();
  double const required = kWellConditioned * linalg::asEigen(s).trace() / static_cast<double>(dim);
  std::optional<Matrix> factor = linalg::choleskyFactor(std::move(s), task);
  if (!factor) return {};
  for (Index i = 0; i < dim; ++i) {
    double const pivot = (*factor)(i, i);
    if (!(pivot * pivot > required)) return {};
  }
  // 1 / tr S^-1 <= lambda_min. An estimate with a margin decides most cases, the norm itself the rest.
  double const estimate = linalg::estimateSquaredNormOfInverse(*factor, task);
  if (!(1 / (linalg::kEstimateMargin * estimate) > required) &&
      !(1 / linalg::squaredNormOfInverse(*factor, task) > required))
    return {};
  return {*std::move(factor), estimate};
}

CheckedMoments checkMoments(GaussianView const& moments, Task const& task, char const* argument) {
  std::string const name = argument;
  if (moments.dim == 0) throwInvalidInput(name + ".dim must be at least 1, got 0");
  std::size_t const entries = checkedMultiply(moments.dim, moments.dim, "covariance size");
  if (moments.mean.size() != moments.dim) {
    throwInvalidInput(name + ".mean must have dim = " + std::to_string(moments.dim) + " values, got " +
                      std::to_string(moments.mean.size()));
  }
  if (moments.covariance.size() != entries) {
    throwInvalidInput(name + ".covariance must have dim * dim = " + std::to_string(entries) + " values, got " +
                      std::to_string(moments.covariance.size()));
  }
  CheckedMoments result;
  result.mean = Vector(static_cast<Index>(moments.dim));
  std::copy(moments.mean.begin(), moments.mean.end(), result.mean.data());
  for (Index i = 0; i < result.mean.size(); ++i) {
    if (!std::isfinite(result.mean[i])) throwNotFinite(name + ".mean", result.mean[i], std::to_string(i));
  }
  static_cast<CheckedCovariance&>(result) = checkCovariance(covarianceOf(moments), name + ".covariance", task);
  return result;
}

double storageUncertainty(CheckedCovariance const& given) { return kEps * given.norm; }

double choleskyUncertainty(CheckedCovariance const& given) {
  return kEps * (1 + std::sqrt(static_cast<double>(given.dim))) * given.norm;
}

CovarianceFactor factorCovariance(MatrixView<double> covariance, Task const& task,
                                  std::string const& argument) {
  return factorChecked(checkCovariance(covariance, argument, task), covariance, argument, task);
}

FactoredGaussian factorMoments(GaussianView const& moments, Task const& task, char const* argument) {
  CheckedMoments checked = checkMoments(moments, task, argument);
  Vector mean = std::move(checked.mean);
  return {std::move(mean), factorChecked(std::move(checked), covarianceOf(moments),
                                         std::string(argument) + ".covariance", task)};
}

FactoredGaussian factorMoments(Moments const& moments, Task const& task, char const* argument) {
  return factorMoments(viewOf(moments), task, argument);
}

template <class T>
FactoredGaussian factorData(MatrixView<T> x, Task& task, char const* argument) {
  if (x.rows < 2) {
    throwInvalidInput(std::string(argument) + " must have at least 2 rows to have a covariance, got " +
                      std::to_string(x.rows));
  }
  return x.rows <= x.cols ? factorFewRows(x, task, argument) : factorManyRows(x, task, argument);
}

template FactoredGaussian factorData<float>(MatrixView<float>, Task&, char const*);
template FactoredGaussian factorData<double>(MatrixView<double>, Task&, char const*);

}  // namespace madloop::gaussian
