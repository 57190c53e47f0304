#include "core/neighbours/distance_tiles.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/base/aligned_array.hpp"
#include "core/base/parallel.hpp"
#include "core/linalg/tile_product.hpp"

namespace madloop::neighbours {

namespace {

// Multiples of every kernel's shape. A tile's products (384 KiB) and one depth of its packed columns (256 KiB)
// stay in a second-level cache.
constexpr std::size_t kDistanceTileRows = 384;
constexpr std::size_t kDistanceTileColumns = 256;
/// Columns packed at a time, for all threads together.
constexpr std::size_t kSegmentColumns = 2048;

/// Panels of `height` points each: for every kTileDepth of coordinates, panel after panel, point beside point.
/// Beyond the last point zeros. Not linalg's packing of a product's factors, which moves doubles by whole
/// vectors: here each coordinate, of either type, is put into the frame and rounded to float32 on its way.
class Packing {
 public:
  Packing(std::size_t height, std::size_t paddedRows, std::size_t dim)
      : height_(height), paddedRows_(paddedRows), dim_(dim), values_(paddedRows * dim) {}

  /// The coordinates from depthBegin of the panel that starts with point `row` (a multiple of height).
  [[nodiscard]] float* at(std::size_t row, std::size_t depthBegin) const {
    std::size_t const depth = std::min(kTileDepth, dim_ - depthBegin);
    return values_.get() + depthBegin * paddedRows_ + row * depth;
  }

  /// Fills the panel that starts with `row` from the points of `range`, times `factor`, a power of two.
  void fill(std::size_t row, Points const& points, IndexRange range, Frame const& frame, float factor) {
    std::visit(
        [&](auto const& view) {
          for (std::size_t depthBegin = 0; depthBegin < dim_; depthBegin += kTileDepth) {
            std::size_t const depthEnd = std::min(dim_, depthBegin + kTileDepth);
            float* const out = at(row, depthBegin);
            for (std::size_t i = 0; i < height_; ++i) {
              if (row + i >= range.size()) {
                for (std::size_t k = depthBegin; k < depthEnd; ++k) out[(k - depthBegin) * height_ + i] = 0;
                continue;
              }
              auto const* const from = view.row(range.begin + row + i);
              for (std::size_t k = depthBegin; k < depthEnd; ++k)
                out[(k - depthBegin) * height_ + i] = factor * frame.coordinate(from[k], k);
            }
          }
        },
        points.view());
  }

 private:
  std::size_t height_;
  std::size_t paddedRows_;
  std::size_t dim_;
  AlignedArray<float> values_;
};

/// Whether a block of rows holds a pair i < j with one of the columns.
bool wanted(IndexRange rows, IndexRange all, IndexRange columns, Pairs pairs) {
  return pairs == Pairs::all || columns.end > all.end || columns.begin < all.begin ||
         columns.end > rows.begin + 1;
}

}  // namespace

std::uint64_t distanceTileProgress(IndexRange rows, std::size_t columns, Pairs pairs) {
  std::uint64_t total = 0;
  forPieces(rows, kDistanceTileRows, [&](IndexRange block) {
    forPieces(IndexRange{0, columns}, kDistanceTileColumns, [&](IndexRange tile) {
      if (wanted(block, rows, tile, pairs)) total += block.size() * tile.size() / 256;
    });
  });
  return total;
}

void forEachDistanceTile(FramedPoints const& x, IndexRange rows, FramedPoints const& y, Pairs pairs,
                         Frame const& frame, Task& task, std::function<void(DistanceTile const&)> const& use) {
  linalg::TileProduct<float> const& kernel = linalg::tileProductFloat32.chosen();
  std::size_t const dim = x.points.cols();
  std::vector<IndexRange> blocks;
  forPieces(rows, kDistanceTileRows, [&](IndexRange block) { blocks.push_back(block); });

  forPieces(IndexRange{0, y.points.rows()}, kSegmentColumns, [&](IndexRange segment) {
    std::size_t const paddedColumns = roundUp<std::size_t>(segment.size(), 32);
    Packing columns(kernel.columns, paddedColumns, dim);
    parallelFor(task, paddedColumns / kernel.columns,
                [&](std::size_t p) { columns.fill(p * kernel.columns, y.points, segment, frame, 1); });

    parallelFor(task, blocks.size(), [&](std::size_t b) {
      IndexRange const block = blocks[b];
      if (!wanted(block, rows, segment, pairs)) return;
      std::size_t const paddedRows = roundUp<std::size_t>(block.size(), 24);
      Packing packed(kernel.rows, paddedRows, dim);
      for (std::size_t row = 0; row < paddedRows; row += kernel.rows)
        packed.fill(row, x.points, block, frame, 2);  // the 2 of 2 x y
      AlignedArray<float> const products(paddedRows * kDistanceTileColumns);

      // Neighbouring blocks are worked on at the same time: each begins elsewhere, so that their threads seldom
      // want the same column's data.
      std::size_t const tiles = pieceCount(segment, kDistanceTileColumns);
      for (std::size_t t = 0; t < tiles; ++t) {
        std::size_t const begin = segment.begin + (t + 3 * b) % tiles * kDistanceTileColumns;
        IndexRange const tile = pieceFrom(begin, segment, kDistanceTileColumns);
        if (!wanted(block, rows, tile, pairs)) continue;
        task.throwIfCancelled();
        std::size_t const first = tile.begin - segment.begin;
        for (std::size_t k = 0; k < dim; k += kTileDepth) {
          std::size_t const depth = std::min(kTileDepth, dim - k);
          for (std::size_t j = 0; j < tile.size(); j += kernel.columns) {
            float const* const right = columns.at(first + j, k);
            for (std::size_t i = 0; i < paddedRows; i += kernel.rows) {
              kernel.multiplyAdd(packed.at(i, k), right, depth, products.get() + i * kDistanceTileColumns + j,
                                 kDistanceTileColumns, k != 0);
            }
          }
        }
        use({block, tile, products.get(), kDistanceTileColumns});
        task.add(block.size() * tile.size() / 256);
      }
    });
  });
}

}  // namespace madloop::neighbours
