// A row-major matrix somebody else owns: how data enters the core.
#pragma once

#include <cstddef>

namespace madloop {

/// rows x cols values of T, row-major: element (i, j) is data[i * cols + j]. Non-owning.
template <class T>
struct MatrixView {
  T const* data = nullptr;
  std::size_t rows = 0;
  std::size_t cols = 0;

  [[nodiscard]] T const* row(std::size_t i) const { return data + i * cols; }
};

}  // namespace madloop
