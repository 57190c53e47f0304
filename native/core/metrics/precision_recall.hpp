// How much of one sample lies on the manifold of another, with k-nearest-neighbour balls for the manifold:
// precision and recall (Kynkaanniemi et al. 2019), density and coverage (Naeem et al. 2020).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/task.hpp"
#include "core/neighbours/distance_tiles.hpp"
#include "core/neighbours/membership.hpp"

namespace madloop::metrics {

/// A metric with its standard error and 95 % interval (NaN where they were not asked for or cannot be had).
struct MetricEstimate {
  double value;
  double standardError;
  double lower;
  double upper;
};

struct ManifoldMetrics {
  std::size_t k;
  MetricEstimate precision;
  MetricEstimate recall;
  MetricEstimate density;
  MetricEstimate coverage;
};

/// What the metrics are made of, sample by sample, for each k: value i of ks[q] at q * rows + i.
struct ManifoldSamples {
  std::vector<double> realRadius;
  std::vector<double> generatedRadius;
  std::vector<std::uint32_t> realBallsAroundGenerated;  // > 0: counts for precision; their sum for density
  std::vector<std::uint32_t> generatedBallsAroundReal;  // > 0: counts for recall
  std::vector<std::uint32_t> generatedInRealBall;       // > 0: counts for coverage
};

struct PrecisionRecall {
  std::vector<ManifoldMetrics> metrics;  // one for each k
  ManifoldSamples samples;               // empty unless asked for
  neighbours::ResolvedCounts resolved;
};

struct PrecisionRecallOptions {
  neighbours::Boundary boundary = neighbours::Boundary::closed;
  bool standardErrors = false;
  bool samples = false;
  std::uint64_t seed = 0;  // decides the halves drawn for standard errors
};

/// precision = share of generated points inside at least one real ball; recall the same with the roles
/// exchanged; density = mean over generated points of (real balls around it) / k; coverage = share of real
/// balls that hold a generated point. Ball i: centre real_i, radius the distance to its k-th nearest other real
/// point.
///
/// Every decision is the one exact arithmetic makes on the values given (neighbours/). Three passes over pairs
/// (real, generated, both) whatever the number of k's. `ks` ascend, from 1 to one less than either number of
/// rows.
///
/// Standard errors come from the metrics of kHalfSamples random halves of both samples
/// (neighbours/half_samples.hpp), all from the same passes, whose neighbour lists grow to halfSampleDepth(k).
/// They need rows / 2 > k on either side. They are the standard deviation over the halves or, where that is
/// larger, what it comes to at the metric's value: halves have larger balls, and other values. Neither they nor
/// the intervals (Wilson's; for density, which is no proportion, with Poisson's variance) are narrower than the
/// metric of so many independent points would have them. They cover the metric's expectation at these sample
/// sizes.
///
/// Errors: invalidInput for NaN or infinity (argument, row, column).
PrecisionRecall precisionRecall(neighbours::Points const& real, neighbours::Points const& generated,
                                std::span<std::size_t const> ks, PrecisionRecallOptions const& options,
                                Task& task);

}  // namespace madloop::metrics
