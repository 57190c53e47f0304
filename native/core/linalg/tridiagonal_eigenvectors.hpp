// Eigenvalues and eigenvectors of symmetric tridiagonal matrices by divide and conquer.
#pragma once

#include <cstdint>

#include "core/base/task.hpp"
#include "core/linalg/eigen.hpp"
#include "core/linalg/symmetric_eigenvalues.hpp"

namespace madloop::linalg {

/// A = vectors diag(values) vectors^T: values ascending, one orthonormal column each.
struct Eigendecomposition {
  EigenVector values;
  EigenMatrix vectors;
};

/// Eigendecomposition of a tridiagonal matrix whose largest entry is of order 1: T is cut in two by a change of
/// rank one (Cuppen 1981), and the halves' eigenvectors are updated by those of a diagonal matrix plus one of
/// rank one, whose vectors are made for slightly changed updates, of which the computed eigenvalues are exact
/// (Gu & Eisenstat 1995): orthogonal to rounding, however close eigenvalues are. Columns that the update does
/// not change (deflation) cost nothing. At most 4/3 n^3 flops, in products of matrices. Backward stable: error
/// of order eps ||T|| in eigenvalues, n eps in orthogonality. Counts tridiagonalEigenvectorsUnits(n) units of
/// progress.
Eigendecomposition tridiagonalEigenvectors(Tridiagonal const& t, Task& task);

/// The units of progress of tridiagonalEigenvectors(): n^3 for the last update.
std::uint64_t tridiagonalEigenvectorsUnits(Index n);

}  // namespace madloop::linalg
