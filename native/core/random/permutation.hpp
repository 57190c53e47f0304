// Rows in random order.
#pragma once

#include <cstddef>
#include <vector>

#include "core/random/stream.hpp"

namespace madloop::random {

/// The first `chosen` entries of a random permutation of 0 ... count - 1: all of it, or rows drawn without
/// replacement. Each outcome is equally likely. (Fisher & Yates.) chosen <= count <= 2^32.
std::vector<std::size_t> randomOrder(Stream const& stream, std::size_t count, std::size_t chosen);

}  // namespace madloop::random
