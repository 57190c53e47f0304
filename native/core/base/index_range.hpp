// Consecutive indices, and loops over pieces of them.
#pragma once

#include <algorithm>
#include <cstddef>

#include "core/base/parallel.hpp"

namespace madloop {

/// The indices from begin to end - 1.
struct IndexRange {
  std::size_t begin = 0;
  std::size_t end = 0;
  [[nodiscard]] std::size_t size() const { return end - begin; }
};

/// parallelFor() over pieces of `length` consecutive indices of `range`, the last one shorter:
/// body(IndexRange).
template <class Body>
void parallelForPieces(Task const& task, IndexRange range, std::size_t length, Body const& body) {
  parallelFor(task, (range.size() + length - 1) / length, [&](std::size_t piece) {
    std::size_t const begin = range.begin + piece * length;
    body(IndexRange{begin, std::min(range.end, begin + length)});
  });
}

}  // namespace madloop
