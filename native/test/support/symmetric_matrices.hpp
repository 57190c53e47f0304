// Symmetric positive semidefinite matrices that eigensolvers find hard, of any order.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "test/support/matrices.hpp"
#include "test/support/reference.hpp"

namespace madloop::test {

inline linalg::EigenMatrix orthogonalMatrix(linalg::Index n, unsigned seed) {
  return orthogonalFactor(normals(n, n, seed));
}

/// Exactly symmetric, with the given eigenvalues to rounding.
inline linalg::EigenMatrix withEigenvalues(linalg::EigenVector const& eigenvalues, unsigned seed) {
  linalg::EigenMatrix const q = orthogonalMatrix(eigenvalues.size(), seed);
  linalg::EigenMatrix const a = q * eigenvalues.asDiagonal() * q.transpose();
  return (a + a.transpose()) / 2;
}

/// Matrices of order n by name; the largest entry of each is between 0.1 and 10 or zero.
inline std::vector<std::pair<std::string, linalg::EigenMatrix>> semidefiniteMatrices(linalg::Index n) {
  linalg::EigenVector graded(n);
  linalg::EigenVector clustered(n);
  linalg::EigenVector diagonal(n);
  for (linalg::Index i = 0; i < n; ++i) {
    graded[i] = std::pow(10.0, -16.0 * static_cast<double>(i) / static_cast<double>(n));
    clustered[i] = i % 3 == 0 ? 1 : i % 3 == 1 ? 0.5 : 0.5 + 1e-13 * static_cast<double>(i);
    diagonal[i] = 1 + static_cast<double>(i * 7 % n) / static_cast<double>(n);
  }
  linalg::EigenMatrix blocks = linalg::EigenMatrix::Zero(n, n);
  for (linalg::Index i = 0; i < n; i += 7) {
    linalg::Index const size = std::min<linalg::Index>(7, n - i);
    blocks.block(i, i, size, size) = sampleCovariance(size, 12, 3);
  }
  linalg::EigenMatrix symmetric = sampleCovariance(n, 2 * n, 1);
  symmetric = ((symmetric + symmetric.transpose()) / 2).eval();
  linalg::EigenMatrix deficient = sampleCovariance(n, (n + 1) / 2, 2);
  deficient = ((deficient + deficient.transpose()) / 2).eval();
  linalg::EigenVector const u = normals(n, 1, 4).normalized();
  return {{"random", symmetric},
          {"rank deficient", deficient},
          {"rank 1", u * u.transpose()},
          {"all ones", linalg::EigenMatrix::Ones(n, n)},
          {"diagonal", linalg::EigenMatrix(diagonal.asDiagonal())},
          {"identity", linalg::EigenMatrix::Identity(n, n)},
          {"zero", linalg::EigenMatrix::Zero(n, n)},
          {"clustered", withEigenvalues(clustered, 5)},
          {"graded", withEigenvalues(graded, 6)},
          {"graded diagonal", linalg::EigenMatrix(graded.asDiagonal())},
          {"block diagonal", blocks}};
}

}  // namespace madloop::test
