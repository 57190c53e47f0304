// How widely the columns of data are spread, without what a few rows far out make of it.
#pragma once

#include <vector>

#include "core/base/task.hpp"
#include "core/mixture/row_tiles.hpp"

namespace madloop::mixture {

/// A variance for each column: `variances` (one each), or the square of the interquartile range / 1.349, that
/// of a normal distribution, where that is smaller. Where the quartiles are equal, the 1/8 quantiles and so on
/// outwards stand in for them. Rows count by their weights. A constant column has the smallest of the others'
/// (0 where there is none).
std::vector<double> robustVariances(RowTiles const& rows, std::vector<double> variances, Task const& task);

}  // namespace madloop::mixture
