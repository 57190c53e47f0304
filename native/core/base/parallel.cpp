#include "core/base/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/spin.hpp"

namespace madloop {

namespace {

/// Whether this thread is one of several that work on a loop: a loop inside one runs on its thread alone.
thread_local bool sharesLoop = false;

/// The team that this thread's loops run on, if it has one.
thread_local Team::Crew* currentCrew = nullptr;

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

/// Waits until the value is no longer `old`: awake for a while, since loops follow each other closely, then
/// asleep.
template <class T>
T waitForChange(std::atomic<T> const& value, T old) {
  T now = old;
  auto const changed = [&] {
    now = value.load(std::memory_order_acquire);
    return now != old;
  };
  if (spinUntil(changed)) return now;
  value.wait(old, std::memory_order_acquire);
  return value.load(std::memory_order_acquire);
}

}  // namespace

/// The helpers of a team. A loop is published by a change of `round_`; it ends when all have said so.
class Team::Crew {
 public:
  explicit Crew(std::size_t helpers) noexcept {
    try {
      threads_.reserve(helpers);
      for (std::size_t i = 0; i < helpers; ++i) threads_.emplace_back([this, i] { help(i); });
    } catch (std::exception const&) {
      // The system is out of threads or memory: fewer threads give the same result, later.
    }
    before_ = std::exchange(currentCrew, this);
  }
  Crew(Crew const&) = delete;
  Crew& operator=(Crew const&) = delete;
  ~Crew() {
    publish(nullptr, 0);
    for (std::thread& thread : threads_) thread.join();
    currentCrew = before_;
  }

  /// Runs a loop on up to `helpers` of the helpers and this thread.
  void run(Dispatcher& dispatcher, std::size_t helpers) {
    publish(&dispatcher, helpers);
    {
      SharedLoop const shared(!threads_.empty());
      dispatcher.work();
    }
    while (true) {
      std::uint32_t const busy = busy_.load(std::memory_order_acquire);
      if (busy == 0) return;
      waitForChange(busy_, busy);
    }
  }

 private:
  void publish(Dispatcher* dispatcher, std::size_t helpers) {
    dispatcher_ = dispatcher;
    helpers_ = helpers;
    busy_.store(static_cast<std::uint32_t>(threads_.size()), std::memory_order_relaxed);
    round_.fetch_add(1, std::memory_order_release);
    round_.notify_all();
  }

  void help(std::size_t index) {
    SharedLoop const shared(true);
    for (std::uint32_t round = 0;;) {
      round = waitForChange(round_, round);
      if (dispatcher_ == nullptr) return;
      if (index < helpers_) dispatcher_->work();
      if (busy_.fetch_sub(1, std::memory_order_acq_rel) == 1) busy_.notify_one();
    }
  }

  Crew* before_ = nullptr;
  std::vector<std::thread> threads_;
  // Written before a change of round_, read after it.
  Dispatcher* dispatcher_ = nullptr;
  std::size_t helpers_ = 0;
  std::atomic<std::uint32_t> round_{0};
  std::atomic<std::uint32_t> busy_{0};
};

Team::Team(Task const& task) {
  if (!sharesLoop && currentCrew == nullptr && task.threads() > 1)
    crew_ = std::make_unique<Crew>(task.threads() - 1);
}

Team::~Team() = default;

void parallelFor(Task const& task, std::size_t count, std::function<void(std::size_t)> const& body) {
  Dispatcher dispatcher(task, count, body);
  if (count < 2 || sharesLoop || task.threads() < 2) {
    dispatcher.work();
  } else if (currentCrew != nullptr) {
    currentCrew->run(dispatcher, task.threads() - 1);
  } else {
    std::size_t const helpers = std::min(task.threads(), count) - 1;
    Team::Crew(helpers).run(dispatcher, helpers);
  }
  dispatcher.rethrow();
}

}  // namespace madloop
