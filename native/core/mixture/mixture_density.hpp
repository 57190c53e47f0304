// The log-density of a Gaussian mixture.
#pragma once

#include "core/base/task.hpp"
#include "core/base/view.hpp"
#include "core/mixture/gaussian_mixture.hpp"

namespace madloop::mixture {

/// out[i] = log of the mixture's density at row i of x, in nats. A component with a singular covariance has its
/// density within its range (WhitenedComponents). Same bytes for any thread count.
/// Errors: as checkMixture; invalidInput for different dimensions and for a NaN or infinity in x.
/// Cost: rows x components x dim^2 / 2 multiply-adds (dim where the covariances are not full) and as many
/// exponentials as pairs.
template <class T>
void mixtureLogDensity(GaussianMixture const& mixture, MatrixView<T> x, double* out, Task& task);

/// The means' weighted mean, or 0 (centreOf): a centre for the coordinates in which densities are computed.
std::vector<double> centreOfMeans(GaussianMixture const& mixture);

}  // namespace madloop::mixture
