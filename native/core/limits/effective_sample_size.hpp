// How many real samples fit a Gaussian as badly, on average, as a given distance (the paper, eq. (4)).
#pragma once

#include <cstddef>
#include <vector>

#include "core/base/task.hpp"
#include "core/gaussian/divisor.hpp"

namespace madloop::limits {

/// What distances are measured with: the expected distance between N(0, I_d) and the Gaussian fitted to n of
/// its samples.
struct ReferenceCurve {
  std::size_t dim = 0;
  gaussian::CovarianceDivisor divisor = gaussian::CovarianceDivisor::unbiased;
  /// By the large-d formula (deterministicLimit with n_s = 0), else by expectedDistance.
  bool deterministic = false;
};

/// A distance, and the lower and upper end of its interval: NaN where it has none.
struct DistanceToConvert {
  ReferenceCurve referenceCurve;
  double distance = 0;
  double lower = 0;
  double upper = 0;
};

/// Numbers of samples: that of a distance and, the curve falling, the lower one of the interval's upper end and
/// the upper one of its lower end; NaN where there is no interval. 0 stands for "below 2, the fewest that fit a
/// Gaussian", infinity for "above 1e15".
struct SampleSizes {
  double value = 0;
  double lower = 0;
  double upper = 0;
};

/// The n with expected distance equal to each distance. The curve falls strictly: it is exact at integers and,
/// from dim + 1 on, at real n; between two integers below dim + 1, where fractional samples mean nothing, the
/// logarithm of the distance is linear in log n. (The large-d formula takes any real n.)
///
/// Relative error of n below 1e-10. The same bits for any number of threads.
/// Errors: invalidInput for a dim outside 1 ... 10,000 (1 and more for the formula) or a distance that is not a
/// number; aborted. Cost: about 5 evaluations of the curve for a distance, and one for each end of its
/// interval.
std::vector<SampleSizes> effectiveSampleSizes(std::vector<DistanceToConvert> const& distances, Task& task);

}  // namespace madloop::limits
