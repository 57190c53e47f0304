#include "core/linalg/block_reflector.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/sum.hpp"

namespace madloop::linalg {

namespace {

/// Columns that are reduced one by one.
constexpr Index kNarrow = 8;

/// Columns of a panel: wide enough for the products that follow, narrow enough to stay in the cache.
constexpr Index kPanel = 64;

/// Reduces a panel one column at a time; v and t are the parts of the block reflector that belong to it.
void reduceColumns(MatrixBlock panel, MatrixBlock v, MatrixBlock t) {
  Index const rows = panel.rows();
  Index const cols = panel.cols();
  EigenVector product(cols);
  for (Index j = 0; j < cols; ++j) {
    Index const length = rows - j;
    auto reflector = v.col(j).tail(length);
    reflector = panel.col(j).tail(length);
    Reflector const h = makeReflector(reflector.data(), length, 0);
    panel.col(j).tail(length).setZero();
    panel(j, j) = h.beta;
    if (Index const right = cols - j - 1; right > 0) {
      auto rest = panel.bottomRightCorner(length, right);
      product.head(right).noalias() = h.tau * (rest.transpose() * reflector);
      rest.noalias() -= reflector * product.head(right).transpose();
    }
    // Column j of T: tau, and above it -tau T (V^T v).
    t(j, j) = h.tau;
    if (j > 0) {
      product.head(j).noalias() = -h.tau * (v.bottomLeftCorner(length, j).transpose() * reflector);
      t.col(j).head(j).noalias() = t.topLeftCorner(j, j).triangularView<Eigen::Upper>() * product.head(j);
    }
  }
}

void reduceRecursively(MatrixBlock panel, MatrixBlock v, MatrixBlock t) {
  Index const cols = panel.cols();
  if (cols <= kNarrow) {
    reduceColumns(panel, v, t);
    return;
  }
  Index const left = cols / 2;
  Index const right = cols - left;
  Index const below = panel.rows() - left;
  reduceRecursively(panel.leftCols(left), v.leftCols(left), t.topLeftCorner(left, left));
  auto const vLeft = v.leftCols(left);
  auto const tLeft = t.topLeftCorner(left, left);
  EigenMatrix const inner = tLeft.transpose() * (vLeft.transpose() * panel.rightCols(right));
  panel.rightCols(right).noalias() -= vLeft * inner;
  reduceRecursively(panel.bottomRightCorner(below, right), v.bottomRightCorner(below, right),
                    t.bottomRightCorner(right, right));
  // (I - V1 T1 V1^T)(I - V2 T2 V2^T) has T12 = -T1 (V1^T V2) T2.
  EigenMatrix const cross = v.bottomLeftCorner(below, left).transpose() * v.bottomRightCorner(below, right);
  t.topRightCorner(left, right).noalias() = -(tLeft * cross) * t.bottomRightCorner(right, right);
}

}  // namespace

BlockReflector reducePanel(MatrixBlock panel) {
  BlockReflector q{EigenMatrix::Zero(panel.rows(), panel.cols()),
                   EigenMatrix::Zero(panel.cols(), panel.cols())};
  reduceRecursively(panel, q.v, q.t);
  return q;
}

Matrix triangularFactor(MatrixBlock a, Task const& task) {
  Index const cols = a.cols();
  for (Index k = 0; k < cols; k += kPanel) {
    task.throwIfCancelled();
    Index const width = std::min(kPanel, cols - k);
    Index const below = a.rows() - k;
    Index const right = cols - k - width;
    BlockReflector const q = reducePanel(a.block(k, k, below, width));
    if (right == 0) break;
    auto rest = a.block(k, k + width, below, right);
    EigenMatrix inner = EigenMatrix::Zero(right, width);  // rest^T V
    addProduct(inner, 1, {rest, Transpose::yes, q.v, Transpose::no}, task);
    inner = inner * q.t;
    addProduct(rest, -1, {q.v, Transpose::no, inner, Transpose::yes}, task);
  }
  return matrixOf(EigenMatrix(a.topRows(cols).triangularView<Eigen::Upper>()));
}

}  // namespace madloop::linalg
