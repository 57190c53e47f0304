// Squared Wasserstein-2 distance between Gaussians ("Frechet distance", the form FID uses):
//   ||m1 - m2||^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2))      (Dowson & Landau 1982)
// With any factors S = F F^T, tr (S1 S2)^(1/2) is the nuclear norm of F1^T F2: no product S1 S2, no complex
// numbers, no epsilon, exact for singular covariances.
#pragma once

#include "core/base/task.hpp"
#include "core/gaussian/gaussian_factor.hpp"

namespace madloop::metrics {

struct FrechetDistance {
  double distance = 0;        // meanTerm + covarianceTerm, >= 0
  double meanTerm = 0;        // ||m1 - m2||^2
  double covarianceTerm = 0;  // tr(S1 + S2 - 2 (S1 S2)^(1/2)), >= 0
  double errorBound = 0;      // bound on |error of distance|
  double wasserstein2 = 0;    // the root of distance, also where that is no double
};

/// Frechet distance of two Gaussians of the same dimension. Move them in where they are not needed any more: at
/// large d the factors are most of the memory.
FrechetDistance frechetDistance(gaussian::FactoredGaussian a, gaussian::FactoredGaussian b, Task& task);

/// The same from moments, named "a" and "b" in errors, which are those of factorMoments. Large and
/// well-conditioned ones need no second factor: tr (S1 S2)^(1/2) is the sum of the square roots of the
/// eigenvalues of L1^T S2 L1.
FrechetDistance frechetDistance(gaussian::GaussianView const& a, gaussian::GaussianView const& b, Task& task);

}  // namespace madloop::metrics
