// A parameter of a loop that may differ between generations.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/base/error.hpp"

namespace madloop::loop {

/// Entry t - 1 belongs to generation t, and the last entry goes on: one entry is a constant.
template <class Value>
class Schedule {
 public:
  Schedule(Value constant = {}) : entries_{constant} {}  // NOLINT: a constant is a schedule
  explicit Schedule(std::vector<Value> entries) : entries_(std::move(entries)) {
    if (entries_.empty()) throwInvalidInput("schedule: entries must be at least 1, got 0");
  }

  /// The value in generation t >= 1.
  [[nodiscard]] Value at(std::uint64_t t) const {
    return entries_[static_cast<std::size_t>(std::min<std::uint64_t>(t, entries_.size())) - 1];
  }

  /// From this generation on nothing changes.
  [[nodiscard]] std::uint64_t constantFrom() const { return entries_.size(); }

  [[nodiscard]] std::vector<Value> const& entries() const { return entries_; }

 private:
  std::vector<Value> entries_;
};

}  // namespace madloop::loop
