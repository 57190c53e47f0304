#include "core/mixture/column_variances.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include "core/base/parallel.hpp"

namespace madloop::mixture {

namespace {

constexpr double kRootOfTwoPi = 2.5066282746310002;

/// The spacing of fewer values than these is an accident.
constexpr double kFewest = 8;

struct WeightedValue {
  double value;
  double weight;
};

/// The leading 33 bits of a number that is ordered as the values are: all of sign and exponent, 21 of the
/// mantissa.
std::uint64_t leadingBits(double value) {
  auto const bits = std::bit_cast<std::uint64_t>(value + 0.0);  // -0 is 0
  std::uint64_t const negative = bits >> 63;
  return (bits ^ ((0 - negative) | (std::uint64_t{1} << 63))) >> 31;
}

/// In ascending order: by their leading bits, digit by digit, in as many passes as there are digits, then those
/// that have these in common by comparison.
void sortByValue(std::vector<WeightedValue>& values) {
  constexpr std::size_t kDigitBits = 11;
  constexpr std::size_t kDigits = 3;
  constexpr std::uint64_t kDigitValues = std::uint64_t{1} << kDigitBits;
  auto const digit = [](WeightedValue const& v, std::size_t which) {
    return (leadingBits(v.value) >> (which * kDigitBits)) % kDigitValues;
  };
  std::array<std::array<std::size_t, kDigitValues>, kDigits> places{};
  for (WeightedValue const& v : values) {
    for (std::size_t which = 0; which < kDigits; ++which) ++places[which][digit(v, which)];
  }
  std::vector<WeightedValue> sorted(values.size());
  for (std::size_t which = 0; which < kDigits; ++which) {
    std::size_t place = 0;
    for (std::size_t& count : places[which]) place += std::exchange(count, place);
    for (WeightedValue const& v : values) sorted[places[which][digit(v, which)]++] = v;
    values.swap(sorted);
  }
  for (auto first = values.begin(); first != values.end();) {
    auto const last = std::find_if(first + 1, values.end(), [bits = leadingBits(first->value)](auto const& v) {
      return leadingBits(v.value) != bits;
    });
    std::sort(first, last, [](WeightedValue const& a, WeightedValue const& b) { return a.value < b.value; });
    first = last;
  }
}

/// In ascending order, values that are equal made one.
void sortAndMerge(std::vector<WeightedValue>& values) {
  sortByValue(values);
  auto last = values.begin();
  for (auto next = last + 1; next < values.end(); ++next) {
    if (next->value == last->value) {
      last->weight += next->weight;
    } else {
      *++last = *next;
    }
  }
  values.erase(last + 1, values.end());
}

/// The width of the shortest interval that holds this weight, or more.
double shortestInterval(std::vector<WeightedValue> const& sorted, double weight) {
  double width = std::numeric_limits<double>::infinity();
  double inside = 0;
  for (std::size_t first = 0, last = 0; last < sorted.size(); ++last) {
    inside += sorted[last].weight;
    for (; inside >= weight && first <= last; ++first) {
      width = std::min(width, sorted[last].value - sorted[first].value);
      inside -= sorted[first].weight;
    }
  }
  return width;
}

/// The standard deviation of a normal distribution whose greatest density is that of the values, taken over
/// the shortest interval that holds half of the share of one of `parts` equal parts. Where that is a single
/// value, intervals of twice the weight and so on stand in for it; 0 where all are equal.
double deviationByDensity(std::vector<WeightedValue>& values, std::size_t parts) {
  sortAndMerge(values);
  double total = 0;
  for (WeightedValue const& value : values) total += value.weight;
  double const fewest = kFewest / static_cast<double>(values.size());
  double share = std::min(0.5, std::max(0.5 / static_cast<double>(parts), fewest));
  for (; share < 1; share *= 2) {
    // Rounding of the weights does not count.
    double const width = shortestInterval(values, total * share * (1 - 1e-12));
    if (width > 0) return width / (share * kRootOfTwoPi);
  }
  return (values.back().value - values.front().value) / kRootOfTwoPi;
}

}  // namespace

std::vector<double> robustVariances(RowTiles const& rows, std::size_t components, std::vector<double> variances,
                                    Task const& task) {
  parallelForPieces(task, IndexRange{0, rows.dim()}, 1, [&](IndexRange columns) {
    task.throwIfCancelled();
    std::vector<WeightedValue> values;
    for (std::size_t t = 0; t < rows.count(); ++t) {
      Tile const tile = rows.tile(t);
      double const* const column = tile.coordinate(columns.begin);
      for (std::size_t i = 0; i < tile.rows; ++i) {
        if (tile.weight(i) > 0) values.push_back({column[i], tile.weight(i)});
      }
    }
    double const deviation = deviationByDensity(values, components);
    double& variance = variances[columns.begin];
    variance = std::min(variance, deviation * deviation);
  });
  double smallest = std::numeric_limits<double>::infinity();
  for (double const variance : variances) {
    if (variance > 0) smallest = std::min(smallest, variance);
  }
  for (double& variance : variances) {
    if (!(variance > 0)) variance = smallest < std::numeric_limits<double>::infinity() ? smallest : 0;
  }
  return variances;
}

}  // namespace madloop::mixture
