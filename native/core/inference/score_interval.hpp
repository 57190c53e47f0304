// An interval for a value that scatters the more the larger it is.
#pragma once

#include <cmath>

namespace madloop::inference {

struct Interval {
  double lower = 0;
  double upper = 0;
};

/// The interval of an estimate whose variance is proportional to its height above some floor: all v with
/// (estimate - v)^2 <= halfWidth^2 (height + v - estimate) / height, where `height` is that of the estimate and
/// `halfWidth` is half of the interval with the variance at the estimate. As Wilson's interval of a proportion
/// (1927) it asks of each v how far estimates would scatter there, so the upper part is the longer one. From
/// floor + height / c^2 to floor + height c^2: symmetric in the logarithm of the height. Where the height is
/// not positive nothing is known of such a floor, and the interval is estimate -+ halfWidth.
inline Interval scoreInterval(double estimate, double halfWidth, double height) {
  double const ratio = height > 0 ? halfWidth / height / 2 : 0;
  double const c = ratio + std::sqrt(1 + ratio * ratio);
  return {estimate - halfWidth / c, estimate + halfWidth * c};
}

}  // namespace madloop::inference
