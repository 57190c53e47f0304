// How matrices are cut up for threads: by size alone, so that results never depend on the number of threads.
#pragma once

#include <algorithm>
#include <cstddef>

#include "core/base/parallel.hpp"
#include "core/linalg/eigen.hpp"

namespace madloop::linalg {

/// Indices begin, begin + 1, ..., begin + size - 1 of rows or columns.
struct Range {
  Index begin;
  Index size;
};

/// Calls body(Range) for consecutive ranges of `width` indices of [0, size), the last one shorter.
template <class Body>
void forRanges(Task const& task, Index size, Index width, Body const& body) {
  parallelFor(task, static_cast<std::size_t>((size + width - 1) / width), [&](std::size_t i) {
    Index const begin = static_cast<Index>(i) * width;
    body(Range{begin, std::min(width, size - begin)});
  });
}

}  // namespace madloop::linalg
