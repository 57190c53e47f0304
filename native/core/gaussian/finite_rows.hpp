// The check of samples that a caller gives.
#pragma once

#include "core/base/finite.hpp"
#include "core/base/parallel.hpp"
#include "core/base/view.hpp"

namespace madloop::gaussian {

/// Throws invalidInput for a NaN or infinity, with its row and column; `argument` names x.
template <class T>
void checkFiniteRows(MatrixView<T> x, Task const& task, char const* argument) {
  parallelForPieces(task, IndexRange{0, x.rows}, 64, [&](IndexRange rows) {
    for (std::size_t i = rows.begin; i < rows.end; ++i) checkFiniteRow(x.row(i), x.cols, i, argument);
  });
}

}  // namespace madloop::gaussian
