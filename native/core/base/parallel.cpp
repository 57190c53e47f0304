#include "core/base/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <limits>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace madloop {

namespace {

/// Whether this thread is one of several that work on a loop: a loop inside one runs on its thread alone.
thread_local bool sharesLoop = false;

class SharedLoop {
 public:
  explicit SharedLoop(bool shares) : before_(sharesLoop) { sharesLoop = before_ || shares; }
  SharedLoop(SharedLoop const&) = delete;
  SharedLoop& operator=(SharedLoop const&) = delete;
  ~SharedLoop() { sharesLoop = before_; }

 private:
  bool before_;
};

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
  std::size_t const helpers = count == 0 || sharesLoop ? 0 : std::min(task.threads(), count) - 1;
  std::vector<std::thread> threads;
  threads.reserve(helpers);
  for (std::size_t i = 0; i < helpers; ++i) {
    try {
      threads.emplace_back([&dispatcher] {
        SharedLoop const shared(true);
        dispatcher.work();
      });
    } catch (std::system_error const&) {
      break;  // the system is out of threads: fewer threads give the same result, later
    }
  }
  {
    SharedLoop const shared(!threads.empty());
    dispatcher.work();
  }
  for (std::thread& thread : threads) thread.join();
  dispatcher.rethrow();
}

}  // namespace madloop
