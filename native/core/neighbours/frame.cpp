#include "core/neighbours/frame.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "core/base/parallel.hpp"
#include "core/base/sum.hpp"
#include "core/gaussian/finite_rows.hpp"
#include "core/linalg/tile_product.hpp"

namespace madloop::neighbours {

namespace {

constexpr double kFloatUnit = 0x1p-24;   // unit roundoff of float32
constexpr double kDoubleUnit = 0x1p-53;  // and of float64
constexpr int kNoGrid = std::numeric_limits<int>::max();

/// The largest e with value = integer * 2^e; kNoGrid for 0, which lies on every grid.
int gridExponent(double value) {
  auto const bits = std::bit_cast<std::uint64_t>(value);
  std::uint64_t const fraction = bits & ((std::uint64_t{1} << 52) - 1);
  auto const biased = static_cast<int>(bits >> 52 & 0x7ff);
  if (biased == 0) return fraction == 0 ? kNoGrid : -1074 + std::countr_zero(fraction);
  return biased - 1075 + std::countr_zero(fraction | std::uint64_t{1} << 52);
}

/// Calls use(value, column) for every value of these rows.
template <class Use>
void forEachValue(Points const& points, IndexRange rows, Use use) {
  std::visit(
      [&](auto const& view) {
        for (std::size_t i = rows.begin; i < rows.end; ++i) {
          auto const* const row = view.row(i);
          for (std::size_t k = 0; k < view.cols; ++k) use(static_cast<double>(row[k]), k);
        }
      },
      points.view());
}

/// Rows of about 2^18 values.
std::size_t pieceLength(Points const& points) {
  return std::max<std::size_t>(1, (std::size_t{1} << 18) / points.cols());
}

/// What map() makes of pieces of all sets, put together by reduce(), which must not care for the order.
template <class Result, class Map, class Reduce>
Result overPieces(std::span<Points const> sets, Task const& task, Result start, Map map, Reduce reduce) {
  for (Points const& points : sets) {
    std::size_t const length = pieceLength(points);
    std::vector<Result> results((points.rows() + length - 1) / length, start);
    parallelForPieces(task, IndexRange{0, points.rows()}, length,
                      [&](IndexRange rows) { results[rows.begin / length] = map(points, rows); });
    for (Result const& result : results) start = reduce(start, result);
  }
  return start;
}

void checkFinite(std::span<Points const> sets, std::span<char const* const> names, Task& task) {
  for (std::size_t s = 0; s < sets.size(); ++s) {
    std::visit([&](auto const& view) { gaussian::checkFiniteRows(view, task, names[s]); }, sets[s].view());
    task.add(sets[s].rows());
  }
}

/// The median of every column over up to 1,023 rows spread over all sets: unlike the mean it stays amid the
/// points when a few lie far away.
std::vector<double> medianOfSome(std::span<Points const> sets) {
  constexpr std::size_t most = 1023;
  std::size_t const dim = sets[0].cols();
  std::size_t total = 0;
  for (Points const& points : sets) total += points.rows();
  std::size_t const count = std::min(total, most);
  std::vector<double> rows(count * dim);
  for (std::size_t r = 0; r < count; ++r) {
    std::size_t index = r * (total / count) + std::min(r, total % count);
    std::size_t s = 0;
    while (index >= sets[s].rows()) index -= sets[s++].rows();
    sets[s].load(index, 1, rows.data() + r * dim);
  }
  std::vector<double> median(dim);
  std::vector<double> column(count);
  for (std::size_t k = 0; k < dim; ++k) {
    for (std::size_t r = 0; r < count; ++r) column[r] = rows[r * dim + k];
    auto const middle = column.begin() + static_cast<std::ptrdiff_t>(count / 2);
    std::nth_element(column.begin(), middle, column.end());
    median[k] = *middle;
  }
  return median;
}

int commonGrid(std::span<Points const> sets, Task const& task) {
  // A grid finer than this is of no use: 2^53 of its steps do not reach from it to the largest value.
  return overPieces(
      sets, task, kNoGrid,
      [](Points const& points, IndexRange rows) {
        int grid = kNoGrid;
        int largest = -1074;
        for (std::size_t i = rows.begin; i < rows.end; ++i) {
          forEachValue(points, {i, i + 1}, [&](double value, std::size_t) {
            grid = std::min(grid, gridExponent(value));
            if (value != 0) largest = std::max(largest, std::ilogb(value));
          });
          if (grid != kNoGrid && largest - grid > 27) return -1074;  // squares take more than 53 bits
        }
        return grid;
      },
      [](int a, int b) { return std::min(a, b); });
}

/// Largest |value - centre| / 4, which cannot overflow.
double quarterRadius(std::span<Points const> sets, std::vector<double> const& centre, Task const& task) {
  return overPieces(
      sets, task, 0.0,
      [&](Points const& points, IndexRange rows) {
        double largest = 0;
        forEachValue(points, rows, [&](double value, std::size_t k) {
          largest = std::max(largest, std::abs(0.25 * value - 0.25 * centre[k]));
        });
        return largest;
      },
      [](double a, double b) { return std::max(a, b); });
}

}  // namespace

Frame makeFrame(std::span<Points const> sets, std::span<char const* const> names, Task& task) {
  for (std::size_t s = 0; s < sets.size(); ++s) {
    if (sets[s].rows() > std::numeric_limits<std::uint32_t>::max()) {
      throwInvalidInput(std::string(names[s]) + " must have at most 4294967295 rows, got " +
                        std::to_string(sets[s].rows()));
    }
  }
  checkFinite(sets, names, task);
  std::vector<double> centre = medianOfSome(sets);
  auto const dim = static_cast<double>(centre.size());

  // Medians are values of the data: on their grid of spacing 2^g, if there is one, and so differences from
  // them.
  int const grid = commonGrid(sets, task);
  bool const gridded = grid > -1000 && grid < 1000;
  double const radius = quarterRadius(sets, centre, task);  // a quarter of it

  Frame frame;
  int const exponent = radius > 0 ? std::clamp(-std::ilogb(radius) - 3, -1000, 1000) : 0;
  frame.scale = std::ldexp(1.0, exponent);
  frame.scaledCentre.resize(centre.size());
  for (std::size_t k = 0; k < centre.size(); ++k) frame.scaledCentre[k] = frame.scale * centre[k];

  // 4 dim radius^2 bounds every sum below, in squared grid steps.
  double const steps = gridded ? std::ldexp(4 * radius, -grid) : std::numeric_limits<double>::infinity();
  double const largestSum = radius == 0 ? 0 : 4 * dim * steps * steps;
  frame.exactInFloat = largestSum <= 0x1p24;
  frame.exactInDouble = largestSum <= 0x1p53;
  // Coordinates are at most 1: what underflows is far below float32's smallest normal number a term.
  if (!frame.exactInFloat) {
    // A chain of n roundings has error n u / (1 - n u) (Higham 2002, section 3.1): kTileDepth in a sum of the
    // kernel, one for each such sum. 4 u for the rounding of the coordinates: |x - y|^2 changes by 2 |x - y| u
    // (|x| + |y|), at most 4 u (|x|^2 + |y|^2). 2^-20 of it all for the second-order terms and the float64 sums
    // of the norms.
    std::size_t const chunks = (centre.size() + kTileDepth - 1) / kTileDepth;
    auto const chain =
        static_cast<double>(std::min(centre.size(), kTileDepth) + chunks + linalg::kTileExtraRoundings);
    frame.relativeError = (chain * kFloatUnit / (1 - chain * kFloatUnit) + 4 * kFloatUnit) * (1 + 0x1p-10);
    frame.absoluteError = dim * 0x1p-140;
  }
  if (!frame.exactInDouble) {
    frame.doubleRelativeError = (dim + 4) * kDoubleUnit * (1 + 0x1p-10);
    frame.doubleAbsoluteError = dim * 0x1p-1060;
  }
  return frame;
}

FramedPoints inFrame(Points points, std::vector<std::uint32_t> identities, Frame const& frame,
                     Task const& task) {
  FramedPoints result{points, std::move(identities), std::vector<double>(points.rows())};
  parallelForPieces(task, IndexRange{0, points.rows()}, pieceLength(points), [&](IndexRange rows) {
    std::visit(
        [&](auto const& view) {
          for (std::size_t i = rows.begin; i < rows.end; ++i) {
            auto const* const row = view.row(i);
            result.squaredNorms[i] = fixedOrderSum(view.cols, [&](std::size_t k) {
              auto const value = static_cast<double>(frame.coordinate(row[k], k));
              return value * value;
            });
          }
        },
        points.view());
  });
  return result;
}

}  // namespace madloop::neighbours
