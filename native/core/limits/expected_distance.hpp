// E[distance(G(n), N(0, I_d))]: what fitting a Gaussian to n real points costs on average (docs/numerics.md).
#pragma once

#include <cstddef>

#include "core/base/task.hpp"
#include "core/gaussian/divisor.hpp"

namespace madloop::limits {

/// f(d, n) = d/n + E tr (S^(1/2) - I)^2 with S ~ Wishart_d(I, n - 1)/(n - 1): the expected squared
/// Wasserstein-2 distance between N(0, I_d) and the Gaussian fitted to n of its samples (covariance divisor
/// n - 1). No Monte Carlo: the integral of (sqrt(x/k) - 1)^2, k = n - 1, against the exact one-point density of
/// the Laguerre orthogonal ensemble (laguerre_ensemble.hpp). With divisor mle, n in the place of k divides x.
///
/// dim is 1 ... 10,000; samples, which need not be an integer from dim + 1 on, is 2 ... 1e15. The relative
/// error is below 1e-12 for dim up to 1,000 and below 1e-11 beyond. The same bits on any CPU.
///
/// Errors: invalidInput outside those ranges and for a non-integer samples < dim + 1; aborted.
///
/// Cost: about min(dim, samples - 1)^2, on one thread, whatever samples is: 0.2 ms at 100, 1 ms at 300, 1 s at
/// 10,000.
double expectedDistance(std::size_t dim, double samples, Task const& task,
                        gaussian::CovarianceDivisor divisor = gaussian::CovarianceDivisor::unbiased);

}  // namespace madloop::limits
