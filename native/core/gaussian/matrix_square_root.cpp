#include "core/gaussian/matrix_square_root.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "core/base/parallel.hpp"
#include "core/gaussian/checked_covariance.hpp"
#include "core/linalg/eigen.hpp"
#include "core/linalg/parallel_product.hpp"
#include "core/linalg/symmetric_eigenvectors.hpp"

namespace madloop::gaussian {

using linalg::EigenMatrix;
using linalg::Index;
using linalg::Matrix;

namespace {

constexpr Index kMirroredColumns = 64;

std::uint64_t productUnits(Index n) {
  auto const size = static_cast<std::uint64_t>(n);
  return size * size * size;
}

/// V diag(roots) V^T over the last columns of V, as many as there are roots: the lower half, mirrored.
Matrix symmetricProduct(EigenMatrix const& v, linalg::EigenVector const& roots, Task const& task) {
  Index const n = v.rows();
  auto const used = v.rightCols(roots.size());
  EigenMatrix const scaled = used * roots.asDiagonal();
  Matrix product = Matrix::zero(n, n);
  auto result = linalg::asEigen(product);
  linalg::addProductLower(result, 1, {scaled, linalg::Transpose::no, used, linalg::Transpose::yes}, task);
  parallelForPieces(task, linalg::IndexRange{0, n}, kMirroredColumns, [&](linalg::IndexRange columns) {
    Index const end = columns.end;
    auto diagonal = result.block(columns.begin, columns.begin, columns.size(), columns.size());
    diagonal.triangularView<Eigen::StrictlyUpper>() = diagonal.transpose();
    result.block(columns.begin, end, columns.size(), n - end) =
        result.block(end, columns.begin, n - end, columns.size()).transpose();
  });
  return product;
}

/// h such that a / 4^h has entries of order 1: the root of a power of 4 is a power of 2, and changes no digit.
int halfExponent(Matrix const& a) {
  double const largest = linalg::asEigen(a).cwiseAbs().maxCoeff();
  return largest > 0 ? static_cast<int>(std::ceil(0.5 * (std::ilogb(largest) + 1))) : 0;
}

}  // namespace

template <class T>
Matrix matrixSquareRoot(MatrixView<T> covariance, Task& task, std::string const& argument) {
  if (covariance.rows != covariance.cols) {
    throwInvalidInput(argument + " must be square, got " + std::to_string(covariance.rows) + " x " +
                      std::to_string(covariance.cols));
  }
  auto const n = static_cast<Index>(covariance.rows);
  task.expect(linalg::symmetricEigenvectorsUnits(n) + productUnits(n));
  double const eps = std::numeric_limits<T>::epsilon();
  Matrix scaled = checkedCovariance(covariance, argument, {.eps = eps}, task);
  int const half = halfExponent(scaled);
  // In two steps, since 4^-half may be out of range.
  for (int step = 0; step < 2; ++step) linalg::asEigen(scaled) *= std::ldexp(1.0, -half);

  linalg::Eigendecomposition const eigen = linalg::symmetricEigenvectors(std::move(scaled), task);
  double const smallest = eigen.values[0];
  double const largest = std::max(eigen.values[n - 1], -smallest);
  double const zero = static_cast<double>(n) * std::numeric_limits<double>::epsilon() * largest;
  if (smallest < -8 * static_cast<double>(n) * eps * largest) {
    throwIndefinite(argument, std::ldexp(smallest, 2 * half), std::ldexp(largest, 2 * half));
  }
  Index dropped = 0;
  while (dropped < n && eigen.values[dropped] <= zero) ++dropped;
  // sqrt is exact to rounding; the power of two goes in here.
  linalg::EigenVector const roots = eigen.values.tail(n - dropped).cwiseSqrt() * std::ldexp(1.0, half);
  Matrix result = symmetricProduct(eigen.vectors, roots, task);
  task.add(productUnits(n));
  return result;
}

template Matrix matrixSquareRoot<float>(MatrixView<float>, Task&, std::string const&);
template Matrix matrixSquareRoot<double>(MatrixView<double>, Task&, std::string const&);

}  // namespace madloop::gaussian
