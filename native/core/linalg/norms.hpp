// Norms of large matrices, on all threads, the same on any number of them.
#pragma once

#include "core/base/task.hpp"
#include "core/linalg/eigen.hpp"

namespace madloop::linalg {

/// ||M||_F^2.
double squaredNorm(EigenMatrix const& m, Task const& task);

/// ||M||_1: the largest sum of absolute values in a column.
double oneNorm(EigenMatrix const& m, Task const& task);

/// ||M||_1 ||M||_inf >= ||M||_2^2.
double squaredSpectralNormBound(EigenMatrix const& m, Task const& task);

}  // namespace madloop::linalg
