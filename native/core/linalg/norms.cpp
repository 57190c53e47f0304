#include "core/linalg/norms.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/parallel.hpp"
#include "core/base/sum.hpp"

namespace madloop::linalg {

namespace {

/// Columns that are summed by one thread.
constexpr Index kSummedColumns = 64;

/// 0 for no values.
double largest(Vector const& sums) {
  return sums.size() == 0 ? 0 : *std::max_element(sums.begin(), sums.end());
}

}  // namespace

double squaredNorm(Matrix const& m, Task const& task) {
  Vector sums(m.cols());
  parallelForPieces(task, IndexRange{0, m.cols()}, kSummedColumns, [&](IndexRange columns) {
    for (Index j = columns.begin; j < columns.end; ++j) {
      double const* const column = m.column(j);
      sums[j] = fixedOrderSum(static_cast<std::size_t>(m.rows()),
                              [&](std::size_t i) { return column[i] * column[i]; });
    }
  });
  return fixedOrderSum(static_cast<std::size_t>(m.cols()),
                       [&](std::size_t j) { return sums[static_cast<Index>(j)]; });
}

double innerProduct(Matrix const& a, Matrix const& b) {
  return fixedOrderSum(static_cast<std::size_t>(a.size()),
                       [&](std::size_t i) { return a.data()[i] * b.data()[i]; });
}

double oneNorm(Matrix const& m, Task const& task) {
  Vector sums(m.cols());
  parallelForPieces(task, IndexRange{0, m.cols()}, kSummedColumns, [&](IndexRange columns) {
    for (Index j = columns.begin; j < columns.end; ++j) {
      double const* const column = m.column(j);
      sums[j] =
          fixedOrderSum(static_cast<std::size_t>(m.rows()), [&](std::size_t i) { return std::abs(column[i]); });
    }
  });
  return largest(sums);
}

double squaredSpectralNormBound(Matrix const& m, Task const& task) {
  Index const ranges = (m.cols() + kSummedColumns - 1) / kSummedColumns;
  if (m.size() == 0) return 0;
  Matrix rowSums = Matrix::zero(m.rows(), ranges);
  Vector columnSums(m.cols());
  parallelForPieces(task, IndexRange{0, m.cols()}, kSummedColumns, [&](IndexRange columns) {
    double* const sums = rowSums.column(columns.begin / kSummedColumns);
    for (Index j = columns.begin; j < columns.end; ++j) {
      double const* const column = m.column(j);
      for (Index i = 0; i < m.rows(); ++i) sums[i] += std::abs(column[i]);
      columnSums[j] =
          fixedOrderSum(static_cast<std::size_t>(m.rows()), [&](std::size_t i) { return std::abs(column[i]); });
    }
  });
  double largestRow = 0;
  for (Index i = 0; i < m.rows(); ++i) {
    double sum = rowSums(i, 0);
    for (Index range = 1; range < ranges; ++range) sum += rowSums(i, range);
    largestRow = std::max(largestRow, sum);
  }
  return largestRow * largest(columnSums);
}

}  // namespace madloop::linalg
