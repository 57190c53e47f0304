#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/error.hpp"
#include "core/random/normal.hpp"
#include "core/random/stream.hpp"
#include "core/random/uniform.hpp"
#include "test/support/random_statistics.hpp"
#include "test/support/sanitized.hpp"

using namespace madloop;
using random::Stream;
using random::streamKey;

namespace {

constexpr std::size_t kDraws = 1'000'000;

double normalCdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

std::vector<double> normals(Stream const& stream, std::uint64_t firstBlock, std::size_t count) {
  std::vector<double> out(count);
  random::fillNormals(stream, firstBlock, out.data(), count);
  return out;
}

/// Correlations of the values, of the squares and of value with square, over pairs of independent normals, in
/// standard errors (the products have variance 1, 4 and 2).
struct Dependence {
  double values;
  double squares;
  double mixed;
};

Dependence dependence(std::vector<double> const& x, std::vector<double> const& y) {
  double values = 0, squares = 0, mixed = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    values += x[i] * y[i];
    squares += (x[i] * x[i] - 1) * (y[i] * y[i] - 1);
    mixed += x[i] * (y[i] * y[i] - 1);
  }
  double const root = std::sqrt(static_cast<double>(x.size()));
  return {values / root, squares / (2 * root), mixed / (std::sqrt(2.0) * root)};
}

void checkIndependent(std::vector<double> const& x, std::vector<double> const& y) {
  Dependence const z = dependence(x, y);
  CHECK(std::fabs(z.values) <= test::kMaximumZ);
  CHECK(std::fabs(z.squares) <= test::kMaximumZ);
  CHECK(std::fabs(z.mixed) <= test::kMaximumZ);
}

}  // namespace

TEST_CASE("Uniforms are the odd multiples of 2^-53, from 2^-53 to 1 - 2^-53") {
  CHECK(random::uniformFromBits(0) == 0x1p-53);
  CHECK(random::uniformFromBits(0xFFF) == 0x1p-53);  // the low 12 bits are not used
  CHECK(random::uniformFromBits(0x1000) == 3 * 0x1p-53);
  CHECK(random::uniformFromBits(0x7FFFFFFFFFFFFFFF) == 0.5 - 0x1p-53);
  CHECK(random::uniformFromBits(0x8000000000000000) == 0.5 + 0x1p-53);
  CHECK(random::uniformFromBits(0xFFFFFFFFFFFFFFFF) == 1 - 0x1p-53);
  random::UniformPair const pair = random::uniformPair({{0, 0x80000000, 0xFFFFFFFF, 0x7FFFFFFF}});
  CHECK(pair.first == 0.5 + 0x1p-53);
  CHECK(pair.second == 0.5 - 0x1p-53);
}

TEST_CASE("boxMuller has the radius and the angle of the formula") {
  Stream const stream{.key = streamKey(4, 6)};
  double const pi = std::acos(-1.0);
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    random::UniformPair const uniforms = random::uniformPair(stream.block(i));
    random::NormalPair const normals = random::boxMuller(uniforms);
    // A few roundings each, of 1.1e-16.
    CHECK(std::hypot(normals.first, normals.second) ==
          doctest::Approx(std::sqrt(-2 * std::log(uniforms.first))).epsilon(1e-15));
    double const turn = std::atan2(normals.second, normals.first) / (2 * pi);
    CHECK(std::fabs((turn < 0 ? turn + 1 : turn) - uniforms.second) < 1e-15);
  }
}

TEST_CASE("Uniforms fit the uniform law: moments and Kolmogorov-Smirnov on a million draws") {
  Stream const stream{.key = streamKey(3, 1)};
  std::vector<double> draws;
  draws.reserve(kDraws);
  test::SampleMean mean, square, product;
  for (std::uint64_t i = 0; i < kDraws / 2; ++i) {
    random::UniformPair const pair = random::uniformPair(stream.block(i));
    draws.push_back(pair.first);
    draws.push_back(pair.second);
    for (double u : {pair.first, pair.second}) {
      mean.add(u);
      square.add(u * u);
    }
    product.add(pair.first * pair.second);
  }
  CHECK(std::fabs(mean.z(0.5)) <= test::kMaximumZ);
  CHECK(std::fabs(square.z(1.0 / 3)) <= test::kMaximumZ);
  CHECK(std::fabs(product.z(0.25)) <= test::kMaximumZ);
  CHECK(test::kolmogorovSmirnov(draws, 1, [](double u) { return u; }) <= test::kolmogorovSmirnovLimit());
}

