#include "core/gaussian/gaussian_factor.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "core/base/checked.hpp"
#include "core/base/finite.hpp"
#include "core/base/sum.hpp"
#include "core/gaussian/checked_covariance.hpp"
#include "core/gaussian/row_blocks.hpp"
#include "core/linalg/block_reflector.hpp"
#include "core/linalg/cholesky.hpp"
#include "core/linalg/inverse_norm.hpp"
#include "core/linalg/norms.hpp"
#include "core/linalg/symmetric_eigenvalues.hpp"

namespace madloop::gaussian {

using linalg::EigenMatrix;
using linalg::EigenVector;
using linalg::Index;

namespace {

constexpr double kEps = std::numeric_limits<double>::epsilon();

/// The ratio of smallest to largest eigenvalue above which Cholesky factors meet the accuracy of 1e-12
/// (docs/numerics.md): a backward error of eps lambda_max then changes a square root by 1e-16 / (2 * 1e-4).
constexpr double kWellConditioned = 1e-8;

/// The pivoted Cholesky decomposition up to what is zero to rounding, after making sure that the rest is.
linalg::PivotedCholesky semidefiniteFactor(EigenMatrix const& s, std::string const& argument,
                                           Task const& task) {
  auto const dim = static_cast<double>(s.rows());
  double const zero = dim * kEps * s.diagonal().maxCoeff();
  linalg::PivotedCholesky result = linalg::pivotedCholesky(s, zero, task);
  // S differs from a semidefinite matrix by the remainder. One that is small proves that no eigenvalue is below
  // -8 d eps lambda_max, else the eigenvalues decide. Covariances stored in single precision and indefinite by
  // its rounding are refused, too: they are not what they claim.
  if (result.remainder > 8 * zero) {
    EigenVector const eigenvalues = linalg::symmetricEigenvalues(s, task);
    double const smallest = eigenvalues[0];
    double const largest = std::max(eigenvalues[s.rows() - 1], -smallest);
    if (smallest < -8 * dim * kEps * largest) {
      throw Error(ErrorCode::notPositiveSemidefinite,
                  argument + ".covariance must be positive semidefinite, got smallest eigenvalue " +
                      messageNumber(smallest) + " (largest " + messageNumber(largest) + ")");
    }
  }
  return result;
}

/// Lower-triangular L with L L^T = sum of block block^T, by orthogonal reductions of [L | block]: unlike
/// Cholesky of the sum, it keeps directions of small variance to full accuracy.
template <class T>
EigenMatrix triangularFactorOfRows(MatrixView<T> x, EigenVector const& mean, Task const& task) {
  Index const dim = mean.size();
  EigenMatrix upper = EigenMatrix::Zero(dim, dim);
  // Blocks as long as the matrix is wide: shorter ones would reduce the triangle again and again.
  std::size_t const blockRows = std::max<std::size_t>(2 * x.cols, 64);
  forEachCentredBlock(x, {0, x.rows}, mean, blockRows, [&](EigenMatrix const& block) {
    task.throwIfCancelled();
    EigenMatrix stacked(dim + block.cols(), dim);
    stacked << upper, block.transpose();
    upper = linalg::triangularFactor(stacked, task);
  });
  return upper.transpose();
}

}  // namespace

WellConditionedFactor choleskyIfWellConditioned(EigenMatrix s, Task const& task) {
  Index const dim = s.rows();
  double const required = kWellConditioned * s.trace() / static_cast<double>(dim);
  std::optional<EigenMatrix> factor = linalg::choleskyFactor(std::move(s), task);
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
  result.mean = Eigen::Map<EigenVector const>(moments.mean.data(), static_cast<Index>(moments.dim));
  for (Index i = 0; i < result.mean.size(); ++i) {
    if (!std::isfinite(result.mean[i])) throwNotFinite(name + ".mean", result.mean[i], std::to_string(i));
  }
  MatrixView<double> const given{moments.covariance.data(), moments.dim, moments.dim};
  result.covariance = checkedCovariance(given, name + ".covariance", task);
  result.norm = linalg::oneNorm(result.covariance, task);
  result.trace = fixedOrderSum(moments.dim, [&](std::size_t i) {
    return result.covariance(static_cast<Index>(i), static_cast<Index>(i));
  });
  return result;
}

double storageUncertainty(CheckedMoments const& moments) { return kEps * moments.norm; }

double choleskyUncertainty(CheckedMoments const& moments) {
  return kEps * (1 + std::sqrt(static_cast<double>(moments.mean.size()))) * moments.norm;
}

FactoredGaussian factorMoments(GaussianView const& moments, Task const& task, char const* argument) {
  CheckedMoments checked = checkMoments(moments, task, argument);
  FactoredGaussian result;
  result.uncertainty = choleskyUncertainty(checked);
  result.mean = std::move(checked.mean);
  result.trace = checked.trace;
  result.factor = choleskyIfWellConditioned(std::move(checked.covariance), task).factor;
  result.triangular = result.factor.size() != 0;
  if (result.triangular) {
    result.pivots = result.factor.diagonal();
    return result;
  }
  std::string const name = argument;
  MatrixView<double> const given{moments.covariance.data(), moments.dim, moments.dim};
  linalg::PivotedCholesky pivoted =
      semidefiniteFactor(checkedCovariance(given, name + ".covariance", task), name, task);
  result.factor = std::move(pivoted.factor);
  result.pivots = std::move(pivoted.pivots);
  result.uncertainty += pivoted.remainder;
  return result;
}

FactoredGaussian factorMoments(Moments const& moments, Task const& task, char const* argument) {
  return factorMoments(GaussianView{moments.dim, moments.mean, moments.covariance}, task, argument);
}

template <class T>
FactoredGaussian factorData(MatrixView<T> x, Task& task, char const* argument) {
  if (x.rows < 2) {
    throwInvalidInput(std::string(argument) + " must have at least 2 rows to have a covariance, got " +
                      std::to_string(x.rows));
  }
  FactoredGaussian result;
  auto const n = static_cast<double>(x.rows);
  auto const rows = static_cast<Index>(x.rows);
  double const scale = 1 / std::sqrt(n - 1);
  if (x.rows <= x.cols) {
    task.expect(x.rows);
    result.mean = columnMean(x, task, argument);
    result.factor.resize(static_cast<Index>(x.cols), rows);
    Index filled = 0;
    forEachCentredBlock(x, {0, x.rows}, result.mean, cacheBlockRows(x.cols), [&](EigenMatrix const& block) {
      result.factor.middleCols(filled, block.cols()) = block;
      filled += block.cols();
    });
    // Rounding leaves the rows of the factor a tiny mean: remove it, so that constant data have covariance
    // zero.
    EigenVector residual = EigenVector::Zero(result.factor.rows());
    for (Index i = 0; i < rows; ++i) residual += result.factor.col(i);
    residual /= n;
    result.factor.colwise() -= residual;
    result.factor *= scale;
    result.mean += residual;
  } else {
    Moments const sample = moments(x, task, argument);
    result.mean = Eigen::Map<EigenVector const>(sample.mean.data(), static_cast<Index>(x.cols));
    result.factor =
        choleskyIfWellConditioned(
            Eigen::Map<EigenMatrix const>(sample.covariance.data(), result.mean.size(), result.mean.size()),
            task)
            .factor;
    result.triangular = true;
    if (result.factor.size() == 0) result.factor = triangularFactorOfRows(x, result.mean, task) * scale;
  }
  result.trace = linalg::squaredNorm(result.factor, task);
  return result;
}

template FactoredGaussian factorData<float>(MatrixView<float>, Task&, char const*);
template FactoredGaussian factorData<double>(MatrixView<double>, Task&, char const*);

}  // namespace madloop::gaussian
