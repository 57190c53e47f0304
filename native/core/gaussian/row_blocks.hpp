// How the rows of a data matrix are cut for parallel accumulation. The cut depends on the shape alone, so
// sums over it do not depend on the number of threads.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "core/base/index_range.hpp"
#include "core/base/task.hpp"
#include "core/base/view.hpp"
#include "core/linalg/matrix.hpp"

namespace madloop::gaussian {

/// At most 32 contiguous groups of rows, each worth an accumulator of its own (cols^2 doubles): not more
/// than 256 MiB of accumulators in all, nor groups shorter than the matrix is wide.
inline std::vector<IndexRange> rowGroups(std::size_t rows, std::size_t cols) {
  constexpr std::size_t accumulatorDoubles = std::size_t{32} << 20;
  std::size_t const byMemory = cols > 5792 ? 1 : std::max<std::size_t>(1, accumulatorDoubles / (cols * cols));
  std::size_t const byWork = std::max<std::size_t>(1, rows / std::max<std::size_t>(cols, 64));
  std::size_t const count = std::min({std::size_t{32}, byMemory, byWork});
  std::vector<IndexRange> groups(count);
  for (std::size_t g = 0; g < count; ++g) groups[g] = {rows / count * g + std::min(g, rows % count), 0};
  for (std::size_t g = 0; g < count; ++g) groups[g].end = g + 1 < count ? groups[g + 1].begin : rows;
  return groups;
}

/// Rows in a block of about 2 MiB: large enough for a rank-k update to run at full speed, small enough for the
/// cache.
inline std::size_t cacheBlockRows(std::size_t cols) {
  return std::clamp<std::size_t>((std::size_t{1} << 18) / cols, 16, 1024);
}

/// Calls use(block) with `blockRows` consecutive rows of the range (fewer in the last block) as the columns of
/// a cols x blockRows matrix, minus `centre`; use may change it.
template <class T, class Use>
void forEachCentredBlock(MatrixView<T> x, IndexRange range, linalg::Vector const& centre, std::size_t blockRows,
                         Use use) {
  auto const dim = static_cast<linalg::Index>(x.cols);
  linalg::Matrix block;
  forPieces(range, blockRows, [&](IndexRange rows) {
    block.resize(dim, static_cast<linalg::Index>(rows.size()));
    for (std::size_t i = rows.begin; i < rows.end; ++i) {
      T const* const row = x.row(i);
      double* const out = block.column(static_cast<linalg::Index>(i - rows.begin));
      for (linalg::Index j = 0; j < dim; ++j) out[j] = static_cast<double>(row[j]) - centre[j];
    }
    use(block);
  });
}

/// Mean of the rows, accurate for offset data. Errors as for moments().
template <class T>
linalg::Vector columnMean(MatrixView<T> x, Task& task, char const* argument);

}  // namespace madloop::gaussian
