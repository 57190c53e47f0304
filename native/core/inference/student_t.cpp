#include "core/inference/student_t.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/elementary.hpp"

namespace madloop::inference {

namespace {

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

}  // namespace

double studentTails(double degrees, double t) {
  // I_x(degrees/2, 1/2) at x = degrees / (degrees + t^2), which is 1 - I_y(1/2, degrees/2) at y = 1 - x.
  double const x = degrees / (degrees + t * t);
  double const y = t * t / (degrees + t * t);
  double const a = degrees / 2;
  if (x < (a + 1) / (a + 2.5)) return x == 0 ? 0 : incompleteBeta(a, 0.5, x);
  return y == 0 ? 1 : 1 - incompleteBeta(0.5, a, y);
}

double studentHalfWidth(double degrees, double tails) {
  double const bounded = std::clamp(degrees, 1.0, 1e6);
  // For tails of 0.05 it is 1.96 at infinitely many degrees and 12.71 at one. For others the ends move.
  double low = 1.9;
  double high = 13;
  if (studentTails(bounded, low) <= tails) {
    high = low;
    low = 0;
  }
  while (studentTails(bounded, high) > tails) {
    low = high;
    high *= 2;
  }
  for (;;) {
    double const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return middle;
    (studentTails(bounded, middle) > tails ? low : high) = middle;
  }
}

}  // namespace madloop::inference
