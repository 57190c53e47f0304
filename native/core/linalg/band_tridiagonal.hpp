// Reduction of large symmetric matrices to tridiagonal form in two stages, dense to band to tridiagonal.
#pragma once

#include "core/base/task.hpp"
#include "core/linalg/matrix.hpp"
#include "core/linalg/symmetric_eigenvalues.hpp"

namespace madloop::linalg {

/// A tridiagonal matrix with the eigenvalues of the symmetric matrix whose lower triangle `a` holds
/// (overwritten; entries near 1), on all threads.
///
/// First to band form by blocks of reflectors, 4/3 n^3 flops in matrix products (Bischof, Lang & Sun 2000);
/// then the band is chased away one column at a time, 6 n^2 x bandwidth flops in the cache, where one sweep
/// follows the other at a distance, each on a thread.
Tridiagonal tridiagonaliseInTwoStages(Matrix& a, Task const& task);

}  // namespace madloop::linalg
