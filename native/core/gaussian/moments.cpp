#include "core/gaussian/moments.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>

#include "core/base/checked.hpp"
#include "core/base/finite.hpp"
#include "core/base/parallel.hpp"
#include "core/base/sum.hpp"
#include "core/gaussian/row_blocks.hpp"
#include "core/linalg/eigen.hpp"
#include "core/linalg/parallel_product.hpp"
#include "core/linalg/products.hpp"

namespace madloop::gaussian {

using linalg::Index;
using linalg::Matrix;
using linalg::Vector;

namespace {

/// Finite numbers and no negative variance: the sum would hide where they came from.
void checkMoments(Moments const& m, std::string const& argument) {
  for (std::size_t i = 0; i < m.mean.size(); ++i) {
    if (!std::isfinite(m.mean[i])) {
      throwNotFinite(argument + ".mean", m.mean[i], std::to_string(i));
    }
  }
  for (std::size_t i = 0; i < m.covariance.size(); ++i) {
    double const value = m.covariance[i];
    std::size_t const row = i / m.dim;
    std::size_t const column = i % m.dim;
    if (!std::isfinite(value)) {
      throwNotFinite(argument + ".covariance", value, placeInMatrix(row, column));
    }
    if (row == column && value < 0) {
      throw Error(ErrorCode::notPositiveSemidefinite,
                  argument + ".covariance must be positive semidefinite, got " + std::to_string(value) +
                      " at row and column " + std::to_string(row));
    }
  }
}

/// Edge of the squares by which a covariance is written.
constexpr Index kMirrored = 64;

/// Rows of an update of a scatter matrix: enough that reading and writing the matrix costs little beside it.
std::size_t updateRows(std::size_t cols) { return std::max<std::size_t>(256, cacheBlockRows(cols)); }

constexpr std::size_t kLargestCovariance = std::size_t{8} << 30;

/// Sum of (row - first row) over the rows of a group: a mean free of cancellation for offset data.
template <class T>
Vector shiftedRowSum(MatrixView<T> x, IndexRange range, Task& task, char const* argument) {
  Vector sum = Vector::zero(static_cast<Index>(x.cols));
  T const* const first = x.row(0);
  for (std::size_t i = range.begin; i < range.end; ++i) {
    T const* const row = x.row(i);
    checkFiniteRow(row, x.cols, i, argument);
    double* const out = sum.data();
    for (std::size_t j = 0; j < x.cols; ++j)
      out[j] += static_cast<double>(row[j]) - static_cast<double>(first[j]);
    if (i % 64 == 0) task.throwIfCancelled();
  }
  return sum;
}

}  // namespace

template <class T>
Vector columnMean(MatrixView<T> x, Task& task, char const* argument) {
  if (x.rows == 0 || x.cols == 0) {
    throwInvalidInput(std::string(argument) + " must have at least one row and one column, got " +
                      std::to_string(x.rows) + " x " + std::to_string(x.cols));
  }
  std::vector<IndexRange> const groups = rowGroups(x.rows, x.cols);
  std::vector<Vector> sums(groups.size());
  parallelFor(task, groups.size(), [&](std::size_t g) {
    sums[g] = shiftedRowSum(x, groups[g], task, argument);
    task.add(groups[g].size());
  });
  Vector mean = sums[0];
  for (std::size_t g = 1; g < groups.size(); ++g) linalg::addScaled(mean, 1, sums[g].data());
  for (Index j = 0; j < mean.size(); ++j)
    mean[j] = mean[j] / static_cast<double>(x.rows) + static_cast<double>(x.row(0)[j]);
  return mean;
}

template <class T>
Moments moments(MatrixView<T> x, Task& task, char const* argument) {
  std::size_t const bytes =
      checkedMultiply(x.cols, checkedMultiply(x.cols, sizeof(double), "covariance size"), "covariance size");
  if (bytes > kLargestCovariance) {
    throwInvalidInput(std::string(argument) + " must have at most 32768 columns (a covariance of 8 GiB), got " +
                      std::to_string(x.cols));
  }
  task.expect(2 * x.rows);
  Vector const shift = columnMean(x, task, argument);
  Index const dim = shift.size();

  // Scatter about the computed mean, one accumulator a group of rows; what rounding left of the mean is removed
  // at the end.
  std::vector<IndexRange> const groups = rowGroups(x.rows, x.cols);
  std::vector<Matrix> scatters(groups.size());
  std::vector<Vector> residuals(groups.size());
  parallelFor(task, groups.size(), [&](std::size_t g) {
    scatters[g] = Matrix::zero(linalg::spreadRows(dim), dim);
    residuals[g] = Vector::zero(dim);
    forEachCentredBlock(x, groups[g], shift, updateRows(x.cols), [&](Matrix const& block) {
      task.throwIfCancelled();
      auto const rows = linalg::asEigen(block);
      linalg::addProductLower(linalg::asEigen(scatters[g]).topRows(dim), 1,
                              {rows, linalg::Transpose::no, rows, linalg::Transpose::yes}, task);
      for (Index i = 0; i < block.cols(); ++i) linalg::addScaled(residuals[g], 1, block.column(i));
      task.add(static_cast<std::uint64_t>(block.cols()));
    });
  });
  Vector& residual = residuals[0];
  for (std::size_t g = 1; g < groups.size(); ++g) linalg::addScaled(residual, 1, residuals[g].data());
  auto const n = static_cast<double>(x.rows);

  Moments result;
  result.count = x.rows;
  result.dim = x.cols;
  result.mean.resize(x.cols);
  result.covariance.reserve(x.cols * x.cols);
  preferLargePages(result.covariance.data(), x.cols * x.cols * sizeof(double));
  result.covariance.resize(x.cols * x.cols);
  double const divisor = x.rows > 1 ? n - 1 : 1;
  result.meanLow.resize(x.cols);
  for (std::size_t j = 0; j < x.cols; ++j) {
    auto const i = static_cast<Index>(j);
    std::tie(result.mean[j], result.meanLow[j]) = exactSum(shift[i], residual[i] / n);
  }
  // Groups added up and mirrored a square at a time, which stays in the cache.
  parallelForPieces(task, linalg::IndexRange{0, dim}, kMirrored, [&](linalg::IndexRange columns) {
    for (Index first = columns.begin; first < dim; first += kMirrored) {
      for (Index j = columns.begin; j < columns.end; ++j) {
        for (Index i = std::max(first, j); i < std::min(first + kMirrored, dim); ++i) {
          double sum = scatters[0](i, j);
          for (std::size_t g = 1; g < groups.size(); ++g) sum += scatters[g](i, j);
          double const value = (sum - residual[i] * (residual[j] / n)) / divisor;
          result.covariance[static_cast<std::size_t>(i * dim + j)] = value;
          result.covariance[static_cast<std::size_t>(j * dim + i)] = value;
        }
      }
    }
  });
  return result;
}

template Vector columnMean<float>(MatrixView<float>, Task&, char const*);
template Vector columnMean<double>(MatrixView<double>, Task&, char const*);
template Moments moments<float>(MatrixView<float>, Task&, char const*);
template Moments moments<double>(MatrixView<double>, Task&, char const*);

Moments mergeMoments(Moments const& a, Moments const& b) {
  if (a.dim != b.dim) {
    throwInvalidInput("mergeMoments: dimensions must agree, got " + std::to_string(a.dim) + " and " +
                      std::to_string(b.dim));
  }
  checkMoments(a, "a");
  checkMoments(b, "b");
  if (a.count == 0) return b;
  if (b.count == 0) return a;
  auto const na = static_cast<double>(a.count);
  auto const nb = static_cast<double>(b.count);
  Moments result;
  result.count = checkedAdd(a.count, b.count, "mergeMoments: count");
  result.dim = a.dim;
  result.mean.resize(a.dim);
  result.covariance.resize(checkedMultiply(a.dim, a.dim, "mergeMoments: covariance size"));
  double const n = na + nb;
  std::vector<double> difference(a.dim);
  for (std::size_t i = 0; i < a.dim; ++i) {
    difference[i] = b.mean[i] - a.mean[i];
    result.mean[i] = a.mean[i] + difference[i] * (nb / n);
  }
  double const between = na / n * nb;
  for (std::size_t i = 0; i < a.dim; ++i) {
    for (std::size_t j = 0; j < a.dim; ++j) {
      std::size_t const ij = i * a.dim + j;
      // A single row has no covariance of its own: its scatter is zero whatever the field says.
      double const scatter =
          (na - 1) * a.covariance[ij] + (nb - 1) * b.covariance[ij] + between * difference[i] * difference[j];
      result.covariance[ij] = scatter / (n - 1);
    }
  }
  return result;
}

}  // namespace madloop::gaussian
