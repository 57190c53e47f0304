#include "core/random/permutation.hpp"

#include <numeric>
#include <string>

#include "core/base/error.hpp"

namespace madloop::random {

std::vector<std::size_t> randomOrder(Stream const& stream, std::size_t count, std::size_t chosen) {
  // More would come near the end of the stream's blocks.
  if (chosen > count || count > (std::size_t{1} << 32)) {
    throw Error(ErrorCode::internal, "randomOrder: " + std::to_string(chosen) + " of " + std::to_string(count));
  }
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  RandomIntegers integers(stream);
  shuffle(integers, std::span(order), {0, chosen});
  order.resize(chosen);
  return order;
}

}  // namespace madloop::random
