// Rows of data, transposed in tiles, so that loops over the rows of a tile vectorise whatever the dimension is.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "core/base/aligned_array.hpp"
#include "core/base/finite.hpp"
#include "core/base/parallel.hpp"
#include "core/base/task.hpp"
#include "core/base/view.hpp"

namespace madloop::mixture {

/// Rows in a tile: K x kTileRows responsibilities of 25 components stay in a first-level cache.
inline constexpr std::size_t kTileRows = 128;

/// A tile: coordinate j of row i is data[j * kTileRows + i]. Rows beyond `rows` repeat the last one.
struct Tile {
  double const* data;
  std::size_t dim;
  std::size_t rows;
  double const* weights = nullptr;  // kTileRows values; none: all 1

  /// The weight of row i < rows.
  [[nodiscard]] double weight(std::size_t i) const { return weights == nullptr ? 1 : weights[i]; }
  [[nodiscard]] double const* coordinate(std::size_t j) const { return data + j * kTileRows; }
};

inline std::size_t tileCount(std::size_t rows) { return (rows + kTileRows - 1) / kTileRows; }

/// Fills `out` (dim x kTileRows values) with the tile'th tile of x, less `centre`.
/// Errors: invalidInput for a NaN or infinity, with its row and column.
template <class T>
Tile loadTile(MatrixView<T> x, std::size_t tile, double const* centre, double* out, char const* argument) {
  std::size_t const begin = tile * kTileRows;
  std::size_t const rows = std::min(kTileRows, x.rows - begin);
  for (std::size_t i = 0; i < kTileRows; ++i) {
    std::size_t const from = begin + std::min(i, rows - 1);
    T const* const row = x.row(from);
    checkFiniteRow(row, x.cols, from, argument);
    for (std::size_t j = 0; j < x.cols; ++j) out[j * kTileRows + i] = static_cast<double>(row[j]) - centre[j];
  }
  return {out, x.cols, rows, nullptr};
}

/// A whole data set in tiles.
class RowTiles {
 public:
  /// Weights: one a row, of sum x.rows, or none: all 1.
  template <class T>
  RowTiles(MatrixView<T> x, double const* centre, std::vector<double> const& weights, Task const& task,
           char const* argument)
      : rows_(x.rows), dim_(x.cols), data_(tileCount(x.rows) * x.cols * kTileRows), weights_(weights) {
    if (!weights_.empty()) weights_.resize(count() * kTileRows);
    parallelForPieces(task, IndexRange{0, count()}, 64, [&](IndexRange tiles) {
      for (std::size_t t = tiles.begin; t < tiles.end; ++t) loadTile(x, t, centre, at(t), argument);
    });
  }

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t dim() const { return dim_; }
  [[nodiscard]] std::size_t count() const { return tileCount(rows_); }
  [[nodiscard]] Tile tile(std::size_t t) const {
    double const* const weights = weights_.empty() ? nullptr : weights_.data() + t * kTileRows;
    return {at(t), dim_, std::min(kTileRows, rows_ - t * kTileRows), weights};
  }
  /// Coordinate j of row i.
  [[nodiscard]] double value(std::size_t i, std::size_t j) const {
    return at(i / kTileRows)[j * kTileRows + i % kTileRows];
  }

 private:
  [[nodiscard]] double* at(std::size_t t) const { return data_.get() + t * dim_ * kTileRows; }

  std::size_t rows_;
  std::size_t dim_;
  AlignedArray<double> data_;
  std::vector<double> weights_;  // by tile and row
};

/// How tiles are cut into groups that have sums of their own: by their number and the size of the sums alone,
/// so that results do not depend on threads. At most 32 groups, of at least two tiles, and not more than 256
/// MiB.
inline std::size_t tileGroups(std::size_t tiles, std::size_t doublesInSums) {
  std::size_t const byMemory = (std::size_t{32} << 20) / std::max<std::size_t>(1, doublesInSums);
  return std::max<std::size_t>(1, std::min({std::size_t{32}, tiles / 2, byMemory}));
}

inline IndexRange tileGroup(std::size_t tiles, std::size_t groups, std::size_t g) {
  auto const begin = [&](std::size_t group) {
    return tiles / groups * group + std::min(group, tiles % groups);
  };
  return {begin(g), begin(g + 1)};
}

}  // namespace madloop::mixture
