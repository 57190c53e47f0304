// QR decompositions that tell the rank.
#pragma once

#include "core/linalg/matrix.hpp"

namespace madloop::linalg {

/// F with F F^T = A A^T.
struct RankRevealingFactor {
  Matrix factor;  // rows of A x rank
  Vector pivots;  // rank, falling: the diagonal of the triangle that the rows of F are, in another order
};

/// The factor by a QR decomposition of A^T with column pivoting, which never squares A: directions of small
/// variance keep their digits. Pivots up to 8 n eps of the largest are rounding, and left out: without the
/// pivoting a garbage pivot of a singular matrix can grow on the way and pass for a real one.
RankRevealingFactor rankRevealingFactor(Matrix const& a);

}  // namespace madloop::linalg
