// What a long computation is told and what it reports: threads, cancellation, progress.
//
// Threads: the owner creates a Task, hands it by reference to a core function, may call cancel() and
// progress() from any thread at any time, and outlives the call. Core code polls throwIfCancelled() at
// least every few milliseconds of work.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "core/base/error.hpp"
#include "core/base/workers.hpp"

namespace madloop {

class Task {
 public:
  explicit Task(std::size_t threads = 1) : threads_(threads == 0 ? 1 : threads) {}

  /// A task within `parent`, for one of several calls that run at the same time: it is cancelled with the
  /// parent, has workers of its own and keeps its progress to itself. The parent outlives it.
  Task(Task const& parent, std::size_t threads) : threads_(threads == 0 ? 1 : threads), parent_(&parent) {}

  Task(Task const&) = delete;
  Task& operator=(Task const&) = delete;

  [[nodiscard]] std::size_t threads() const noexcept { return threads_; }

  /// What parallelFor() shares its loops with. They live until the task ends, or until they are dismissed.
  [[nodiscard]] Workers& workers() const noexcept { return workers_; }

  void cancel() noexcept { cancelled_.store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool cancelled() const noexcept {
    return cancelled_.load(std::memory_order_relaxed) || (parent_ != nullptr && parent_->cancelled());
  }

  void throwIfCancelled() const {
    if (cancelled()) throw Error(ErrorCode::aborted, "the task was cancelled");
  }

  /// Announces more work to come, in units of the caller's choice; add() reports parts of it.
  void expect(std::uint64_t amount) noexcept { total_.fetch_add(amount, std::memory_order_relaxed); }
  void add(std::uint64_t amount) noexcept { done_.fetch_add(amount, std::memory_order_relaxed); }

  [[nodiscard]] std::uint64_t done() const noexcept { return done_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t total() const noexcept { return total_.load(std::memory_order_relaxed); }

 private:
  std::size_t threads_;
  mutable Workers workers_;
  Task const* parent_ = nullptr;
  std::atomic<bool> cancelled_{false};
  std::atomic<std::uint64_t> done_{0};
  std::atomic<std::uint64_t> total_{0};
};

}  // namespace madloop
