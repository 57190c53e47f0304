// Intervals for values that scatter by how large they are. As Wilson's interval of a proportion (1927) they
// hold all values whose own standard deviation, times Student's t, reaches the estimate: they ask of each how
// far estimates would scatter there.
#pragma once

#include <algorithm>
#include <cmath>

namespace madloop::inference {

struct Interval {
  double lower = 0;
  double upper = 0;
};

/// Of an estimate whose variance is proportional to its height above some floor: all v with
/// (estimate - v)^2 <= halfWidth^2 (height + v - estimate) / height, where `height` is that of the estimate and
/// `halfWidth` is half of the interval with the variance at the estimate. The upper part is the longer one: it
/// is from floor + height / c^2 to floor + height c^2, symmetric in the logarithm of the height. Where the
/// height is not positive nothing is known of such a floor, and the interval is estimate -+ halfWidth.
inline Interval scoreInterval(double estimate, double halfWidth, double height) {
  double const ratio = height > 0 ? halfWidth / height / 2 : 0;
  double const c = ratio + std::sqrt(1 + ratio * ratio);
  return {estimate - halfWidth / c, estimate + halfWidth * c};
}

/// Of the mean of trials of variance p - curvature p^2 each: a proportion (curvature 1), or a count as
/// Poisson's (curvature 0), for which it is that above a floor of 0. All p with (estimate - p)^2 <= width (p -
/// curvature p^2), where `width` is the square of Student's t over the number of trials. It is no point where
/// the estimate is 0 or 1.
inline Interval scoreIntervalOfTrials(double estimate, double width, double curvature) {
  double const scale = 1 + curvature * width;
  double const centre = (estimate + width / 2) / scale;
  double const variance = estimate - curvature * estimate * estimate;
  double const half = std::sqrt(width * variance + width * width / 4) / scale;
  return {std::clamp(centre - half, 0.0, estimate), std::clamp(centre + half, estimate, 1 / curvature)};
}

}  // namespace madloop::inference
