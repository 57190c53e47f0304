#include "core/random/integers.hpp"

#include <limits>

namespace madloop::random {

RandomIntegers::RandomIntegers(Stream const& stream, std::uint64_t position)
    : stream_(stream), position_(position) {
  checkBlocks(stream_, position_ / 2, position_ % 2);
  if (position_ % 2 != 0) block_ = stream_.block(position_ / 2);
}

std::uint64_t RandomIntegers::below(std::uint64_t limit) {
  // Draws from the last, incomplete run of `limit` numbers would favour the small results: draw again.
  std::uint64_t const largest = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t const usable = largest - largest % limit;
  std::uint64_t bits = next();
  while (bits >= usable) bits = next();
  return bits % limit;
}

std::uint64_t RandomIntegers::next() {
  std::size_t const half = 2 * (position_ % 2);
  if (half == 0) {
    checkBlocks(stream_, position_ / 2, 1);
    block_ = stream_.block(position_ / 2);
  }
  ++position_;
  return (std::uint64_t{block_.word[half + 1]} << 32) | block_.word[half];
}

}  // namespace madloop::random
