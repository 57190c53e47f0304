#include "core/frechet.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/checked.hpp"
#include "core/base/finite.hpp"
#include "core/base/parallel.hpp"
#include "core/base/sum.hpp"
#include "core/checked_covariance.hpp"
#include "core/linalg/block_reflector.hpp"
#include "core/linalg/cholesky.hpp"
#include "core/linalg/inverse_norm.hpp"
#include "core/linalg/nuclear_norm.hpp"
#include "core/linalg/parallel_product.hpp"
#include "core/linalg/parallel_ranges.hpp"
#include "core/linalg/symmetric_eigenvalues.hpp"
#include "core/row_blocks.hpp"

namespace madloop {

namespace {

constexpr double kEps = std::numeric_limits<double>::epsilon();

/// The ratio of smallest to largest eigenvalue above which Cholesky factors meet the accuracy of 1e-12
/// (DESIGN 4.2): a backward error of eps lambda_max then changes a square root by 1e-16 / (2 * 1e-4).
constexpr double kWellConditioned = 1e-8;

double squaredNorm(Matrix const& m) {
  return fixedOrderSum(static_cast<std::size_t>(m.size()),
                       [&](std::size_t i) { return m.data()[i] * m.data()[i]; });
}

/// The same Gaussian by the same factor.
bool identical(FactoredGaussian const& a, FactoredGaussian const& b) {
  return a.mean == b.mean && a.factor.cols() == b.factor.cols() && a.factor == b.factor && a.trace == b.trace;
}

double squaredDistance(Vector const& a, Vector const& b) {
  return fixedOrderSum(static_cast<std::size_t>(a.size()), [&](std::size_t i) {
    double const difference = a[static_cast<Index>(i)] - b[static_cast<Index>(i)];
    return difference * difference;
  });
}

/// Columns whose absolute values are summed by one thread.
constexpr Index kSummedColumns = 64;

/// ||F||_2^2 <= ||F||_1 ||F||_inf: the largest sums of absolute values in a column and in a row.
double squaredSpectralNormBound(Matrix const& m, Task const& task) {
  Index const ranges = (m.cols() + kSummedColumns - 1) / kSummedColumns;
  if (m.size() == 0) return 0;
  Matrix rowSums = Matrix::Zero(m.rows(), ranges);
  Vector columnSums(m.cols());
  forRanges(task, m.cols(), kSummedColumns, [&](Range columns) {
    double* const sums = rowSums.col(columns.begin / kSummedColumns).data();
    for (Index j = columns.begin; j < columns.begin + columns.size; ++j) {
      double const* const column = m.col(j).data();
      for (Index i = 0; i < m.rows(); ++i) sums[i] += std::abs(column[i]);
      columnSums[j] =
          fixedOrderSum(static_cast<std::size_t>(m.rows()), [&](std::size_t i) { return std::abs(column[i]); });
    }
  });
  for (Index range = 1; range < ranges; ++range) rowSums.col(0) += rowSums.col(range);
  return rowSums.col(0).maxCoeff() * columnSums.maxCoeff();
}

/// Largest sum of absolute values in a column.
double oneNorm(Matrix const& m, Task const& task) {
  Vector sums(m.cols());
  forRanges(task, m.cols(), kSummedColumns, [&](Range columns) {
    for (Index j = columns.begin; j < columns.begin + columns.size; ++j) {
      double const* const column = m.col(j).data();
      sums[j] =
          fixedOrderSum(static_cast<std::size_t>(m.rows()), [&](std::size_t i) { return std::abs(column[i]); });
    }
  });
  return sums.size() == 0 ? 0 : sums.maxCoeff();
}

/// Cholesky factor if S is well conditioned (an empty matrix otherwise): 1 / tr S^-1 <= lambda_min is checked.
Matrix choleskyIfWellConditioned(Matrix s, Task const& task) {
  Index const dim = s.rows();
  double const required = kWellConditioned * s.trace() / static_cast<double>(dim);
  std::optional<Matrix> factor = choleskyFactor(std::move(s), task);
  if (!factor) return {};
  for (Index i = 0; i < dim; ++i) {
    double const pivot = (*factor)(i, i);
    if (!(pivot * pivot > required)) return {};
  }
  // An estimate with a margin decides most cases, the norm itself the rest.
  double const surelyAbove = kEstimateMargin * estimateSquaredNormOfInverse(*factor, task);
  if (!(1 / surelyAbove > required) && !(1 / squaredNormOfInverse(*factor, task) > required)) return {};
  return *std::move(factor);
}

/// The pivoted Cholesky decomposition up to what is zero to rounding, after making sure that the rest is.
PivotedCholesky semidefiniteFactor(Matrix const& s, std::string const& argument, Task const& task) {
  auto const dim = static_cast<double>(s.rows());
  double const zero = dim * kEps * s.diagonal().maxCoeff();
  PivotedCholesky result = pivotedCholesky(s, zero, task);
  // S differs from a semidefinite matrix by the remainder. One that is small proves that no eigenvalue is below
  // -8 d eps lambda_max, else the eigenvalues decide. Covariances stored in single precision and indefinite by
  // its rounding are refused, too: they are not what they claim.
  if (result.remainder > 8 * zero) {
    Vector const eigenvalues = symmetricEigenvalues(s, task);
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
Matrix triangularFactorOfRows(MatrixView<T> x, Vector const& mean, Task const& task) {
  Index const dim = mean.size();
  Matrix upper = Matrix::Zero(dim, dim);
  // Blocks as long as the matrix is wide: shorter ones would reduce the triangle again and again.
  std::size_t const blockRows = std::max<std::size_t>(2 * x.cols, 64);
  forEachCentredBlock(x, {0, x.rows}, mean, blockRows, [&](Matrix const& block) {
    task.throwIfCancelled();
    Matrix stacked(dim + block.cols(), dim);
    stacked << upper, block.transpose();
    upper = triangularFactor(stacked, task);
  });
  return upper.transpose();
}

/// F1^T F2.
Matrix crossProduct(FactoredGaussian const& a, FactoredGaussian const& b, Task const& task) {
  Matrix product = zeroMatrix(a.factor.cols(), b.factor.cols());
  Index const dim = a.factor.rows();
  // Rows of a triangular factor above the column's index are zero.
  auto inner = [&](Span rows, Span columns) {
    return Span{std::max(a.triangular ? rows.begin : 0, b.triangular ? columns.begin : 0), dim};
  };
  addProduct(product, 1, {a.factor, Side::transposed, b.factor, Side::plain, inner}, task);
  return product;
}

}  // namespace

FactoredGaussian factorMoments(GaussianView const& moments, Task const& task, char const* argument) {
  fixEigenBlocking();
  Team const team(task);
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
  FactoredGaussian result;
  result.mean = Eigen::Map<Vector const>(moments.mean.data(), static_cast<Index>(moments.dim));
  for (Index i = 0; i < result.mean.size(); ++i) {
    if (!std::isfinite(result.mean[i])) throwNotFinite(name + ".mean", result.mean[i], std::to_string(i));
  }
  MatrixView<double> const given{moments.covariance.data(), moments.dim, moments.dim};
  Matrix covariance = checkedCovariance(given, name + ".covariance", task);
  double const norm = oneNorm(covariance, task);
  result.trace = fixedOrderSum(
      moments.dim, [&](std::size_t i) { return covariance(static_cast<Index>(i), static_cast<Index>(i)); });
  result.factor = choleskyIfWellConditioned(std::move(covariance), task);
  result.triangular = result.factor.size() != 0;
  double remainder = 0;
  if (result.triangular) {
    result.pivots = result.factor.diagonal();
  } else {
    covariance = checkedCovariance(given, name + ".covariance", task);
    PivotedCholesky pivoted = semidefiniteFactor(covariance, name, task);
    result.factor = std::move(pivoted.factor);
    result.pivots = std::move(pivoted.pivots);
    remainder = pivoted.remainder;
  }
  // Storage rounds every entry, which moves the matrix by eps || |S| || at most; the factorisation adds a
  // backward error of the same order times sqrt(d), and leaves the remainder out.
  result.uncertainty = kEps * (1 + std::sqrt(static_cast<double>(moments.dim))) * norm + remainder;
  return result;
}

FactoredGaussian factorMoments(Moments const& moments, Task const& task, char const* argument) {
  return factorMoments(GaussianView{moments.dim, moments.mean, moments.covariance}, task, argument);
}

template <class T>
FactoredGaussian factorData(MatrixView<T> x, Task& task, char const* argument) {
  fixEigenBlocking();
  Team const team(task);
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
    forEachCentredBlock(x, {0, x.rows}, result.mean, cacheBlockRows(x.cols), [&](Matrix const& block) {
      result.factor.middleCols(filled, block.cols()) = block;
      filled += block.cols();
    });
    // Rounding leaves the rows of the factor a tiny mean: remove it, so that constant data have covariance
    // zero.
    Vector residual = Vector::Zero(result.factor.rows());
    for (Index i = 0; i < rows; ++i) residual += result.factor.col(i);
    residual /= n;
    result.factor.colwise() -= residual;
    result.factor *= scale;
    result.mean += residual;
  } else {
    Moments const sample = moments(x, task, argument);
    result.mean = Eigen::Map<Vector const>(sample.mean.data(), static_cast<Index>(x.cols));
    result.factor = choleskyIfWellConditioned(
        Eigen::Map<Matrix const>(sample.covariance.data(), result.mean.size(), result.mean.size()), task);
    result.triangular = true;
    if (result.factor.size() == 0) result.factor = triangularFactorOfRows(x, result.mean, task) * scale;
  }
  result.trace = squaredNorm(result.factor);
  return result;
}

template FactoredGaussian factorData<float>(MatrixView<float>, Task&, char const*);
template FactoredGaussian factorData<double>(MatrixView<double>, Task&, char const*);

FrechetDistance frechetDistance(FactoredGaussian a, FactoredGaussian b, Task& task) {
  fixEigenBlocking();
  Team const team(task);
  if (a.mean.size() != b.mean.size()) {
    throwInvalidInput("frechetDistance: a and b must have the same dimension, got " +
                      std::to_string(a.mean.size()) + " and " + std::to_string(b.mean.size()));
  }
  task.throwIfCancelled();
  FrechetDistance result;
  result.meanTerm = squaredDistance(a.mean, b.mean);
  if (!std::isfinite(a.trace + b.trace)) {
    result.covarianceTerm = result.distance = result.errorBound = std::numeric_limits<double>::infinity();
    return result;
  }
  bool const same = identical(a, b);
  // Products of factors would leave the range of doubles at scales like 1e-160: by a power of two, which
  // changes no digit, the larger trace is brought near 1.
  double const larger = std::max(a.trace, b.trace);
  int const exponent = larger > 0 ? -std::ilogb(larger) / 2 : 0;
  if (exponent != 0) {
    a.factor *= std::ldexp(1, exponent);
    b.factor *= std::ldexp(1, exponent);
  }
  double const unit = std::ldexp(1, -2 * exponent);
  double const traces = (a.trace + b.trace) / unit;
  // S1 within u1 of F1 F1^T moves the squared singular values, the eigenvalues of F2^T S1 F2, by at most u1
  // ||F2||^2, and vice versa.
  double const openByA = a.uncertainty / unit * squaredSpectralNormBound(b.factor, task);
  double const openByB = b.uncertainty / unit * squaredSpectralNormBound(a.factor, task);
  // Rounding of the product: the nuclear norm of an error E is at most sqrt(r) ||E||_F, and ||E||_F of order
  // eps ||F1||_F ||F2||_F <= eps traces / 2.
  auto const rank = static_cast<double>(std::min(a.factor.cols(), b.factor.cols()));
  double const productError = 0.5 * kEps * std::sqrt(rank) * traces;

  Matrix product = crossProduct(a, b, task);
  double const inverse = a.triangular && b.triangular ? estimateSquaredNormOfInverse(a.factor, b.factor, task)
                                                      : std::numeric_limits<double>::infinity();
  a.factor.resize(0, 0);  // memory for what follows
  b.factor.resize(0, 0);
  NuclearNorm const norm = nuclearNorm(std::move(product), 1e-13 * traces, task, inverse);
  result.covarianceTerm = same ? 0 : std::max(0.0, traces - 2 * norm.value) * unit;
  result.distance = result.meanTerm + result.covarianceTerm;
  double const open = norm.changeBound(openByA) + norm.changeBound(openByB);
  result.errorBound =
      (2 * (norm.errorBound + productError + open) + 4 * kEps * traces) * unit + 4 * kEps * result.meanTerm;
  return result;
}

}  // namespace madloop
