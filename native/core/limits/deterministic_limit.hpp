// The limit point of the fresh data loop for large dimensions, without Monte Carlo
// (docs/effective-sample-size.md).
#pragma once

#include <cstddef>

#include "core/base/task.hpp"
#include "core/limits/stationary_loop.hpp"

namespace madloop::limits {

struct DeterministicLimit {
  double distance = 0;
  /// v = E[tr Sigma^2]/(d sigma^2) - 1, E[Sigma] = sigma I: the relative variance of the eigenvalues, exact.
  double dispersion = 0;
};

/// lim E[distance] of the loop, to leading order in 1/d with d/n_r and d/n_s fixed and the exact finite-n first
/// and second moments put back. It carries no statistical error; its relative error falls with d and grows with
/// `dispersion` (docs/effective-sample-size.md has the measured table).
///
/// For fresh data and memory 1. dim >= 1, real >= 1, synthetic >= 0, real + synthetic >= 2, counts up to 1e15,
/// lambda in [0, 1]. Infinite where E[tr Sigma^2] diverges. Errors: invalidInput outside these ranges; aborted.
/// Cost: about a millisecond, whatever the dimension and counts. The same bits on any CPU.
DeterministicLimit deterministicLimit(StationaryLoop const& loop, Task const& task);

}  // namespace madloop::limits
