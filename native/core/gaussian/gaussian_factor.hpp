// Gaussians with their covariance as a factor, covariance = F F^T: what distances and samples are computed
// from.
#pragma once

#include <cstddef>
#include <span>

#include "core/base/task.hpp"
#include "core/base/view.hpp"
#include "core/gaussian/moments.hpp"
#include "core/linalg/eigen.hpp"

namespace madloop::gaussian {

/// A Gaussian with its covariance as a factor: covariance = factor * factor^T.
struct FactoredGaussian {
  linalg::EigenVector mean;    // d
  linalg::EigenMatrix factor;  // d x r, r >= 0
  bool triangular = false;     // factor is lower triangular
  /// Of a Cholesky factor, triangular or pivoted: when r = d, the determinant is their squares' product.
  linalg::EigenVector pivots;
  double trace = 0;  // of the covariance
  /// Bound on the 2-norm of (covariance meant - factor factor^T): what float64 input leaves open.
  double uncertainty = 0;
};

/// Mean (d) and covariance (d x d, row-major and symmetric) where they lie.
struct GaussianView {
  std::size_t dim = 0;
  std::span<double const> mean;
  std::span<double const> covariance;
};

/// Moments that have been checked.
struct CheckedMoments {
  linalg::EigenVector mean;        // d
  linalg::EigenMatrix covariance;  // d x d, symmetric
  double trace = 0;
  double norm = 0;  // the covariance's 1-norm, at least its 2-norm
};

/// Errors: invalidInput for wrong lengths or a NaN/infinity (names the place); notPositiveSemidefinite for
/// asymmetry or a negative variance. `argument` names the moments in messages.
CheckedMoments checkMoments(GaussianView const& moments, Task const& task, char const* argument);

struct WellConditionedFactor {
  linalg::EigenMatrix factor;       // lower triangular; empty where the matrix is not well conditioned
  double squaredNormOfInverse = 0;  // an estimate of ||factor^-1||_F^2
};

/// The Cholesky factor of s if s is well conditioned, which is checked: its smallest eigenvalue is more than
/// 1e-8 of their mean.
WellConditionedFactor choleskyIfWellConditioned(linalg::EigenMatrix s, Task const& task);

/// Bound on the 2-norm of what the rounding of its entries moved a stored covariance by.
double storageUncertainty(CheckedMoments const& moments);

/// Bound on the 2-norm of (covariance meant - L L^T) for its Cholesky factor L: storage, and a backward error
/// of the same order times sqrt(d).
double choleskyUncertainty(CheckedMoments const& moments);

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

}  // namespace madloop::gaussian
