// Maximum-likelihood fit of a Gaussian mixture by expectation-maximisation. (Dempster, Laird & Rubin 1977.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/task.hpp"
#include "core/base/view.hpp"
#include "core/mixture/gaussian_mixture.hpp"

namespace madloop::mixture {

struct MixtureFitOptions {
  std::size_t components = 1;
  CovarianceForm form = CovarianceForm::full;
  double regularisation = 1e-6;  // this times the variance of a column is added to every variance of it
  double tolerance = 1e-3;       // least gain of an iteration in mean log-likelihood, in nats
  std::size_t maximumIterations = 100;
  std::size_t restarts = 1;  // starts, each from k-means of its own
  std::uint64_t seed = 0;
  std::vector<double> weights;  // of the rows, not negative, their scale does not matter; none: all alike
};

struct MixtureFit {
  GaussianMixture mixture;
  double logLikelihood =
      0;  // weighted mean over the rows of the mixture's log-density, in nats; infinite for a point
  std::size_t iterations = 0;
  bool converged = false;
};

/// Fits a mixture to the rows of x, from `start` where given, else from the best of `restarts` runs that each
/// begin with k-means (k_means.hpp).
///
/// A step: responsibilities r of the components for every row, times its weight; then weights, means and
/// covariances are the moments weighted by r, covariances with divisor sum r, plus regularisation *
/// (robustVariances(), column_variances.hpp, for spherical covariances their mean) on the diagonal. It has
/// converged when a step raises the mean log-likelihood by less than the tolerance. Degenerate cases: a
/// component that has less than 1e-12 of a row left has weight 0 from then on and keeps mean and covariance.
/// One component needs no steps and no regularisation, and may be singular. If all rows are equal, every
/// component is that point. Same bytes for any thread count. Errors: invalidInput for fewer rows than
/// components, for a NaN or infinity, with its row and column, for rows that differ by so little that their
/// variance underflows, and for a start whose squared distances to the data overflow; notPositiveSemidefinite
/// for a component whose covariance becomes singular, which takes a regularisation of 0 or next to it.
template <class T>
MixtureFit fitGaussianMixture(MatrixView<T> x, MixtureFitOptions const& options,
                              std::optional<GaussianMixture> const& start, Task& task);

}  // namespace madloop::mixture
