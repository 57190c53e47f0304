// Student's t distribution: how wide a 95 % interval is.
#pragma once

namespace madloop::inference {

/// The t with P(|T| <= t) = 0.95 for T of `degrees` degrees of freedom (at least 1, not necessarily whole).
/// From a million on, where t is within 3e-6 of the normal 1.95996, the value of a million. Relative error
/// below 1e-9.
double studentHalfWidth(double degrees);

}  // namespace madloop::inference
