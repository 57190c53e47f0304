// The error bar of the Frechet distance, and its extrapolation: against the same thing computed from scratch.
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "core/inference/jackknife.hpp"
#include "core/inference/student_t.hpp"
#include "core/metrics/frechet_distance_infinity.hpp"
#include "core/metrics/frechet_distance_interval.hpp"
#include "test/support/matrices.hpp"
#include "test/support/reference.hpp"
#include "test/support/threads_label.hpp"

using namespace madloop;
using namespace madloop::test;
using linalg::Index;
using metrics::Extrapolated;
using metrics::frechetDistanceInterval;

namespace {

template <class T>
double plainDistance(MatrixView<T> a, MatrixView<double> b) {
  Task task;
  return metrics::frechetDistance(gaussian::factorData(a, task, "a"), gaussian::factorData(b, task, "b"), task)
      .distance;
}

std::vector<double> withoutRow(std::vector<double> const& data, std::size_t cols, std::size_t row) {
  std::vector<double> rest = data;
  auto const first = rest.begin() + static_cast<std::ptrdiff_t>(row * cols);
  rest.erase(first, first + static_cast<std::ptrdiff_t>(cols));
  return rest;
}

/// Covariance of the rows in extended precision.
LongMatrix covarianceOf(LongMatrix const& rows) {
  LongMatrix const centred = rows.rowwise() - rows.colwise().mean();
  return centred.transpose() * centred / static_cast<long double>(rows.rows() - 1);
}

gaussian::Moments standardNormal(std::size_t dim) {
  gaussian::Moments result{0, dim, std::vector<double>(dim), std::vector<double>(dim * dim)};
  for (std::size_t i = 0; i < dim; ++i) result.covariance[i * dim + i] = 1;
  return result;
}

/// At both ends v, (estimate - v)^2 = halfWidth^2 (height + v - estimate) / height; an end of 0 is cut.
void checkScoreInterval(double estimate, double halfWidth, double height, double lower, double upper) {
  auto const excess = [&](double v) {
    return (estimate - v) * (estimate - v) / (halfWidth * halfWidth) - (height + v - estimate) / height;
  };
  CHECK(lower < estimate);
  CHECK(upper > estimate);
  CHECK(std::abs(excess(upper)) < 1e-7);
  if (lower != 0) CHECK(std::abs(excess(lower)) < 1e-7);
}

}  // namespace

TEST_CASE("pooled moments of groups are those of all their rows, also far from the origin") {
  constexpr std::size_t cols = 6;
  std::vector<double> const data = rowMajorNormals(60, cols, 3, 1e4);
  Task task;
  std::vector<gaussian::Moments> groups;
  for (std::size_t const begin : {0U, 10U, 11U, 40U}) {
    std::size_t const end = begin == 0 ? 10 : begin == 10 ? 11 : begin == 11 ? 40 : 60;
    groups.push_back(
        gaussian::moments(MatrixView<double>{data.data() + begin * cols, end - begin, cols}, task));
  }
  struct Case {
    metrics::GroupRange range;
    std::vector<std::size_t> begins;
    std::vector<std::size_t> ends;
  };
  for (Case const& one : {Case{{0, 4}, {0}, {60}}, Case{{0, 4, 2}, {0, 40}, {11, 60}}, Case{{1, 3}, {10}, {40}},
                          Case{{0, 4, 0}, {10}, {60}}}) {
    std::vector<std::size_t> rows;
    for (std::size_t part = 0; part < one.begins.size(); ++part) {
      for (std::size_t i = one.begins[part]; i < one.ends[part]; ++i) rows.push_back(i);
    }
    LongMatrix all(static_cast<Index>(rows.size()), static_cast<Index>(cols));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::size_t j = 0; j < cols; ++j)
        all(static_cast<Index>(i), static_cast<Index>(j)) = data[rows[i] * cols + j];
    }
    LongMatrix const expected = covarianceOf(all);
    gaussian::Moments const pooled = metrics::poolMoments(groups, one.range);
    CHECK(pooled.count == rows.size());
    for (std::size_t i = 0; i < cols; ++i) {
      auto const row = static_cast<Index>(i);
      CHECK(std::abs(pooled.mean[i] - static_cast<double>(all.col(row).mean())) < 1e-15 * 1e4 * 4);
      for (std::size_t j = 0; j < cols; ++j) {
        // Entries are of order 1; the bound is that of moments() itself at mean/sd = 1e4.
        CHECK(std::abs(pooled.covariance[i * cols + j] -
                       static_cast<double>(expected(row, static_cast<Index>(j)))) < 1e-12);
      }
    }
  }
}

