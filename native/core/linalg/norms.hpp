// Norms of large matrices, on all threads, the same on any number of them.
#pragma once

#include "core/base/task.hpp"
#include "core/linalg/eigen.hpp"

namespace madloop::linalg {

/// ||M||_F^2.
double squaredNorm(EigenMatrix const& m, Task const& task);

/// sum_ij a_ij b_ij of two matrices of the same shape, on the thread that calls.
double innerProduct(EigenMatrix const& a, EigenMatrix const& b);

/// ||M||_1: the largest sum of absolute values in a column.
double oneNorm(EigenMatrix const& m, Task const& task);

/// ||M||_1 ||M||_inf >= ||M||_2^2.
double squaredSpectralNormBound(EigenMatrix const& m, Task const& task);

}  // namespace madloop::linalg
