// The sufficient statistics of a sample, drawn and pooled without the sample (docs/numerics.md: the loops).
//
// Covariances travel as factors: a loop whose covariance shrinks in some directions faster than in others
// would lose them in a covariance matrix long before it does in a factor.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/task.hpp"
#include "core/linalg/eigen.hpp"
#include "core/random/stream.hpp"

namespace madloop::loop {

/// F with matrix = F F^T: dim x r, r <= dim.
struct CovarianceFactor {
  linalg::EigenMatrix values;
  bool trapezoidal = false;   // zero above the diagonal
  bool identity = false;      // values is the identity: products with it are skipped
  linalg::EigenMatrix gram;   // lower triangle of F F^T where it was formed on the way, else empty
  double logDeterminant = 0;  // of F F^T; NaN where that is singular

  [[nodiscard]] double trace() const;
  void scale(double factor);
};

/// N(mean, F F^T).
struct GaussianState {
  linalg::EigenVector mean;
  CovarianceFactor covariance;
};

/// `count` samples: their mean and their scatter matrix sum (x - mean)(x - mean)^T.
struct GaussianPart {
  double count = 0;
  linalg::EigenVector mean;
  CovarianceFactor scatter;
};

/// The streams one part draws from: they differ in nothing but the part's number.
struct PartStreams {
  random::Stream mean;     // normals of the sample mean
  random::Stream scatter;  // Bartlett factor of the scatter
  random::Stream rows;     // normals of the samples themselves
};

/// Mean and scatter of `count` draws from N(mean, lambda covariance): N(mean, lambda covariance / count) and,
/// independently, Wishart(lambda covariance, count - 1). O(dim^3) for any count.
GaussianPart drawPartByMoments(GaussianState const& source, double lambda, std::uint64_t count,
                               PartStreams const& streams);

/// The same statistics computed from `count` samples that are really drawn.
GaussianPart drawPartBySamples(GaussianState const& source, double lambda, std::uint64_t count,
                               PartStreams const& streams, Task const& task);

/// The samples that drawPartBySamples draws and forgets: dim x count.
linalg::EigenMatrix drawSamples(GaussianState const& source, double lambda, std::uint64_t count,
                                PartStreams const& streams);

/// The statistics of given samples, at least one, as columns. (The matrix is used up.)
GaussianPart partOfSamples(linalg::EigenMatrix samples, Task const& task);

/// The statistics of the union of the parts (at least one, counts at least 1).
GaussianPart mergeParts(std::vector<GaussianPart> parts);

/// The Gaussian fitted to a part: covariance = scatter / divisor.
GaussianState fitGaussian(GaussianPart part, double divisor);

}  // namespace madloop::loop
