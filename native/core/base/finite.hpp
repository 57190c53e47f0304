// Data must be finite: the check, and the one wording of its error.
#pragma once

#include <cmath>
#include <cstddef>
#include <string>

#include "core/base/error.hpp"

namespace madloop {

/// invalidInput "<what> must be finite, got NaN at <place>", or "an infinity".
[[noreturn]] inline void throwNotFinite(std::string const& what, double value, std::string const& place) {
  throwInvalidInput(what + " must be finite, got " + (std::isnan(value) ? "NaN" : "an infinity") + " at " +
                    place);
}

inline std::string placeInMatrix(std::size_t row, std::size_t column) {
  return "row " + std::to_string(row) + ", column " + std::to_string(column);
}

/// `i` is the row's number, for the message.
template <class T>
void checkFiniteRow(T const* row, std::size_t cols, std::size_t i, char const* argument) {
  for (std::size_t j = 0; j < cols; ++j) {
    if (!std::isfinite(row[j])) throwNotFinite(argument, static_cast<double>(row[j]), placeInMatrix(i, j));
  }
}

}  // namespace madloop
