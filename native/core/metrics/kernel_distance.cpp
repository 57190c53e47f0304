#include "core/metrics/kernel_distance.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "core/base/mean_and_deviation.hpp"
#include "core/base/parallel.hpp"
#include "core/base/sum.hpp"
#include "core/gaussian/finite_rows.hpp"
#include "core/inference/score_interval.hpp"
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

double sumOfDiagonal(Matrix const& m) {
  return fixedOrderSum(static_cast<std::size_t>(m.rows()),
                       [&](std::size_t i) { return m(static_cast<Index>(i), static_cast<Index>(i)); });
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

/// What the pairs of each row sum to: empty where nobody asks.
using RowSums = std::vector<double>;

/// Adds the sums of the rows of `products` to those from `rows` on and of its columns to those from `columns`
/// on.
void addRowSums(Matrix const& products, double* rows, double* columns) {
  auto const height = static_cast<std::size_t>(products.rows());
  for (std::size_t j = 0; j < static_cast<std::size_t>(products.cols()); ++j) {
    double const* const column = products.data() + j * height;
    for (std::size_t i = 0; i < height; ++i) rows[i] += column[i];
    columns[j] += fixedOrderSum(height, [&](std::size_t i) { return column[i]; });
  }
}

/// The same of a symmetric matrix, whose lower triangle is given, without its diagonal.
void addSymmetricRowSums(Matrix const& products, double* rows) {
  auto const height = static_cast<std::size_t>(products.rows());
  for (std::size_t j = 0; j < height; ++j) {
    double const* const column = products.data() + j * height;
    for (std::size_t i = j + 1; i < height; ++i) {
      rows[i] += column[i];
      rows[j] += column[i];
    }
  }
}

/// Sum of the kernel over the pairs of a row i of `left` in the tile from `tile` on and any row j of `right`.
template <class A, class B>
double crossSum(Block<A> const& left, Block<B> const& right, std::size_t tile, PolynomialKernel const& kernel,
                RowSums& ofLeft, RowSums& ofRight, Task const& task) {
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
    if (!ofLeft.empty()) addRowSums(products, ofLeft.data(), ofRight.data() + begin);
  }
  return sum;
}

/// Sum of the kernel over the pairs i != j of one block, i in the tile from `tile` on and j in it or behind it,
/// before `end`; each pair counts twice, for the one the other way round. `ofSelves` becomes the sum over i = j
/// in the tile. Rows of `ofRows` are those from `tile` on.
template <class T>
double ownSum(Block<T> const& block, std::size_t tile, std::size_t end, PolynomialKernel const& kernel,
              double& ofSelves, RowSums& ofRows, Task const& task) {
  std::size_t const step = tileRows(block.x.cols);
  Matrix own;
  Matrix other;
  Matrix products;
  block.gather(tile, own);
  products.resize(own.cols(), own.cols());
  products.fill(0);
  linalg::addTransposedGram(own, products, task);
  applyKernel(kernel, products);
  ofSelves = sumOfDiagonal(products);
  double sum = 2 * sumBelowDiagonal(products);
  if (!ofRows.empty()) addSymmetricRowSums(products, ofRows.data());
  for (std::size_t begin = tile + step; begin < end; begin += step) {
    task.throwIfCancelled();
    block.gather(begin, other);
    multiply(own, other, products, task);
    applyKernel(kernel, products);
    sum += 2 * sumOf(products);
    if (!ofRows.empty()) addRowSums(products, ofRows.data(), ofRows.data() + (begin - tile));
  }
  return sum;
}

/// For each block, which rows of a sample of `count` are in it: one order cut into blocks, or an order for
/// each.
std::vector<std::vector<std::size_t>> drawRows(KernelBlocks const& blocks, std::size_t size, std::size_t count,
                                               std::uint64_t seed, std::uint32_t part, Task const& task) {
  std::uint64_t const key = random::streamKey(seed, kDomain);
  std::vector<std::vector<std::size_t>> rows(blocks.count);
  if (!blocks.disjoint) {
    for (std::size_t b = 0; b < blocks.count; ++b) {
      task.throwIfCancelled();
      rows[b] = random::randomOrder(random::Stream{key, static_cast<std::uint32_t>(b), 1, part}, count, size);
    }
    return rows;
  }
  std::vector<std::size_t> const order =
      random::randomOrder(random::Stream{key, 0, 0, part}, count, size * blocks.count);
  for (std::size_t b = 0; b < blocks.count; ++b) {
    auto const first = order.begin() + static_cast<std::ptrdiff_t>(b * size);
    rows[b].assign(first, first + static_cast<std::ptrdiff_t>(size));
  }
  return rows;
}

