#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "core/inference/student_t.hpp"
#include "core/metrics/kernel_distance.hpp"
#include "test/support/matrices.hpp"
#include "test/support/threads_label.hpp"

using namespace madloop;
using namespace madloop::test;
using metrics::kernelDistances;

namespace {

/// The three estimates of the squared discrepancy, by the definitions, in extended precision.
struct Plain {
  long double unbiased = 0;
  long double biased = 0;
  long double uStatistic = 0;
  long double scale = 0;  // sum of the mean absolute kernel values
};

template <class A, class B>
Plain plainEstimates(std::vector<A> const& a, std::vector<B> const& b, std::size_t cols,
                     metrics::PolynomialKernel const& kernel) {
  std::size_t const m = a.size() / cols;
  auto const value = [&](auto const* x, auto const* y) {
    long double product = 0;
    for (std::size_t j = 0; j < cols; ++j) product += static_cast<long double>(x[j]) * y[j];
    long double const base = kernel.gamma * product + kernel.coef0;
    long double power = 1;
    for (std::size_t k = 0; k < kernel.degree; ++k) power *= base;
    return power;
  };
  long double own = 0;
  long double ownDiagonal = 0;
  long double between = 0;
  long double betweenDiagonal = 0;
  Plain plain;
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < m; ++j) {
      long double const within = value(&a[i * cols], &a[j * cols]) + value(&b[i * cols], &b[j * cols]);
      long double const across = value(&a[i * cols], &b[j * cols]);
      (i == j ? ownDiagonal : own) += within;
      (i == j ? betweenDiagonal : between) += across;
      plain.scale += std::abs(within) + 2 * std::abs(across);
    }
  }
  auto const n = static_cast<long double>(m);
  plain.unbiased = own / (n * (n - 1)) - 2 * (between + betweenDiagonal) / (n * n);
  plain.biased = (own + ownDiagonal) / (n * n) - 2 * (between + betweenDiagonal) / (n * n);
  plain.uStatistic = own / (n * (n - 1)) - 2 * between / (n * (n - 1));
  plain.scale /= n * (n - 1);
  return plain;
}

/// Relative to the kernel values: products of `cols` terms, the power, and sums in 8 lanes and two levels.
double tolerance(Plain const& plain, std::size_t cols) {
  return static_cast<double>(plain.scale) * 1.2e-16 * (3 * static_cast<double>(cols) + 200);
}

}  // namespace

TEST_CASE("the estimates of three points against three, as published") {
  std::vector<double> const a{0, 0, 1, 0, 0, 1};
  std::vector<double> const b{1, 1, 2, 0, 0, 2};
  metrics::PolynomialKernel const kernel{3, 0.5, 1};
  Plain const plain = plainEstimates(a, b, 2, kernel);
  CHECK(std::abs(plain.unbiased - 0.5L) < 1e-15L);
  CHECK(std::abs(plain.biased - 6.0277777778L) < 1e-10L);
  CHECK(std::abs(plain.uStatistic - 3.0833333333L) < 1e-10L);
  Task task;
  std::vector<double> const ours =
      kernelDistances(view(a, 2), view(b, 2), kernel, {3, 1, true}, 0, task).estimates;
  REQUIRE(ours.size() == 1);
  CHECK(std::abs(ours[0] - 0.5) < 1e-14);
}

TEST_CASE("one block of all rows is the definition, within a tile and over several") {
  struct Case {
    std::size_t rows;
    std::size_t cols;
    metrics::PolynomialKernel kernel;
  };
  for (Case const& one : {Case{2, 1, {1, 1, 0}}, Case{40, 3, {2, 0.7, -0.4}}, Case{700, 3, {3, 1.0 / 3, 1}},
                          Case{1100, 2, {5, 0.1, 1}}, Case{40, 40'000, {3, 1.0 / 40'000, 1}}}) {
    std::vector<double> const a = rowMajorNormals(one.rows, one.cols, 1, 0.5);
    std::vector<double> const b = rowMajorNormals(one.rows, one.cols, 2, 0.2, 1.2);
    std::vector<float> const c(b.begin(), b.end());
    Plain const expected = plainEstimates(a, b, one.cols, one.kernel);
    Plain const mixed = plainEstimates(a, c, one.cols, one.kernel);
    metrics::KernelBlocks const blocks{one.rows, 1, true};
    Task task;
    double const doubles =
        kernelDistances(view(a, one.cols), view(b, one.cols), one.kernel, blocks, 0, task).estimates[0];
    CHECK(std::abs(doubles - static_cast<double>(expected.unbiased)) < tolerance(expected, one.cols));
    double const bias =
        kernelDistances(view(a, one.cols), view(b, one.cols), one.kernel, blocks, 0, task).biases[0];
    auto const exactBias = static_cast<double>(expected.biased - expected.unbiased);
    CHECK(std::abs(bias - exactBias) < tolerance(expected, one.cols));
    double const floats =
        kernelDistances(view(a, one.cols), view(c, one.cols), one.kernel, blocks, 0, task).estimates[0];
    CHECK(std::abs(floats - static_cast<double>(mixed.unbiased)) < tolerance(mixed, one.cols));
    double const turned =
        kernelDistances(view(c, one.cols), view(a, one.cols), one.kernel, blocks, 0, task).estimates[0];
    CHECK(std::abs(turned - floats) < 2 * tolerance(mixed, one.cols));
    CHECK(task.done() == task.total());
  }
}