TEST_CASE("Normals fit the normal law: eight moments and Kolmogorov-Smirnov on a million draws") {
  std::vector<double> draws = normals({.key = streamKey(4, 1)}, 0, kDraws);
  double const exact[] = {0, 1, 0, 3, 0, 15, 0, 105};
  for (int power = 1; power <= 8; ++power) {
    test::SampleMean moment;
    for (double x : draws) moment.add(std::pow(x, power));
    CHECK_MESSAGE(std::fabs(moment.z(exact[power - 1])) <= test::kMaximumZ, "power " << power);
  }
  CHECK(test::kolmogorovSmirnov(draws, 1, normalCdf) <= test::kolmogorovSmirnovLimit());
}

TEST_CASE("The two normals of a block are independent") {
  std::vector<double> const both = normals({.key = streamKey(4, 2)}, 0, 2 * kDraws);
  std::vector<double> first(kDraws), second(kDraws);
  for (std::size_t i = 0; i < kDraws; ++i) {
    first[i] = both[2 * i];
    second[i] = both[2 * i + 1];
  }
  checkIndependent(first, second);
}

TEST_CASE("Both tails of the normal are right to 6 sigma: exceedances in 10^8 draws" *
          doctest::skip(test::kSanitized)) {
  constexpr std::size_t chunk = 4096;
  constexpr std::uint64_t chunks = 24'415;  // 1.00004e8 draws
  constexpr int levels = 12;                // 0.5, 1, ..., 6 sigma
  Stream const stream{.key = streamKey(4, 3)};
  std::vector<double> draws(chunk);
  std::uint64_t above[levels] = {};
  std::uint64_t below[levels] = {};
  for (std::uint64_t c = 0; c < chunks; ++c) {
    random::fillNormals(stream, c * chunk / 2, draws.data(), chunk);
    for (int level = 0; level < levels; ++level) {
      double const threshold = 0.5 * (level + 1);
      std::uint64_t up = 0, down = 0;
      for (double x : draws) {
        up += x > threshold ? 1 : 0;
        down += x < -threshold ? 1 : 0;
      }
      above[level] += up;
      below[level] += down;
    }
  }
  double const total = static_cast<double>(chunk) * static_cast<double>(chunks);
  for (int level = 0; level < levels; ++level) {
    double const probability = normalCdf(-0.5 * (level + 1));
    double const mean = total * probability;
    for (std::uint64_t count : {above[level], below[level]}) {
      INFO("beyond " << 0.5 * (level + 1) << " sigma: " << count << ", expected " << mean);
      if (mean > 10'000) {  // normal approximation of the binomial
        CHECK(std::fabs(static_cast<double>(count) - mean) <=
              test::kMaximumZ * std::sqrt(mean * (1 - probability)));
      } else {
        CHECK(test::poissonTail(mean, static_cast<double>(count)) >= test::kFalseAlarm / 2);
      }
    }
  }
}

TEST_CASE("Beyond 6 sigma: the Box-Muller map itself has the right mass there") {
  // 10^8 draws hold too few to tell. The radius exceeds r0 just where the first uniform is below exp(-r0^2/2),
  // so integrate over that part of the unit square by the midpoint rule. Halving the grid moves the result by <
  // 1e-3.
  for (double sigmas : {5.0, 6.0, 7.0, 8.0}) {
    constexpr int radial = 400;
    constexpr int angular = 4000;
    double const edge = std::exp(-0.5 * sigmas * sigmas);
    int hits = 0;
    for (int i = 0; i < radial; ++i) {
      for (int j = 0; j < angular; ++j) {
        random::NormalPair const pair = random::boxMuller({edge * (i + 0.5) / radial, (j + 0.5) / angular});
        hits += (pair.first > sigmas ? 1 : 0) + (pair.first < -sigmas ? 1 : 0) +
                (pair.second > sigmas ? 1 : 0) + (pair.second < -sigmas ? 1 : 0);
      }
    }
    double const mass = edge * hits / (4.0 * radial * angular);
    CHECK(mass == doctest::Approx(normalCdf(-sigmas)).epsilon(3e-3));
  }
  CHECK(random::boxMuller({0x1p-53, 0x1p-53}).first > 8.57);
}

