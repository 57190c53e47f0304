// Biased sampling from a Gaussian.
#pragma once

#include <cstdint>

#include "core/base/task.hpp"
#include "core/gaussian/gaussian_factor.hpp"

namespace madloop::gaussian {

/// Draws `count` samples from N(mean, lambda covariance), lambda in [0, 1] being the sampling bias of
/// Alemohammad et al. (2024), section 2: 1 unbiased, 0 the mode. out is count x dim, row-major.
/// Same bytes for any thread count; sample i is the same whatever `count` is.
void sampleGaussian(FactoredGaussian const& source, double lambda, std::uint64_t count, std::uint64_t seed,
                    double* out, Task& task);

}  // namespace madloop::gaussian
