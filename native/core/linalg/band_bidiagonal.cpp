#include "core/linalg/band_bidiagonal.hpp"

#include <algorithm>
#include <vector>

#include "core/base/parallel.hpp"
#include "core/linalg/band_matrix.hpp"
#include "core/linalg/band_reflector.hpp"
#include "core/linalg/block_reflector.hpp"
#include "core/linalg/parallel_product.hpp"

namespace madloop::linalg {

namespace {

/// Superdiagonals of the band form: the products of the first stage want many, the second stage few.
constexpr Index kBandwidth = 48;

/// Columns that a thread copies at a time.
constexpr Index kCopiedColumns = 64;

/// Overwrites the leading n rows of a (m x n) by an upper triangular matrix of kBandwidth superdiagonals with
/// the same singular values. What lies outside of the band is left undefined.
void reduceToBand(MatrixBlock a, Task const& task) {
  Index const cols = a.cols();
  // One memory for all steps.
  EigenMatrix spaceOfY = freshMatrix(cols, kBandwidth);
  EigenMatrix spaceOfTop = freshMatrix(cols, kBandwidth);
  EigenMatrix spaceOfX = freshMatrix(a.rows(), kBandwidth);
  EigenMatrix spaceOfOuter = freshMatrix(a.rows(), 2 * kBandwidth);
  EigenMatrix spaceOfInner = freshMatrix(cols, 2 * kBandwidth);
  for (Index k = 0; k < cols; k += kBandwidth) {
    task.throwIfCancelled();
    Index const width = std::min(kBandwidth, cols - k);
    Index const below = a.rows() - k;
    Index const right = cols - k - width;
    BlockReflector const left = reducePanel(a.block(k, k, below, width));
    if (right == 0) break;
    auto rest = a.block(k, k + width, below, right);

    // From the left, rest - V Y^T with Y = rest^T V T; at once only for the rows that decide on the reflectors
    // from the right.
    auto unscaled = spaceOfTop.topLeftCorner(right, width);
    unscaled.setZero();
    addProduct(unscaled, 1, {rest, Transpose::yes, left.v, Transpose::no}, task);
    auto y = spaceOfY.topLeftCorner(right, width);
    y.setZero();
    addProduct(y, 1, {unscaled, Transpose::no, left.t, Transpose::no}, task);
    auto top = spaceOfTop.topLeftCorner(right, width);
    top = rest.topRows(width).transpose();
    addProduct(top, -1, {y, Transpose::no, left.v.topRows(width), Transpose::yes}, task);
    Index const panel = std::min(width, right);
    BlockReflector const q = reducePanel(top.leftCols(panel));
    if (panel < width) {
      // Fewer columns than rows: the rows beyond are only transformed.
      EigenMatrix const inner = q.t.transpose() * (q.v.transpose() * top.rightCols(width - panel));
      top.rightCols(width - panel).noalias() -= q.v * inner;
    }
    rest.topRows(width) = top.transpose();

    // From the right, with X = (rest - V Y^T) V2 T2: rest - V Y^T - X V2^T, the two updates as one product.
    Index const lower = below - width;
    if (lower == 0) continue;
    auto remaining = rest.bottomRows(lower);
    auto x = spaceOfX.topLeftCorner(lower, panel);
    x.setZero();
    addProduct(x, 1, {remaining, Transpose::no, q.v, Transpose::no}, task);
    EigenMatrix cross = EigenMatrix::Zero(width, panel);
    addProduct(cross, 1, {y, Transpose::yes, q.v, Transpose::no}, task);
    auto outer = spaceOfOuter.topLeftCorner(lower, width + panel);
    outer.leftCols(width) = left.v.bottomRows(lower);
    outer.rightCols(panel).setZero();
    addProduct(x, -1, {outer.leftCols(width), Transpose::no, cross, Transpose::no}, task);
    addProduct(outer.rightCols(panel), 1, {x, Transpose::no, q.t, Transpose::no}, task);
    auto inner = spaceOfInner.topLeftCorner(right, width + panel);
    inner.leftCols(width) = y;
    inner.rightCols(panel) = q.v;
    addProduct(remaining, -1, {outer, Transpose::no, inner, Transpose::yes}, task);
  }
}

/// Step `step` of sweep `row`: the row's (later the bulge's first row's) entries beyond the superdiagonal are
/// reflected away from the right, then the column of the bulge that this makes from the left.
void chase(BandMatrix& band, Index width, Index row, Index step) {
  Index const first = row + 1 + step * width;  // first row and column of the diagonal block
  Index const last = std::min(first + width, band.size());
  Index const length = last - first;
  Index const from = step == 0 ? row : first - width;  // the row to be cleared
  std::vector<double> v(static_cast<std::size_t>(length));

  for (Index j = 0; j < length; ++j) v[static_cast<std::size_t>(j)] = band.at(from, first + j);
  Reflector const right = makeReflector(v.data(), length);
  band.at(from, first) = right.beta;
  for (Index j = 1; j < length; ++j) band.at(from, first + j) = 0;
  applyFromRight(band.block(from + 1, first, last - from - 1, length), v.data(), right.tau);

  for (Index i = 0; i < length; ++i) v[static_cast<std::size_t>(i)] = band.at(first + i, first);
  Reflector const left = makeReflector(v.data(), length);
  band.at(first, first) = left.beta;
  for (Index i = 1; i < length; ++i) band.at(first + i, first) = 0;
  Index const end = std::min(last + width, band.size());
  applyFromLeft(band.block(first, first + 1, length, end - first - 1), v.data(), left.tau);
}

}  // namespace

Bidiagonal bidiagonaliseInTwoStages(Matrix a, Task const& task) {
  Index const n = a.cols();
  EigenMatrix space = freshMatrix(spreadRows(a.rows()), n);
  MatrixBlock work = space.topRows(a.rows());
  parallelForPieces(task, IndexRange{0, n}, kCopiedColumns, [&](IndexRange columns) {
    work.middleCols(columns.begin, columns.size()) = asEigen(a).middleCols(columns.begin, columns.size());
  });
  a = Matrix();  // memory for what follows
  reduceToBand(work, task);
  Index const width = std::min(kBandwidth, std::max<Index>(n - 1, 1));
  BandMatrix band(n, 2 * width, width);
  for (Index j = 0; j < n; ++j) {
    for (Index i = std::max<Index>(0, j - width); i <= j; ++i) band.at(i, j) = work(i, j);
  }
  // A step ends in the first column of the block that the next but one step clears: see chase().
  chaseBulges(
      task, n - 1, 3, [&](Index row) { return (n - 1 - row + width - 1) / width; },
      [&](Index row, Index step) { chase(band, width, row, step); });

  Bidiagonal result{Vector(n), Vector(std::max<Index>(n - 1, 0))};
  for (Index i = 0; i < n; ++i) {
    result.diagonal[i] = band.at(i, i);
    if (i + 1 < n) result.superdiagonal[i] = band.at(i, i + 1);
  }
  return result;
}

}  // namespace madloop::linalg
