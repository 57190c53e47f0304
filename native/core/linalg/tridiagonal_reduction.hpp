// Reduction of symmetric matrices to tridiagonal form with the transformation kept, in blocks and in parallel.
// symmetric_eigenvalues.hpp has the one for eigenvalues alone.
#pragma once

#include <cstdint>

#include "core/base/task.hpp"
#include "core/linalg/eigen.hpp"
#include "core/linalg/parallel_product.hpp"
#include "core/linalg/symmetric_eigenvalues.hpp"

namespace madloop::linalg {

/// Q^T A Q = matrix with Q = H_0 H_1 ... H_{n-2}, H_k = I - tau_k v_k v_k^T.
struct TridiagonalReduction {
  Tridiagonal matrix;
  EigenMatrix reflectors;  // at least n rows, n columns: v_k is column k, zero in rows 0 .. k, one in row k + 1
  EigenVector tau;         // n
};

/// Householder reduction of the symmetric matrix A whose lower triangle `a` holds, entries at most 1 in size.
/// In panels (Dongarra, Hammarling & Sorensen 1989): the columns of a panel are brought up to date one by one,
/// each with one product of the trailing matrix and its reflector; the trailing matrix itself is updated once a
/// panel, by a product of matrices. 4/3 n^3 flops, half of them in matrix-vector products. Counts
/// tridiagonalReductionUnits(n) units of progress.
TridiagonalReduction reduceToTridiagonal(ConstMatrixBlock const& a, Task& task);

/// Overwrites z (n rows) by Q z: blocks of reflectors as I - V T V^T (Schreiber & Van Loan 1989), ranges of
/// columns in parallel. 2 n^2 flops a column. Counts multiplyByReflectorsUnits(n, cols) units of progress.
void multiplyByReflectors(TridiagonalReduction const& reduction, EigenMatrix& z, Task& task);

/// Units of progress, which stand for about the same time as those of tridiagonalEigenvectorsUnits().
std::uint64_t tridiagonalReductionUnits(Index n);
std::uint64_t multiplyByReflectorsUnits(Index n, Index cols);

}  // namespace madloop::linalg
