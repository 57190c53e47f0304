#include "core/loop/gaussian_loop_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace madloop::loop {

namespace {

/// Generations of a block: 256 KiB.
constexpr std::uint64_t kBlockGenerations = 4096;
/// Values of a series set to zero at once.
constexpr std::size_t kZeroedValues = std::size_t{1} << 20;

}  // namespace

LoopStatistics::LoopStatistics(std::uint64_t replicates, std::uint64_t generations, bool series,
                               Task const& task)
    : replicates_(replicates), generations_(generations), groups_(std::min<std::uint64_t>(replicates, 64)) {
  if (!series) return;
  std::size_t const length = replicates * generations * kLoopMetricCount;
  series_.reserve(length);
  while (series_.size() < length) {
    task.throwIfCancelled();
    series_.resize(std::min(length, series_.size() + kZeroedValues));
  }
}

std::uint64_t LoopStatistics::begin(std::size_t group) const {
  std::uint64_t const count = groups_.size();
  return replicates_ / count * group + std::min<std::uint64_t>(group, replicates_ % count);
}

void LoopStatistics::add(std::size_t group, std::uint64_t chain, std::uint64_t t, LoopRecord const& record) {
  std::vector<Block>& blocks = groups_[group].blocks;
  // The first replicate of a group comes by generation after generation.
  if (t / kBlockGenerations == blocks.size())
    blocks.emplace_back(std::min(kBlockGenerations, generations_ - t) * kLoopMetricCount);
  Block& block = blocks[t / kBlockGenerations];
  auto const n = static_cast<double>(chain - begin(group) + 1);
  for (std::size_t m = 0; m < kLoopMetricCount; ++m) {
    Running& running = block[t % kBlockGenerations * kLoopMetricCount + m];
    double const difference = record[m] - running.mean;
    running.mean += difference / n;
    running.squares += difference * (record[m] - running.mean);
  }
  if (!series_.empty()) {
    std::copy(record.begin(), record.end(), series_.data() + (chain * generations_ + t) * kLoopMetricCount);
  }
}

void LoopStatistics::finish(std::size_t group, Task const& task) {
  std::lock_guard const lock(merging_);
  groups_[group].finished = true;
  for (; merged_ < groups_.size() && groups_[merged_].finished; ++merged_) {
    merge(groups_[merged_], static_cast<double>(end(merged_) - begin(merged_)), task);
    groups_[merged_].blocks = {};
  }
}

void LoopStatistics::merge(Group const& group, double n, Task const& task) {
  for (std::size_t b = 0; b < group.blocks.size(); ++b) {
    task.throwIfCancelled();
    Block const& others = group.blocks[b];
    if (b == total_.size()) total_.emplace_back(others.size());
    Block& totals = total_[b];
    for (std::size_t i = 0; i < others.size(); ++i) {
      Running& total = totals[i];
      double const difference = others[i].mean - total.mean;
      total.mean += difference * (n / (mergedCount_ + n));
      total.squares += others[i].squares + difference * difference * (mergedCount_ / (mergedCount_ + n) * n);
    }
  }
  mergedCount_ += n;
}

GaussianLoopResult LoopStatistics::result(Task const& task) {
  GaussianLoopResult result;
  std::size_t const values = generations_ * kLoopMetricCount;
  result.mean.reserve(values);
  result.standardError.reserve(values);
  for (Block const& block : total_) {
    task.throwIfCancelled();
    for (Running const& total : block) {
      result.mean.push_back(total.mean);
      result.standardError.push_back(replicates_ > 1
                                         ? std::sqrt(total.squares / (mergedCount_ - 1) / mergedCount_)
                                         : std::numeric_limits<double>::quiet_NaN());
    }
  }
  result.series = std::move(series_);
  return result;
}

}  // namespace madloop::loop
