#include "core/linalg/congruence.hpp"

#include <algorithm>

#include "core/base/parallel.hpp"
#include "core/linalg/parallel_product.hpp"

namespace madloop::linalg {

namespace {

/// Columns that one thread clears.
constexpr Index kColumns = 64;

}  // namespace

Matrix congruence(Matrix const& triangle, Matrix symmetric, double factor, Task const& task) {
  auto const lower = asEigen(triangle);
  auto s = asEigen(symmetric);
  Index const n = s.rows();
  EigenMatrix y = freshMatrix(n, n);
  parallelForPieces(task, IndexRange{0, n}, kColumns, [&](IndexRange columns) {
    for (Index j = columns.begin; j < columns.end; ++j) {
      s.col(j).head(j).setZero();
      s(j, j) /= 2;
    }
    y.middleCols(columns.begin, columns.size()).setZero();
  });
  auto const innerOfLower = [](IndexRange rows, IndexRange columns) {
    return IndexRange{columns.begin, rows.end};
  };
  addProductLower(y, 1, {s, Transpose::no, lower, Transpose::no, innerOfLower}, task);
  parallelForPieces(task, IndexRange{0, n}, kColumns,
                    [&](IndexRange columns) { s.middleCols(columns.begin, columns.size()).setZero(); });
  // In the lower triangle the row is the larger index: above it, columns of both factors are zero.
  auto const inner = [n](IndexRange rows, IndexRange) { return IndexRange{rows.begin, n}; };
  addProductLower(s, factor, {lower, Transpose::yes, y, Transpose::no, inner}, task);
  addProductLower(s, factor, {y, Transpose::yes, lower, Transpose::no, inner}, task);
  return symmetric;
}

}  // namespace madloop::linalg
