// Sizes are 64-bit and are multiplied and added through these, which throw instead of wrapping.
#pragma once

#include <cstddef>
#include <limits>
#include <string>

#include "core/base/error.hpp"

namespace madloop {

/// a * b, or an invalidInput error that names the product (`what`).
inline std::size_t checkedMultiply(std::size_t a, std::size_t b, char const* what) {
  if (b != 0 && a > std::numeric_limits<std::size_t>::max() / b) {
    throwInvalidInput(std::string(what) + ": " + std::to_string(a) + " x " + std::to_string(b) +
                      " does not fit in 64 bits");
  }
  return a * b;
}

/// a + b, or an invalidInput error that names the sum (`what`).
inline std::size_t checkedAdd(std::size_t a, std::size_t b, char const* what) {
  if (a > std::numeric_limits<std::size_t>::max() - b) {
    throwInvalidInput(std::string(what) + ": " + std::to_string(a) + " + " + std::to_string(b) +
                      " does not fit in 64 bits");
  }
  return a + b;
}

}  // namespace madloop
