// All products x y between two sets of points, a tile at a time: nothing of the size of the distance matrix is
// held.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "core/base/index_range.hpp"
#include "core/base/task.hpp"
#include "core/neighbours/frame.hpp"

namespace madloop::neighbours {

/// 2 x_i y_j for i in rows, j in columns: products[(i - rows.begin) * stride + j - columns.begin], in float32
/// with the errors that Frame states. Behind the last column a row may be read (not used) to the next multiple
/// of 16.
struct DistanceTile {
  IndexRange rows;
  IndexRange columns;
  float const* products;
  std::size_t stride;
};

/// Which pairs are asked for.
enum class Pairs {
  all,
  /// x and y are the same set: tiles without a pair i < j, both in `rows`, are left out, where j is in `rows`.
  oncePerPair,
};

/// Calls use(tile) for tiles that cover `rows` of x against all of y, from several threads at once. Products do
/// not depend on how the tiles are cut. Memory: about 10 MiB a thread and 16 MiB at 2,048 columns, in
/// proportion. Progress: one unit for 256 pairs.
void forEachDistanceTile(FramedPoints const& x, IndexRange rows, FramedPoints const& y, Pairs pairs,
                         Frame const& frame, Task& task, std::function<void(DistanceTile const&)> const& use);

/// What forEachDistanceTile will report as progress.
std::uint64_t distanceTileProgress(IndexRange rows, std::size_t columns, Pairs pairs);

}  // namespace madloop::neighbours
