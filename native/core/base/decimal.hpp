// Numbers in messages.
#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string>

namespace madloop {

/// The shortest decimal form that reads back as the same number.
inline std::string shortestDecimal(double value) {
  std::array<char, 32> text;
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

/// The same without an exponent.
inline std::string fixedDecimal(double value) {
  std::array<char, 400> text;  // at most 309 digits before the point, or 342 behind it
  return {text.data(),
          std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed).ptr};
}

/// A positive number with so many significant digits, halves rounded up; with an exponent from 10^digits on and
/// below 1e-6. (JavaScript's toPrecision.)
inline std::string significantDigits(double value, std::size_t digits) {
  if (!std::isfinite(value)) return std::isnan(value) ? "NaN" : "Infinity";
  constexpr int all = 766;  // d.ddd of any double, exactly
  std::array<char, all + 16> text;
  char const* const end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific, all).ptr;
  std::string figures{text[0]};
  figures.append(text.data() + 2, digits);
  int exponent = 0;
  char const* const sign = text.data() + 2 + all + 1;
  std::from_chars(sign + (*sign == '+' ? 1 : 0), end, exponent);
  bool const up = figures.back() >= '5';
  figures.pop_back();
  std::size_t nines = figures.size();
  if (up) {
    while (nines > 0 && figures[nines - 1] == '9') figures[--nines] = '0';
    if (nines > 0) {
      ++figures[nines - 1];
    } else {
      figures = std::string(1, '1').append(figures, 0, digits - 1);
      ++exponent;
    }
  }
  if (exponent < -6 || exponent >= static_cast<int>(digits)) {
    if (digits > 1) figures = figures.substr(0, 1) + '.' + figures.substr(1);
    return figures + (exponent < 0 ? "e-" : "e+") + std::to_string(std::abs(exponent));
  }
  if (exponent < 0) return std::string("0.").append(static_cast<std::size_t>(-exponent - 1), '0') + figures;
  auto const whole = static_cast<std::size_t>(exponent) + 1;
  return whole < digits ? figures.substr(0, whole) + '.' + figures.substr(whole) : figures;
}

}  // namespace madloop
