#include "core/base/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <limits>
#include <mutex>
#include <utility>

namespace madloop {

namespace {

/// Hands out indices and keeps the exception of the lowest index that failed.
class Dispatcher {
 public:
  Dispatcher(Task const& task, std::size_t count, std::function<void(std::size_t)> const& body)
      : task_(task), count_(count), body_(body) {}

  void work() noexcept {
    while (!failed_.load(std::memory_order_relaxed)) {
      std::size_t const index = next_.fetch_add(1, std::memory_order_relaxed);
      if (index >= count_) return;
      try {
        task_.throwIfCancelled();
        body_(index);
      } catch (...) {
        record(index, std::current_exception());
      }
    }
  }

  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  void record(std::size_t index, std::exception_ptr error) noexcept {
    std::lock_guard const lock(mutex_);
    failed_.store(true, std::memory_order_relaxed);
    if (index < errorIndex_) {
      errorIndex_ = index;
      error_ = std::move(error);
    }
  }

  Task const& task_;
  std::size_t const count_;
  std::function<void(std::size_t)> const& body_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> failed_{false};
  std::mutex mutex_;
  std::size_t errorIndex_ = std::numeric_limits<std::size_t>::max();
  std::exception_ptr error_;
};

}  // namespace

void parallelFor(Task const& task, std::size_t count, std::function<void(std::size_t)> const& body) {
  Dispatcher dispatcher(task, count, body);
  std::size_t const threads = std::min(task.threads(), count);
  auto const work = [&] { dispatcher.work(); };
  if (threads < 2 || !task.workers().run(threads - 1, work)) work();
  dispatcher.rethrow();
}

}  // namespace madloop
