#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "core/base/error.hpp"
#include "core/random/gamma.hpp"
#include "core/random/normal.hpp"
#include "core/random/wishart.hpp"
#include "test/support/random_statistics.hpp"

using namespace madloop;
using random::bartlettFactor;

namespace {

constexpr std::uint32_t kDraws = 200'000;

/// A factor and the Wishart matrix it stands for, by definition: W = A A^T, d x d, row-major.
class WishartSample {
 public:
  WishartSample(std::size_t dim, std::uint64_t dof)
      : dim_(dim),
        dof_(dof),
        cols_(std::min<std::size_t>(dim, dof)),
        factor_(dim * cols_),
        matrix_(dim * dim) {}

  void draw(random::Stream const& stream) {
    bartlettFactor(stream, dim_, dof_, factor_.data());
    for (std::size_t i = 0; i < dim_; ++i) {
      for (std::size_t j = 0; j < dim_; ++j) {
        double sum = 0;
        for (std::size_t k = 0; k < cols_; ++k) sum += factor_[k * dim_ + i] * factor_[k * dim_ + j];
        matrix_[i * dim_ + j] = sum;
      }
    }
  }
  [[nodiscard]] double operator()(std::size_t i, std::size_t j) const { return matrix_[i * dim_ + j]; }
  [[nodiscard]] double trace() const {
    double sum = 0;
    for (std::size_t i = 0; i < dim_; ++i) sum += (*this)(i, i);
    return sum;
  }
  [[nodiscard]] double traceOfSquare() const {
    double sum = 0;
    for (double w : matrix_) sum += w * w;
    return sum;
  }
  /// Of a matrix of full rank.
  [[nodiscard]] double logDeterminant() const {
    double sum = 0;
    for (std::size_t j = 0; j < dim_; ++j) sum += 2 * std::log(factor_[j * dim_ + j]);
    return sum;
  }

 private:
  std::size_t dim_;
  std::uint64_t dof_;
  std::size_t cols_;
  std::vector<double> factor_;
  std::vector<double> matrix_;
};

/// psi and psi' by the recurrence to x >= 20 and the asymptotic series.
double digamma(double x) {
  double sum = 0;
  for (; x < 20; x += 1) sum -= 1 / x;
  double const square = 1 / (x * x);
  return sum + std::log(x) - 0.5 / x - square * (1.0 / 12 - square * (1.0 / 120 - square / 252));
}
double trigamma(double x) {
  double sum = 0;
  for (; x < 20; x += 1) sum += 1 / (x * x);
  double const square = 1 / (x * x);
  return sum + 1 / x + 0.5 * square + square / x * (1.0 / 6 - square * (1.0 / 30 - square / 42));
}

double chiSquareCdf(double dof, double x) { return test::incompleteGamma(dof / 2, x / 2); }

struct Size {
  std::size_t dim;
  std::uint64_t dof;
};
constexpr Size kSizes[] = {{1, 1}, {1, 7}, {4, 4}, {4, 9}, {5, 2}, {6, 1}, {3, 2}, {3, 1000}};

}  // namespace

TEST_CASE(
    "A Bartlett factor is made of the documented numbers in the documented places, and writes nothing else") {
  random::Stream const stream{.key = random::streamKey(9, 1), .chain = 1, .generation = 2, .part = 3};
  for (std::size_t rows : {1U, 2U, 3U, 7U, 65U, 130U}) {
    for (std::uint64_t dof :
         {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{64}, std::uint64_t{65}, std::uint64_t{1000}}) {
      std::size_t const cols = std::min<std::size_t>(rows, dof);
      std::vector<double> out(rows * cols + 2, -77);
      bartlettFactor(stream, rows, dof, out.data() + 1);
      std::vector<double> normals(rows * cols);
      random::fillNormals(stream, 0, normals.data(), normals.size());
      std::size_t next = 0;
      bool same = out.front() == -77 && out.back() == -77;
      for (std::size_t j = 0; j < cols; ++j) {
        for (std::size_t i = 0; i < rows; ++i) {
          double const value = out[1 + j * rows + i];
          if (i < j) same = same && value == 0 && !std::signbit(value);
          if (i > j) same = same && value == normals[next++];
          if (i == j) {
            double const square = random::chiSquare(
                stream, (std::uint64_t{1} << 39) + j * random::kVariateBlocks, static_cast<double>(dof - j));
            same = same && value == std::sqrt(square);
          }
        }
      }
      CHECK(same);
    }
  }
}

TEST_CASE("No rows or no degrees of freedom give an empty factor; too many rows are refused") {
  double untouched = 5;
  bartlettFactor({}, 3, 0, &untouched);
  bartlettFactor({}, 0, 3, &untouched);
  CHECK(untouched == 5);
  // 2^22 x 2^22 has more normals than there are blocks before the chi-squares: refused before anything is
  // written.
  CHECK_THROWS_AS(bartlettFactor({}, std::size_t{1} << 22, std::uint64_t{1} << 22, &untouched), Error);
  CHECK_THROWS_AS(bartlettFactor({}, std::size_t{1} << 33, std::uint64_t{1} << 33, &untouched), Error);
}

