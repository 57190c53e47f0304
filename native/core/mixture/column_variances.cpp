#include "core/mixture/column_variances.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "core/base/parallel.hpp"

namespace madloop::mixture {

namespace {

/// Between the quartiles of a standard normal distribution.
constexpr double kInterquartileRange = 1.3489795003921634;

/// The range between the quartiles of the values, which lose their order, or between the first quantiles
/// outwards that differ; 0 where all are equal.
double quantileRange(std::vector<double>& values) {
  std::size_t const last = values.size() - 1;
  for (std::size_t part = 4;; part *= 2) {
    std::size_t const low = last / part;
    auto const at = [&](std::size_t i) {
      auto const place = values.begin() + static_cast<std::ptrdiff_t>(i);
      std::nth_element(values.begin(), place, values.end());
      return *place;
    };
    double const range = at(last - low) - at(low);
    if (range > 0 || low == 0) return range;
  }
}

struct WeightedValue {
  double value;
  double weight;
};

/// The same where each value counts as often as its weight says.
double quantileRange(std::vector<WeightedValue>& values) {
  std::sort(values.begin(), values.end(),
            [](WeightedValue const& a, WeightedValue const& b) { return a.value < b.value; });
  double total = 0;
  for (WeightedValue const& value : values) total += value.weight;
  double const ends = std::min(values.front().weight, values.back().weight);
  for (double part = 4;; part *= 2) {
    double const share = total / part * (1 - 1e-12);  // rounding of the weights does not count
    auto const reached = [&](double& sum) {
      return [&sum, share](WeightedValue const& value) { return (sum += value.weight) >= share; };
    };
    double below = 0;
    double above = 0;
    double const range = std::find_if(values.rbegin(), values.rend(), reached(above))->value -
                         std::find_if(values.begin(), values.end(), reached(below))->value;
    if (range > 0 || share <= ends) return range;
  }
}

}  // namespace

std::vector<double> robustVariances(RowTiles const& rows, std::vector<double> variances, Task const& task) {
  parallelForPieces(task, IndexRange{0, rows.dim()}, 1, [&](IndexRange columns) {
    task.throwIfCancelled();
    std::vector<double> values;
    std::vector<WeightedValue> weighted;
    for (std::size_t t = 0; t < rows.count(); ++t) {
      Tile const tile = rows.tile(t);
      double const* const column = tile.coordinate(columns.begin);
      if (tile.weights == nullptr) values.insert(values.end(), column, column + tile.rows);
      for (std::size_t i = 0; tile.weights != nullptr && i < tile.rows; ++i) {
        if (tile.weights[i] > 0) weighted.push_back({column[i], tile.weights[i]});
      }
    }
    double const range = weighted.empty() ? quantileRange(values) : quantileRange(weighted);
    double const deviation = range / kInterquartileRange;
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
