// Student's t distribution: how wide an interval is, and how unlikely a value.
#pragma once

namespace madloop::inference {

/// The probability P(|T| > t) for t >= 0 and T of `degrees` degrees of freedom (at least 1, not necessarily
/// whole): the incomplete beta function I_x(degrees/2, 1/2) at x = degrees / (degrees + t^2). Absolute error
/// below 1e-9 up to a million degrees. 0 where t^2 exceeds all doubles.
double studentTails(double degrees, double t);

/// The t with P(|T| > t) = tails: half the width, in standard errors, of an interval of level 1 - tails. 0 <
/// tails < 1. From a million degrees on the value of a million, which for tails of 0.05 is within 3e-6 of the
/// normal 1.95996. Relative error below 1e-9.
double studentHalfWidth(double degrees, double tails = 0.05);

}  // namespace madloop::inference
