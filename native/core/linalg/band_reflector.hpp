// Short reflectors applied to small blocks of a band: the inner loops of bulge chasing.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <functional>
#include <vector>

#include "core/base/task.hpp"
#include "core/linalg/eigen.hpp"

namespace madloop::linalg {

/// rows x cols values, column-major with the given stride between columns. Non-owning.
struct BandBlock {
  double* data;
  Index stride;
  Index rows;
  Index cols;
};

/// block = (I - tau v v^T) block, v of length rows.
void applyFromLeft(BandBlock const& block, double const* v, double tau);

/// block = block (I - tau v v^T), v of length cols.
void applyFromRight(BandBlock const& block, double const* v, double tau);

/// block = (I - tau v v^T) block (I - tau v v^T) for a symmetric block of which the lower triangle is stored.
void applyFromBothSides(BandBlock const& block, double const* v, double tau);

/// Runs the sweeps of a bulge chasing on all threads. Sweep i consists of steps(i) steps; step k of sweep i
/// runs after step k + lead - 1 of sweep i - 1 (or all of it, where that is shorter), when the bulge of that
/// one is out of its way. The steps do the same operations on the same numbers in any schedule.
void chaseBulges(Task const& task, Index sweeps, Index lead, std::function<Index(Index)> const& steps,
                 std::function<void(Index sweep, Index step)> const& run);

}  // namespace madloop::linalg
