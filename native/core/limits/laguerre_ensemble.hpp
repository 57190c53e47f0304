// The eigenvalue density of a real Wishart matrix (the Laguerre orthogonal ensemble), as a quadrature rule.
#pragma once

#include <cstddef>
#include <vector>

#include "core/base/task.hpp"

namespace madloop::limits {

/// Nodes x_i and masses with sum_i mass_i g(x_i) = E[sum_m g(x_m)], the sum over the eigenvalues x_m of a real
/// Wishart matrix, for g smooth as a function of sqrt(x). The nodes are kept as sqrt(x_i) = origin + offset_i,
/// so that differences from sqrt(x) ~ origin keep their digits where the spectrum is narrow.
struct LaguerreQuadrature {
  double origin = 0;
  std::vector<double> offset;
  std::vector<double> mass;  // adds up to the number of eigenvalues
};

/// The rule for `count` >= 1 eigenvalues of a real Wishart matrix W_count(I, count + excess), excess >= 0 real:
/// its one-point density (Adler, Forrester, Nagao & van Moerbeke 2000; Livan & Vivo 2011) by Gauss-Legendre
/// panels in sqrt(x). `refinement` panels take the place of one; the answer must not depend on it.
///
/// Errors: internal if the masses do not add up to count; aborted.
/// Cost: O(count^2), on one thread.
LaguerreQuadrature laguerreQuadrature(std::size_t count, double excess, Task const& task,
                                      std::size_t refinement = 1);

}  // namespace madloop::limits
