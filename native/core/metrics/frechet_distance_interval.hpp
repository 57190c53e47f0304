// The Frechet distance with an error bar: what the sampling of its rows leaves open.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/task.hpp"
#include "core/metrics/frechet.hpp"
#include "core/metrics/frechet_sample.hpp"

namespace madloop::metrics {

struct FrechetDistanceInterval {
  FrechetDistance whole;        // what frechetDistance gives for all rows
  double standardError = 0;     // that of whole.distance
  double standardErrorA = 0;    // what the sampling of a adds to it, 0 for moments
  double standardErrorB = 0;    // what the sampling of b adds to it
  double lower = 0;             // lower end of the 95 % interval, not below 0
  double upper = 0;             // its upper end
  bool heavyTails = false;      // whether those of a sampled side are
  double degreesOfFreedom = 0;  // those of the t distribution behind the interval
  double bias = 0;  // jackknife estimate: how far the expected distance lies above that of the populations
};

/// The distance and its error by a delete-group jackknife over each side that is a sample: `groups` random
/// groups of rows a side, the distance again without each of them. The interval is for the expectation of the
/// distance at these sample sizes, which lies above the distance of the populations. It is a score interval:
/// the error of a squared distance grows with it.
///
/// Errors: as for factorData and factorMoments; invalidInput unless 2 <= groups <= rows, and at least 4 rows a
/// side. Cost: the moments of all rows once more and `groups` distances a sampled side. Where a side has no
/// more rows than columns, or a nearly singular covariance, each of its distances is computed from the rest of
/// its rows.
FrechetDistanceInterval frechetDistanceInterval(FrechetSide const& a, FrechetSide const& b, std::size_t groups,
                                                std::uint64_t seed, Task& task);

}  // namespace madloop::metrics
