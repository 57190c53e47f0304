// Congruent symmetric matrices.
#pragma once

#include "core/base/task.hpp"
#include "core/linalg/matrix.hpp"

namespace madloop::linalg {

/// The lower triangle (zeros above) of factor * L^T s L, for a lower triangular L and the symmetric s of which
/// the lower triangle is read; its eigenvalues are those of L L^T s, `factor` times. n^3 flops in matrix
/// products, half of those of two plain ones: with s = t + t^T, t lower triangular, and Y = t L, lower
/// triangular too, it is L^T Y + Y^T L (as in LAPACK's dsygst).
///
/// An entry of a product x^T y is off by some eps ||x|| ||y||, so the result by 3 eps ||L||_F ||L||_2 ||s||_F
/// in the Frobenius norm, `factor` times.
Matrix congruence(Matrix const& lower, Matrix s, double factor, Task const& task);

}  // namespace madloop::linalg
