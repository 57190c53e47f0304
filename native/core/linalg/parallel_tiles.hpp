// How matrices are cut up for threads: by size alone, so that results never depend on the number of threads.
#pragma once

#include <algorithm>
#include <cstddef>

#include "core/base/parallel.hpp"
#include "core/linalg/eigen.hpp"

namespace madloop {

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

/// Calls body(rows, cols) for the tiles of `edge` x `edge` that cover a rows x cols matrix.
template <class Body>
void forTiles(Task const& task, Index rows, Index cols, Index edge, Body const& body) {
  Index const down = (rows + edge - 1) / edge;
  Index const across = (cols + edge - 1) / edge;
  parallelFor(task, static_cast<std::size_t>(down * across), [&](std::size_t index) {
    Index const i = static_cast<Index>(index) % down * edge;
    Index const j = static_cast<Index>(index) / down * edge;
    body(Range{i, std::min(edge, rows - i)}, Range{j, std::min(edge, cols - j)});
  });
}

/// Calls body(rows, cols) for the tiles that cover the lower triangle of an n x n matrix, those on the diagonal
/// whole.
template <class Body>
void forLowerTiles(Task const& task, Index n, Index edge, Body const& body) {
  Index const count = (n + edge - 1) / edge;
  parallelFor(task, static_cast<std::size_t>(count * (count + 1) / 2), [&](std::size_t index) {
    Index column = 0;
    auto left = static_cast<Index>(index);
    while (left >= count - column) left -= count - column++;
    Index const i = (column + left) * edge;
    Index const j = column * edge;
    body(Range{i, std::min(edge, n - i)}, Range{j, std::min(edge, n - j)});
  });
}

}  // namespace madloop
