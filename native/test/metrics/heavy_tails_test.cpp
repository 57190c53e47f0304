#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "core/metrics/heavy_tails.hpp"
#include "test/support/matrices.hpp"

using namespace madloop;
using namespace madloop::test;
using metrics::skewnessOfSquaredNorms;

namespace {

/// The definition, in extended precision.
template <class T>
double plainSkewness(std::vector<T> const& x, std::size_t cols) {
  std::size_t const rows = x.size() / cols;
  auto const n = static_cast<long double>(rows);
  std::vector<long double> norms(rows);
  for (std::size_t j = 0; j < cols; ++j) {
    long double mean = 0;
    for (std::size_t i = 0; i < rows; ++i) mean += x[i * cols + j] / n;
    for (std::size_t i = 0; i < rows; ++i) norms[i] += (x[i * cols + j] - mean) * (x[i * cols + j] - mean);
  }
  long double middle = 0;
  for (long double const norm : norms) middle += norm / n;
  long double second = 0;
  long double third = 0;
  for (long double const norm : norms) {
    second += (norm - middle) * (norm - middle) / n;
    third += (norm - middle) * (norm - middle) * (norm - middle) / n;
  }
  return static_cast<double>(third / std::pow(second, 1.5L));
}

}  // namespace

TEST_CASE("the skewness of squared norms is the definition, at any offset and scale") {
  Task task;
  for (std::size_t const cols : {1UL, 3UL, 40UL}) {
    for (double const offset : {0.0, 1e6}) {
      std::vector<double> const x = rowMajorNormals(300, cols, 5, offset);
      double const expected = plainSkewness(x, cols);
      CHECK(std::abs(skewnessOfSquaredNorms(view(x, cols), task, "x") - expected) < 1e-7);
      std::vector<double> scaled = x;
      for (double& value : scaled) value *= 1e100;
      CHECK(std::abs(skewnessOfSquaredNorms(view(scaled, cols), task, "x") - expected) < 1e-7);
    }
    std::vector<float> const single = rowMajorNormals<float>(300, cols, 6);
    CHECK(std::abs(skewnessOfSquaredNorms(view(single, cols), task, "x") - plainSkewness(single, cols)) < 1e-9);
  }
}

TEST_CASE("one row far out is a heavy tail, and rows that do not scatter are none") {
  Task task;
  std::vector<double> x = rowMajorNormals(100, 2, 7);
  CHECK_FALSE(metrics::heavyTails(view(x, 2), task, "x"));
  x[60] = 50;
  CHECK(metrics::heavyTails(view(x, 2), task, "x"));
  CHECK(skewnessOfSquaredNorms(view(x, 2), task, "x") < 10);  // sqrt(rows)
  std::vector<double> const constant(40, 0.1);
  CHECK(skewnessOfSquaredNorms(view(constant, 2), task, "x") == 0);
  // Two points, each as far from the mean: nothing scatters but by rounding.
  std::vector<double> two(40);
  for (std::size_t i = 0; i < 40; ++i) two[i] = i % 2 == 0 ? 0.1 : 0.7;
  CHECK(skewnessOfSquaredNorms(view(two, 1), task, "x") == 0);
}
