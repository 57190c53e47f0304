#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "core/gaussian/moments.hpp"
#include "test/support/matrices.hpp"
#include "test/support/threads_label.hpp"

using namespace madloop;
using namespace madloop::test;
using gaussian::Moments;
using gaussian::moments;

namespace {

/// The textbook two-pass formulas in extended precision: the simple reference.
template <class T>
Moments referenceMoments(MatrixView<T> x) {
  Moments result{x.rows, x.cols, std::vector<double>(x.cols), std::vector<double>(x.cols * x.cols)};
  std::vector<long double> mean(x.cols, 0.0L);
  for (std::size_t i = 0; i < x.rows; ++i) {
    for (std::size_t j = 0; j < x.cols; ++j) mean[j] += x.row(i)[j];
  }
  for (std::size_t j = 0; j < x.cols; ++j) {
    mean[j] /= static_cast<long double>(x.rows);
    result.mean[j] = static_cast<double>(mean[j]);
  }
  for (std::size_t a = 0; a < x.cols; ++a) {
    for (std::size_t b = 0; b < x.cols; ++b) {
      long double sum = 0;
      for (std::size_t i = 0; i < x.rows; ++i) sum += (x.row(i)[a] - mean[a]) * (x.row(i)[b] - mean[b]);
      result.covariance[a * x.cols + b] = static_cast<double>(sum / static_cast<long double>(x.rows - 1));
    }
  }
  return result;
}

double largestError(Moments const& actual, Moments const& expected) {
  double error = 0;
  for (std::size_t i = 0; i < expected.covariance.size(); ++i) {
    error = std::max(error, std::abs(actual.covariance[i] - expected.covariance[i]));
  }
  return error;
}

bool sameBytes(std::vector<double> const& a, std::vector<double> const& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

}  // namespace

TEST_CASE("moments equal the two-pass formulas in extended precision" * startsThreads) {
  for (auto [rows, cols] :
       {std::pair<std::size_t, std::size_t>{2, 1}, {3, 3}, {5, 40}, {257, 17}, {3000, 33}, {5000, 7}}) {
    for (double offset : {0.0, 1e4}) {
      Task task(2);
      auto const wide = rowMajorNormals<double>(rows, cols, 1, offset);
      Moments const actual = moments(view(wide, cols), task);
      Moments const expected = referenceMoments(view(wide, cols));
      CHECK(actual.count == rows);
      CHECK(actual.dim == cols);
      // Unit variances: an absolute error here is relative to the covariance's scale.
      CHECK(largestError(actual, expected) <= 1e-13);
      for (std::size_t j = 0; j < cols; ++j)
        CHECK(std::abs(actual.mean[j] - expected.mean[j]) <= 4e-16 * (offset + 1));

      auto const narrow = rowMajorNormals<float>(rows, cols, 2, offset);
      CHECK(largestError(moments(view(narrow, cols), task), referenceMoments(view(narrow, cols))) <= 1e-13);
    }
  }
}

TEST_CASE("moments are the same bytes for any thread count and any address of the data" * startsThreads) {
  std::size_t const cols = 9;
  std::vector<double> const data = rowMajorNormals<double>(4321, cols, 3);
  Task one(1);
  Moments const expected = moments(view(data, cols), one);
  for (std::size_t const threads : {std::size_t{2}, std::size_t{7}}) {
    Task task(threads);
    Moments const actual = moments(view(data, cols), task);
    CHECK(sameBytes(actual.covariance, expected.covariance));
    CHECK(sameBytes(actual.mean, expected.mean));
  }
  for (std::size_t shift = 1; shift < 6; ++shift) {
    std::vector<double> moved(data.size() + shift);
    std::memcpy(moved.data() + shift, data.data(), data.size() * sizeof(double));
    Moments const actual = moments(MatrixView<double>{moved.data() + shift, 4321, cols}, one);
    CHECK(sameBytes(actual.covariance, expected.covariance));
  }
}

TEST_CASE("a NaN or an infinity is reported with its row and column, the first one whatever the threads" *
          startsThreads) {
  std::vector<double> data = rowMajorNormals<double>(2000, 3, 4);
  data[777 * 3 + 2] = std::numeric_limits<double>::quiet_NaN();
  data[1500 * 3] = -std::numeric_limits<double>::infinity();
  for (std::size_t const threads : {std::size_t{1}, std::size_t{2}, std::size_t{7}}) {
    Task task(threads);
    CHECK(errorOf([&] { moments(view(data, 3), task, "real"); }) ==
          "real must be finite, got NaN at row 777, column 2");
  }
  Task task;
  CHECK(errorOf([&] {
          moments(MatrixView<double>{data.data(), 0, 3}, task);
        }) == "x must have at least one row and one column, got 0 x 3");
}

TEST_CASE("one row has a mean and a zero covariance; equal rows have covariance exactly zero") {
  Task task;
  std::vector<double> const row{0.1, 1e300, -3};
  Moments const single = moments(view(row, 3), task);
  CHECK(single.mean == row);
  CHECK(single.covariance == std::vector<double>(9, 0.0));
  std::vector<double> equal;
  for (int i = 0; i < 1000; ++i) equal.insert(equal.end(), {0.1, 1.0 / 3, 7e8});
  Moments const constant = moments(view(equal, 3), task);
  CHECK(constant.mean == std::vector<double>{0.1, 1.0 / 3, 7e8});
  CHECK(constant.covariance == std::vector<double>(9, 0.0));
}

TEST_CASE("merged moments are those of the union, in any grouping") {
  std::size_t const cols = 5;
  std::vector<double> const data = rowMajorNormals<double>(100, cols, 5, 30);
  Task task;
  auto part = [&](std::size_t begin, std::size_t end) {
    return moments(MatrixView<double>{data.data() + begin * cols, end - begin, cols}, task);
  };
  Moments const whole = moments(view(data, cols), task);
  Moments const left = gaussian::mergeMoments(gaussian::mergeMoments(part(0, 1), part(1, 40)), part(40, 100));
  Moments const right = gaussian::mergeMoments(part(0, 1), gaussian::mergeMoments(part(1, 40), part(40, 100)));
  CHECK(left.count == 100);
  CHECK(largestError(left, whole) <= 1e-13);
  CHECK(largestError(right, whole) <= 1e-13);
  CHECK_THROWS_AS(gaussian::mergeMoments(part(0, 2), Moments{1, 2, {0, 0}, {0, 0, 0, 0}}), Error);
}

TEST_CASE("moments that no sample has are not merged") {
  Moments const good{3, 1, {0}, {1}};
  auto errorOfMerge = [&](Moments const& other) {
    return errorOf([&] { gaussian::mergeMoments(good, other); });
  };
  CHECK(errorOfMerge({3, 1, {NAN}, {1}}) == "b.mean must be finite, got NaN at 0");
  CHECK(errorOfMerge({3, 1, {0}, {INFINITY}}) ==
        "b.covariance must be finite, got an infinity at row 0, column 0");
  CHECK(errorOfMerge({3, 1, {0}, {-1}}).find("positive semidefinite") != std::string::npos);
}

TEST_CASE("sizes that do not fit are refused before anything is read") {
  Task task;
  double const value = 0;
  MatrixView<double> const absurd{&value, 1, std::size_t{1} << 33};
  // The first row is real memory of one element only: the check must come before the pass over the data.
  CHECK_THROWS_AS(moments(absurd, task), Error);
}
