// Sums over the singular values of a bidiagonal matrix, without the singular values.
#pragma once

#include "core/linalg/band_bidiagonal.hpp"

namespace madloop::linalg {

/// The sum of the singular values sigma_i of b.
///
/// sigma = (2/pi) int sigma^2 / (sigma^2 + t^2) dt over t > 0 by the trapezoidal rule in log t, whose error
/// falls like exp(-pi^2 / step) (Trefethen & Weideman 2014, "The exponentially convergent trapezoidal rule").
/// At each node the sum over the singular values is one pass over b, all of whose terms are positive: nothing
/// cancels, whatever the condition, and the result has a relative error of order eps n at the very worst. b may
/// be singular; n passes of 3 doubles for each of 283 nodes.
double singularValueSum(Bidiagonal const& b);

/// A bound on sum_i min(e / sigma_i, sqrt(e)): by how much the sum of singular values may change where their
/// squares change by e each. At most 1.5 times too large.
double squareRootSumErrorBound(Bidiagonal const& b, double perturbation);

}  // namespace madloop::linalg
