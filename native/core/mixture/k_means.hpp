// Centres to start from: k-means++ (Arthur & Vassilvitskii 2007) and a few steps of Lloyd's algorithm.
#pragma once

#include <cstddef>
#include <vector>

#include "core/base/task.hpp"
#include "core/mixture/row_tiles.hpp"
#include "core/random/stream.hpp"

namespace madloop::mixture {

struct Clusters {
  std::vector<double> centres;  // count x dim
  /// For each row the cluster whose centre is nearest, the first of equal ones.
  std::vector<std::size_t> labels;
};

/// `count` clusters of the rows. Each further centre is the best of 2 + log(count) rows drawn with probability
/// proportional to its weight times the squared distance from the centres so far; then Lloyd's steps until no
/// row changes its cluster, 20 at most. A cluster that loses all rows keeps its centre. Same result for any
/// thread count.
Clusters kMeans(RowTiles const& rows, std::size_t count, random::Stream const& stream, Task const& task);

}  // namespace madloop::mixture