/// That a sample of `rows` rows has blocks of `size`.
void checkBlocks(KernelBlocks const& blocks, std::size_t size, std::size_t rows, char const* argument) {
  if (size < 2 || size > rows) {
    throwInvalidInput("blockSize must be from 2 to the rows of " + std::string(argument) + ", " +
                      std::to_string(rows) + ", got " + std::to_string(size));
  }
  std::size_t const most =
      blocks.disjoint ? rows / size : std::size_t{std::numeric_limits<std::uint32_t>::max()};
  if (blocks.count < 1 || blocks.count > most) {
    throwInvalidInput("blocks must be from 1 to " + std::to_string(most) + ", got " +
                      std::to_string(blocks.count));
  }
}

/// Rows of a side whose pairs count, where it has more than the other.
constexpr std::size_t kLongestRun = 10'000;

/// How the rows of one sample in a block are cut: into tiles, and these into runs.
struct Cut {
  std::size_t rows = 0;
  std::size_t step = 0;  // rows in a tile
  std::size_t run = 0;   // rows in a run, whole tiles

  Cut(std::size_t own, std::size_t other, std::size_t cols) : rows(own), step(tileRows(cols)) {
    run = (std::max(other, kLongestRun) + step - 1) / step * step;
  }

  [[nodiscard]] std::size_t tiles() const { return (rows + step - 1) / step; }
  /// Where the run ends that row i is in.
  [[nodiscard]] std::size_t runEnd(std::size_t i) const { return std::min(rows, (i / run + 1) * run); }
  /// The other rows of its run.
  [[nodiscard]] double partners(std::size_t i) const {
    return static_cast<double>(runEnd(i) - i / run * run - 1);
  }
  /// Pairs i != j of the same run.
  [[nodiscard]] double pairs() const {
    double sum = 0;
    for (std::size_t begin = 0; begin < rows; begin += run) {
      auto const length = static_cast<double>(runEnd(begin) - begin);
      sum += length * (length - 1);
    }
    return sum;
  }
};

/// The sums of one block's tiles, over pairs and, where asked for, over the pairs of each row.
struct BlockSums {
  std::vector<double> a;          // pairs within a, a tile of a each
  std::vector<double> b;          // pairs within b, a tile of b each
  std::vector<double> between;    // a tile of a each
  std::vector<double> selvesOfA;  // rows of a with themselves, a tile of a each
  std::vector<double> selvesOfB;  // the same of b
  std::vector<RowSums> rowsOfA;   // a tile of a each: from its first row to the end of its run
  std::vector<RowSums> rowsOfB;   // the same of b
  std::vector<RowSums> aBetween;  // a tile of a each: its rows
  std::vector<RowSums> bBetween;  // a tile of a each: all rows of b

  BlockSums(Cut const& ofA, Cut const& ofB, bool perRow)
      : a(ofA.tiles()),
        b(ofB.tiles()),
        between(ofA.tiles()),
        selvesOfA(ofA.tiles()),
        selvesOfB(ofB.tiles()),
        rowsOfA(toRunEnds(ofA, perRow)),
        rowsOfB(toRunEnds(ofB, perRow)),
        aBetween(ofA.tiles(), RowSums(perRow ? ofA.step : 0)),
        bBetween(ofA.tiles(), RowSums(perRow ? ofB.rows : 0)) {}

 private:
  static std::vector<RowSums> toRunEnds(Cut const& cut, bool perRow) {
    std::vector<RowSums> tiles(cut.tiles());
    for (std::size_t begin = 0; perRow && begin < cut.rows; begin += cut.step)
      tiles[begin / cut.step].resize(cut.runEnd(begin) - begin);
    return tiles;
  }
};

double total(std::vector<double> const& sums) {
  return fixedOrderSum(sums.size(), [&](std::size_t i) { return sums[i]; });
}

/// What the pairs of row i within its sample sum to, over the tiles of its run up to its own.
double withinOfRow(std::vector<RowSums> const& tiles, Cut const& cut, std::size_t i) {
  std::size_t const first = i / cut.run * cut.run / cut.step;
  return fixedOrderSum(i / cut.step + 1 - first,
                       [&](std::size_t t) { return tiles[first + t][i - (first + t) * cut.step]; });
}

