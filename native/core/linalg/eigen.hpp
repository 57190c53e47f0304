// The only file that includes Eigen: seen by linalg and by the sources of gaussian alone.
#pragma once

#include <cstddef>

#include "core/base/error.hpp"
#include "core/base/large_pages.hpp"
#include "core/linalg/matrix.hpp"

// node-gyp builds without NDEBUG, and a failed eigen_assert would abort the Node process: throw instead.
#define eigen_assert(condition)                                                                     \
  do {                                                                                              \
    if (!(condition)) throw ::madloop::Error(::madloop::ErrorCode::internal, "Eigen: " #condition); \
  } while (false)

#ifndef EIGEN_MPL2_ONLY
#define EIGEN_MPL2_ONLY
#endif
#ifndef EIGEN_DONT_PARALLELIZE
#define EIGEN_DONT_PARALLELIZE
#endif

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace madloop::linalg {

using EigenMatrix = Eigen::MatrixXd;  // column-major, owned, aligned
using EigenVector = Eigen::VectorXd;

/// Our matrices and vectors as Eigen's, where they lie.
inline Eigen::Map<EigenMatrix, Eigen::AlignedMax> asEigen(Matrix& m) { return {m.data(), m.rows(), m.cols()}; }
inline Eigen::Map<EigenMatrix const, Eigen::AlignedMax> asEigen(Matrix const& m) {
  return {m.data(), m.rows(), m.cols()};
}
inline Eigen::Map<EigenVector, Eigen::AlignedMax> asEigen(Vector& v) { return {v.data(), v.size()}; }
inline Eigen::Map<EigenVector const, Eigen::AlignedMax> asEigen(Vector const& v) {
  return {v.data(), v.size()};
}

/// The values of an expression of Eigen's.
template <class Expression>
Matrix matrixOf(Eigen::MatrixBase<Expression> const& expression) {
  Matrix m(expression.rows(), expression.cols());
  asEigen(m) = expression;
  return m;
}
template <class Expression>
Vector vectorOf(Eigen::MatrixBase<Expression> const& expression) {
  Vector v(expression.size());
  asEigen(v) = expression;
  return v;
}

/// A matrix of this shape, not initialised, in large pages if it is large.
inline EigenMatrix freshMatrix(Index rows, Index cols) {
  EigenMatrix m(rows, cols);
  preferLargePages(m.data(), static_cast<std::size_t>(m.size()) * sizeof(double));
  return m;
}

}  // namespace madloop::linalg
