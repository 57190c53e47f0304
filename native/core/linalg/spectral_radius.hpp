// The spectral radius of matrices without negative entries.
#pragma once

#include "core/linalg/matrix.hpp"

namespace madloop::linalg {

/// The largest eigenvalue (in size) of a square matrix of numbers >= 0 of which some power has no zeros, to a
/// relative error of n eps; of other matrices an upper bound. By powers of it, each the square of the last: x =
/// a^m (1, ..., 1) bounds the radius between the least and the greatest ratio (a x)_i / x_i (Collatz 1942,
/// Wielandt 1950), and m doubles until the two agree. Sums of products of numbers >= 0 lose no digits.
double spectralRadius(Matrix const& a);

}  // namespace madloop::linalg
