#include "core/loop/gaussian_loop_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace madloop::loop {

namespace {

/// Generations of a block: 384 KiB.
constexpr std::uint64_t kBlockGenerations = 4096;
/// Values of a series set to zero at once.
constexpr std::size_t kZeroedValues = std::size_t{1} << 20;
/// Squares of values between 2 to the powers of -400 and 400 are numbers, with all digits, and so are sums of
/// them.
constexpr int kFarthest = 400;
/// Below any number.
constexpr int kNone = -1100;

/// The unit that deviations as large as a value need: 1 for all but the extreme.
int unitOf(double value) {
  if (value == 0) return kNone;
  int const exponent = std::ilogb(value);
  return std::abs(exponent) <= kFarthest || !std::isfinite(value) ? 0 : exponent;
}

/// A sum of squares in units of 4^exponent, in units of 4^other.
double inUnits(double squares, int exponent, int other) {
  return exponent == other ? squares : std::ldexp(squares, 2 * (exponent - other));
}

/// The product of two deviations in units of 4^exponent.
double product(double a, double b, int exponent) {
  return exponent == 0 ? a * b : std::ldexp(a, -exponent) * std::ldexp(b, -exponent);
}

}  // namespace

void LoopStatistics::Running::widen(int needed) {
  if (needed <= exponent) return;
  squares = inUnits(squares, exponent, needed);
  exponent = needed;
}

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
    if (n == 1) running.exponent = kNone;
    running.widen(unitOf(record[m]));
    double const difference = record[m] - running.mean;
    running.mean += difference / n;
    running.squares += product(difference, record[m] - running.mean, running.exponent);
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
      if (mergedCount_ == 0) total.exponent = kNone;
      total.widen(others[i].exponent);
      double const difference = others[i].mean - total.mean;
      total.mean += difference * (n / (mergedCount_ + n));
      total.squares +=
          inUnits(others[i].squares, others[i].exponent, total.exponent) +
          product(difference, difference, total.exponent) * (mergedCount_ / (mergedCount_ + n) * n);
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
      result.standardError.push_back(
          replicates_ > 1
              ? std::ldexp(std::sqrt(total.squares / (mergedCount_ - 1) / mergedCount_), total.exponent)
              : std::numeric_limits<double>::quiet_NaN());
    }
  }
  result.series = std::move(series_);
  return result;
}

}  // namespace madloop::loop
