#include "core/metrics/kernel_distance.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "core/base/mean_and_deviation.hpp"
#include "core/base/parallel.hpp"
#include "core/base/sum.hpp"
#include "core/gaussian/finite_rows.hpp"
#include "core/inference/student_t.hpp"
#include "core/linalg/products.hpp"
#include "core/random/permutation.hpp"

namespace madloop::metrics {

using linalg::Index;
using linalg::Matrix;

namespace {

/// Domain of streamKey: "kernel".
constexpr std::uint64_t kDomain = 0x6b65'726e656cULL;

/// Rows in a tile: a tile of 4 MiB, for products at full speed, and no more than 512.
std::size_t tileRows(std::size_t cols) {
  return std::clamp<std::size_t>((std::size_t{1} << 19) / cols, 16, 512);
}

double sumBelowDiagonal(Matrix const& m) {
  auto const rows = static_cast<std::size_t>(m.rows());
  return fixedOrderSum(rows, [&](std::size_t j) {
    double const* const column = m.data() + j * rows + j + 1;
    return fixedOrderSum(rows - j - 1, [&](std::size_t i) { return column[i]; });
  });
}

/// Rows of a sample, by their numbers.
template <class T>
struct Block {
  MatrixView<T> x;
  std::vector<std::size_t> const& rows;

