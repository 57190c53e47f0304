// How widely the columns of data are spread, without what rows or clusters far from each other make of it.
#pragma once

#include <cstddef>
#include <vector>

#include "core/base/task.hpp"
#include "core/mixture/row_tiles.hpp"

namespace madloop::mixture {

/// A variance for each column: `variances` (one each), or that of a normal distribution with the column's
/// greatest density, where that is smaller. The density is taken over the shortest interval that holds
/// 1/(2 components) of the rows (of eight values, at least; half of the rows, at most), half of an equal share:
/// so of at most `components` clusters, however far apart, it sees one alone. Where an interval is a single
/// value, those of twice the rows and so on stand in for it. Rows count by their weights. A constant column has
/// the smallest of the others' (0 where there is none).
std::vector<double> robustVariances(RowTiles const& rows, std::size_t components, std::vector<double> variances,
                                    Task const& task);

}  // namespace madloop::mixture
