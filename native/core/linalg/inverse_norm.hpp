// Norms of inverses without the inverses: estimates from a few random vectors.
#pragma once

#include "core/base/task.hpp"
#include "core/linalg/matrix.hpp"

namespace madloop::linalg {

/// The estimates below are less than 1 / kEstimateMargin of the truth with a probability of 2e-11 at most.
inline constexpr double kEstimateMargin = 10;

/// An estimate of ||L^-1||_F^2 = tr (L L^T)^-1 for a lower triangular L: the mean of ||L^-1 x||^2 over 32
/// standard normal vectors x, of which it is the expectation (Hutchinson 1990). It is a mean of chi^2 variables
/// of 32 degrees of freedom with the squared singular values for weights, so that one singular value alone
/// makes the worst case, P(chi^2 < 3.2) = 2e-11. The vectors are always the same. 32 n^2 flops, where the norm
/// itself takes n^3 / 3.
double estimateSquaredNormOfInverse(Matrix const& lower, Task const& task);

/// An estimate of ||(A^T B)^-1||_F^2 for lower triangular A and B, in the same way.
double estimateSquaredNormOfInverse(Matrix const& a, Matrix const& b, Task const& task);

}  // namespace madloop::linalg
