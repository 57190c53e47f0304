// tr S^(1/2) without eigenvalues.
#pragma once

#include <optional>

#include "core/base/task.hpp"
#include "core/linalg/matrix.hpp"
#include "core/linalg/nuclear_norm.hpp"
#include "core/linalg/symmetric_eigenvalues.hpp"

namespace madloop::linalg {

/// Sums over the eigenvalues of a positive definite tridiagonal matrix.
struct RootSums {
  double roots = 0;         // sum lambda^(1/2)
  double rounding = 0;      // bound on its rounding error
  double inverseRoots = 0;  // sum lambda^(-1/2)
  double inverses = 0;      // sum lambda^-1
  double largest = 0;       // a bound on the largest eigenvalue
};

/// The sums by quadrature (below); empty where t is not positive definite to working precision, or where the
/// bound on its condition is above 2^25.
std::optional<RootSums> rootSums(Tridiagonal const& t);

/// tr S^(1/2) of the symmetric positive semidefinite matrix whose lower triangle `s` holds.
///
/// S is reduced to tridiagonal form T. For well-conditioned T the root is a short sum of resolvents (Hale,
/// Higham & Trefethen 2008), tr T^(1/2) = sum_j w_j (d - s_j tr (T + s_j)^-1), and each trace is a derivative
/// of log det, by two recurrences over the diagonal that run side by side for all nodes: some 5 us at d = 100,
/// where the QL iteration takes 90. Otherwise (a condition bound above 2^25, or singular) from the eigenvalues.
/// errorBound holds in both cases; where it is too large, take singular values of a factor instead.
BoundedValue traceSquareRoot(Matrix const& s, Task const& task);

/// tr S^(1/2) of a symmetric positive semidefinite matrix that is reduced already, in the same way.
BoundedValue traceSquareRoot(ScaledTridiagonal const& reduced, Task const& task);

}  // namespace madloop::linalg