/// Variance, by the jackknife over single rows, of within / pairs - 2 between / (rows x others): without row i,
/// its pairs leave both sums.
template <class Between>
inference::VariancePart varianceOverRows(Cut const& cut, std::vector<RowSums> const& rows, double within,
                                         double between, std::size_t others, Between const& betweenOfRow) {
  auto const n = static_cast<double>(cut.rows);
  double const pairs = cut.pairs();
  std::vector<double> without(cut.rows);
  for (std::size_t i = 0; i < cut.rows; ++i) {
    without[i] = (within - 2 * withinOfRow(rows, cut, i)) / (pairs - 2 * cut.partners(i)) -
                 2 * (between - betweenOfRow(i)) / ((n - 1) * static_cast<double>(others));
  }
  double const mean = total(without) / n;
  double const squares =
      fixedOrderSum(cut.rows, [&](std::size_t i) { return (without[i] - mean) * (without[i] - mean); });
  return {(n - 1) / n * squares, n - 1};
}

template <class A, class B>
KernelEstimates estimate(MatrixView<A> a, MatrixView<B> b, PolynomialKernel const& kernel,
                         KernelBlocks const& blocks, std::uint64_t seed, bool jackknifed, Task& task) {
  if (a.cols != b.cols) {
    throwInvalidInput("a and b must have the same number of columns, got " + std::to_string(a.cols) + " and " +
                      std::to_string(b.cols));
  }
  std::size_t const m = blocks.rows;
  std::size_t const n = blocks.rowsOfB == 0 ? m : blocks.rowsOfB;
  if (m == n) {
    checkBlocks(blocks, m, std::min(a.rows, b.rows), "the smaller sample");
  } else {
    checkBlocks(blocks, m, a.rows, "a");
    checkBlocks(blocks, n, b.rows, "b");
  }
  Cut const ofA(m, n, a.cols);
  Cut const ofB(n, m, a.cols);
  // A tile of a or of b meets the tiles behind it in its run, and one of a besides all of b.
  struct Unit {
    std::size_t block = 0;
    std::size_t tile = 0;
    enum class Pairs { withinA, withinB, between } pairs = Pairs::withinA;
    std::size_t products = 0;
  };
  std::vector<Unit> units;
  for (std::size_t block = 0; block < blocks.count; ++block) {
    auto const addOwn = [&](Cut const& cut, Unit::Pairs pairs) {
      for (std::size_t t = 0; t < cut.tiles(); ++t) {
        std::size_t const begin = t * cut.step;
        units.push_back({block, t, pairs, (cut.runEnd(begin) - begin + cut.step - 1) / cut.step});
      }
    };
    addOwn(ofA, Unit::Pairs::withinA);
    addOwn(ofB, Unit::Pairs::withinB);
    for (std::size_t t = 0; t < ofA.tiles(); ++t)
      units.push_back({block, t, Unit::Pairs::between, ofB.tiles()});
  }
  for (Unit const& unit : units) task.expect(unit.products);
  gaussian::checkFiniteRows(a, task, "a");
  gaussian::checkFiniteRows(b, task, "b");
  std::vector<std::vector<std::size_t>> const rowsA = drawRows(blocks, m, a.rows, seed, 0, task);
  std::vector<std::vector<std::size_t>> const rowsB = drawRows(blocks, n, b.rows, seed, 1, task);

  bool const perRow = jackknifed && m > 2 && n > 2;
  std::vector<BlockSums> sums(blocks.count, BlockSums(ofA, ofB, perRow));
  parallelFor(task, units.size(), [&](std::size_t index) {
    auto const& [block, tile, pairs, products] = units[index];
    Block<A> const left{a, rowsA[block]};
    Block<B> const right{b, rowsB[block]};
    BlockSums& own = sums[block];
    std::size_t const rowA = tile * ofA.step;
    std::size_t const rowB = tile * ofB.step;
    switch (pairs) {
      case Unit::Pairs::withinA:
        own.a[tile] =
            ownSum(left, rowA, ofA.runEnd(rowA), kernel, own.selvesOfA[tile], own.rowsOfA[tile], task);
        break;
      case Unit::Pairs::withinB:
        own.b[tile] =
            ownSum(right, rowB, ofB.runEnd(rowB), kernel, own.selvesOfB[tile], own.rowsOfB[tile], task);
        break;
      case Unit::Pairs::between:
        own.between[tile] = crossSum(left, right, rowA, kernel, own.aBetween[tile], own.bBetween[tile], task);
        break;
    }
    task.add(products);
  });

  double const pairsA = ofA.pairs();
  double const pairsB = ofB.pairs();
  double const pairsBetween = static_cast<double>(m) * static_cast<double>(n);
  KernelEstimates result;
  for (BlockSums const& own : sums) {
    double const withinA = total(own.a);
    double const withinB = total(own.b);
    double const between = total(own.between);
    double const within = pairsA == pairsB ? (withinA + withinB) / pairsA : withinA / pairsA + withinB / pairsB;
    result.estimates.push_back(within - 2 * between / pairsBetween);
    if (!std::isfinite(result.estimates.back())) {
      throwInvalidInput(
          "the kernel must stay within the range of doubles, got an infinity: scale both samples, or set "
          "the option 'gamma'");
    }
    // A mean over pairs i != j becomes one over all pairs of n rows by a step of 1 / n to the rows with
    // themselves.
    auto const step = [](std::vector<double> const& selves, Cut const& cut, double meanOfPairs) {
      auto const rows = static_cast<double>(cut.rows);
      return (total(selves) / rows - meanOfPairs) / rows;
    };
    result.biases.push_back(step(own.selvesOfA, ofA, withinA / pairsA) +
                            step(own.selvesOfB, ofB, withinB / pairsB));
    if (!jackknifed) continue;
    if (!perRow) {
      result.variances.push_back({std::numeric_limits<double>::quiet_NaN(), 1});
      continue;
    }
    result.variances.push_back(varianceOverRows(ofA, own.rowsOfA, withinA, between, n, [&](std::size_t i) {
      return own.aBetween[i / ofA.step][i % ofA.step];
    }));
    result.variances.push_back(varianceOverRows(ofB, own.rowsOfB, withinB, between, m, [&](std::size_t i) {
      return fixedOrderSum(own.bBetween.size(), [&](std::size_t t) { return own.bBetween[t][i]; });
    }));
  }
  return result;
}

}  // namespace

