// Small systems of linear equations.
#pragma once

#include "core/linalg/matrix.hpp"

namespace madloop::linalg {

/// The x with a x = b for a square a, by Gaussian elimination with row exchanges. No care for singular
/// matrices: their solutions are infinities or NaN.
Vector solve(Matrix a, Vector b);

}  // namespace madloop::linalg