TEST_CASE("one row a group: the jackknife from scratch, for more and for fewer rows than columns") {
  for (std::size_t const cols : {3U, 40U}) {
    std::vector<double> const a = rowMajorNormals(25, cols, 1, 1e3);
    std::vector<double> const b = rowMajorNormals(25, cols, 2, 1e3 + 0.5, 1.5);
    double const whole = plainDistance(view(a, cols), view(b, cols));
    std::vector<double> fromA;
    std::vector<double> fromB;
    for (std::size_t row = 0; row < 25; ++row) {
      std::vector<double> const restA = withoutRow(a, cols, row);
      std::vector<double> const restB = withoutRow(b, cols, row);
      fromA.push_back(plainDistance(view(restA, cols), view(b, cols)));
      fromB.push_back(plainDistance(view(a, cols), view(restB, cols)));
    }
    std::vector<std::size_t> const ones(25, 1);
    inference::Jackknife const jackknifeA = inference::jackknife(whole, fromA, ones);
    inference::Jackknife const jackknifeB = inference::jackknife(whole, fromB, ones);
    double const variance = jackknifeA.variance + jackknifeB.variance;

    Task task;
    metrics::FrechetDistanceInterval const result =
        frechetDistanceInterval(view(a, cols), view(b, cols), 25, 5, task);
    CHECK(result.whole.distance == whole);
    // Distances are good to 1e-12 of the traces (below 4 cols), and pseudo-values multiply that by 24.
    double const tolerance = 24 * 4 * static_cast<double>(cols) * 1e-12;
    CHECK(std::abs(result.standardError - std::sqrt(variance)) < 10 * tolerance);
    CHECK(std::abs(result.standardErrorA - std::sqrt(jackknifeA.variance)) < 10 * tolerance);
    CHECK(std::abs(result.standardErrorB - std::sqrt(jackknifeB.variance)) < 10 * tolerance);
    CHECK(std::abs(result.bias - jackknifeA.bias - jackknifeB.bias) < 50 * tolerance);
    double const degrees =
        variance * variance /
        (jackknifeA.variance * jackknifeA.variance / 24 + jackknifeB.variance * jackknifeB.variance / 24);
    CHECK(std::abs(result.degreesOfFreedom - degrees) < 1e-8 * degrees);
    double const halfWidth = inference::studentHalfWidth(degrees) * std::sqrt(variance);
    double const height = std::max(whole, std::abs(jackknifeA.bias + jackknifeB.bias) / 4);
    checkScoreInterval(whole, halfWidth, height, result.lower, result.upper);
  }
}

TEST_CASE(
    "where the covariance is nearly singular, or is so without one group, the rows themselves are factored") {
  // Two columns that differ by about 1e-8: moments in float64 would lose the small direction altogether.
  std::vector<double> data = rowMajorNormals(200, 2, 1);
  for (std::size_t i = 0; i < 200; ++i) data[2 * i + 1] = data[2 * i] + 1e-8 * data[2 * i + 1];
  Task task;
  for (bool const outlier : {false, true}) {
    // One row that leaves the line makes the covariance of all rows well conditioned.
    if (outlier) data[2 * 17 + 1] += 1;
    auto const sample =
        metrics::groupRows(view(data, 2), gaussian::factorData(view(data, 2), task, "data"), 20, 0, 0, task);
    int nearlySingular = 0;
    for (std::size_t j = 0; j < 20; ++j) {
      linalg::Matrix const factor = sample->factor({0, 20, j}, task).covariance.values();
      REQUIRE(factor.cols() == 2);
      // The product of the standard deviations along and across the line.
      double const determinant = std::abs(factor(0, 0) * factor(1, 1) - factor(0, 1) * factor(1, 0));
      CHECK(determinant > 0.5e-8);
      if (determinant < 2e-8) ++nearlySingular;
    }
    CHECK(nearlySingular == (outlier ? 1 : 20));
  }
}

