#include "core/linalg/parallel_product.hpp"

#include <algorithm>
#include <vector>

#include "core/base/aligned_array.hpp"
#include "core/base/parallel.hpp"
#include "core/linalg/tile_product.hpp"

namespace madloop {

namespace {

/// Edge of a tile: large enough for packing to cost little beside the product, small enough to share out. A
/// multiple of the kernels' shapes.
constexpr Index kTile = 192;

/// Multiplications of a product that is not worth a thread.
constexpr Index kSmall = Index{1} << 17;

struct Tile {
  Span rows;
  Span columns;
};

Span tileSpan(Index i, Index edge, Index size) { return {i * edge, std::min((i + 1) * edge, size)}; }

std::vector<Tile> tilesOf(Index rows, Index columns, bool lower) {
  // Narrow results are cut along their long side alone.
  Index const height = columns <= kTile / 4 ? 2 * kTile : kTile;
  Index const width = rows <= kTile / 4 ? 2 * kTile : kTile;
  std::vector<Tile> tiles;
  for (Index j = 0; j * width < columns; ++j) {
    for (Index i = lower ? j : 0; i * height < rows; ++i)
      tiles.push_back({tileSpan(i, height, rows), tileSpan(j, width, columns)});
  }
  return tiles;
}

/// The inner indices taken at a time: one packed depth of both factors stays in a second-level cache.
constexpr Index kDepth = 256;

/// Packs factor * op(m), op(m) with the indices `lines` of the result against the inner indices k, in panels of
/// `height` lines: inner index after inner index, line beside line, zeros beyond the last.
void pack(ConstMatrixBlock const& m, bool linesAreRows, Span lines, Span k, double factor, Index height,
          double* out) {
  for (Index first = lines.begin; first < lines.end; first += height, out += height * k.size()) {
    Index const count = std::min(height, lines.end - first);
    if (linesAreRows) {  // contiguous in a column of m
      for (Index p = 0; p < k.size(); ++p) {
        double const* const from = &m.coeffRef(first, k.begin + p);
        double* const to = out + p * height;
        for (Index i = 0; i < count; ++i) to[i] = factor * from[i];
        std::fill(to + count, to + height, 0.0);
      }
    } else {
      for (Index i = 0; i < height; ++i) {
        double const* const from = i < count ? &m.coeffRef(k.begin, first + i) : nullptr;
        for (Index p = 0; p < k.size(); ++p) out[p * height + i] = from != nullptr ? factor * from[p] : 0.0;
      }
    }
  }
}

/// One tile, by the kernels of tile_product.hpp. They write rows, and c is stored by columns: so the roles of a
/// and b are exchanged, c^T += (alpha op(b))^T op(a)^T.
void addTile(MatrixBlock& c, double alpha, Product const& product, Tile const& tile) {
  auto const& [a, sideA, b, sideB, inner] = product;
  Span const all{0, sideA == Side::plain ? a.cols() : a.rows()};
  Span const k = inner ? inner(tile.rows, tile.columns) : all;
  if (k.size() <= 0) return;
  TileKernel<double> const& kernel = tileKernel<double>();
  auto const height = static_cast<Index>(kernel.rows);    // columns of c
  auto const width = static_cast<Index>(kernel.columns);  // rows of c
  Index const depth = std::min(kDepth, k.size());
  AlignedArray<double> const left(static_cast<std::size_t>(roundUp(tile.columns.size(), height) * depth));
  AlignedArray<double> const right(static_cast<std::size_t>(roundUp(tile.rows.size(), width) * depth));
  std::vector<double> edge(kernel.rows * kernel.columns);
  for (Index begin = k.begin; begin < k.end; begin += kDepth) {
    Span const part{begin, std::min(k.end, begin + kDepth)};
    pack(b, sideB == Side::transposed, tile.columns, part, alpha, height, left.get());
    pack(a, sideA == Side::plain, tile.rows, part, 1, width, right.get());
    auto const partDepth = static_cast<std::size_t>(part.size());
    for (Index i = 0; i < tile.rows.size(); i += width) {
      for (Index j = 0; j < tile.columns.size(); j += height) {
        double const* const panelLeft = left.get() + j * part.size();
        double const* const panelRight = right.get() + i * part.size();
        double* const out = &c.coeffRef(tile.rows.begin + i, tile.columns.begin + j);
        Index const rows = std::min(width, tile.rows.size() - i);
        Index const columns = std::min(height, tile.columns.size() - j);
        if (rows == width && columns == height) {
          kernel.multiplyAdd(panelLeft, panelRight, partDepth, out, static_cast<std::size_t>(c.outerStride()),
                             true);
          continue;
        }
        kernel.multiplyAdd(panelLeft, panelRight, partDepth, edge.data(), kernel.columns, false);
        for (Index y = 0; y < columns; ++y) {
          for (Index x = 0; x < rows; ++x)
            out[y * c.outerStride() + x] += edge[static_cast<std::size_t>(y * width + x)];
        }
      }
    }
  }
}

void addTiles(MatrixBlock& c, double alpha, Product const& product, bool lower, Task const& task) {
  std::vector<Tile> const tiles = tilesOf(c.rows(), c.cols(), lower);
  Index const inner = product.sideA == Side::plain ? product.a.cols() : product.a.rows();
  if (tiles.size() < 2 || c.size() * inner <= kSmall) {
    for (Tile const& tile : tiles) addTile(c, alpha, product, tile);
    return;
  }
  parallelFor(task, tiles.size(), [&](std::size_t i) { addTile(c, alpha, product, tiles[i]); });
}

}  // namespace

void addProduct(MatrixBlock c, double alpha, Product const& product, Task const& task) {
  addTiles(c, alpha, product, false, task);
}

void addProductLower(MatrixBlock c, double alpha, Product const& product, Task const& task) {
  addTiles(c, alpha, product, true, task);
}

void addSymmetricProduct(MatrixBlock c, double alpha, ConstMatrixBlock s, ConstMatrixBlock b,
                         Task const& task) {
  Index const n = s.rows();
  auto const addRows = [&](Index begin, Index size) {
    auto rows = c.middleRows(begin, size);
    Index const below = n - begin - size;
    Matrix const corner = s.block(begin, begin, size, size).selfadjointView<Eigen::Lower>();
    rows.noalias() += alpha * (corner * b.middleRows(begin, size));
    if (begin > 0) rows.noalias() += alpha * (s.block(begin, 0, size, begin) * b.topRows(begin));
    if (below > 0)
      rows.noalias() += alpha * (s.block(begin + size, begin, below, size).transpose() * b.bottomRows(below));
  };
  parallelFor(task, static_cast<std::size_t>((n + kTile - 1) / kTile), [&](std::size_t i) {
    Index const begin = static_cast<Index>(i) * kTile;
    addRows(begin, std::min(kTile, n - begin));
  });
}

}  // namespace madloop