  /// The tile of rows from the begin-th on, as the columns of a matrix.
  void gather(std::size_t begin, Matrix& tile) const {
    std::size_t const end = std::min(rows.size(), begin + tileRows(x.cols));
    tile.resize(static_cast<Index>(x.cols), static_cast<Index>(end - begin));
    for (std::size_t i = begin; i < end; ++i) {
      T const* const row = x.row(rows[i]);
      double* const out = tile.column(static_cast<Index>(i - begin));
      for (std::size_t j = 0; j < x.cols; ++j) out[j] = static_cast<double>(row[j]);
    }
  }
};

/// Inner products to kernel values, in place.
void applyKernel(PolynomialKernel const& kernel, Matrix& products) {
  double* const values = products.data();
  Index const size = products.size();
  for (Index i = 0; i < size; ++i) {
    double const base = kernel.gamma * values[i] + kernel.coef0;
    double power = base;
    for (std::size_t k = 1; k < kernel.degree; ++k) power *= base;
    values[i] = power;
  }
}

/// Inner products of the columns of a with those of b.
void multiply(Matrix const& a, Matrix const& b, Matrix& products, Task const& task) {
  products.resize(a.cols(), b.cols());
  products.fill(0);
  linalg::addTransposedProduct(a, b, products, task);
}

double sumOf(Matrix const& m) {
  auto const rows = static_cast<std::size_t>(m.rows());
  return fixedOrderSum(static_cast<std::size_t>(m.cols()), [&](std::size_t j) {
    double const* const column = m.data() + j * rows;
    return fixedOrderSum(rows, [&](std::size_t i) { return column[i]; });
  });
}

/// Sum of the kernel over the pairs of a row i of `left` in the tile from `tile` on and any row j of `right`.
template <class A, class B>
double crossSum(Block<A> const& left, Block<B> const& right, std::size_t tile, PolynomialKernel const& kernel,
                Task const& task) {
  Matrix own;
  Matrix other;
  Matrix products;
  left.gather(tile, own);
  double sum = 0;
  for (std::size_t begin = 0; begin < right.rows.size(); begin += tileRows(right.x.cols)) {
    task.throwIfCancelled();
    right.gather(begin, other);
    multiply(own, other, products, task);
    applyKernel(kernel, products);
    sum += sumOf(products);
  }
  return sum;
}

/// Sum of the kernel over the pairs i != j of one block, i in the tile from `tile` on and j in it or behind it;
/// each pair counts twice, for the one the other way round.
template <class T>
double ownSum(Block<T> const& block, std::size_t tile, PolynomialKernel const& kernel, Task const& task) {
  std::size_t const step = tileRows(block.x.cols);
  Matrix own;
  Matrix other;
  Matrix products;
  block.gather(tile, own);
  products.resize(own.cols(), own.cols());
  products.fill(0);
  linalg::addTransposedGram(own, products, task);
  applyKernel(kernel, products);
  double sum = 2 * sumBelowDiagonal(products);
  for (std::size_t begin = tile + step; begin < block.rows.size(); begin += step) {
    task.throwIfCancelled();
    block.gather(begin, other);
    multiply(own, other, products, task);
    applyKernel(kernel, products);
    sum += 2 * sumOf(products);
  }
  return sum;
}

/// For each block, which rows of a sample of `count` are in it: one order cut into blocks, or an order for
/// each.
std::vector<std::vector<std::size_t>> drawRows(KernelBlocks const& blocks, std::size_t count,
                                               std::uint64_t seed, std::uint32_t part, Task const& task) {
  std::uint64_t const key = random::streamKey(seed, kDomain);
  std::vector<std::vector<std::size_t>> rows(blocks.count);
  if (!blocks.disjoint) {
    for (std::size_t b = 0; b < blocks.count; ++b) {
      task.throwIfCancelled();
      rows[b] =
          random::randomOrder(random::Stream{key, static_cast<std::uint32_t>(b), 1, part}, count, blocks.rows);
    }
    return rows;
  }
  std::vector<std::size_t> const order =
      random::randomOrder(random::Stream{key, 0, 0, part}, count, blocks.rows * blocks.count);
  for (std::size_t b = 0; b < blocks.count; ++b) {
    auto const first = order.begin() + static_cast<std::ptrdiff_t>(b * blocks.rows);
    rows[b].assign(first, first + static_cast<std::ptrdiff_t>(blocks.rows));
  }
  return rows;
}

void checkBlocks(KernelBlocks const& blocks, std::size_t smaller) {
  if (blocks.rows < 2 || blocks.rows > smaller) {
    throwInvalidInput("blockSize must be from 2 to the rows of the smaller sample, " + std::to_string(smaller) +
                      ", got " + std::to_string(blocks.rows));
  }
  std::size_t const most =
      blocks.disjoint ? smaller / blocks.rows : std::size_t{std::numeric_limits<std::uint32_t>::max()};
  if (blocks.count < 1 || blocks.count > most) {
    throwInvalidInput("blocks must be from 1 to " + std::to_string(most) + ", got " +
                      std::to_string(blocks.count));
  }
}

}  // namespace

template <class A, class B>
std::vector<double> kernelDistances(MatrixView<A> a, MatrixView<B> b, PolynomialKernel const& kernel,
                                    KernelBlocks const& blocks, std::uint64_t seed, Task& task) {
  if (a.cols != b.cols) {
    throwInvalidInput("a and b must have the same number of columns, got " + std::to_string(a.cols) + " and " +
                      std::to_string(b.cols));
  }
  checkBlocks(blocks, std::min(a.rows, b.rows));
  std::size_t const m = blocks.rows;
  std::size_t const step = tileRows(a.cols);
  std::size_t const tiles = (m + step - 1) / step;
  // Each tile of rows meets all tiles of the other sample and, on average, half the tiles of its own.
  task.expect(blocks.count * tiles * (2 * tiles + 1));
  gaussian::checkFiniteRows(a, task, "a");
  gaussian::checkFiniteRows(b, task, "b");
  std::vector<std::vector<std::size_t>> const rowsA = drawRows(blocks, a.rows, seed, 0, task);
  std::vector<std::vector<std::size_t>> const rowsB = drawRows(blocks, b.rows, seed, 1, task);

  // A tile's sums: within a, within b, and between.
  struct Sums {
    double a = 0;
    double b = 0;
    double between = 0;
  };
  std::vector<Sums> sums(blocks.count * tiles);
  parallelFor(task, 3 * sums.size(), [&](std::size_t unit) {
    std::size_t const block = unit / 3 / tiles;
    std::size_t const tile = unit / 3 % tiles;
    Block<A> const left{a, rowsA[block]};
    Block<B> const right{b, rowsB[block]};
    Sums& sum = sums[unit / 3];
    if (unit % 3 == 0) sum.a = ownSum(left, tile * step, kernel, task);
    if (unit % 3 == 1) sum.b = ownSum(right, tile * step, kernel, task);
    if (unit % 3 == 2) sum.between = crossSum(left, right, tile * step, kernel, task);
    task.add(unit % 3 == 2 ? tiles : tiles - tile);
  });

  auto const size = static_cast<double>(m);
  std::vector<double> estimates(blocks.count);
  for (std::size_t block = 0; block < blocks.count; ++block) {
    Sums const* const own = sums.data() + block * tiles;
    double const within = fixedOrderSum(tiles, [&](std::size_t t) { return own[t].a; }) +
                          fixedOrderSum(tiles, [&](std::size_t t) { return own[t].b; });
    double const between = fixedOrderSum(tiles, [&](std::size_t t) { return own[t].between; });
    estimates[block] = within / (size * (size - 1)) - 2 * between / (size * size);
    if (!std::isfinite(estimates[block])) {
      throwInvalidInput(
          "the kernel must stay within the range of doubles, got an infinity: scale a and b, or set gamma");
    }
  }
  return estimates;
}

template std::vector<double> kernelDistances(MatrixView<float>, MatrixView<float>, PolynomialKernel const&,
                                             KernelBlocks const&, std::uint64_t, Task&);
template std::vector<double> kernelDistances(MatrixView<float>, MatrixView<double>, PolynomialKernel const&,
                                             KernelBlocks const&, std::uint64_t, Task&);
template std::vector<double> kernelDistances(MatrixView<double>, MatrixView<float>, PolynomialKernel const&,
                                             KernelBlocks const&, std::uint64_t, Task&);
template std::vector<double> kernelDistances(MatrixView<double>, MatrixView<double>, PolynomialKernel const&,
                                             KernelBlocks const&, std::uint64_t, Task&);

KernelSummary summarize(std::vector<double> const& estimates) {
  auto const count = static_cast<double>(estimates.size());
  KernelSummary summary;
  MeanAndDeviation const each = meanAndDeviation(estimates);
  summary.mean = each.mean;
  summary.standardDeviation = each.standardDeviation;
  summary.standardError = summary.standardDeviation / std::sqrt(count);
  summary.halfWidth = inference::studentHalfWidth(std::max(1.0, count - 1)) * summary.standardError;
  return summary;
}

}  // namespace madloop::metrics
