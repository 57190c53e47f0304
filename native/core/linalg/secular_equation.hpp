// Eigenvalues of a diagonal matrix plus one of rank one.
#pragma once

#include "core/linalg/eigen.hpp"

namespace madloop::linalg {

/// A root of 1 + sum_j r_j / (d_j - lambda) = 0 as its distance from the nearest pole, which keeps all its
/// digits: lambda = d_origin + offset.
struct SecularRoot {
  Index origin;
  double offset;
};

/// Root `i` of the secular equation with poles d_0 < d_1 < ... (strictly) and residues r_j > 0: the eigenvalues
/// of diag(d) + u u^T with r_j = u_j^2 interlace, d_i < lambda_i < d_{i+1}, and the last lies below d_{k-1} +
/// sum r. `residueSum` is that sum.
///
/// Each step takes the root of a rational function with the two poles around it that has the values and slopes
/// of the sums on either side ("the middle way", Li 1993, LAPACK Working Note 89); a step that leaves the
/// bracket is replaced by a bisection, so that it always ends. Stops where the function is zero to its own
/// rounding, as Gu & Eisenstat (1995, section 3) ask. Throws noConvergence (never seen).
SecularRoot secularRoot(EigenVector const& d, EigenVector const& r, double residueSum, Index i);

}  // namespace madloop::linalg