TEST_CASE("Neighbouring streams are independent: chain, generation, part, index, seed and domain") {
  Stream const stream{.key = streamKey(5, 1), .chain = 10, .generation = 20, .part = 30};
  std::vector<double> const here = normals(stream, 1'000'000, kDraws);
  auto const with = [&](auto change) {
    Stream other = stream;
    change(other);
    return normals(other, 1'000'000, kDraws);
  };
  SUBCASE("chain") {
    checkIndependent(here, with([](Stream& s) { s.chain += 1; }));
    checkIndependent(here, with([](Stream& s) { s.chain -= 1; }));
  }
  SUBCASE("generation") {
    checkIndependent(here, with([](Stream& s) { s.generation += 1; }));
    checkIndependent(here, with([](Stream& s) { s.generation -= 1; }));
  }
  SUBCASE("part") {
    checkIndependent(here, with([](Stream& s) { s.part += 1; }));
    checkIndependent(here, with([](Stream& s) { s.part -= 1; }));
  }
  SUBCASE("index") {
    checkIndependent(here, normals(stream, 1'000'001, kDraws));
    checkIndependent(here, normals(stream, 999'999, kDraws));
  }
  SUBCASE("seed and domain") {
    checkIndependent(here, with([](Stream& s) { s.key = streamKey(6, 1); }));
    checkIndependent(here, with([](Stream& s) { s.key = streamKey(5, 2); }));
    checkIndependent(here, with([](Stream& s) { s.key += 1; }));
  }
}

TEST_CASE("A normal depends on its block alone: not on where a fill starts or ends, nor on the address") {
  Stream const stream{.key = streamKey(4, 4), .part = 1};
  std::vector<double> const all = normals(stream, 7, 1000);
  for (std::size_t count = 0; count <= 300; ++count) {
    std::vector<double> some(count + 5, -77);
    std::size_t const offset = count % 4;
    random::fillNormals(stream, 7, some.data() + offset, count);
    bool same = true;
    for (std::size_t i = 0; i < count; ++i) same = same && some[offset + i] == all[i];
    for (std::size_t i = 0; i < offset; ++i) same = same && some[i] == -77;
    for (std::size_t i = offset + count; i < some.size(); ++i) same = same && some[i] == -77;
    REQUIRE(same);
  }
  for (std::size_t start : {1U, 2U, 63U, 64U, 65U}) {
    std::vector<double> const later = normals(stream, 7 + start, 500);
    bool same = true;
    for (std::size_t i = 0; i < 500; ++i) same = same && later[i] == all[2 * start + i];
    CHECK(same);
  }
  for (std::size_t i = 0; i < 500; ++i) {
    random::NormalPair const pair = random::boxMuller(random::uniformPair(stream.block(7 + i)));
    REQUIRE(all[2 * i] == pair.first);
    REQUIRE(all[2 * i + 1] == pair.second);
  }
}

TEST_CASE("Normals at the end of a stream: the last block is there, the next one is refused") {
  Stream const stream{.key = 1};
  double out[3];
  CHECK_NOTHROW(random::fillNormals(stream, random::kStreamBlocks - 1, out, 2));
  CHECK_THROWS_AS(random::fillNormals(stream, random::kStreamBlocks - 1, out, 3), Error);
}

TEST_CASE("Normals are the same bits on every build") {
  test::Checksum checksum;
  for (double x : normals({.key = streamKey(4, 5), .chain = 1, .generation = 2, .part = 3}, 0, 100'000))
    checksum.add(x);
  CHECK(checksum.value() == 6330067896514867738U);
}
