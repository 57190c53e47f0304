// Loops on several threads.
#pragma once

#include <cstddef>
#include <functional>
#include <type_traits>

#include "core/base/index_range.hpp"
#include "core/base/task.hpp"

namespace madloop {

/// Calls body(i) once for every i in [0, count), on up to task.threads() threads: this one and the task's
/// workers.
///
/// The unit of work is the index, never the thread, so a body that writes only what belongs to its index
/// gives the same bytes for any thread count. Indices are handed out in increasing order. The first
/// exception stops the hand-out, all threads finish, and of the exceptions seen the one with the lowest index
/// is rethrown. A cancelled task throws ErrorCode::aborted. While a loop has the task's workers, any other loop
/// of the task, as in the body of that loop, runs on the thread it is called from: the number of threads stays
/// what was asked for. (A task of the body's own has workers of its own.)
void parallelFor(Task const& task, std::size_t count, std::function<void(std::size_t)> const& body);

/// parallelFor() over the pieces of `length` indices of a range: body(piece).
template <class Integer, class Body>
void parallelForPieces(Task const& task, Range<Integer> range, std::type_identity_t<Integer> length,
                       Body const& body) {
  parallelFor(task, static_cast<std::size_t>(pieceCount(range, length)), [&](std::size_t piece) {
    body(pieceFrom(range.begin + static_cast<Integer>(piece) * length, range, length));
  });
}

}  // namespace madloop
