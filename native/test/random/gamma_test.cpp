#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/base/error.hpp"
#include "core/random/gamma.hpp"
#include "test/support/random_statistics.hpp"

using namespace madloop;
using random::kVariateBlocks;

namespace {

constexpr std::size_t kDraws = 1'000'000;
constexpr double kShapes[] = {0.3, 1, 2.5, 50, 5000};

std::vector<double> chiSquares(random::Stream const& stream, double dof, std::size_t count) {
  std::vector<double> const degrees(count, dof);
  std::vector<double> out(count);
  random::fillChiSquares(stream, 0, degrees.data(), count, out.data());
  return out;
}

}  // namespace

TEST_CASE("The test's incomplete gamma function agrees with closed forms") {
  for (double x : {0.1, 1.0, 3.0, 20.0}) {
    CHECK(test::incompleteGamma(1, x) == doctest::Approx(1 - std::exp(-x)).epsilon(1e-13));
    CHECK(test::incompleteGamma(0.5, x) == doctest::Approx(std::erf(std::sqrt(x))).epsilon(1e-13));
    CHECK(test::incompleteGamma(2, x) == doctest::Approx(1 - std::exp(-x) * (1 + x)).epsilon(1e-12));
  }
}

TEST_CASE("Gamma variates fit the gamma law: moments and Kolmogorov-Smirnov on a million draws a shape") {
  std::uint32_t chain = 0;
  for (double shape : kShapes) {
    CAPTURE(shape);
    std::vector<double> draws =
        chiSquares({.key = random::streamKey(7, 1), .chain = chain++}, 2 * shape, kDraws);
    test::SampleMean mean, variance, skewness;
    for (double& x : draws) {
      x /= 2;
      double const difference = (x - shape) / std::sqrt(shape);
      mean.add(x);
      variance.add(difference * difference);
      skewness.add(difference * difference * difference);
    }
    CHECK(std::fabs(mean.z(shape)) <= test::kMaximumZ);
    CHECK(std::fabs(variance.z(1)) <= test::kMaximumZ);
    CHECK(std::fabs(skewness.z(2 / std::sqrt(shape))) <= test::kMaximumZ);
    double const distance =
        test::kolmogorovSmirnov(draws, 16, [=](double x) { return test::incompleteGamma(shape, x); });
    CHECK(distance <= test::kolmogorovSmirnovLimit());
  }
}

TEST_CASE("Chi-square keeps its mean and variance with 10^9 and 10^15 degrees of freedom") {
  for (double dof : {1e9, 1e15}) {
    CAPTURE(dof);
    test::SampleMean mean, variance;
    for (double x : chiSquares({.key = random::streamKey(7, 2)}, dof, kDraws)) {
      double const standardised = (x - dof) / std::sqrt(2 * dof);
      mean.add(standardised);
      variance.add(standardised * standardised);
    }
    CHECK(std::fabs(mean.z(0)) <= test::kMaximumZ);
    CHECK(std::fabs(variance.z(1)) <= test::kMaximumZ);
  }
}

TEST_CASE("A shape of 0.01, where most variates are tiny, keeps its law") {
  // X itself spreads over hundreds of decades; X^a is nearly uniform, and E[X^a] = Gamma(2a)/Gamma(a).
  double const shape = 0.01;
  test::SampleMean power;
  for (double x : chiSquares({.key = random::streamKey(7, 3)}, 2 * shape, kDraws))
    power.add(std::pow(x / 2, shape));
  CHECK(std::fabs(power.z(std::tgamma(2 * shape) / std::tgamma(shape))) <= test::kMaximumZ);
}

TEST_CASE("The bulk form, the scalar form and the gamma form are the same bits") {
  constexpr std::size_t count = 20'011;
  std::vector<double> dof(count), out(count + 1);
  for (std::size_t j = 0; j < count; ++j)
    dof[j] = std::ldexp(1 + static_cast<double>(j % 7) / 8, static_cast<int>(j % 60) - 8);
  random::Stream const stream{.key = random::streamKey(7, 4), .chain = 5};
  std::uint64_t const firstBlock = 12345;
  random::fillChiSquares(stream, firstBlock, dof.data(), count, out.data() + 1);
  for (std::size_t j = 0; j < count; ++j) {
    REQUIRE(out[j + 1] == random::chiSquare(stream, firstBlock + j * kVariateBlocks, dof[j]));
    REQUIRE(out[j + 1] == 2 * random::gammaVariate(stream, firstBlock + j * kVariateBlocks, dof[j] / 2));
  }
  for (std::size_t part : {0U, 1U, 3U, 63U, 64U, 65U, 130U}) {
    std::vector<double> some(part + 1, -1);
    random::fillChiSquares(stream, firstBlock, dof.data(), part, some.data());
    for (std::size_t j = 0; j < part; ++j) REQUIRE(some[j] == out[j + 1]);
    CHECK(some[part] == -1);
  }
}

TEST_CASE("Neighbouring variates of one stream are independent") {
  std::vector<double> const x = chiSquares({.key = random::streamKey(7, 5)}, 3, kDraws + 1);
  double values = 0;
  for (std::size_t i = 0; i < kDraws; ++i) values += (x[i] - 3) * (x[i + 1] - 3) / 6;
  CHECK(std::fabs(values) / std::sqrt(static_cast<double>(kDraws)) <= test::kMaximumZ);
}

TEST_CASE("Shapes that are not positive and finite, and blocks beyond the stream, are refused") {
  random::Stream const stream{.key = 1};
  double out = 0;
  for (double bad :
       {0.0, -1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    CHECK_THROWS_AS(random::gammaVariate(stream, 0, bad), Error);
    CHECK_THROWS_AS(random::chiSquare(stream, 0, bad), Error);
    CHECK_THROWS_AS(random::fillChiSquares(stream, 0, &bad, 1, &out), Error);
  }
  CHECK_NOTHROW(random::chiSquare(stream, random::kStreamBlocks - kVariateBlocks, 1));
  CHECK_THROWS_AS(random::chiSquare(stream, random::kStreamBlocks - kVariateBlocks + 1, 1), Error);
  CHECK_THROWS_AS(random::gammaVariate(stream, random::kStreamBlocks - kVariateBlocks + 1, 1), Error);
}

TEST_CASE("Chi-squares are the same bits on every build") {
  test::Checksum checksum;
  for (double dof : {0.02, 0.6, 1.0, 2.0, 5.0, 100.0, 1e4, 1e12}) {
    for (double x : chiSquares({.key = random::streamKey(7, 6)}, dof, 5000)) checksum.add(x);
  }
  CHECK(checksum.value() == 10533426527907391535U);
}
