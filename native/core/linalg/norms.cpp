#include "core/linalg/norms.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/parallel.hpp"
#include "core/base/sum.hpp"

namespace madloop::linalg {

namespace {

/// Columns that are summed by one thread.
constexpr Index kSummedColumns = 64;

}  // namespace

double squaredNorm(EigenMatrix const& m, Task const& task) {
  EigenVector sums(m.cols());
  parallelForPieces(task, IndexRange{0, m.cols()}, kSummedColumns, [&](IndexRange columns) {
    for (Index j = columns.begin; j < columns.end; ++j) {
      double const* const column = m.col(j).data();
      sums[j] = fixedOrderSum(static_cast<std::size_t>(m.rows()),
                              [&](std::size_t i) { return column[i] * column[i]; });
    }
  });
  return fixedOrderSum(static_cast<std::size_t>(m.cols()),
                       [&](std::size_t j) { return sums[static_cast<Index>(j)]; });
}

double innerProduct(EigenMatrix const& a, EigenMatrix const& b) {
  return fixedOrderSum(static_cast<std::size_t>(a.size()),
                       [&](std::size_t i) { return a.data()[i] * b.data()[i]; });
}

double oneNorm(EigenMatrix const& m, Task const& task) {
  EigenVector sums(m.cols());
  parallelForPieces(task, IndexRange{0, m.cols()}, kSummedColumns, [&](IndexRange columns) {
    for (Index j = columns.begin; j < columns.end; ++j) {
      double const* const column = m.col(j).data();
      sums[j] =
          fixedOrderSum(static_cast<std::size_t>(m.rows()), [&](std::size_t i) { return std::abs(column[i]); });
    }
  });
  return sums.size() == 0 ? 0 : sums.maxCoeff();
}

double squaredSpectralNormBound(EigenMatrix const& m, Task const& task) {
  Index const ranges = (m.cols() + kSummedColumns - 1) / kSummedColumns;
  if (m.size() == 0) return 0;
  EigenMatrix rowSums = EigenMatrix::Zero(m.rows(), ranges);
  EigenVector columnSums(m.cols());
  parallelForPieces(task, IndexRange{0, m.cols()}, kSummedColumns, [&](IndexRange columns) {
    double* const sums = rowSums.col(columns.begin / kSummedColumns).data();
    for (Index j = columns.begin; j < columns.end; ++j) {
      double const* const column = m.col(j).data();
      for (Index i = 0; i < m.rows(); ++i) sums[i] += std::abs(column[i]);
      columnSums[j] =
          fixedOrderSum(static_cast<std::size_t>(m.rows()), [&](std::size_t i) { return std::abs(column[i]); });
    }
  });
  for (Index range = 1; range < ranges; ++range) rowSums.col(0) += rowSums.col(range);
  return rowSums.col(0).maxCoeff() * columnSums.maxCoeff();
}

}  // namespace madloop::linalg
