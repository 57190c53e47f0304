// The only file that includes Eigen.
#pragma once

#include <cstddef>

#include "core/base/error.hpp"
#include "core/base/large_pages.hpp"

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

using Index = Eigen::Index;
using Matrix = Eigen::MatrixXd;  // column-major, owned, aligned
using Vector = Eigen::VectorXd;

/// A matrix of this shape, not initialised, in large pages if it is large.
inline Matrix freshMatrix(Index rows, Index cols) {
  Matrix m(rows, cols);
  preferLargePages(m.data(), static_cast<std::size_t>(m.size()) * sizeof(double));
  return m;
}

inline Matrix zeroMatrix(Index rows, Index cols) {
  Matrix m = freshMatrix(rows, cols);
  m.setZero();
  return m;
}

/// Fixes the cache sizes by which Eigen blocks its products. Eigen would read the host's, and the last bits
/// of a product depend on them. Call once before any product; idempotent and thread-safe.
void fixEigenBlocking();

}  // namespace madloop::linalg
