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

inline Matrix orthogonalMatrix(Index n, unsigned seed) { return orthogonalFactor(normals(n, n, seed)); }

/// Exactly symmetric, with the given eigenvalues to rounding.
inline Matrix withEigenvalues(Vector const& eigenvalues, unsigned seed) {
  Matrix const q = orthogonalMatrix(eigenvalues.size(), seed);
  Matrix const a = q * eigenvalues.asDiagonal() * q.transpose();
  return (a + a.transpose()) / 2;
}

/// Matrices of order n by name; the largest entry of each is between 0.1 and 10 or zero.
inline std::vector<std::pair<std::string, Matrix>> semidefiniteMatrices(Index n) {
  Vector graded(n);
  Vector clustered(n);
  Vector diagonal(n);
  for (Index i = 0; i < n; ++i) {
    graded[i] = std::pow(10.0, -16.0 * static_cast<double>(i) / static_cast<double>(n));
    clustered[i] = i % 3 == 0 ? 1 : i % 3 == 1 ? 0.5 : 0.5 + 1e-13 * static_cast<double>(i);
    diagonal[i] = 1 + static_cast<double>(i * 7 % n) / static_cast<double>(n);
  }
  Matrix blocks = Matrix::Zero(n, n);
  for (Index i = 0; i < n; i += 7) {
    Index const size = std::min<Index>(7, n - i);
    blocks.block(i, i, size, size) = sampleCovariance(size, 12, 3);
  }
  Matrix symmetric = sampleCovariance(n, 2 * n, 1);
  symmetric = ((symmetric + symmetric.transpose()) / 2).eval();
  Matrix deficient = sampleCovariance(n, (n + 1) / 2, 2);
  deficient = ((deficient + deficient.transpose()) / 2).eval();
  Vector const u = normals(n, 1, 4).normalized();
  return {{"random", symmetric},
          {"rank deficient", deficient},
          {"rank 1", u * u.transpose()},
          {"all ones", Matrix::Ones(n, n)},
          {"diagonal", Matrix(diagonal.asDiagonal())},
          {"identity", Matrix::Identity(n, n)},
          {"zero", Matrix::Zero(n, n)},
          {"clustered", withEigenvalues(clustered, 5)},
          {"graded", withEigenvalues(graded, 6)},
          {"graded diagonal", Matrix(graded.asDiagonal())},
          {"block diagonal", blocks}};
}

}  // namespace madloop::test
