// The variances that columns are regularised by, against their definition: every interval of every column.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "core/base/task.hpp"
#include "core/mixture/column_variances.hpp"
#include "core/mixture/row_tiles.hpp"
#include "test/support/matrices.hpp"

using namespace madloop;
using namespace madloop::test;

namespace {

/// The shortest interval from one distinct value to another that holds this weight.
double shortestInterval(std::map<double, double> const& values, double weight) {
  double width = std::numeric_limits<double>::infinity();
  for (auto first = values.begin(); first != values.end(); ++first) {
    double inside = 0;
    for (auto last = first; last != values.end(); ++last) {
      inside += last->second;
      if (inside >= weight) {
        width = std::min(width, last->first - first->first);
        break;
      }
    }
  }
  return width;
}

double varianceByDefinition(std::vector<double> const& column, std::vector<double> const& weights,
                            double components) {
  std::map<double, double> values;
  double total = 0;
  for (std::size_t i = 0; i < column.size(); ++i) {
    double const weight = weights.empty() ? 1 : weights[i];
    if (weight > 0) values[column[i]] += weight;
    total += weight;
  }
  double share = std::min(0.5, std::max(0.5 / components, 8 / static_cast<double>(values.size())));
  double deviation = (values.rbegin()->first - values.begin()->first) / std::sqrt(2 * std::acos(-1.0));
  for (; share < 1; share *= 2) {
    double const width = shortestInterval(values, total * share * (1 - 1e-12));
    if (width > 0) {
      deviation = width / (share * std::sqrt(2 * std::acos(-1.0)));
      break;
    }
  }
  return deviation * deviation;
}

}  // namespace

TEST_CASE("columns' variances are those of their definition, whatever bits their values have in common") {
  using Change = std::function<double(double)>;
  std::vector<std::pair<char const*, Change>> const columns{
      {"normal", [](double x) { return x; }},
      {"far from zero", [](double x) { return 1e8 + x; }},
      {"farther than their last digits", [](double x) { return -1e15 + std::round(8 * x) / 8; }},
      {"with equal values and zeros of both signs", [](double x) { return std::round(2 * x) / 2; }},
      {"of many sizes", [](double x) { return x * std::pow(10.0, std::round(20 * x)); }},
      {"small", [](double x) { return x * 1e-150; }},
      {"in two parts", [](double x) { return x < 0 ? x : x + 1e6; }},
  };
  std::size_t const dim = columns.size();
  std::vector<double> const centre(dim, 0);
  std::vector<double> const unbounded(dim, std::numeric_limits<double>::infinity());
  for (std::size_t const rows : {1U, 2U, 9U, 300U, 1000U}) {
    std::vector<double> x = rowMajorNormals<double>(rows, dim, 7, 0);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = columns[i % dim].second(x[i]);
    std::vector<double> weights(rows);
    for (std::size_t i = 0; i < rows; ++i) weights[i] = 0.25 * static_cast<double>((i + 1) % 5);
    for (bool const weighted : {false, true}) {
      for (std::size_t const components : {1U, 3U, 25U}) {
        Task task;
        mixture::RowTiles const tiles(MatrixView<double>{x.data(), rows, dim}, centre.data(),
                                      weighted ? weights : std::vector<double>{}, task, "data");
        std::vector<double> const variances = mixture::robustVariances(tiles, components, unbounded, task);
        for (std::size_t j = 0; j < dim; ++j) {
          CAPTURE(rows);
          CAPTURE(weighted);
          CAPTURE(components);
          CAPTURE(columns[j].first);
          std::vector<double> column(rows);
          for (std::size_t i = 0; i < rows; ++i) column[i] = x[i * dim + j];
          double const expected = varianceByDefinition(column, weighted ? weights : std::vector<double>{},
                                                       static_cast<double>(components));
          // A column without two values takes the smallest of the others'.
          if (expected > 0) CHECK(variances[j] == doctest::Approx(expected).epsilon(1e-14));
        }
      }
    }
  }
}
