// The stationary first moments of the fresh data loop and the spread of its eigenvalues, exactly.
#pragma once

#include <cstddef>

#include "core/gaussian/divisor.hpp"

namespace madloop::limits {

/// The fresh data loop with reference N(0, I_d) and memory 1. Counts need not be whole.
struct FreshDataLoop {
  std::size_t dim = 0;
  double real = 0;       // n_r
  double synthetic = 0;  // n_s; 0 is plain estimation from n_r samples
  double lambda = 1;
  gaussian::CovarianceDivisor divisor = gaussian::CovarianceDivisor::unbiased;
};

/// E[mu mu^T] = meanSquare I, E[Sigma] = (1 + bias) I, E[tr Sigma^2] = d (1 + bias)^2 (1 + spread) in the
/// limit.
struct EigenvalueDispersion {
  double meanSquare = 0;
  double bias = 0;
  double spread = 0;  // infinite where E[tr Sigma^2] diverges
};

/// From the recursion of the central second moments, so that small values keep their digits: with n = 1e9
/// samples the spread is 1e-8, which a recursion of tr Sigma^2 itself would know to 8 digits at best. No
/// statistical error.
///
/// Expects dim >= 1, real >= 1, synthetic >= 0, real + synthetic >= 2, lambda in [0, 1].
EigenvalueDispersion eigenvalueDispersion(FreshDataLoop const& loop);

}  // namespace madloop::limits
