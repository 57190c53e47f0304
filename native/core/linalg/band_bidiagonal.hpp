// Reduction of large real matrices to bidiagonal form in two stages, dense to band to bidiagonal.
#pragma once

#include "core/base/task.hpp"
#include "core/linalg/matrix.hpp"

namespace madloop::linalg {

/// An upper bidiagonal matrix: diagonal (n) and superdiagonal (n - 1).
struct Bidiagonal {
  Vector diagonal;
  Vector superdiagonal;
};

/// A bidiagonal matrix with the singular values of a (m x n, m >= n, used up; entries near 1), on all
/// threads.
///
/// First to upper triangular band form by blocks of reflectors from both sides in turn (Grosser & Lang 1999),
/// 8/3 n^3 flops in matrix products for m = n; then the band is chased away one row at a time, 8 n^2 x
/// bandwidth flops in the cache (Lang 1996), where one sweep follows the other at a distance, each on a thread.
/// Half of the flops of the one-stage form are matrix-vector products, which run at the speed of memory and on
/// one thread.
Bidiagonal bidiagonaliseInTwoStages(Matrix a, Task const& task);

}  // namespace madloop::linalg