TEST_CASE("moments on one side have no error of their own") {
  std::vector<double> const a = rowMajorNormals(100, 4, 1, 0.3);
  Task task;
  gaussian::Moments const standard = standardNormal(4);
  metrics::FrechetDistanceInterval const result =
      frechetDistanceInterval(gaussian::viewOf(standard), view(a, 4), 10, 1, task);
  CHECK(result.standardErrorA == 0);
  CHECK(result.standardErrorB == result.standardError);
  CHECK(result.standardError > 0);
  CHECK(result.degreesOfFreedom == 9);
}

TEST_CASE("the line of FD-infinity and its error, from scratch") {
  constexpr std::size_t cols = 5;
  constexpr std::size_t groups = 11;  // which neither 2, 3 nor 4 divides
  constexpr std::size_t points = 4;
  std::vector<double> const generated = rowMajorNormals(203, cols, 1, 0.4, 1.3);
  std::vector<double> const reference = rowMajorNormals(187, cols, 2);
  for (Extrapolated const extrapolated : {Extrapolated::generated, Extrapolated::both}) {
    bool const both = extrapolated == Extrapolated::both;
    Task task;
    gaussian::FactoredGaussian const wholeReference =
        gaussian::factorData(view(reference, cols), task, "reference");
    auto const referenceGroups = metrics::groupRows(view(reference, cols), wholeReference, groups, 9, 0, task);
    auto const sample =
        metrics::groupRows(view(generated, cols),
                           gaussian::factorData(view(generated, cols), task, "generated"), groups, 9, 1, task);

    // The mean distance over the k subsets of the sample without one group (or none), and the least-squares
    // line.
    auto const line = [&](std::size_t without) {
      linalg::EigenVector abscissas(static_cast<Index>(points));
      linalg::EigenVector values(static_cast<Index>(points));
      auto const rows = static_cast<double>(sample->rows({0, groups, without}));
      for (std::size_t k = 1; k <= points; ++k) {
        double sum = 0;
        for (std::size_t i = 0; i < k; ++i) {
          metrics::GroupRange const range{groups * i / k, groups * (i + 1) / k, without};
          gaussian::FactoredGaussian const subset = sample->factor(range, task);
          gaussian::FactoredGaussian const other = both ? referenceGroups->factor(range, task) : wholeReference;
          sum +=
              static_cast<double>(sample->rows(range)) * metrics::frechetDistance(other, subset, task).distance;
        }
        abscissas[static_cast<Index>(k - 1)] = static_cast<double>(k) / rows;
        values[static_cast<Index>(k - 1)] = sum / rows;
      }
      linalg::EigenVector const centred = abscissas.array() - abscissas.mean();
      double const slope = centred.dot(values) / centred.squaredNorm();
      return std::pair(std::array{values.mean() - slope * abscissas.mean(), slope}, values);
    };
    auto const [coefficients, values] = line(metrics::GroupRange{}.without);
    std::vector<double> without;
    for (std::size_t j = 0; j < groups; ++j) without.push_back(line(j).first[0]);
    double const error = std::sqrt(inference::jackknife(coefficients[0], without, sample->sizes()).variance);

    metrics::FrechetDistanceInfinity const result = metrics::frechetDistanceInfinity(
        view(reference, cols), view(generated, cols), points, groups, extrapolated, 9, task);
    CHECK(std::abs(result.distance - coefficients[0]) < 1e-10);
    CHECK(std::abs(result.slope / coefficients[1] - 1) < 1e-10);
    CHECK(std::abs(result.standardError - error) < 1e-10);
    CHECK(result.degreesOfFreedom == groups - 1);
    double const halfWidth = inference::studentHalfWidth(groups - 1) * error;
    double const height = values[0] + 2 * std::abs(values[0] - coefficients[0]);
    checkScoreInterval(coefficients[0], halfWidth, height, result.lower, result.upper);
    for (std::size_t k = 1; k <= points; ++k)
      CHECK(std::abs(result.distances[k - 1] - values[static_cast<Index>(k - 1)]) < 1e-12);
    double const whole = plainDistance(view(reference, cols), view(generated, cols));
    CHECK(std::abs(result.distances[0] - whole) < 1e-11);

    double const mean = values.mean();
    double total = 0;
    double residual = 0;
    for (Index k = 0; k < values.size(); ++k) {
      double const fitted = coefficients[0] + coefficients[1] * static_cast<double>(k + 1) / 203;
      total += (values[k] - mean) * (values[k] - mean);
      residual += (values[k] - fitted) * (values[k] - fitted);
    }
    CHECK(std::abs(result.rSquared - (1 - residual / total)) < 1e-10);
  }
}

