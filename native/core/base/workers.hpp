// The threads that help with a task's loops.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>

namespace madloop {

/// Threads that are started when they are first wanted and then wait for more to do: starting one takes 50 us,
/// as long as the product of two 100 x 100 matrices.
class Workers {
 public:
  Workers() noexcept;
  Workers(Workers const&) = delete;
  Workers& operator=(Workers const&) = delete;
  ~Workers();

  /// Calls `work` on this thread and at the same time on up to `helpers` others, fewer where the system is out
  /// of threads or memory; returns when all calls have. `work` throws nothing. Does nothing and returns false
  /// while another call has the workers, as in a loop within a loop.
  bool run(std::size_t helpers, std::function<void()> const& work);

  /// Ends the threads. Not while run() is.
  void dismiss() noexcept;

 private:
  class Crew;

  std::atomic<bool> taken_{false};
  std::unique_ptr<Crew> crew_;  // belongs to who has taken the workers
};

}  // namespace madloop
