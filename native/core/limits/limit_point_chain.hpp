// The chains of limit points: from the stationary moments, through a burn-in, to sums over recorded
// generations.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/task.hpp"
#include "core/limits/limit_point_cell.hpp"
#include "core/loop/gaussian_loop.hpp"

namespace madloop::limits {

/// Numbers that a chain returns with so many controls. With z = (distance - centre, controls): the sums of z
/// over the first and over the second half of the recordings, and the sums of the products z_i z_j, i >= j,
/// over all.
constexpr std::size_t chainWidth(std::size_t controls) {
  return 2 * (controls + 1) + (controls + 1) * (controls + 2) / 2;
}

/// Chains first ... first + count - 1 of one cell.
struct LimitPointWork {
  loop::GaussianLoopParameters parameters;  // as for LimitPointCell, but with the reference
  std::uint64_t key = 0;                    // of the random numbers
  LimitPointSchedule schedule;
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  double* sums = nullptr;  // filled: count x width
  std::size_t width = 0;
};

/// Runs all chains of a list of work, the longest first, on all threads. A chain depends on its cell, its
/// schedule, its key and its number alone. Errors, naming limitPoint: notPositiveSemidefinite and invalidInput
/// for a reference, noVariance.
void simulateLimitPointChains(std::vector<LimitPointWork> const& work, Task& task);

}  // namespace madloop::limits
