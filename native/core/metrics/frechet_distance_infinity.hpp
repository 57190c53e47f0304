// The Frechet distance at infinitely many samples ("FD-infinity"), extrapolated from subsets of a sample.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/task.hpp"
#include "core/metrics/frechet_sample.hpp"

namespace madloop::metrics {

/// What is cut into subsets: the generated sample against one and the same reference (Chong & Forsyth), or
/// both.
enum class Extrapolated { generated, both };

struct FrechetDistanceInfinity {
  double distance = 0;  // the line's intercept, at 1 / rows = 0; may be negative
  double slope = 0;     // per 1 / rows of the generated sample
  double rSquared = 0;  // share of the points' variance that the line explains
  double standardError = 0;
  double lower = 0;  // 95 % interval
  double upper = 0;
  bool heavyTails = false;  // whether those of a sample that is cut are
  double degreesOfFreedom = 0;
  /// [k - 1]: mean over the k subsets of rows / k rows each, weighted by their rows.
  std::vector<double> distances;
};

/// Intercept of the least-squares line through the distances at rows / k, k = 1, ..., points, over 1 / rows.
/// (Chong & Forsyth, "Effectively unbiased FID and Inception Score and where to find them", CVPR 2020.)
///
/// The generated rows are cut into `groups` random groups, and the k subsets of a size are runs of whole groups
/// that cover the sample. So each row has the same weight in every point, and to first order in a row's
/// influence the intercept is no noisier than the distance of the whole sample, which it is not for subsets
/// drawn anew or nested ones. Points share all their rows: the error is that of a delete-group jackknife of the
/// whole procedure, not of the residuals of the line. Where both samples are cut, group j of the one is paired
/// with group j of the other and left out with it.
///
/// What remains of the bias is of second order in 1 / rows: least squares on k = 1, ..., K turn e / rows^2 into
/// -e (K + 1) (K + 2) / (6 rows^2).
///
/// Errors: as for factorData and factorMoments; invalidInput unless points is at least 2 and groups at least
/// twice that, every sample that is cut has at least 2 rows a group and more than points x cols rows, and the
/// generated side is a sample (for Extrapolated::both the reference, too). Cost: the moments of the cut rows
/// once more and points (points + 1) / 2 + points x groups distances.
FrechetDistanceInfinity frechetDistanceInfinity(FrechetSide const& reference, FrechetSide const& generated,
                                                std::size_t points, std::size_t groups,
                                                Extrapolated extrapolated, std::uint64_t seed, Task& task);

}  // namespace madloop::metrics
