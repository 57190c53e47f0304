// The only place in the core that starts threads.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "core/base/task.hpp"

namespace madloop {

/// Calls body(i) once for every i in [0, count), on up to task.threads() threads.
///
/// The unit of work is the index, never the thread, so a body that writes only what belongs to its index
/// gives the same bytes for any thread count. Indices are handed out in increasing order. The first
/// exception stops the hand-out, all threads are joined, and of the exceptions seen the one with the lowest
/// index is rethrown. A cancelled task throws ErrorCode::aborted. A loop inside the body of a loop that has
/// several threads runs on the thread it is called from, so that the number of threads stays what was asked
/// for.
void parallelFor(Task const& task, std::size_t count, std::function<void(std::size_t)> const& body);

/// While it lives, the parallelFor() calls of the thread that made it share task.threads() - 1 helpers, which
/// wait for the next loop instead of being started for each (50 us, as long as the product of two 100 x 100
/// matrices). For computations of many short loops on one task. Within another team, or in the body of a loop,
/// it does nothing.
class Team {
 public:
  explicit Team(Task const& task);
  Team(Team const&) = delete;
  Team& operator=(Team const&) = delete;
  ~Team();

  class Crew;

 private:
  std::unique_ptr<Crew> crew_;
};

}  // namespace madloop
