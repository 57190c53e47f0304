// Random orders, and rows drawn without replacement.
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "core/base/index_range.hpp"
#include "core/random/integers.hpp"
#include "core/random/stream.hpp"

namespace madloop::random {

/// The steps of a shuffle (Fisher & Yates) that decide the elements `steps` of `order`, where the elements
/// before them are decided already: each of those left is as likely as any other to come next.
template <class Index>
void shuffle(RandomIntegers& integers, std::span<Index> order, IndexRange steps) {
  for (std::size_t i = steps.begin; i < steps.end; ++i)
    std::swap(order[i], order[i + integers.below(order.size() - i)]);
}

/// The first `chosen` entries of a random permutation of 0 ... count - 1: all of it, or rows drawn without
/// replacement. Each outcome is equally likely. chosen <= count <= 2^32.
std::vector<std::size_t> randomOrder(Stream const& stream, std::size_t count, std::size_t chosen);

}  // namespace madloop::random