template <class A, class B>
KernelEstimates kernelDistances(MatrixView<A> a, MatrixView<B> b, PolynomialKernel const& kernel,
                                KernelBlocks const& blocks, std::uint64_t seed, Task& task) {
  return estimate(a, b, kernel, blocks, seed, false, task);
}

template <class A, class B>
KernelEstimates jackknifedKernelDistances(MatrixView<A> a, MatrixView<B> b, PolynomialKernel const& kernel,
                                          KernelBlocks const& blocks, std::uint64_t seed, Task& task) {
  return estimate(a, b, kernel, blocks, seed, true, task);
}

#define MADLOOP_INSTANTIATE(A, B)                                                                           \
  template KernelEstimates kernelDistances(MatrixView<A>, MatrixView<B>, PolynomialKernel const&,           \
                                           KernelBlocks const&, std::uint64_t, Task&);                      \
  template KernelEstimates jackknifedKernelDistances(MatrixView<A>, MatrixView<B>, PolynomialKernel const&, \
                                                     KernelBlocks const&, std::uint64_t, Task&);
MADLOOP_INSTANTIATE(float, float)
MADLOOP_INSTANTIATE(float, double)
MADLOOP_INSTANTIATE(double, float)
MADLOOP_INSTANTIATE(double, double)
#undef MADLOOP_INSTANTIATE

KernelSummary summarize(KernelEstimates const& given) {
  auto const count = static_cast<double>(given.estimates.size());
  KernelSummary summary;
  MeanAndDeviation const each = meanAndDeviation(given.estimates);
  summary.mean = each.mean;
  summary.standardDeviation = each.standardDeviation;
  double halfWidth = 0;
  if (given.variances.empty()) {
    summary.standardError = summary.standardDeviation / std::sqrt(count);
    halfWidth = inference::studentHalfWidth(std::max(1.0, count - 1)) * summary.standardError;
  } else {
    inference::StandardError const error = inference::standardError(given.variances);
    summary.standardError = error.value / count;
    halfWidth = std::isnan(error.value) ? error.value : error.halfWidth / count;
  }
  // The biased estimate is a square; one far below its bias is so by chance.
  double const bias = total(given.biases) / count;
  inference::Interval const interval =
      inference::scoreInterval(summary.mean, halfWidth, std::max(summary.mean + bias, bias / 4));
  summary.lower = interval.lower;
  summary.upper = interval.upper;
  return summary;
}

}  // namespace madloop::metrics