TEST_CASE("Wishart matrices have their exact first and second moments, of full rank or not") {
  for (auto const& [dim, dof] : kSizes) {
    CAPTURE(dim);
    CAPTURE(dof);
    auto const d = static_cast<double>(dim);
    auto const k = static_cast<double>(dof);
    WishartSample w(dim, dof);
    std::vector<test::SampleMean> means(dim * dim), squares(dim * dim);
    test::SampleMean traceOfSquare;
    for (std::uint32_t draw = 0; draw < kDraws; ++draw) {
      w.draw({.key = random::streamKey(9, 2), .chain = draw});
      for (std::size_t i = 0; i < dim; ++i) {
        for (std::size_t j = 0; j < dim; ++j) {
          means[i * dim + j].add(w(i, j));
          double const difference = w(i, j) - (i == j ? k : 0);
          squares[i * dim + j].add(difference * difference);
        }
      }
      traceOfSquare.add(w.traceOfSquare());
    }
    for (std::size_t i = 0; i < dim; ++i) {
      for (std::size_t j = 0; j < dim; ++j) {
        CHECK(std::fabs(means[i * dim + j].z(i == j ? k : 0)) <= test::kMaximumZ);
        CHECK(std::fabs(squares[i * dim + j].z(i == j ? 2 * k : k)) <= test::kMaximumZ);
      }
    }
    CHECK(std::fabs(traceOfSquare.z(k * (k + 1) * d + k * d * d)) <= test::kMaximumZ);
  }
}

TEST_CASE("The trace is chi-square with dof dim degrees of freedom, and the corner elements with dof") {
  for (auto const& [dim, dof] : kSizes) {
    CAPTURE(dim);
    CAPTURE(dof);
    auto const k = static_cast<double>(dof);
    double const traceDegrees = k * static_cast<double>(dim);
    WishartSample w(dim, dof);
    std::vector<double> traces, firsts, lasts;
    for (std::uint32_t draw = 0; draw < kDraws; ++draw) {
      w.draw({.key = random::streamKey(9, 3), .chain = draw});
      traces.push_back(w.trace());
      firsts.push_back(w(0, 0));
      lasts.push_back(w(dim - 1, dim - 1));
    }
    double const limit = test::kolmogorovSmirnovLimit();
    CHECK(test::kolmogorovSmirnov(traces, 8, [=](double x) { return chiSquareCdf(traceDegrees, x); }) <= limit);
    CHECK(test::kolmogorovSmirnov(firsts, 8, [=](double x) { return chiSquareCdf(k, x); }) <= limit);
    CHECK(test::kolmogorovSmirnov(lasts, 8, [=](double x) { return chiSquareCdf(k, x); }) <= limit);
  }
}

TEST_CASE("The log-determinant has its exact mean and variance") {
  for (auto const& [dim, dof] : kSizes) {
    if (dof < dim) continue;
    CAPTURE(dim);
    CAPTURE(dof);
    double mean = 0, variance = 0;
    for (std::size_t j = 0; j < dim; ++j) {
      double const half = (static_cast<double>(dof) - static_cast<double>(j)) / 2;
      mean += digamma(half) + std::log(2.0);
      variance += trigamma(half);
    }
    WishartSample w(dim, dof);
    test::SampleMean value, square;
    for (std::uint32_t draw = 0; draw < kDraws; ++draw) {
      w.draw({.key = random::streamKey(9, 4), .chain = draw});
      double const difference = w.logDeterminant() - mean;
      value.add(difference);
      square.add(difference * difference);
    }
    CHECK(std::fabs(value.z(0)) <= test::kMaximumZ);
    CHECK(std::fabs(square.z(variance)) <= test::kMaximumZ);
  }
}

TEST_CASE("A Wishart of 10^12 degrees of freedom concentrates: its factor is sqrt(dof) on the diagonal") {
  constexpr std::size_t dim = 3;
  double const dof = 1e12;
  std::vector<double> factor(dim * dim);
  test::SampleMean diagonal, square;
  for (std::uint32_t draw = 0; draw < kDraws; ++draw) {
    bartlettFactor({.key = random::streamKey(9, 5), .chain = draw}, dim, static_cast<std::uint64_t>(dof),
                   factor.data());
    for (std::size_t j = 0; j < dim; ++j) {
      double const degrees = dof - static_cast<double>(j);
      double const standardised =
          (factor[j * dim + j] * factor[j * dim + j] - degrees) / std::sqrt(2 * degrees);
      diagonal.add(standardised);
      square.add(standardised * standardised);
    }
  }
  CHECK(std::fabs(diagonal.z(0)) <= test::kMaximumZ);
  CHECK(std::fabs(square.z(1)) <= test::kMaximumZ);
}
