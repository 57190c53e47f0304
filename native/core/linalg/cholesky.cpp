#include "core/linalg/cholesky.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "core/base/parallel.hpp"
#include "core/base/sum.hpp"
#include "core/linalg/parallel_product.hpp"

namespace madloop::linalg {

namespace {

/// Columns of a decomposition that are reduced without products of matrices.
constexpr Index kBlock = 48;

/// Columns between two updates of the rest, where these are not by halves.
constexpr Index kDeepBlock = 96;

/// Columns of an inverse that are computed together.
constexpr Index kColumns = 192;

/// Rows of a triangular solve, or columns to be cleared, that are one piece of work.
constexpr Index kChunk = 128;

/// Exchanges rows and columns p < q of a symmetric matrix of which the lower triangle is stored.
void exchange(MatrixBlock a, Index p, Index q) {
  Index const below = a.rows() - q - 1;
  std::swap(a(p, p), a(q, q));
  a.row(p).head(p).swap(a.row(q).head(p));
  a.col(p).tail(below).swap(a.col(q).tail(below));
  for (Index i = p + 1; i < q; ++i) std::swap(a(i, p), a(q, i));
}

double infinityNormOfLower(ConstMatrixBlock const& a, Index first) {
  EigenVector sums = EigenVector::Zero(a.rows());
  for (Index j = first; j < a.cols(); ++j) {
    for (Index i = j; i < a.rows(); ++i) {
      sums[i] += std::abs(a(i, j));
      if (i > j) sums[j] += std::abs(a(i, j));
    }
  }
  return sums.size() == 0 ? 0 : sums.maxCoeff();
}

/// Overwrites s by its Cholesky factor, with zeros above the diagonal. False where a pivot is not positive.
bool factorSmall(Eigen::Ref<EigenMatrix> s) {
  if (Eigen::LLT<Eigen::Ref<EigenMatrix>>(s).info() != Eigen::Success) return false;
  for (Index j = 1; j < s.cols(); ++j) s.col(j).head(j).setZero();
  return true;
}

/// Overwrites columns of s, which all columns before them have updated, by those of L; by halves, so that the
/// products are as deep as they can be (Gustavson 1997). False where a pivot is not positive.
bool factorColumns(MatrixBlock s, IndexRange columns, Task const& task) {
  task.throwIfCancelled();
  auto const [begin, end] = columns;
  Index const below = s.rows() - end;
  if (columns.size() > kBlock) {
    Index const left = (columns.size() / 2 + kBlock - 1) / kBlock * kBlock;
    Index const middle = begin + left;
    Index const right = end - middle;
    if (!factorColumns(s, {begin, middle}, task)) return false;
    auto const square = s.block(middle, begin, right, left);
    addProductLower(s.block(middle, middle, right, right), -1, {square, Transpose::no, square, Transpose::yes},
                    task);
    addProduct(s.block(end, middle, below, right), -1,
               {s.block(end, begin, below, left), Transpose::no, square, Transpose::yes}, task);
    return factorColumns(s, {middle, end}, task);
  }
  EigenMatrix lower = s.block(begin, begin, columns.size(), columns.size());
  if (!factorSmall(lower)) return false;
  s.block(begin, begin, columns.size(), columns.size()) = lower;
  auto panel = s.block(end, begin, below, columns.size());
  parallelForPieces(task, IndexRange{0, below}, kChunk, [&](IndexRange chunk) {
    auto rows = panel.middleRows(chunk.begin, chunk.size());
    lower.transpose().triangularView<Eigen::Upper>().solveInPlace<Eigen::OnTheRight>(rows);
  });
  return true;
}

}  // namespace

bool choleskyInPlace(Matrix& s) { return factorSmall(asEigen(s)); }

std::optional<Matrix> choleskyFactor(Matrix s, Task const& task) {
  Index const n = s.rows();
  if (!factorColumns(asEigen(s), {0, n}, task)) return std::nullopt;
  parallelForPieces(task, IndexRange{0, n}, kChunk, [&](IndexRange chunk) {
    for (Index j = chunk.begin; j < chunk.end; ++j) std::fill_n(s.column(j), j, 0.0);
  });
  return s;
}

double squaredNormOfInverse(Matrix const& triangle, Task const& task) {
  auto const lower = asEigen(triangle);
  Index const n = lower.rows();
  IndexRange const all{0, n};
  std::vector<double> sums(static_cast<std::size_t>(pieceCount(all, kColumns)));
  parallelForPieces(task, all, kColumns, [&](IndexRange range) {
    // Columns begin .. of the inverse are zero above row begin.
    Index const below = n - range.begin;
    EigenMatrix columns = EigenMatrix::Identity(below, range.size());
    for (Index k = 0; k < below; k += kDeepBlock) {
      task.throwIfCancelled();
      Index const height = std::min(kDeepBlock, below - k);
      Index const first = range.begin + k;
      EigenMatrix solved = columns.middleRows(k, height);
      lower.block(first, first, height, height).triangularView<Eigen::Lower>().solveInPlace(solved);
      columns.middleRows(k, height) = solved;
      Index const rest = below - k - height;
      addProduct(columns.bottomRows(rest), -1,
                 {lower.block(first + height, first, rest, height), Transpose::no, solved, Transpose::no},
                 task);
    }
    sums[static_cast<std::size_t>(range.begin / kColumns)] =
        fixedOrderSum(static_cast<std::size_t>(columns.size()),
                      [&](std::size_t i) { return columns.data()[i] * columns.data()[i]; });
  });
  return fixedOrderSum(sums.size(), [&](std::size_t i) { return sums[i]; });
}

PivotedCholesky pivotedCholesky(Matrix matrix, double negligible, Task const& task) {
  auto s = asEigen(matrix);
  Index const n = s.rows();
  std::vector<Index> order(static_cast<std::size_t>(n));
  for (Index i = 0; i < n; ++i) order[static_cast<std::size_t>(i)] = i;
  Index rank = 0;
  bool stopped = false;
  while (rank < n && !stopped) {
    Index const first = rank;
    Index const end = std::min(first + kDeepBlock, n);
    // Within a block of columns only the diagonal is kept up to date, and each column when its turn comes.
    EigenVector diagonal = s.diagonal();
    for (; rank < end; ++rank) {
      task.throwIfCancelled();
      Index pivot = rank;
      for (Index i = rank + 1; i < n; ++i) {
        if (diagonal[i] > diagonal[pivot]) pivot = i;
      }
      if (!(diagonal[pivot] > negligible)) {
        stopped = true;
        break;
      }
      if (pivot != rank) {
        exchange(s, rank, pivot);
        std::swap(diagonal[rank], diagonal[pivot]);
        std::swap(order[static_cast<std::size_t>(rank)], order[static_cast<std::size_t>(pivot)]);
      }
      Index const below = n - rank - 1;
      double const root = std::sqrt(diagonal[rank]);
      s(rank, rank) = root;
      auto column = s.col(rank).tail(below);
      column.noalias() -=
          s.block(rank + 1, first, below, rank - first) * s.row(rank).segment(first, rank - first).transpose();
      column /= root;
      for (Index i = 0; i < below; ++i) diagonal[rank + 1 + i] -= column[i] * column[i];
    }
    Index const below = n - rank;
    auto panel = s.block(rank, first, below, rank - first);
    addProductLower(s.bottomRightCorner(below, below), -1, {panel, Transpose::no, panel, Transpose::yes}, task);
  }
  PivotedCholesky result{Matrix(n, rank), vectorOf(s.diagonal().head(rank)), infinityNormOfLower(s, rank)};
  for (Index j = 0; j < rank; ++j) {
    for (Index i = 0; i < n; ++i) result.factor(order[static_cast<std::size_t>(i)], j) = i < j ? 0.0 : s(i, j);
  }
  return result;
}

}  // namespace madloop::linalg
