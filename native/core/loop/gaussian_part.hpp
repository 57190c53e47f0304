// The sufficient statistics of a sample, pooled without the sample (docs/numerics.md: the loops).
#pragma once

#include <vector>

#include "core/base/task.hpp"
#include "core/gaussian/covariance_factor.hpp"
#include "core/linalg/matrix.hpp"

namespace madloop::loop {

/// `count` samples: their mean and their scatter matrix sum (x - mean)(x - mean)^T.
struct GaussianPart {
  double count = 0;
  linalg::Vector mean;
  gaussian::CovarianceFactor scatter;
};

/// The statistics of given samples, at least one, as columns. (The matrix is used up.)
GaussianPart partOfSamples(linalg::Matrix samples, Task const& task);

/// The statistics of the union of the parts (at least one, counts at least 1).
GaussianPart mergeParts(std::vector<GaussianPart> parts);

/// The Gaussian fitted to a part: covariance = scatter / divisor.
gaussian::FactoredGaussian fitGaussian(GaussianPart part, double divisor);

}  // namespace madloop::loop
