#include "core/loop/gaussian_loop_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace madloop::loop {

LoopStatistics::LoopStatistics(std::uint64_t replicates, std::uint64_t generations, bool series)
    : replicates_(replicates), generations_(generations) {
  groups_.assign(std::min<std::uint64_t>(replicates, 64), std::vector<Running>(generations * kLoopMetricCount));
  if (series) series_.resize(replicates * generations * kLoopMetricCount);
}

std::uint64_t LoopStatistics::begin(std::size_t group) const {
  std::uint64_t const count = groups_.size();
  return replicates_ / count * group + std::min<std::uint64_t>(group, replicates_ % count);
}

void LoopStatistics::add(std::size_t group, std::uint64_t chain, std::uint64_t t, LoopRecord const& record) {
  auto const n = static_cast<double>(chain - begin(group) + 1);
  for (std::size_t m = 0; m < kLoopMetricCount; ++m) {
    Running& running = groups_[group][t * kLoopMetricCount + m];
    double const difference = record[m] - running.mean;
    running.mean += difference / n;
    running.squares += difference * (record[m] - running.mean);
  }
  if (!series_.empty()) {
    std::copy(record.begin(), record.end(), series_.data() + (chain * generations_ + t) * kLoopMetricCount);
  }
}

GaussianLoopResult LoopStatistics::result() {
  GaussianLoopResult result;
  std::size_t const values = generations_ * kLoopMetricCount;
  result.mean.resize(values);
  result.standardError.resize(values);
  for (std::size_t i = 0; i < values; ++i) {
    Running total;
    double count = 0;
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      Running const& other = groups_[g][i];
      auto const n = static_cast<double>(end(g) - begin(g));
      double const difference = other.mean - total.mean;
      total.mean += difference * (n / (count + n));
      total.squares += other.squares + difference * difference * (count / (count + n) * n);
      count += n;
    }
    result.mean[i] = total.mean;
    result.standardError[i] = replicates_ > 1 ? std::sqrt(total.squares / (count - 1) / count)
                                              : std::numeric_limits<double>::quiet_NaN();
  }
  result.series = std::move(series_);
  return result;
}

}  // namespace madloop::loop
