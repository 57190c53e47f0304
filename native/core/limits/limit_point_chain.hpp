// The chains of limit points: from the stationary moments, through a burn-in, to sums over recorded
// generations.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "core/base/task.hpp"
#include "core/limits/limit_point_theory.hpp"

namespace madloop::limits {

/// Numbers that a chain returns with so many controls. With z = (distance - centre, controls): the sums of z
/// over the first and over the second half of the recordings, and the sums of the products z_i z_j, i >= j,
/// over all.
constexpr std::size_t chainWidth(std::size_t controls) {
  return 2 * (controls + 1) + (controls + 1) * (controls + 2) / 2;
}

/// The chains of one limit point. What they share is computed in the first job that runs some of them, and
/// kept.
class LimitPointChains {
 public:
  class Prepared;

  /// `referenceCovariance` is dim x dim, row-major; empty where the theory's reference is N(0, I). `key`
  /// decides the random numbers.
  LimitPointChains(LimitPointTheory theory, std::vector<double> referenceCovariance, std::uint64_t key);
  LimitPointChains(LimitPointChains const&) = delete;
  LimitPointChains& operator=(LimitPointChains const&) = delete;
  ~LimitPointChains();

  [[nodiscard]] LimitPointTheory const& theory() const { return theory_; }
  [[nodiscard]] std::uint64_t key() const { return key_; }
  /// Numbers that a chain returns.
  [[nodiscard]] std::size_t width() const { return width_; }

  /// Any thread. Errors as of simulateLimitPointChains(); the next call tries again.
  Prepared const& prepared(Task const& task);

 private:
  LimitPointTheory const theory_;
  std::uint64_t const key_;
  std::size_t const width_;
  std::mutex mutex_;  // guards what follows
  std::vector<double> referenceCovariance_;
  std::unique_ptr<Prepared const> prepared_;
};

/// Chains first ... first + count - 1 of a limit point.
struct LimitPointWork {
  LimitPointChains* chains = nullptr;
  LimitPointSchedule schedule;
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  double* sums = nullptr;  // filled: count x width
};

/// Runs all chains of a list of work, the longest first, on all threads. A chain depends on its theory,
/// reference, schedule, key and number alone. Errors, naming limitPoint: notPositiveSemidefinite and
/// invalidInput for a reference, noVariance.
void simulateLimitPointChains(std::vector<LimitPointWork> const& work, Task& task);

}  // namespace madloop::limits
