// Products of large matrices on all threads. The result is cut into tiles of a fixed size, and each tile's sums
// run in one order, so the bytes do not depend on the number of threads.
#pragma once

#include <functional>

#include "core/base/task.hpp"
#include "core/linalg/eigen.hpp"

namespace madloop::linalg {

using MatrixBlock = Eigen::Ref<EigenMatrix, 0, Eigen::OuterStride<>>;
using ConstMatrixBlock = Eigen::Ref<EigenMatrix const, 0, Eigen::OuterStride<>>;

/// Rows to allocate for a matrix of `rows` rows so that its columns lie an odd number of cache lines apart:
/// where they are a power of two apart, as they often would be, the caches have room for few of them.
constexpr Index spreadRows(Index rows) {
  constexpr Index line = 8;
  return (rows + line - 1) / line / 2 * 2 * line + line;
}

/// What op of a factor is: op(a) = a, or a^T.
enum class Transpose { no, yes };

/// The factors of a product op(a) op(b) and what is known about it.
struct Product {
  ConstMatrixBlock a;
  Transpose transposeA;
  ConstMatrixBlock b;
  Transpose transposeB;
  /// The inner indices at which a tile (rows, columns) of the product may have nonzero terms; empty: all.
  /// How triangular factors save their zeros.
  std::function<IndexRange(IndexRange rows, IndexRange columns)> inner = {};
};

/// c += alpha op(a) op(b). `c` overlaps neither factor.
void addProduct(MatrixBlock c, double alpha, Product const& product, Task const& task);

/// addProduct() for the lower triangle of a symmetric c; nothing is written above the diagonal.
void addProductLower(MatrixBlock c, double alpha, Product const& product, Task const& task);

/// c += alpha s b for the symmetric s of which the lower triangle is read.
void addSymmetricProduct(MatrixBlock c, double alpha, ConstMatrixBlock s, ConstMatrixBlock b, Task const& task);

}  // namespace madloop::linalg
