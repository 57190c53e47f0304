// Biased sampling from a Gaussian mixture.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/task.hpp"
#include "core/mixture/gaussian_mixture.hpp"

namespace madloop::mixture {

/// What the sampling bias lambda does to the weights, besides scaling the covariances.
enum class WeightBias {
  none,
  weights,    // weight^(1/lambda): the temperature of a categorical distribution
  densities,  // weight * density^(1/lambda - 1), with densities given for each component
};

/// Draws `count` samples: component k with probability proportional to its (biased) weight, then
/// N(mean_k, lambda covariance_k). lambda = 1 is the mixture itself; at lambda = 0 samples are means of
/// components, with biased weights of those of the largest weight or density alone, each in proportion to its
/// weight. `logDensities`: one value a component, for WeightBias::densities, else empty. out is count x dim,
/// row-major. Same bytes for any thread count; sample i is the same whatever `count` is. Errors: as
/// checkMixture; notPositiveSemidefinite for a matrix that is not a covariance.
void sampleMixture(GaussianMixture const& mixture, double lambda, WeightBias bias,
                   std::vector<double> const& logDensities, std::uint64_t count, std::uint64_t seed,
                   double* out, Task& task);

}  // namespace madloop::mixture
