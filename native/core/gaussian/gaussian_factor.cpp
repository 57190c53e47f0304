#include "core/gaussian/gaussian_factor.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

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
#include "core/linalg/symmetric_eigenvectors.hpp"

namespace madloop::gaussian {

using linalg::Index;
using linalg::Matrix;
using linalg::Vector;

namespace {

constexpr double kEps = std::numeric_limits<double>::epsilon();

/// A factor of a covariance, and what it leaves of it.
struct SemidefiniteFactor {
  Matrix factor;         // dim x rank
  Vector pivots;         // of a triangular factor: its diagonal; else empty
  double remainder = 0;  // bound on the 2-norm
};

/// V diag(sqrt(lambda)) over the eigenvalues above `noise`, the size of the most negative one.
SemidefiniteFactor factorAboveNoise(Matrix s, double noise, Task const& task) {
  // Entries of order 1 by a power of 4, whose root is a power of 2.
  int const half =
      static_cast<int>(std::ceil(0.5 * (std::ilogb(linalg::asEigen(s).cwiseAbs().maxCoeff()) + 1)));
  for (int step = 0; step < 2; ++step) linalg::asEigen(s) *= std::ldexp(1.0, -half);
  Task inner(task, task.threads());
  linalg::Eigendecomposition const eigen = linalg::symmetricEigenvectors(std::move(s), inner);
  Index const n = eigen.values.size();
  Index dropped = 0;
  while (dropped < n && std::ldexp(eigen.values[dropped], 2 * half) <= noise) ++dropped;
  SemidefiniteFactor result;
  linalg::EigenVector const roots = eigen.values.tail(n - dropped).cwiseSqrt() * std::ldexp(1.0, half);
  result.factor = linalg::matrixOf(eigen.vectors.rightCols(n - dropped) * roots.asDiagonal());
  result.remainder = noise;
  return result;
}

/// The pivoted Cholesky decomposition up to what is zero to rounding, after making sure that the rest is; or,
/// of what the accuracy of `given` makes indefinite, the eigenvectors.
SemidefiniteFactor semidefiniteFactor(CheckedCovariance const& checked, MatrixView<double> given,
                                      std::string const& argument, Task const& task) {
  Matrix const s = checkedCovariance(given, argument, checked.accuracy, task);
  auto const dim = static_cast<double>(s.rows());
  double largestVariance = 0;
  for (Index i = 0; i < s.rows(); ++i) largestVariance = std::max(largestVariance, s(i, i));
  double const zero = dim * kEps * largestVariance;
  linalg::PivotedCholesky pivoted = linalg::pivotedCholesky(s, zero, task);
  SemidefiniteFactor result{std::move(pivoted.factor), std::move(pivoted.pivots), pivoted.remainder};
  // S differs from a semidefinite matrix by the remainder. One that is small proves that no eigenvalue is below
  // -8 d eps lambda_max, else the eigenvalues decide.
  if (result.remainder <= 8 * zero) return result;
  Vector const eigenvalues = linalg::symmetricEigenvalues(s, task);
  double const smallest = eigenvalues[0];
  double const largest = std::max(eigenvalues[s.rows() - 1], -smallest);
  if (smallest >= -8 * dim * kEps * largest) return result;
  double const byRounding = 8 * dim * checked.accuracy.eps * largest;
  if (smallest < -byRounding - checked.fromMean) throwIndefinite(argument, smallest, largest);
  result = factorAboveNoise(s, -smallest, task);
  if (smallest < -byRounding) result.remainder += checked.fromMean;
  return result;
}

/// Checks a covariance whose entries are as accurate as that; `fromMean` bounds the 2-norm of what that says of
/// the mean.
CheckedCovariance checkCovariance(MatrixView<double> given, EntryAccuracy const& accuracy, double fromMean,
                                  std::string const& argument, Task const& task) {
  CheckedCovariance result;
  result.dim = static_cast<Index>(given.rows);
  result.accuracy = accuracy;
  result.covariance = checkedCovariance(given, argument, result.accuracy, task);
  result.norm = linalg::oneNorm(result.covariance, task);
  // What is left of a covariance by half its digits or less is none.
  result.fromMean = std::min(fromMean, std::sqrt(result.accuracy.eps) * result.norm);
  result.trace = fixedOrderSum(given.rows, [&](std::size_t i) {
    return result.covariance(static_cast<Index>(i), static_cast<Index>(i));
  });
  return result;
}

/// Bound on the change of a factor where S changes by up to `uncertainty`. tr (S T)^(1/2) is concave in S with
/// the derivative 1/2 S^-1 # T, a geometric mean, whose trace is at most (tr S^-1 tr T)^(1/2); twice the square
/// leaves room for S^-1 on the way, as long as S changes by half of itself at most. Else by the nuclear norm of
/// the change (factorChecked).
double factorChange(double uncertainty, WellConditionedFactor const& found) {
  double const inverse = linalg::kEstimateMargin * found.squaredNormOfInverse;
  if (uncertainty * inverse <= 0.5) return uncertainty * std::sqrt(0.5 * inverse);
  return std::sqrt(static_cast<double>(found.factor.rows()) * uncertainty);
}

/// Of S by columns scaled to variances from 1 to 4, which costs no digit: of the correlations, so to speak.
struct ScaledFactor {
  Matrix factor;      // lower triangular; empty where the scaled matrix is not well conditioned
  double change = 0;  // bound on the change of the factor
};

/// Rounding of S is relative to the variances of its row and column, and so is what it does to this factor.
ScaledFactor factorOfScaled(CheckedCovariance const& checked, MatrixView<double> given,
                            std::string const& argument, Task const& task) {
  Matrix s = checkedCovariance(given, argument, checked.accuracy, task);
  Index const dim = s.rows();
  std::vector<int> exponents(static_cast<std::size_t>(dim));
  int largest = std::numeric_limits<int>::min();
  for (Index i = 0; i < dim; ++i) {
    if (!(s(i, i) > 0)) return {};
    int const exponent = std::ilogb(s(i, i));
    exponents[static_cast<std::size_t>(i)] = (exponent - (exponent & 1)) / 2;
    largest = std::max(largest, exponents[static_cast<std::size_t>(i)]);
  }
  for (Index j = 0; j < dim; ++j) {
    for (Index i = 0; i < dim; ++i) {
      s(i, j) =
          std::ldexp(s(i, j), -exponents[static_cast<std::size_t>(i)] - exponents[static_cast<std::size_t>(j)]);
    }
  }
  CheckedCovariance scaled;
  scaled.dim = dim;
  scaled.norm = linalg::oneNorm(s, task);
  scaled.accuracy = checked.accuracy;
  WellConditionedFactor found = choleskyIfWellConditioned(std::move(s), task);
  if (found.factor.size() == 0) return {};
  double const change = factorChange(choleskyUncertainty(scaled), found);
  for (Index j = 0; j < dim; ++j) {
    for (Index i = j; i < dim; ++i)
      found.factor(i, j) = std::ldexp(found.factor(i, j), exponents[static_cast<std::size_t>(i)]);
  }
  return {std::move(found.factor), std::ldexp(change, largest)};
}

CovarianceFactor fullRankFactor(Matrix lower, CovarianceFactor::Known known) {
  known.logDeterminant = logDeterminantOfTriangle(lower);
  return CovarianceFactor::trapezoidal(std::move(lower), known);
}

/// The factor of `given`, of which `checked` is what the check left; that is used up.
CovarianceFactor factorChecked(CheckedCovariance checked, MatrixView<double> given, std::string const& argument,
                               Task const& task) {
  CovarianceFactor::Known known;
  known.trace = checked.trace;
  known.uncertainty = choleskyUncertainty(checked);
  known.traceUncertainty = traceUncertainty(checked);
  WellConditionedFactor plain = choleskyIfWellConditioned(std::move(checked.covariance), task);
  if (plain.factor.size() != 0) {
    known.factorUncertainty = factorChange(known.uncertainty, plain);
    return fullRankFactor(std::move(plain.factor), known);
  }
  SemidefiniteFactor found = semidefiniteFactor(checked, given, argument, task);
  bool const whole = found.pivots.size() == checked.dim;
  ScaledFactor scaled = factorOfScaled(checked, given, argument, task);
  bool const conditioned = scaled.factor.size() != 0;
  if (conditioned && !whole) {
    known.factorUncertainty = scaled.change;
    return fullRankFactor(std::move(scaled.factor), known);
  }
  if (whole) {
    known.logDeterminant = fixedOrderSum(static_cast<std::size_t>(checked.dim), [&](std::size_t i) {
      return 2 * logarithm(found.pivots[static_cast<Index>(i)]);
    });
  }
  // Twice, as a covariance that rounding made indefinite stands for its positive part. The square of the Bures
  // distance is at most the nuclear norm of the difference (Powers & Stormer 1970).
  known.uncertainty += 2 * found.remainder;
  known.factorUncertainty =
      conditioned ? scaled.change : std::sqrt(static_cast<double>(checked.dim) * known.uncertainty);
  return CovarianceFactor::general(std::move(found.factor), known);
}

/// What rounding leaves open of the mean of n rows with this sum of variances: sums of differences from a row,
/// or of the rows' distances from a mean. A bound in the way rounding goes (Connolly & Higham 2023).
double sampleMeanUncertainty(std::size_t rows, double trace) {
  return kEps * (4 + std::sqrt(static_cast<double>(rows))) * std::sqrt(trace);
}

/// The same of a factor F of rows that were centred, and of F F^T.
void setSampleUncertainty(CovarianceFactor::Known& known, std::size_t rows) {
  known.factorUncertainty = sampleMeanUncertainty(rows, *known.trace);
  known.uncertainty = known.factorUncertainty * (2 * std::sqrt(*known.trace) + known.factorUncertainty);
}

/// Lower-triangular L with L L^T = sum of block block^T, by orthogonal reductions of [L | block]: unlike
/// Cholesky of the sum, it keeps directions of small variance to full accuracy.
template <class T>
Matrix triangularFactorOfRows(MatrixView<T> x, Vector const& mean, Vector const& meanLow, Task const& task) {
  Index const dim = mean.size();
  Matrix upper = Matrix::zero(dim, dim);
  // Blocks as long as the matrix is wide: shorter ones would reduce the triangle again and again.
  std::size_t const blockRows = std::max<std::size_t>(2 * x.cols, 64);
  forEachCentredBlock(x, {0, x.rows}, mean, blockRows, [&](Matrix& block) {
    task.throwIfCancelled();
    linalg::subtractFromColumns(block, meanLow);
    linalg::EigenMatrix stacked(dim + block.cols(), dim);
    stacked << linalg::asEigen(upper), linalg::asEigen(block).transpose();
    upper = linalg::triangularFactor(stacked, task);
  });
  return linalg::matrixOf(linalg::asEigen(upper).transpose());
}

MatrixView<double> covarianceOf(GaussianView const& moments) {
  return {moments.covariance.data(), moments.dim, moments.dim};
}

Vector vectorOfValues(std::vector<double> const& values) {
  Vector vector(static_cast<Index>(values.size()));
  std::copy(values.begin(), values.end(), vector.data());
  return vector;
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
  for (Index i = 0; i < mean.size(); ++i) std::tie(mean[i], residual[i]) = exactSum(mean[i], residual[i]);
  CovarianceFactor::Known known{.trace = linalg::squaredNorm(factor, task)};
  setSampleUncertainty(known, x.rows);
  return {std::move(mean), CovarianceFactor::general(std::move(factor), known), std::move(residual),
          sampleMeanUncertainty(x.rows, *known.trace)};
}

template <class T>
FactoredGaussian factorManyRows(MatrixView<T> x, Task& task, char const* argument) {
  Moments const sample = moments(x, task, argument);
  auto const dim = static_cast<Index>(x.cols);
  Vector mean = vectorOfValues(sample.mean);
  Vector meanLow = vectorOfValues(sample.meanLow);
  CheckedCovariance checked;
  checked.dim = dim;
  checked.covariance = Matrix(dim, dim);
  std::copy(sample.covariance.begin(), sample.covariance.end(), checked.covariance.data());
  checked.norm = linalg::oneNorm(checked.covariance, task);
  WellConditionedFactor found = choleskyIfWellConditioned(std::move(checked.covariance), task);
  CovarianceFactor::Known known;
  if (found.factor.size() != 0) {
    known.trace = linalg::squaredNorm(found.factor, task);
    // Sums of n products besides.
    known.uncertainty =
        choleskyUncertainty(checked) + kEps * std::sqrt(static_cast<double>(x.rows)) * checked.norm;
    known.factorUncertainty = factorChange(known.uncertainty, found);
  } else {
    found.factor = triangularFactorOfRows(x, mean, meanLow, task);
    linalg::scale(found.factor, 1 / std::sqrt(static_cast<double>(x.rows) - 1));
    known.trace = linalg::squaredNorm(found.factor, task);
    setSampleUncertainty(known, x.rows);
  }
  double const meanUncertainty = sampleMeanUncertainty(x.rows, *known.trace);
  return {std::move(mean), fullRankFactor(std::move(found.factor), known), std::move(meanLow), meanUncertainty};
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
  // E xx^T - mean mean^T loses some eps of what it subtracts: more, the more rows were summed one by one.
  constexpr double kOnePass = 256;
  double largest = 0;
  double squares = 0;
  for (Index i = 0; i < result.mean.size(); ++i) {
    double const square = result.mean[i] * result.mean[i];
    largest = std::max(largest, square);
    squares += square;
  }
  double const onePass = kOnePass * moments.eps;
  static_cast<CheckedCovariance&>(result) =
      checkCovariance(covarianceOf(moments), {.eps = moments.eps, .fromMean = onePass * largest},
                      onePass * squares, name + ".covariance", task);
  // Doubles are the nearest ones; float32 means are as a rule computed in float32, too.
  result.meanUncertainty = (moments.eps > kEps ? 1 : 0.5) * moments.eps * std::sqrt(squares);
  return result;
}

double storageUncertainty(CheckedCovariance const& given) { return given.accuracy.eps * given.norm; }

double choleskyUncertainty(CheckedCovariance const& given) {
  return storageUncertainty(given) + 0.5 * kEps * std::sqrt(static_cast<double>(given.dim)) * given.norm;
}

double traceUncertainty(CheckedCovariance const& given) { return given.accuracy.eps * given.trace; }

CovarianceFactor factorCovariance(MatrixView<double> covariance, Task const& task,
                                  std::string const& argument) {
  return factorChecked(checkCovariance(covariance, {}, 0, argument, task), covariance, argument, task);
}

FactoredGaussian factorMoments(GaussianView const& moments, Task const& task, char const* argument) {
  CheckedMoments checked = checkMoments(moments, task, argument);
  FactoredGaussian result;
  result.mean = std::move(checked.mean);
  result.meanUncertainty = checked.meanUncertainty;
  result.covariance =
      factorChecked(std::move(checked), covarianceOf(moments), std::string(argument) + ".covariance", task);
  return result;
}

FactoredGaussian factorMoments(Moments const& moments, Task const& task, char const* argument) {
  FactoredGaussian factored = factorMoments(viewOf(moments), task, argument);
  if (!moments.meanLow.empty()) {
    factored.meanLow = vectorOfValues(moments.meanLow);
    factored.meanUncertainty = sampleMeanUncertainty(moments.count, factored.covariance.trace());
  }
  return factored;
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
