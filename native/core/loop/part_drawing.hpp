// The sufficient statistics of a sample, drawn (docs/numerics.md: the loops).
#pragma once

#include <cstdint>

#include "core/base/task.hpp"
#include "core/gaussian/covariance_factor.hpp"
#include "core/linalg/matrix.hpp"
#include "core/loop/gaussian_part.hpp"
#include "core/random/stream.hpp"

namespace madloop::loop {

/// The streams one part draws from: they differ in nothing but the part's number.
struct PartStreams {
  random::Stream mean;     // normals of the sample mean
  random::Stream scatter;  // Bartlett factor of the scatter
  random::Stream rows;     // normals of the samples themselves
};

/// Mean and scatter of `count` draws from N(mean, lambda covariance): N(mean, lambda covariance / count) and,
/// independently, Wishart(lambda covariance, count - 1). O(dim^3) for any count.
GaussianPart drawPartByMoments(gaussian::FactoredGaussian const& source, double lambda, std::uint64_t count,
                               PartStreams const& streams);

/// The same statistics computed from `count` samples that are really drawn.
GaussianPart drawPartBySamples(gaussian::FactoredGaussian const& source, double lambda, std::uint64_t count,
                               PartStreams const& streams, Task const& task);

/// The samples that drawPartBySamples draws and forgets: dim x count.
linalg::Matrix drawSamples(gaussian::FactoredGaussian const& source, double lambda, std::uint64_t count,
                           PartStreams const& streams);

}  // namespace madloop::loop
