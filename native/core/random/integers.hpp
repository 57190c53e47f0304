// Uniform integers.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/random/stream.hpp"

namespace madloop::random {

/// Uniform integers from a stream's blocks, one after the other, two of 64 bits a block.
class RandomIntegers {
 public:
  /// Goes on where another one of the stream has come to `position`.
  explicit RandomIntegers(Stream const& stream, std::uint64_t position = 0);

  /// Uniform on 0 ... limit - 1, exactly; limit >= 1. Errors: internal at the end of the stream.
  std::uint64_t below(std::uint64_t limit);

  /// How many numbers of 64 bits of the stream are used up.
  [[nodiscard]] std::uint64_t position() const { return position_; }

 private:
  std::uint64_t next();

  Stream stream_;
  std::uint64_t position_;
  PhiloxBlock block_{};  // that of an odd position
};

}  // namespace madloop::random
