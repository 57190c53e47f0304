// Means and standard errors over replicates, in an order that does not depend on threads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/loop/gaussian_loop.hpp"

namespace madloop::loop {

/// The recorded metrics of one generation of one replicate, indexed by LoopMetric.
using LoopRecord = std::array<double, kLoopMetricCount>;

/// Replicates are cut into at most 64 contiguous groups; a group is filled by one thread in order, and the
/// groups are merged in order (Welford 1962; Chan, Golub & LeVeque 1979).
class LoopStatistics {
 public:
  LoopStatistics(std::uint64_t replicates, std::uint64_t generations, bool series);

  [[nodiscard]] std::size_t groups() const { return groups_.size(); }
  [[nodiscard]] std::uint64_t begin(std::size_t group) const;
  [[nodiscard]] std::uint64_t end(std::size_t group) const { return begin(group + 1); }

  /// Adds replicate `chain` (in order within its group) at generation index t (from 0).
  void add(std::size_t group, std::uint64_t chain, std::uint64_t t, LoopRecord const& record);

  [[nodiscard]] GaussianLoopResult result();

 private:
  struct Running {
    double mean = 0;
    double squares = 0;  // sum of squared deviations from the mean
  };

  std::uint64_t const replicates_;
  std::uint64_t const generations_;
  std::vector<std::vector<Running>> groups_;  // a group: generations x kLoopMetricCount
  std::vector<double> series_;
};

}  // namespace madloop::loop
