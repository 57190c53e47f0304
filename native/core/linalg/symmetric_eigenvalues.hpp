// Eigenvalues (only) of real symmetric matrices, and of the symmetric tridiagonal ones they reduce to.
#pragma once

#include "core/base/task.hpp"
#include "core/linalg/matrix.hpp"

namespace madloop::linalg {

/// A symmetric tridiagonal matrix: diagonal (n) and subdiagonal (n - 1).
struct Tridiagonal {
  Vector diagonal;
  Vector subdiagonal;
};

/// Householder reduction of scale * A, A the symmetric matrix whose lower triangle `a` holds, to tridiagonal
/// form (same eigenvalues). One pass over the trailing matrix a column: the rank-2 update of one step and the
/// product with the next step's Householder vector are fused, which halves the memory traffic of the textbook
/// form (Golub & Van Loan, 4th ed., section 8.3.1). 4/3 n^3 flops. Large matrices are reduced in two stages.
Tridiagonal tridiagonalise(Matrix const& a, double scale, Task const& task);

/// scale * matrix has the eigenvalues of what was reduced; scale is a power of two that brings entries near 1.
struct ScaledTridiagonal {
  Tridiagonal matrix;
  double scale = 1;
};

/// tridiagonalise() for any scale from 1e-300 to 1e300: what follows may square its entries.
ScaledTridiagonal scaledTridiagonal(Matrix const& a, Task const& task);

/// Eigenvalues of a symmetric tridiagonal matrix in ascending order, by the square-root-free QL iteration of
/// Pal, Walker and Kahan (Parlett, The Symmetric Eigenvalue Problem, section 8.15). Absolute error of order
/// eps times the norm. Throws noConvergence after 60 sweeps for one eigenvalue (never seen).
Vector tridiagonalEigenvalues(Tridiagonal const& t, Task const& task);

/// Eigenvalues in ascending order of the symmetric matrix whose lower triangle `a` holds. Backward stable:
/// each has an absolute error of order eps * sqrt(n) * ||a||. Any scale from 1e-300 to 1e300.
Vector symmetricEigenvalues(Matrix const& a, Task const& task);

}  // namespace madloop::linalg
