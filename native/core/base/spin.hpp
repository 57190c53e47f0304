// Short waits between threads.
#pragma once

#include <atomic>
#include <thread>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#endif

namespace madloop {

/// Asks done() again and again for some 30 us, the longest that a wait for another thread takes while both have
/// a processor; returns the last answer. Whoever waits longer should give its processor away.
template <class Condition>
bool spinUntil(Condition const& done) {
  constexpr int spins = 2000;
  for (int i = 0; i < spins; ++i) {
    if (done()) return true;
#if defined(__x86_64__) && defined(__GNUC__)
    _mm_pause();
#endif
  }
  return done();
}

/// A lock for what takes far less time than a thread takes to fall asleep and wake. Half the cost of a
/// std::mutex that nobody else wants: setting it free takes a plain store. Each has a cache line of its own:
/// taken by turns from two cores, a line that neighbours share would cost more than what it guards.
class alignas(64) SpinLock {
 public:
  void lock() noexcept {
    while (taken_.exchange(true, std::memory_order_acquire)) {
      auto const free = [this] { return !taken_.load(std::memory_order_relaxed); };
      while (!spinUntil(free)) std::this_thread::yield();
    }
  }
  void unlock() noexcept { taken_.store(false, std::memory_order_release); }

 private:
  std::atomic<bool> taken_{false};
};

}  // namespace madloop
