// Data must be finite: the check, and the one wording of its error.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <type_traits>

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

/// The index of the first NaN or infinity, or values.size().
template <class T>
std::size_t firstNonFinite(std::span<T const> values) {
  using Bits = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;
  // All bits of the exponent are set in those and in no other numbers. In blocks without a branch, which
  // compilers turn into vector instructions.
  constexpr auto exponent = std::bit_cast<Bits>(std::numeric_limits<T>::infinity());
  constexpr std::size_t block = 1024;
  for (std::size_t begin = 0; begin < values.size(); begin += block) {
    std::span<T const> const some = values.subspan(begin, std::min(block, values.size() - begin));
    Bits found = 0;
    for (T const value : some) found |= static_cast<Bits>((std::bit_cast<Bits>(value) & exponent) == exponent);
    if (found == 0) continue;
    auto const first = std::find_if(some.begin(), some.end(), [](T value) { return !std::isfinite(value); });
    return begin + static_cast<std::size_t>(first - some.begin());
  }
  return values.size();
}

/// `i` is the row's number, for the message.
template <class T>
void checkFiniteRow(T const* row, std::size_t cols, std::size_t i, char const* argument) {
  std::size_t const j = firstNonFinite(std::span(row, cols));
  if (j < cols) throwNotFinite(argument, static_cast<double>(row[j]), placeInMatrix(i, j));
}

}  // namespace madloop