TEST_CASE("the errors of both are the same bytes for any number of threads" * startsThreads) {
  std::vector<float> const a = rowMajorNormals<float>(400, 20, 1, 0.1F);
  std::vector<double> const b = rowMajorNormals(300, 20, 2, 0.5, 1.2);
  auto const bytes = [&](std::size_t threads, std::uint64_t seed) {
    Task task(threads);
    metrics::FrechetDistanceInterval const interval =
        frechetDistanceInterval(view(a, 20), view(b, 20), 20, seed, task);
    CHECK(task.done() == task.total());
    Task second(threads);
    metrics::FrechetDistanceInfinity const infinity =
        metrics::frechetDistanceInfinity(view(b, 20), view(a, 20), 5, 20, Extrapolated::both, seed, second);
    CHECK(second.done() == second.total());
    return std::vector<double>{interval.standardError,    interval.bias,     interval.lower,
                               interval.degreesOfFreedom, infinity.distance, infinity.slope,
                               infinity.standardError};
  };
  std::vector<double> const one = bytes(1, 3);
  for (std::size_t const threads : {2U, 7U}) {
    std::vector<double> const many = bytes(threads, 3);
    CHECK(std::memcmp(one.data(), many.data(), one.size() * sizeof(double)) == 0);
  }
  std::vector<double> const other = bytes(1, 4);
  CHECK(one[0] != other[0]);
  CHECK(one[6] != other[6]);
}

TEST_CASE("what cannot have an error is refused") {
  std::vector<double> const data = rowMajorNormals(30, 3, 1);
  MatrixView<double> const x = view(data, 3);
  MatrixView<double> const three{data.data(), 3, 3};
  Task task;
  CHECK(errorOf([&] { frechetDistanceInterval(x, three, 2, 0, task); }) ==
        "b must have at least 4 rows to have an error, got 3");
  CHECK(errorOf([&] { frechetDistanceInterval(x, x, 31, 0, task); }) ==
        "groups must be from 2 to the rows of a, 30, got 31");
  CHECK(errorOf([&] { frechetDistanceInterval(x, x, 1, 0, task); }) ==
        "groups must be from 2 to the rows of a, 30, got 1");
  auto const infinity = [&](metrics::FrechetSide const& reference, metrics::FrechetSide const& generated,
                            std::size_t points, std::size_t groups,
                            Extrapolated extrapolated = Extrapolated::generated) {
    return errorOf(
        [&] { metrics::frechetDistanceInfinity(reference, generated, points, groups, extrapolated, 0, task); });
  };
  CHECK(infinity(x, x, 1, 10) == "points must be at least 2, got 1");
  CHECK(infinity(x, x, 3, 5) == "groups must be at least twice points, got 5 groups and 3 points");
  CHECK(infinity(x, x, 2, 16) == "generated must have at least 2 rows for each of 16 groups, got 30");
  CHECK(infinity(x, x, 10, 20) == "generated must have at least 2 rows for each of 20 groups, got 30");
  CHECK(infinity(x, MatrixView<double>{data.data(), 6, 15}, 2, 3) ==
        "groups must be at least twice points, got 3 groups and 2 points");
  CHECK(infinity(x, MatrixView<double>{data.data(), 9, 10}, 2, 4) ==
        "generated must have more than points x cols = 2 x 10 rows to extrapolate from, got 9");
  gaussian::Moments const standard = standardNormal(3);
  CHECK(infinity(x, gaussian::viewOf(standard), 2, 4) == "generated must be a sample (rows), got moments");
  CHECK(infinity(gaussian::viewOf(standard), x, 2, 4, Extrapolated::both) ==
        "reference must be a sample (rows), got moments");
}

TEST_CASE("a task within another is cancelled with it and keeps its progress to itself") {
  Task parent(4);
  Task child(parent, 2);
  CHECK(child.threads() == 2);
  child.expect(5);
  child.add(3);
  CHECK(parent.total() == 0);
  CHECK(parent.done() == 0);
  CHECK(!child.cancelled());
  parent.cancel();
  CHECK(child.cancelled());
  std::vector<double> const data = rowMajorNormals(30, 3, 1);
  CHECK_THROWS_AS(frechetDistanceInterval(view(data, 3), view(data, 3), 5, 0, parent), Error);
}
