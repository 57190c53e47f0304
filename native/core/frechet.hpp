// Squared Wasserstein-2 distance between Gaussians ("Frechet distance", the form FID uses):
//   ||m1 - m2||^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2))      (Dowson & Landau 1982)
// With any factors S = F F^T, tr (S1 S2)^(1/2) is the nuclear norm of F1^T F2: no product S1 S2, no complex
// numbers, no epsilon, exact for singular covariances.
#pragma once

#include <cstddef>
#include <span>

#include "core/base/task.hpp"
#include "core/base/view.hpp"
#include "core/linalg/eigen.hpp"
#include "core/moments.hpp"

namespace madloop {

/// A Gaussian with its covariance as a factor: covariance = factor * factor^T.
struct FactoredGaussian {
  Vector mean;              // d
  Matrix factor;            // d x r, r >= 0
  bool triangular = false;  // factor is lower triangular
  Vector pivots;  // of a Cholesky factor, triangular or pivoted: when r = d, the determinant is their squares'
                  // product
  double trace = 0;  // of the covariance
  double uncertainty =
      0;  // bound on the 2-norm of (covariance meant - factor factor^T): what float64 input leaves open
};

struct FrechetDistance {
  double distance = 0;        // meanTerm + covarianceTerm, >= 0
  double meanTerm = 0;        // ||m1 - m2||^2
  double covarianceTerm = 0;  // tr(S1 + S2 - 2 (S1 S2)^(1/2)), >= 0
  double errorBound = 0;      // bound on |error of distance|
};

/// Mean (d) and covariance (d x d, row-major and symmetric) where they lie.
struct GaussianView {
  std::size_t dim = 0;
  std::span<double const> mean;
  std::span<double const> covariance;
};

/// Factor of a covariance given as moments: Cholesky where that is well conditioned, else Cholesky with
/// pivoting, which leaves out what is below d eps times the largest variance, as rounding. Errors: invalidInput
/// for wrong lengths or a NaN/infinity (names the place); notPositiveSemidefinite for asymmetry or a negative
/// eigenvalue beyond rounding. `argument` names the moments in messages.
FactoredGaussian factorMoments(GaussianView const& moments, Task const& task, char const* argument);
FactoredGaussian factorMoments(Moments const& moments, Task const& task, char const* argument);

/// Factor of the sample covariance of data, without forming it where that would lose accuracy: the centred
/// data / sqrt(n - 1) itself when n <= d, a triangular factor of it otherwise. Needs at least 2 rows.
template <class T>
FactoredGaussian factorData(MatrixView<T> x, Task& task, char const* argument);

/// Frechet distance of two Gaussians of the same dimension. Move them in where they are not needed any more: at
/// large d the factors are most of the memory.
FrechetDistance frechetDistance(FactoredGaussian a, FactoredGaussian b, Task& task);

}  // namespace madloop
