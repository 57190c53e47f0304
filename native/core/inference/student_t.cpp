#include "core/inference/student_t.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/elementary.hpp"

namespace madloop::inference {

namespace {

constexpr double kTail = 0.05;  // both tails together

/// Incomplete beta function I_x(a, b) for x < (a + 1) / (a + b + 2), by its continued fraction (Abramowitz &
/// Stegun 26.5.8, evaluated by Lentz's method).
double incompleteBeta(double a, double b, double x) {
  double const front =
      exponential(logGamma(a + b) - logGamma(a) - logGamma(b) + a * logarithm(x) + b * logOnePlus(-x)) / a;
  double c = 1;
  double d = 1 / (1 - (a + b) * x / (a + 1));
  double fraction = d;
  for (int i = 1; i < 10'000; ++i) {
    double const m = i;
    double const even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    fraction *= c * d;
    double const odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    fraction *= c * d;
    if (std::abs(c * d - 1) < 1e-15) break;
  }
  return front * fraction;
}

/// P(|T| > t) = I_x(degrees/2, 1/2) at x = degrees / (degrees + t^2).
double bothTails(double degrees, double t) {
  double const x = degrees / (degrees + t * t);
  double const a = degrees / 2;
  if (x < (a + 1) / (a + 2.5)) return incompleteBeta(a, 0.5, x);
  return 1 - incompleteBeta(0.5, a, t * t / (degrees + t * t));
}

}  // namespace

double studentHalfWidth(double degrees) {
  double const bounded = std::clamp(degrees, 1.0, 1e6);
  // The values at infinitely many degrees and at one are 1.96 and 12.71.
  double low = 1.9;
  double high = 13;
  for (int i = 0; i < 60; ++i) {
    double const middle = low + (high - low) / 2;
    (bothTails(bounded, middle) > kTail ? low : high) = middle;
  }
  return low + (high - low) / 2;
}

}  // namespace madloop::inference
