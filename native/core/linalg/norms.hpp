// Norms of large matrices, on all threads, the same on any number of them.
#pragma once

#include "core/base/task.hpp"
#include "core/linalg/matrix.hpp"

namespace madloop::linalg {

/// ||M||_F^2.
double squaredNorm(Matrix const& m, Task const& task);

/// sum_ij a_ij b_ij of two matrices of the same shape, on the thread that calls.
double innerProduct(Matrix const& a, Matrix const& b);

/// ||M||_1: the largest sum of absolute values in a column.
double oneNorm(Matrix const& m, Task const& task);

/// ||M||_1 ||M||_inf >= ||M||_2^2.
double squaredSpectralNormBound(Matrix const& m, Task const& task);

}  // namespace madloop::linalg
