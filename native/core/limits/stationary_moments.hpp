// What is known in closed form of the stationary law of a loop with reference N(0, I): first moments, how much
// the eigenvalues vary, how fast the past is forgotten.
#pragma once

#include "core/limits/stationary_loop.hpp"

namespace madloop::limits {

/// First moments of the stationary law, any memory. In synthetic augmentation conditional on the real set, in
/// units of its covariance and about its mean.
struct StationaryFirstMoments {
  double bias = 0;       // E Sigma = (1 + bias) I
  double mean = 0;       // E mu mu' = mean I
  double meanCross = 0;  // E mu mu_j' = meanCross I for two of the last `memory` models

  [[nodiscard]] double covariance() const { return 1 + bias; }
};

StationaryFirstMoments stationaryFirstMoments(StationaryLoop const& loop);

/// E[mu mu^T] = meanSquare I, E[Sigma] = (1 + bias) I, E[tr Sigma^2] = d (1 + bias)^2 (1 + spread) in the
/// limit.
struct EigenvalueDispersion {
  double meanSquare = 0;
  double bias = 0;
  double spread = 0;  // infinite where E[tr Sigma^2] diverges
};

/// The fresh data loop with memory 1. From the recursion of the central second moments, so that small values
/// keep their digits: with n = 1e9 samples the spread is 1e-8, which a recursion of tr Sigma^2 itself would
/// know to 8 digits at best. No statistical error.
///
/// Expects dim >= 1, real >= 1, synthetic >= 0, real + synthetic >= 2, lambda in [0, 1].
EigenvalueDispersion eigenvalueDispersion(StationaryLoop const& loop);

/// E tr Sigma^2 / (d sigma^2) - 1 of any loop, roughly: what Wishart noise of each generation adds up to.
struct ApproximateDispersion {
  double spread = 0;
  double common = 0;  // the part of it that the last `memory` models have in common
};

ApproximateDispersion approximateDispersion(StationaryLoop const& loop);

/// The factor by which a generation shrinks what a chain remembers of its covariance, near 1 for a long memory.
double covarianceRate(StationaryLoop const& loop);

/// 1 / (1 - rho) in generations, rho the spectral radius of the recursion of the first moments, E mu mu' and
/// E Sigma. (With more than one remembered model without what each of the two gives to the other.)
double relaxationTime(StationaryLoop const& loop);

}  // namespace madloop::limits
