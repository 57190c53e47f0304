// Symmetric matrix times vector, the part of a tridiagonal reduction that is bound by memory.
#pragma once

#include "core/base/task.hpp"
#include "core/linalg/eigen.hpp"

namespace madloop::linalg {

/// Columns that are read together, and the multiple of rows that matrices and vectors here are padded to.
inline constexpr Index kProductPadding = 8;

constexpr Index paddedRows(Index n) { return (n + kProductPadding - 1) / kProductPadding * kProductPadding; }

/// Products with trailing parts of one symmetric matrix; holds the workspace for them.
class SymmetricProduct {
 public:
  /// For matrices of order up to n.
  explicit SymmetricProduct(Index n);

  /// y[first ..] = (A x)[first ..] over rows and columns first .. n - 1 of the symmetric matrix A whose lower
  /// triangle `a` holds. Each entry below the diagonal is read once and used twice. `a`, x and y have
  /// paddedRows(n) rows, x is zero outside first .. n - 1, and the padding of `a` is zero; y is meaningless
  /// outside first .. n - 1. Column ranges of equal area, fixed by the size, are multiplied in parallel and
  /// added in order.
  void multiply(EigenMatrix const& a, Index first, EigenVector const& x, EigenVector& y, Task const& task);

 private:
  EigenMatrix partial_;  // a column per column range
};

}  // namespace madloop::linalg
