#include "core/frechet.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "core/base/checked.hpp"
#include "core/base/sum.hpp"
#include "core/checked_covariance.hpp"
#include "core/linalg/nuclear_norm.hpp"
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

double infinityNorm(Matrix const& m) {
  Vector const sums = m.cwiseAbs().rowwise().sum();
  return sums.size() == 0 ? 0 : sums.maxCoeff();
}

/// ||F||_2^2 <= ||F||_1 ||F||_inf.
double squaredSpectralNormBound(Matrix const& factor) {
  return infinityNorm(factor) * infinityNorm(factor.transpose());
}

/// Cholesky factor if S is well conditioned (an empty matrix otherwise): 1 / tr S^-1 <= lambda_min is checked.
Matrix choleskyIfWellConditioned(Matrix const& s) {
  Eigen::LLT<Matrix> const llt(s);
  if (llt.info() != Eigen::Success) return {};
  Matrix factor = llt.matrixL();
  double const trace = s.trace();
  for (Index i = 0; i < factor.rows(); ++i) {
    if (!(factor(i, i) * factor(i, i) > kWellConditioned * trace / static_cast<double>(factor.rows())))
      return {};
  }
  Matrix inverse = Matrix::Identity(factor.rows(), factor.cols());
  factor.triangularView<Eigen::Lower>().solveInPlace(inverse);
  double const smallest = 1 / squaredNorm(inverse);
  return smallest > kWellConditioned * trace / static_cast<double>(factor.rows()) ? factor : Matrix{};
}

/// V sqrt(lambda) over the eigenvalues that are not zero to rounding.
Matrix eigenvectorFactor(Matrix const& s, std::string const& argument) {
  Eigen::SelfAdjointEigenSolver<Matrix> const solver(s);
  if (solver.info() != Eigen::Success)
    throw Error(ErrorCode::noConvergence, argument + ".covariance: eigenvalues did not converge");
  Index const dim = s.rows();
  Vector const& eigenvalues = solver.eigenvalues();
  double const largest = std::max(eigenvalues[dim - 1], -eigenvalues[0]);
  double const zero = static_cast<double>(dim) * kEps * largest;
  // Covariances stored in single precision and indefinite by its rounding are refused, too: they are not what
  // they claim.
  if (eigenvalues[0] < -8 * zero) {
    throw Error(ErrorCode::notPositiveSemidefinite,
                argument + ".covariance must be positive semidefinite, got smallest eigenvalue " +
                    messageNumber(eigenvalues[0]) + " (largest " + messageNumber(largest) + ")");
  }
  Index dropped = 0;
  while (dropped < dim && eigenvalues[dropped] <= zero) ++dropped;
  Matrix factor = solver.eigenvectors().rightCols(dim - dropped);
  for (Index j = 0; j < factor.cols(); ++j) factor.col(j) *= std::sqrt(eigenvalues[dropped + j]);
  return factor;
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
    Eigen::HouseholderQR<Eigen::Ref<Matrix>> const qr(stacked);
    upper = qr.matrixQR().topRows(dim).template triangularView<Eigen::Upper>();
  });
  return upper.transpose();
}

}  // namespace

FactoredGaussian factorMoments(Moments const& moments, char const* argument) {
  fixEigenBlocking();
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
    if (!std::isfinite(result.mean[i])) {
      throwInvalidInput(name + ".mean must be finite, got " +
                        (std::isnan(result.mean[i]) ? "NaN" : "an infinity") + " at " + std::to_string(i));
    }
  }
  Task const unwatched;
  Matrix const covariance = checkedCovariance(
      MatrixView<double>{moments.covariance.data(), moments.dim, moments.dim}, name + ".covariance", unwatched);
  result.factor = choleskyIfWellConditioned(covariance);
  result.triangular = result.factor.size() != 0;
  if (!result.triangular) result.factor = eigenvectorFactor(covariance, name);
  result.trace = fixedOrderSum(
      moments.dim, [&](std::size_t i) { return covariance(static_cast<Index>(i), static_cast<Index>(i)); });
  // Storage rounds every entry, which moves the matrix by eps || |S| || at most; the factorisation adds a
  // backward error of the same order times sqrt(d).
  result.uncertainty = kEps * (1 + std::sqrt(static_cast<double>(moments.dim))) * infinityNorm(covariance);
  return result;
}

template <class T>
FactoredGaussian factorData(MatrixView<T> x, Task& task, char const* argument) {
  fixEigenBlocking();
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
        Eigen::Map<Matrix const>(sample.covariance.data(), result.mean.size(), result.mean.size()));
    result.triangular = true;
    if (result.factor.size() == 0) result.factor = triangularFactorOfRows(x, result.mean, task) * scale;
  }
  result.trace = squaredNorm(result.factor);
  return result;
}

template FactoredGaussian factorData<float>(MatrixView<float>, Task&, char const*);
template FactoredGaussian factorData<double>(MatrixView<double>, Task&, char const*);

FrechetDistance frechetDistance(FactoredGaussian const& a, FactoredGaussian const& b, Task& task) {
  fixEigenBlocking();
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
  // Singular values are found through their squares, which would leave the range of doubles at scales like
  // 1e-100: by a power of two, which changes no digit, the larger trace is brought near 1.
  double const larger = std::max(a.trace, b.trace);
  int const exponent = larger > 0 ? -std::ilogb(larger) / 2 : 0;
  Matrix const left = a.factor * std::ldexp(1, exponent);
  Matrix const right = b.factor * std::ldexp(1, exponent);
  double const unit = std::ldexp(1, -2 * exponent);
  double const traces = (a.trace + b.trace) / unit;

  Matrix const product = left.transpose() * right;
  NuclearNorm const norm = nuclearNorm(product, 1e-13 * traces, task);
  result.covarianceTerm = identical(a, b) ? 0 : std::max(0.0, traces - 2 * norm.value) * unit;
  result.distance = result.meanTerm + result.covarianceTerm;
  // What the inputs leave open: S1 within u1 of F1 F1^T moves F2^T S1 F2 by at most u1 ||F2||^2, and vice
  // versa.
  double const open =
      squareRootSumErrorBound(norm.squares, a.uncertainty / unit * squaredSpectralNormBound(right)) +
      squareRootSumErrorBound(norm.squares, b.uncertainty / unit * squaredSpectralNormBound(left));
  result.errorBound = (2 * (norm.errorBound + open) + 4 * kEps * traces) * unit + 4 * kEps * result.meanTerm;
  return result;
}

}  // namespace madloop