TEST_CASE("disjoint blocks use each row once, subsets draw them anew") {
  // With k(x, y) = x y in one dimension and samples that are powers of two or zero, a block's estimate tells
  // its rows.
  std::vector<double> a(40);
  for (std::size_t i = 0; i < 40; ++i) a[i] = std::ldexp(1, static_cast<int>(i));
  std::vector<double> const zeros(40);
  // Blocks of 2 from a: the estimate is 2^i 2^j, so its exponents name the pair by their sum; all pairs
  // together have the exponents 0 + ... + 39.
  Task task;
  metrics::PolynomialKernel const kernel{1, 1, 0};
  std::vector<double> const disjoint =
      kernelDistances(view(a, 1), view(zeros, 1), kernel, {2, 20, true}, 1, task).estimates;
  double exponents = 0;
  for (double const estimate : disjoint) exponents += std::log2(estimate);
  CHECK(exponents == 39 * 40 / 2);
  // Either sample has an order of its own: with one and the same, each pair would meet itself, and all
  // estimates be -(x_i - x_j)^2 / 2.
  for (bool const parts : {true, false}) {
    double positive = 0;
    for (double const estimate :
         kernelDistances(view(a, 1), view(a, 1), kernel, {2, 20, parts}, 1, task).estimates)
      positive += estimate > 0 ? 1 : 0;
    CHECK(positive > 0);
  }
  // Subsets of all rows have the same rows each time, smaller ones do not.
  std::vector<double> const whole =
      kernelDistances(view(a, 1), view(zeros, 1), kernel, {40, 5, false}, 1, task).estimates;
  for (double const estimate : whole) CHECK(std::abs(estimate / whole[0] - 1) < 1e-14);
  std::vector<double> const pairs =
      kernelDistances(view(a, 1), view(zeros, 1), kernel, {2, 50, false}, 1, task).estimates;
  double different = 0;
  for (double const estimate : pairs) different += estimate != pairs[0] ? 1 : 0;
  CHECK(different > 30);
  for (double const estimate : pairs)
    CHECK(std::log2(estimate) >= 1);  // never a row with itself: that is 2^(2 i)
}

TEST_CASE("the estimates are the same bytes for any number of threads" * startsThreads) {
  std::vector<float> const a = rowMajorNormals<float>(2000, 30, 1);
  std::vector<double> const b = rowMajorNormals(1800, 30, 2);
  auto const estimates = [&](std::size_t threads, bool disjoint, std::uint64_t seed) {
    Task task(threads);
    return kernelDistances(view(a, 30), view(b, 30), {3, 1.0 / 30, 1}, {600, 3, disjoint}, seed, task)
        .estimates;
  };
  for (bool const disjoint : {true, false}) {
    std::vector<double> const one = estimates(1, disjoint, 1);
    for (std::size_t const threads : {2U, 7U}) {
      std::vector<double> const many = estimates(threads, disjoint, 1);
      CHECK(std::memcmp(one.data(), many.data(), one.size() * sizeof(double)) == 0);
    }
    CHECK(estimates(1, disjoint, 2) != one);
  }
}

