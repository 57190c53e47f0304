#include "core/linalg/parallel_product.hpp"

#include <algorithm>
#include <vector>

#include "core/base/parallel.hpp"

namespace madloop {

namespace {

/// Edge of a tile: large enough for Eigen's product to run at full speed, small enough to share out.
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

void addTile(MatrixBlock& c, double alpha, Product const& product, Tile const& tile) {
  auto const& [a, sideA, b, sideB, inner] = product;
  Span const all{0, sideA == Side::plain ? a.cols() : a.rows()};
  Span const k = inner ? inner(tile.rows, tile.columns) : all;
  if (k.size() <= 0) return;
  auto target = c.block(tile.rows.begin, tile.columns.begin, tile.rows.size(), tile.columns.size());
  auto const plainA = [&] { return a.block(tile.rows.begin, k.begin, tile.rows.size(), k.size()); };
  auto const transposedA = [&] {
    return a.block(k.begin, tile.rows.begin, k.size(), tile.rows.size()).transpose();
  };
  auto const plainB = [&] { return b.block(k.begin, tile.columns.begin, k.size(), tile.columns.size()); };
  auto const transposedB = [&] {
    return b.block(tile.columns.begin, k.begin, tile.columns.size(), k.size()).transpose();
  };
  if (sideA == Side::plain && sideB == Side::plain) {
    target.noalias() += alpha * (plainA() * plainB());
  } else if (sideA == Side::plain) {
    target.noalias() += alpha * (plainA() * transposedB());
  } else if (sideB == Side::plain) {
    target.noalias() += alpha * (transposedA() * plainB());
  } else {
    target.noalias() += alpha * (transposedA() * transposedB());
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
