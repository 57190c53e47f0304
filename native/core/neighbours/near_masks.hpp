// The comparison that sorts out the pairs of a tile, for many pairs at once.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/dispatch.hpp"

namespace madloop::neighbours {

/// Pairs behind one mask.
constexpr std::size_t kMaskedPairs = 16;

/// Bit l of masks[g] is set where closeness = (products[j] - norms[j]) - norm, j = 16 g + l, is at least
/// `limit` or limits[j]. For `groups` masks; the arrays have 16 `groups` entries. The same bits on every
/// processor.
using NearMasks = void (*)(float const* products, float const* norms, float const* limits, std::size_t groups,
                           float norm, float limit, std::uint16_t* masks);

extern Kernel<NearMasks> const nearMasks;

}  // namespace madloop::neighbours
