#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <vector>

#include "core/inference/jackknife.hpp"
#include "core/inference/student_t.hpp"

using namespace madloop;
using inference::standardError;

TEST_CASE("the jackknife of a mean is its textbook error, whatever the sizes of the groups") {
  std::mt19937_64 generator(1);
  std::normal_distribution<double> normal;
  std::vector<double> rows(50);
  for (double& row : rows) row = 5 + normal(generator);
  double mean = 0;
  for (double const row : rows) mean += row / 50;
  double squares = 0;
  for (double const row : rows) squares += (row - mean) * (row - mean);

  // One by one: s^2 / n exactly.
  std::vector<double> without;
  for (double const row : rows) without.push_back((50 * mean - row) / 49);
  inference::Jackknife const single = inference::jackknife(mean, without, std::vector<std::size_t>(50, 1));
  CHECK(std::abs(single.bias) < 50 * 8.9e-16);  // 50 means near 5, each good to an ulp
  CHECK(std::abs(single.variance / (squares / 49 / 50) - 1) < 1e-12);

  // The square of the mean: bias s^2 / n exactly, by Quenouille's formula.
  for (double& value : without) value *= value;
  CHECK(std::abs(inference::jackknife(mean * mean, without, std::vector<std::size_t>(50, 1)).bias /
                     (squares / 49 / 50) -
                 1) < 1e-10);

  // Unequal groups: a linear statistic has no bias, and the variance is (1/g) sum m_j^2 (mean_j - mean)^2 /
  // (n^2 h) with h = (h_j - 1) / h_j^2, worked out from pseudo-values h_j whole - (h_j - 1) without_j = mean of
  // group j.
  std::vector<std::size_t> const sizes{3, 7, 10, 30};
  std::vector<double> groupwise;
  double expected = 0;
  std::size_t begin = 0;
  for (std::size_t const size : sizes) {
    double sum = 0;
    for (std::size_t i = begin; i < begin + size; ++i) sum += rows[i];
    begin += size;
    auto const m = static_cast<double>(size);
    groupwise.push_back((50 * mean - sum) / (50 - m));
    expected += (sum / m - mean) * (sum / m - mean) / (50 / m - 1) / 4;
  }
  inference::Jackknife const unequal = inference::jackknife(mean, groupwise, sizes);
  CHECK(std::abs(unequal.bias) < 1e-14);
  CHECK(std::abs(unequal.variance / expected - 1) < 1e-12);
}

TEST_CASE("the degrees of freedom of Welch and Satterthwaite") {
  CHECK(standardError({{4, 19}}).value == 2);
  CHECK(standardError({{4, 19}}).degreesOfFreedom == 19);
  CHECK(standardError({{4, 19}}).halfWidth == 2 * inference::studentHalfWidth(19));
  CHECK(std::abs(standardError({{3, 19}, {3, 19}}).degreesOfFreedom - 38) < 1e-13);
  CHECK(std::abs(standardError({{3, 5}, {1, 10}}).degreesOfFreedom - 16 / (9.0 / 5 + 1.0 / 10)) < 1e-13);
  CHECK(standardError({{0, 19}, {9, 9}}).degreesOfFreedom == 9);
  inference::StandardError const none = standardError({{0, 19}, {0, 19}});
  CHECK(none.value == 0);
  CHECK(none.halfWidth == 0);
  CHECK(none.degreesOfFreedom == 38);
}
