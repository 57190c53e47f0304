#include "core/base/workers.hpp"

#include <cstdint>
#include <exception>
#include <thread>
#include <vector>

#include "core/base/spin.hpp"

namespace madloop {

namespace {

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

/// Work is published by a change of `round_`; it is done when all threads have said so.
class Workers::Crew {
 public:
  Crew() = default;
  Crew(Crew const&) = delete;
  Crew& operator=(Crew const&) = delete;
  ~Crew() {
    publish(nullptr, 0);
    for (std::thread& thread : threads_) thread.join();
  }

  void run(std::size_t helpers, std::function<void()> const& work) {
    grow(helpers);
    publish(&work, helpers);
    work();
    for (std::uint32_t busy = 0; (busy = busy_.load(std::memory_order_acquire)) != 0;)
      waitForChange(busy_, busy);
  }

 private:
  void grow(std::size_t helpers) noexcept {
    std::uint32_t const round = round_.load(std::memory_order_relaxed);
    try {
      threads_.reserve(helpers);
      for (std::size_t i = threads_.size(); i < helpers; ++i)
        threads_.emplace_back([this, i, round] { help(i, round); });
    } catch (std::exception const&) {
      // The system is out of threads or memory: fewer threads give the same result, later.
    }
  }

  void publish(std::function<void()> const* work, std::size_t helpers) {
    work_ = work;
    helpers_ = helpers;
    busy_.store(static_cast<std::uint32_t>(threads_.size()), std::memory_order_relaxed);
    round_.fetch_add(1, std::memory_order_release);
    round_.notify_all();
  }

  void help(std::size_t index, std::uint32_t round) {
    for (;;) {
      round = waitForChange(round_, round);
      if (work_ == nullptr) return;
      if (index < helpers_) (*work_)();
      if (busy_.fetch_sub(1, std::memory_order_acq_rel) == 1) busy_.notify_one();
    }
  }

  std::vector<std::thread> threads_;
  // Written before a change of round_, read after it.
  std::function<void()> const* work_ = nullptr;
  std::size_t helpers_ = 0;
  std::atomic<std::uint32_t> round_{0};
  std::atomic<std::uint32_t> busy_{0};
};

Workers::Workers() noexcept = default;

Workers::~Workers() = default;

bool Workers::run(std::size_t helpers, std::function<void()> const& work) {
  // Read first: short loops within a loop ask again and again, from all threads.
  if (taken_.load(std::memory_order_relaxed) || taken_.exchange(true, std::memory_order_acquire)) return false;
  struct Release {
    std::atomic<bool>& taken;
    ~Release() { taken.store(false, std::memory_order_release); }
  } const release{taken_};
  if (crew_ == nullptr) crew_ = std::make_unique<Crew>();
  crew_->run(helpers, work);
  return true;
}

void Workers::dismiss() noexcept { crew_.reset(); }

}  // namespace madloop
