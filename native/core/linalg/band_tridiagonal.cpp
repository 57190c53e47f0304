#include "core/linalg/band_tridiagonal.hpp"

#include <algorithm>
#include <vector>

#include "core/linalg/band_matrix.hpp"
#include "core/linalg/band_reflector.hpp"
#include "core/linalg/block_reflector.hpp"
#include "core/linalg/parallel_product.hpp"

namespace madloop::linalg {

namespace {

/// Subdiagonals of the band form: the products of the first stage want many, the second stage few.
constexpr Index kBandwidth = 32;

/// Overwrites the lower triangle of a by that of a matrix of kBandwidth subdiagonals with the same eigenvalues.
void reduceToBand(MatrixBlock a, Task const& task) {
  Index const n = a.rows();
  // One memory for all steps.
  EigenMatrix spaceOfY = freshMatrix(n, kBandwidth);
  EigenMatrix spaceOfOuter = freshMatrix(n, 2 * kBandwidth);
  EigenMatrix spaceOfMirrored = freshMatrix(n, 2 * kBandwidth);
  for (Index k = 0; k + kBandwidth < n; k += kBandwidth) {
    task.throwIfCancelled();
    Index const below = n - k - kBandwidth;
    Index const width = std::min(kBandwidth, below);
    auto panel = a.block(k + kBandwidth, k, below, kBandwidth);
    BlockReflector const q = reducePanel(panel.leftCols(width));
    if (width < kBandwidth) {
      // Fewer rows than columns: the columns beyond are only transformed.
      auto beyond = panel.rightCols(kBandwidth - width);
      EigenMatrix const inner = q.t.transpose() * (q.v.transpose() * beyond);
      beyond.noalias() -= q.v * inner;
    }
    // C - V W^T - W V^T with Y = C V T and W = Y - V (T^T V^T Y) / 2 (Golub & Van Loan, 4th ed., section 8.3.1,
    // with blocks for vectors), the two updates as one product.
    auto rest = a.block(k + kBandwidth, k + kBandwidth, below, below);
    auto y = spaceOfY.topLeftCorner(below, width);
    y.setZero();
    addSymmetricProduct(y, 1, rest, q.v, task);
    auto outer = spaceOfOuter.topLeftCorner(below, 2 * width);
    auto w = outer.rightCols(width);
    outer.leftCols(width) = q.v;
    w.setZero();
    addProduct(w, 1, {y, Transpose::no, q.t, Transpose::no}, task);
    EigenMatrix inner = EigenMatrix::Zero(width, width);
    addProduct(inner, 1, {q.v, Transpose::yes, w, Transpose::no}, task);
    inner = q.t.transpose() * inner;
    addProduct(w, -0.5, {q.v, Transpose::no, inner, Transpose::no}, task);
    auto mirrored = spaceOfMirrored.topLeftCorner(below, 2 * width);
    mirrored << w, q.v;
    addProductLower(rest, -1, {outer, Transpose::no, mirrored, Transpose::yes}, task);
  }
}

/// Step `step` of sweep `column`: the column's (later the bulge's first column's) entries below the subdiagonal
/// are reflected away, which makes the next bulge below the diagonal block.
void chase(BandMatrix& band, Index width, Index column, Index step) {
  Index const first = column + 1 + step * width;  // first row and column of the diagonal block
  Index const last = std::min(first + width, band.size());
  Index const length = last - first;
  Index const from = step == 0 ? column : first - width;  // the column to be cleared
  std::vector<double> v(static_cast<std::size_t>(length));

  for (Index i = 0; i < length; ++i) v[static_cast<std::size_t>(i)] = band.at(first + i, from);
  Reflector const h = makeReflector(v.data(), length);
  band.at(first, from) = h.beta;
  for (Index i = 1; i < length; ++i) band.at(first + i, from) = 0;
  if (first - from > 1) applyFromLeft(band.block(first, from + 1, length, first - from - 1), v.data(), h.tau);
  applyFromBothSides(band.block(first, first, length, length), v.data(), h.tau);
  Index const end = std::min(last + width, band.size());
  if (end > last) applyFromRight(band.block(last, first, end - last, length), v.data(), h.tau);
}

}  // namespace

Tridiagonal tridiagonaliseInTwoStages(Matrix& a, Task const& task) {
  reduceToBand(asEigen(a), task);
  Index const n = a.rows();
  Index const width = std::min(kBandwidth, std::max<Index>(n - 1, 1));
  BandMatrix band(n, 0, 2 * width);
  for (Index j = 0; j < n; ++j) {
    for (Index i = j; i < std::min(j + width + 1, n); ++i) band.at(i, j) = a(i, j);
  }
  // A step ends in the first column of the bulge that the next but one step clears: see chase().
  chaseBulges(
      task, n - 2, 3, [&](Index column) { return (n - 1 - column + width - 1) / width; },
      [&](Index column, Index step) { chase(band, width, column, step); });

  Tridiagonal result{Vector(n), Vector(std::max<Index>(n - 1, 0))};
  for (Index i = 0; i < n; ++i) {
    result.diagonal[i] = band.at(i, i);
    if (i + 1 < n) result.subdiagonal[i] = band.at(i + 1, i);
  }
  return result;
}

}  // namespace madloop::linalg
