// Gaussians and covariances, given as matrices or by data, to Gaussians by a factor of the covariance.
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <string>

#include "core/base/task.hpp"
#include "core/base/view.hpp"
#include "core/gaussian/checked_covariance.hpp"
#include "core/gaussian/covariance_factor.hpp"
#include "core/gaussian/moments.hpp"
#include "core/linalg/matrix.hpp"

namespace madloop::gaussian {

/// Mean (d) and covariance (d x d, row-major and symmetric) where they lie.
struct GaussianView {
  std::size_t dim = 0;
  std::span<double const> mean;
  std::span<double const> covariance;
  /// Unit of rounding of the type that the numbers were stored in.
  double eps = std::numeric_limits<double>::epsilon();
};

/// The values of moments; the moments outlive it.
inline GaussianView viewOf(Moments const& moments) {
  return {.dim = moments.dim, .mean = moments.mean, .covariance = moments.covariance};
}

/// A covariance that has been checked.
struct CheckedCovariance {
  linalg::Index dim = 0;
  linalg::Matrix covariance;  // dim x dim, symmetric
  double trace = 0;
  double norm = 0;  // 1-norm, at least the 2-norm
  EntryAccuracy accuracy;
  double fromMean = 0;  // bound on the 2-norm of the errors that accuracy.fromMean tells of
};

/// Moments that have been checked.
struct CheckedMoments : CheckedCovariance {
  linalg::Vector mean;
  linalg::Vector meanLow = {};  // as in FactoredGaussian
  double meanUncertainty = 0;   // bound on the 2-norm of what rounding moved it by
};

/// Errors: invalidInput for wrong lengths or a NaN/infinity (names the place); notPositiveSemidefinite for
/// asymmetry or a negative variance. `argument` names the moments in messages.
CheckedMoments checkMoments(GaussianView const& moments, Task const& task, char const* argument);

struct WellConditionedFactor {
  linalg::Matrix factor;            // lower triangular; empty where the matrix is not well conditioned
  double squaredNormOfInverse = 0;  // an estimate of ||factor^-1||_F^2
};

/// The Cholesky factor of s if s is well conditioned, which is checked: its smallest eigenvalue is more than
/// kWellConditioned of their mean.
WellConditionedFactor choleskyIfWellConditioned(linalg::Matrix s, Task const& task);

/// Bound on the 2-norm of what the rounding of its entries to the type in which they came moved a covariance
/// by.
double storageUncertainty(CheckedCovariance const& given);

/// Bound on the 2-norm of (covariance meant - L L^T) for its Cholesky factor L: storage, and a backward error
/// of the same order times sqrt(d).
double choleskyUncertainty(CheckedCovariance const& given);

/// Bound on what the rounding of its entries moved the trace of a covariance by.
double traceUncertainty(CheckedCovariance const& given);

/// Factor of a covariance (square, row-major): Cholesky where that is well conditioned, else Cholesky with
/// pivoting, which leaves out what is below d eps times the largest variance, as rounding, unless
/// the columns differ in scale alone, and the correlations are well conditioned. Where the type in
/// which the entries were stored explains negative eigenvalues, which that of doubles does not, the
/// eigenvectors are the factor, without those up to the size of the most negative eigenvalue: it tells how
/// large the noise is. Errors: invalidInput for a NaN or infinity (names the place); notPositiveSemidefinite
/// for asymmetry or a negative eigenvalue beyond rounding. `argument` names the covariance in messages.
CovarianceFactor factorCovariance(MatrixView<double> covariance, Task const& task, std::string const& argument);

/// The same for moments, with the errors of checkMoments besides. `argument` names the moments.
FactoredGaussian factorMoments(GaussianView const& moments, Task const& task, char const* argument);
FactoredGaussian factorMoments(Moments const& moments, Task const& task, char const* argument);

/// Factor of the sample covariance of data, without forming it where that would lose accuracy: the centred
/// data / sqrt(n - 1) itself when n <= d, a triangular factor of it otherwise. Needs at least 2 rows. The mean
/// has its low part.
template <class T>
FactoredGaussian factorData(MatrixView<T> x, Task& task, char const* argument);

}  // namespace madloop::gaussian
