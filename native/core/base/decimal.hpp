// Numbers in messages.
#pragma once

#include <array>
#include <charconv>
#include <string>

namespace madloop {

/// The shortest decimal form that reads back as the same number.
inline std::string shortestDecimal(double value) {
  std::array<char, 32> text;
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

}  // namespace madloop
