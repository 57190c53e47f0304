// Means and standard errors over replicates, in an order that does not depend on threads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "core/base/task.hpp"
#include "core/loop/gaussian_loop.hpp"

namespace madloop::loop {

/// The recorded metrics of one generation of one replicate, indexed by LoopMetric.
using LoopRecord = std::array<double, kLoopMetricCount>;

/// Replicates are cut into at most 64 contiguous groups; a group is filled by one thread in order, and the
/// groups are merged in order (Welford 1962; Chan, Golub & LeVeque 1979).
///
/// Memory: 96 bytes a generation for the sum and for each group that is begun and not yet merged, which with
/// equal replicates are about as many as there are threads; for a series 32 bytes a generation and replicate.
class LoopStatistics {
 public:
  /// Errors: aborted.
  LoopStatistics(std::uint64_t replicates, std::uint64_t generations, bool series, Task const& task);

  [[nodiscard]] std::size_t groups() const { return groups_.size(); }
  [[nodiscard]] std::uint64_t begin(std::size_t group) const;
  [[nodiscard]] std::uint64_t end(std::size_t group) const { return begin(group + 1); }

  /// Adds replicate `chain` (in order within its group) at generation index t (from 0).
  void add(std::size_t group, std::uint64_t chain, std::uint64_t t, LoopRecord const& record);

  /// To be called when all of a group has been added: merges it, once those before it are. Errors: aborted.
  void finish(std::size_t group, Task const& task);

  /// When all groups are finished. Errors: aborted.
  [[nodiscard]] GaussianLoopResult result(Task const& task);

 private:
  /// Values as far from 1 as loops that run away or shrink for long leave them have squares that no number is.
  struct Running {
    double mean = 0;
    double squares = 0;  // sum of squared deviations from the mean, in units of 4^exponent
    int exponent = 0;    // 0 but for the extreme: that of the largest value
    /// Raises the unit, where it must be, to what a value needs.
    void widen(int needed);
  };
  /// Those of generations x kLoopMetricCount, in blocks that are made as the loop gets there: no work is longer
  /// than that of one block before somebody looks whether it is still wanted.
  using Block = std::vector<Running>;
  struct Group {
    std::vector<Block> blocks;
    bool finished = false;
  };

  void merge(Group const& group, double count, Task const& task);

  std::uint64_t const replicates_;
  std::uint64_t const generations_;
  std::vector<Group> groups_;
  std::vector<double> series_;

  std::mutex merging_;
  std::size_t merged_ = 0;  // groups
  double mergedCount_ = 0;  // replicates
  std::vector<Block> total_;
};

}  // namespace madloop::loop
