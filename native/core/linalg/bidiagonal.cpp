#include "core/linalg/bidiagonal.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/linalg/block_reflector.hpp"

namespace madloop::linalg {

namespace {

/// Reduces a (rows >= cols, overwritten) one column and one row at a time.
Bidiagonal bidiagonaliseInOneStage(MatrixBlock a, Task const& task) {
  Index const cols = a.cols();
  Bidiagonal result{Vector(cols), Vector(cols - 1)};
  EigenVector workspace(std::max(a.rows(), cols));
  for (Index k = 0; k < cols; ++k) {
    task.throwIfCancelled();
    double tau = 0;
    double beta = 0;
    auto column = a.col(k).tail(a.rows() - k);
    column.makeHouseholderInPlace(tau, beta);
    result.diagonal[k] = beta;
    Index const right = cols - k - 1;
    if (right == 0) break;
    a.bottomRightCorner(a.rows() - k, right)
        .applyHouseholderOnTheLeft(column.tail(a.rows() - k - 1), tau, workspace.data());

    EigenVector row = a.row(k).tail(right).transpose();
    EigenVector essential(right - 1);
    row.makeHouseholder(essential, tau, beta);
    result.superdiagonal[k] = beta;
    a.bottomRightCorner(a.rows() - k - 1, right).applyHouseholderOnTheRight(essential, tau, workspace.data());
  }
  return result;
}

}  // namespace

Bidiagonal bidiagonalise(Matrix g, Task const& task) {
  if (g.rows() < g.cols()) g = matrixOf(asEigen(g).transpose());
  if (g.cols() == 0) return {};
  // QR costs 2 l r^2; it pays once the rows it saves cost more, from about l = 5/3 r (Chan 1982).
  if (3 * g.rows() > 5 * g.cols()) g = triangularFactor(asEigen(g), task);
  return g.cols() < kTwoStageSize ? bidiagonaliseInOneStage(asEigen(g), task)
                                  : bidiagonaliseInTwoStages(std::move(g), task);
}

}  // namespace madloop::linalg