TEST_CASE("bad input to the kernel distance names its place") {
  std::vector<double> a = rowMajorNormals(10, 3, 1);
  std::vector<double> const b = rowMajorNormals(8, 3, 2);
  Task task;
  auto const errorWith = [&](metrics::KernelBlocks blocks, double gamma = 1) {
    return errorOf([&] { kernelDistances(view(a, 3), view(b, 3), {3, gamma, 1}, blocks, 0, task); });
  };
  CHECK(errorWith({9, 1, true}) == "blockSize must be from 2 to the rows of the smaller sample, 8, got 9");
  CHECK(errorWith({1, 1, true}) == "blockSize must be from 2 to the rows of the smaller sample, 8, got 1");
  CHECK(errorWith({4, 3, true}) == "blocks must be from 1 to 2, got 3");
  CHECK(errorWith({4, 0, false}) == "blocks must be from 1 to 4294967295, got 0");
  CHECK(errorWith({4, 3, false}) == "no error");
  CHECK(errorWith({4, 2, true}, 1e200).find("the kernel must stay within the range of doubles") == 0);
  CHECK(errorOf([&] {
          kernelDistances(view(a, 3), view(b, 2), {3, 1, 1}, {4, 2, true}, 0, task);
        }) == "a and b must have the same number of columns, got 3 and 2");
  a[7] = std::numeric_limits<double>::quiet_NaN();
  CHECK(errorWith({2, 1, true}) == "a must be finite, got NaN at row 2, column 1");
}

TEST_CASE("the summary of estimates") {
  metrics::KernelSummary const summary =
      metrics::summarize({.estimates = {1, 2, 3, 6}, .biases = {1, 2, 3, 2}, .variances = {}});
  CHECK(summary.mean == 3);
  CHECK(std::abs(summary.standardDeviation - std::sqrt(14.0 / 3)) < 1e-15);
  CHECK(std::abs(summary.standardError - std::sqrt(14.0 / 12)) < 1e-15);
  // (3 - v)^2 = h^2 (v + 2) / (3 + 2) at both ends.
  double const half = inference::studentHalfWidth(3) * std::sqrt(14.0 / 12);
  double const lower = 3 - summary.lower;
  double const upper = summary.upper - 3;
  CHECK(std::abs(lower * lower / (half * half * (summary.lower + 2) / 5) - 1) < 1e-12);
  CHECK(std::abs(upper * upper / (half * half * (summary.upper + 2) / 5) - 1) < 1e-12);
  metrics::KernelSummary const single = metrics::summarize({.estimates = {2}, .biases = {1}, .variances = {}});
  CHECK(single.mean == 2);
  CHECK(std::isnan(single.standardError));
  CHECK(std::isnan(single.lower));
  CHECK(std::isnan(single.upper));
}

TEST_CASE("blocks of unequal sizes, over several tiles and runs, are the definition") {
  // k(x, y) = x y in one dimension: every sum follows from sums of the values.
  std::size_t const m = 700;
  std::size_t const n = 23'000;  // three runs
  std::vector<double> const a = rowMajorNormals(m, 1, 3, 0.3);
  std::vector<double> const b = rowMajorNormals(n, 1, 4, 0.1);
  metrics::PolynomialKernel const kernel{1, 1, 0};
  metrics::KernelBlocks const blocks{m, 1, true, n};
  Task task;
  metrics::KernelEstimates const found =
      metrics::jackknifedKernelDistances(view(a, 1), view(b, 1), kernel, blocks, 5, task);
  CHECK(task.done() == task.total());
  CHECK(found.estimates == kernelDistances(view(a, 1), view(b, 1), kernel, blocks, 5, task).estimates);
  REQUIRE(found.variances.size() == 2);
  auto const mean = [](std::vector<double> const& x) {
    long double sum = 0;
    for (double const value : x) sum += value;
    return static_cast<double>(sum / static_cast<long double>(x.size()));
  };
  // Nearly: pairs i = j left out change means by parts in n, and runs leave pairs of b out that differ by
  // chance.
  double const difference = mean(a) - mean(b);
  CHECK(std::abs(found.estimates[0] - difference * difference) < 4.0 / static_cast<double>(m));
  // The influence of a row x of a is 2 x (mean a - mean b), of b the same: variances 4 difference^2 / rows.
  double const slope = 4 * difference * difference;
  CHECK(found.variances[0].variance * static_cast<double>(m) / slope == doctest::Approx(1).epsilon(0.1));
  CHECK(found.variances[1].variance * static_cast<double>(n) / slope == doctest::Approx(1).epsilon(0.1));
  CHECK(found.variances[0].degreesOfFreedom == static_cast<double>(m) - 1);
}
