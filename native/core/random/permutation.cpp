#include "core/random/permutation.hpp"

#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <utility>

#include "core/base/error.hpp"

namespace madloop::random {

namespace {

/// Uniform integers from a stream's blocks, one after the other.
class RandomIntegers {
 public:
  explicit RandomIntegers(Stream const& stream) : stream_(stream) {}

  /// Uniform on 0 ... limit - 1, exactly; limit >= 1.
  std::uint64_t below(std::uint64_t limit) {
    // Draws from the last, incomplete run of `limit` numbers would favour the small results: draw again.
    std::uint64_t const largest = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t const usable = largest - largest % limit;
    std::uint64_t bits = next();
    while (bits >= usable) bits = next();
    return bits % limit;
  }

 private:
  std::uint64_t next() {
    if (half_ == 0) block_ = stream_.block(index_++);
    std::uint64_t const bits = (std::uint64_t{block_.word[half_ + 1]} << 32) | block_.word[half_];
    half_ = 2 - half_;
    return bits;
  }

  Stream const& stream_;
  std::uint64_t index_ = 0;
  PhiloxBlock block_{};
  std::size_t half_ = 0;  // of the block: 0, or 2 for its second 64 bits
};

}  // namespace

std::vector<std::size_t> randomOrder(Stream const& stream, std::size_t count, std::size_t chosen) {
  // More would come near the end of the stream's blocks.
  if (chosen > count || count > (std::size_t{1} << 32)) {
    throw Error(ErrorCode::internal, "randomOrder: " + std::to_string(chosen) + " of " + std::to_string(count));
  }
  checkBlocks(stream, 0, count);
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  RandomIntegers integers(stream);
  for (std::size_t i = 0; i < chosen; ++i) std::swap(order[i], order[i + integers.below(count - i)]);
  order.resize(chosen);
  return order;
}

}  // namespace madloop::random
