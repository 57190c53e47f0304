#include "core/linalg/symmetric_product.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/base/parallel.hpp"

namespace madloop::linalg {

namespace {

using Packet = Eigen::internal::packet_traits<double>::type;
constexpr Index kLanes = Eigen::internal::packet_traits<double>::size;
constexpr Index kGroup = 4;
static_assert(kProductPadding % kLanes == 0 && kProductPadding % kGroup == 0);

/// A range takes at least so many entries (2 MiB: some 200 us), which pays for starting its thread.
constexpr Index kEntriesPerRange = 1 << 18;
constexpr Index kMaximumRanges = 16;

Index rangeCount(Index order) {
  return std::clamp<Index>(order * order / 2 / kEntriesPerRange, 1, kMaximumRanges);
}

/// First column of range i of `count` ranges of about equal area of the lower triangle, at a multiple of
/// kGroup.
Index rangeBegin(Index first, Index n, Index i, Index count) {
  if (i == 0) return first / kGroup * kGroup;
  if (i == count) return n;
  double const left = std::sqrt(static_cast<double>(count - i) / static_cast<double>(count));
  auto const skipped = static_cast<Index>(static_cast<double>(n - first) * (1 - left));
  return (first + skipped) / kGroup * kGroup;
}

/// One column of a group: its entries, its entry of x, and its running scalar product with x.
struct Column {
  double const* entries;
  Packet factor;
  Packet dot;
};

/// Adds what columns j .. j + 3 and, by symmetry, the same rows contribute to y. Rows up to the next multiple
/// of the padding go one by one: they hold the diagonal and are not aligned for packets.
void multiplyGroup(EigenMatrix const& a, Index n, Index j, double const* x, double* y) {
  using namespace Eigen::internal;
  Index const aligned = paddedRows(j + kGroup);
  Index const width = std::min(kGroup, n - j);
  for (Index c = j; c < j + width; ++c) {
    y[c] += a(c, c) * x[c];
    for (Index i = c + 1; i < std::min(aligned, n); ++i) {
      y[i] += a(i, c) * x[c];
      y[c] += a(i, c) * x[i];
    }
  }
  if (aligned >= n) return;
  Index const rows = a.rows();
  std::array<Column, kGroup> columns;
  for (Index c = 0; c < kGroup; ++c) {
    columns[static_cast<std::size_t>(c)] = {a.data() + (j + c) * rows, pset1<Packet>(x[j + c]),
                                            pset1<Packet>(0.0)};
  }
  for (Index i = aligned; i < rows; i += kLanes) {
    Packet const xs = pload<Packet>(x + i);
    Packet sum = pload<Packet>(y + i);
    for (Column& column : columns) {
      Packet const value = pload<Packet>(column.entries + i);
      sum = pmadd(value, column.factor, sum);
      column.dot = pmadd(value, xs, column.dot);
    }
    pstore(y + i, sum);
  }
  for (Index c = 0; c < kGroup; ++c) y[j + c] += predux(columns[static_cast<std::size_t>(c)].dot);
}

}  // namespace

SymmetricProduct::SymmetricProduct(Index n) : partial_(paddedRows(n), rangeCount(n)) {}

void SymmetricProduct::multiply(EigenMatrix const& a, Index first, EigenVector const& x, EigenVector& y,
                                Task const& task) {
  Index const n = a.cols();
  Index const count = rangeCount(n - first);
  parallelFor(task, static_cast<std::size_t>(count), [&](std::size_t index) {
    auto const i = static_cast<Index>(index);
    Index const begin = rangeBegin(first, n, i, count);
    Index const end = rangeBegin(first, n, i + 1, count);
    double* const sums = partial_.col(i).data();
    std::fill(sums + begin, sums + partial_.rows(), 0.0);
    for (Index j = begin; j < end; j += kGroup) multiplyGroup(a, n, j, x.data(), sums);
  });
  std::copy(partial_.data() + first, partial_.data() + n, y.data() + first);
  for (Index i = 1; i < count; ++i) {
    Index const begin = std::max(first, rangeBegin(first, n, i, count));
    y.segment(begin, n - begin) += partial_.col(i).segment(begin, n - begin);
  }
}

}  // namespace madloop::linalg
