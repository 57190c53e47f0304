#include "core/base/parallel.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "core/base/error.hpp"
#include "test/support/threads_label.hpp"

using madloop::ErrorCode;
using madloop::parallelFor;
using madloop::Task;

TEST_CASE("every index is visited once, for any number of threads" * startsThreads) {
  for (std::size_t const threads : std::vector<std::size_t>{0, 1, 2, 7}) {
    for (std::size_t const count : std::vector<std::size_t>{0, 1, 2, 3, 1000}) {
      CAPTURE(threads);
      CAPTURE(count);
      Task const task(threads);
      std::vector<std::atomic<int>> visits(count);
      parallelFor(task, count, [&](std::size_t i) { ++visits[i]; });
      CHECK(
          std::all_of(visits.begin(), visits.end(), [](std::atomic<int> const& visit) { return visit == 1; }));
    }
  }
}

TEST_CASE("more than one thread works" * startsThreads) {
  Task const task(2);
  std::atomic<int> arrived{0};
  // Each index waits for the other, so one thread alone would never return.
  parallelFor(task, 2, [&](std::size_t) {
    ++arrived;
    while (arrived < 2) std::this_thread::yield();
  });
  CHECK(arrived == 2);
}

TEST_CASE("of several exceptions the one with the lowest index is rethrown" * startsThreads) {
  Task const task(4);
  std::atomic<bool> laterHasThrown{false};
  std::string caught;
  try {
    parallelFor(task, 4, [&](std::size_t i) {
      // Index 1 throws last in time, first in order.
      if (i == 1) {
        while (!laterHasThrown) std::this_thread::yield();
        throw std::runtime_error("index 1");
      }
      if (i == 2) {
        laterHasThrown = true;
        throw std::runtime_error("index 2");
      }
    });
  } catch (std::runtime_error const& error) {
    caught = error.what();
  }
  CHECK(caught == "index 1");
}

TEST_CASE("an exception stops the hand-out of indices") {
  Task const task(1);
  std::size_t visited = 0;
  CHECK_THROWS_AS(parallelFor(task, 100,
                              [&](std::size_t i) {
                                ++visited;
                                if (i == 3) throw std::runtime_error("stop");
                              }),
                  std::runtime_error);
  CHECK(visited == 4);
}

TEST_CASE("a cancelled task throws aborted" * startsThreads) {
  SUBCASE("before the start: no index is visited") {
    Task task(3);
    task.cancel();
    std::atomic<int> visits{0};
    ErrorCode code = ErrorCode::internal;
    try {
      parallelFor(task, 10, [&](std::size_t) { ++visits; });
    } catch (madloop::Error const& error) {
      code = error.code();
    }
    CHECK(code == ErrorCode::aborted);
    CHECK(visits == 0);
  }
  SUBCASE("from another thread, in the middle") {
    Task task(2);
    std::atomic<bool> started{false};
    std::thread canceller([&] {
      while (!started) std::this_thread::yield();
      task.cancel();
    });
    ErrorCode code = ErrorCode::internal;
    try {
      parallelFor(task, std::size_t{1} << 40, [&](std::size_t) { started = true; });
    } catch (madloop::Error const& error) {
      code = error.code();
    }
    canceller.join();
    CHECK(code == ErrorCode::aborted);
  }
}

TEST_CASE("progress is counted over all threads" * startsThreads) {
  Task task(7);
  task.expect(1000);
  parallelFor(task, 1000, [&](std::size_t) { task.add(1); });
  CHECK(task.done() == 1000);
  CHECK(task.total() == 1000);
}

TEST_CASE("a task's workers run loop after loop, each index once, and outlive an exception" * startsThreads) {
  for (std::size_t const threads : std::vector<std::size_t>{1, 2, 7}) {
    CAPTURE(threads);
    Task const task(threads);
    for (std::size_t round = 0; round < 200; ++round) {
      std::vector<std::atomic<int>> visits(round % 9);
      parallelFor(task, visits.size(),
                  [&](std::size_t i) { parallelFor(task, 2, [&](std::size_t) { ++visits[i]; }); });
      CHECK(
          std::all_of(visits.begin(), visits.end(), [](std::atomic<int> const& visit) { return visit == 2; }));
      CHECK_THROWS_AS(parallelFor(task, 3, [](std::size_t) { throw std::runtime_error("stop"); }),
                      std::runtime_error);
      if (round % 50 == 49) task.workers().dismiss();
    }
  }
}

TEST_CASE("threads are started once for all loops of a task, and no more than it has" * startsThreads) {
  struct Mark {
    explicit Mark(std::atomic<int>& counter) { ++counter; }
  };
  static std::atomic<int> started{0};
  Task const task(3);
  for (int round = 0; round < 100; ++round) {
    parallelFor(task, 8, [&](std::size_t) {
      thread_local Mark const mark(started);
      static_cast<void>(mark);
      parallelFor(task, 8, [&](std::size_t) { thread_local Mark const inner(started); });
    });
  }
  CHECK(started <= 2 * 3);  // both marks of each thread
}

TEST_CASE("a loop within a loop stays on its thread, unless its task is its own" * startsThreads) {
  Task const task(4);
  std::atomic<bool> left{false};
  parallelFor(task, 4, [&](std::size_t) {
    auto const thread = std::this_thread::get_id();
    parallelFor(task, 100, [&](std::size_t) {
      if (std::this_thread::get_id() != thread) left = true;
    });
  });
  CHECK(!left);

  // Each of the inner indices waits for the other: one thread alone would never return.
  parallelFor(task, 2, [&](std::size_t) {
    Task const own(task, 2);
    std::atomic<int> arrived{0};
    parallelFor(own, 2, [&](std::size_t) {
      ++arrived;
      while (arrived < 2) std::this_thread::yield();
    });
  });
}

TEST_CASE("tasks that run at the same time keep to their own threads" * startsThreads) {
  auto const mostAtOnce = [](std::size_t threads) {
    Task const task(threads);
    std::atomic<int> running{0};
    std::atomic<int> most{0};
    for (int round = 0; round < 50; ++round) {
      parallelFor(task, 16, [&](std::size_t) {
        int const now = ++running;
        for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
        }
        std::this_thread::yield();
        --running;
      });
    }
    return most.load();
  };
  int ofOther = 0;
  std::thread other([&] { ofOther = mostAtOnce(3); });
  CHECK(mostAtOnce(2) <= 2);
  other.join();
  CHECK(ofOther <= 3);
}
