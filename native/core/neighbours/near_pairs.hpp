// Which pairs of a tile are near enough to be looked at one by one: most are not, and these cost a few
// instructions a packet.
#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/neighbours/distance_tiles.hpp"
#include "core/neighbours/near_masks.hpp"

namespace madloop::neighbours {

/// Bounds in float32 by which pairs of a frame are sorted out, one entry a point.
struct NearPairBounds {
  /// At most the squared norm less the frame's error bounds, so that norm + norm - 2 x y is a lower bound of
  /// the distance.
  std::vector<float> norms;
  /// Minus the largest squared distance of interest.
  std::vector<float> limits;
};

inline float roundedDown(double value) {
  auto const result = static_cast<float>(value);
  return result > value ? std::nextafter(result, -std::numeric_limits<float>::infinity()) : result;
}

inline float roundedUp(double value) { return -roundedDown(-value); }

/// The norms of NearPairBounds.
inline std::vector<float> lowerNorms(FramedPoints const& points, Frame const& frame) {
  // The two subtractions in forEachNearPair round, too: 8 u of the norms covers them.
  double const error = frame.relativeError + (frame.exactInFloat ? 0 : 8 * 0x1p-24);
  std::vector<float> norms(points.squaredNorms.size());
  for (std::size_t i = 0; i < norms.size(); ++i)
    norms[i] = roundedDown((1 - error) * points.squaredNorms[i] - frame.absoluteError);
  return norms;
}

/// Calls use(i, j, 2 x_i y_j) for every pair of the tile whose distance may be within the limit of point i or
/// of point j. `rows` and `columns` hold the bounds of the tile's rows and columns, from index 0; use() may
/// tighten the limits.
template <class Use>
void forEachNearPair(DistanceTile const& tile, NearPairBounds const& rows, NearPairBounds& columns, Use use) {
  std::size_t const groups = (tile.columns.size() + kMaskedPairs - 1) / kMaskedPairs;
  // Nothing is near to what pads the last group: its products were never computed (valgrind tells so), but less
  // infinity anything is -infinity or NaN, which no limit is below.
  columns.norms.resize(groups * kMaskedPairs, std::numeric_limits<float>::infinity());
  columns.limits.resize(groups * kMaskedPairs, std::numeric_limits<float>::infinity());
  std::vector<std::uint16_t> masks(groups);
  NearMasks const compare = nearMasks.chosen();
  for (std::size_t i = 0; i < tile.rows.size(); ++i) {
    float const* const products = tile.products + i * tile.stride;
    compare(products, columns.norms.data(), columns.limits.data(), groups, rows.norms[i], rows.limits[i],
            masks.data());
    for (std::size_t g = 0; g < groups; ++g) {
      for (unsigned mask = masks[g]; mask != 0; mask &= mask - 1) {
        std::size_t const j = kMaskedPairs * g + static_cast<std::size_t>(std::countr_zero(mask));
        if (j >= tile.columns.size()) break;
        float const closeness = (products[j] - columns.norms[j]) - rows.norms[i];
        if (closeness >= rows.limits[i] || closeness >= columns.limits[j])  // limits may have tightened
          use(tile.rows.begin + i, tile.columns.begin + j, products[j]);
      }
    }
  }
}

}  // namespace madloop::neighbours
