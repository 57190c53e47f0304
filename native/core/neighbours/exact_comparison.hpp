// Which of two points is nearer to a third, decided as exact arithmetic decides it.
#pragma once

#include <cstddef>

namespace madloop::neighbours {

/// The sign (-1, 0, 1) of |centre - a|^2 - |centre - b|^2 for points of `dim` finite values, without any
/// rounding: the products are added up as integers in a fixed-point number that spans the range of all of them
/// (Kulisch 1981). About 50 ns a coordinate, so for the few comparisons that floating-point arithmetic leaves
/// open.
int compareSquaredDistances(double const* centre, double const* a, double const* b, std::size_t dim);

}  // namespace madloop::neighbours
