// Cholesky decompositions of large matrices, blocked and on all threads.
#pragma once

#include <optional>
#include <vector>

#include "core/base/task.hpp"
#include "core/linalg/matrix.hpp"

namespace madloop::linalg {

/// The lower triangular L (zeros above) with L L^T = s, of which the lower triangle is read; empty where a
/// pivot is not positive. n^3 / 3 flops in matrix products.
std::optional<Matrix> choleskyFactor(Matrix s, Task const& task);

/// The same on one thread and in place, for small matrices: false where a pivot is not positive, and `s` is
/// lost.
bool choleskyInPlace(Matrix& s);

/// ||L^-1||_F^2 = tr (L L^T)^-1 for a lower triangular L: its reciprocal bounds the smallest eigenvalue of L
/// L^T from below. n^3 / 3 flops, a few columns of the inverse at a time.
double squaredNormOfInverse(Matrix const& lower, Task const& task);

/// S = F F^T + a remainder, with F = P L for a permutation P and a lower trapezoidal L with falling diagonal.
struct PivotedCholesky {
  Matrix factor;         // n x rank
  Vector pivots;         // rank: the diagonal of L
  double remainder = 0;  // infinity norm of what is left of S, its own rounding apart
};

/// Cholesky decomposition with diagonal pivoting of the symmetric matrix of which the lower triangle of s is
/// read; it stops where no diagonal element left exceeds `negligible`. For a positive semidefinite s, no entry
/// of the remainder is larger then. The backward error is of order n eps ||s|| (Higham 2002, Theorem 10.14).
/// After LAPACK's dpstrf (Hammarling, Higham & Lucas 2007), updates of the rest on all threads.
PivotedCholesky pivotedCholesky(Matrix s, double negligible, Task const& task);

}  // namespace madloop::linalg
