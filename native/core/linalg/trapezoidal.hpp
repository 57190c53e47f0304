// Products of lower-trapezoidal matrices (zero above the diagonal), in blocks that skip the zeros.
#pragma once

#include "core/linalg/matrix.hpp"

namespace madloop::linalg {

/// f * a for lower-trapezoidal f (d x r) and a (r x c), c <= r <= d; the result is lower trapezoidal.
Matrix multiplyTrapezoidal(Matrix const& f, Matrix const& a);

/// The lower triangle of f f^T (zeros above) for a lower-trapezoidal f.
Matrix trapezoidalGram(Matrix const& f);
/// Adds f f^T to the lower triangle of `sum`; f (d x r) is lower trapezoidal.
void addTrapezoidalGram(Matrix const& f, Matrix& sum);

}  // namespace madloop::linalg
