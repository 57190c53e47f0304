// The elementary functions against the C library's 64-bit-significand versions (error about 1e-3 of a double's
// ulp). The bounds are the ones stated in elementary.hpp.
#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <vector>

#include "core/base/elementary.hpp"
#include "core/random/stream.hpp"
#include "core/random/uniform.hpp"
#include "test/support/random_statistics.hpp"

using namespace madloop;

namespace {

constexpr int kArguments = 200'000;  // an interval, unless said otherwise

/// |got - exact| in units of the spacing of doubles at the exact value.
double ulps(double got, long double exact) {
  if (exact == 0) return got == 0 ? 0 : std::numeric_limits<double>::infinity();
  int const exponent = std::max(std::ilogb(exact), -1022);
  return static_cast<double>(std::fabs(static_cast<long double>(got) - exact) /
                             std::ldexp(1.0L, exponent - 52));
}

/// Fixed uniforms in (0, 1).
class Uniforms {
 public:
  double operator()() { return random::uniformPair(stream_.block(index_++)).first; }
  std::uint64_t bits() {
    random::PhiloxBlock const block = stream_.block(index_++);
    return (std::uint64_t{block.word[1]} << 32) | block.word[0];
  }
  /// Between low and high, evenly spread in the logarithm.
  double logarithmic(double low, double high) { return low * std::exp(std::log(high / low) * (*this)()); }

 private:
  random::Stream stream_{.key = random::streamKey(2, 1)};
  std::uint64_t index_ = 0;
};

/// Largest error of `function` against `exact` over arguments made by `argument`.
template <class Function, class Exact, class Argument>
double largestError(Function function, Exact exact, Argument argument, int arguments = kArguments) {
  double largest = 0;
  for (int i = 0; i < arguments; ++i) {
    double const x = argument();
    double const error = ulps(function(x), exact(static_cast<long double>(x)));
    if (!(error <= largest)) largest = error;
  }
  return largest;
}

/// delta(x) by the recurrence to x >= 200 in long double, where four terms of Stirling's series suffice.
long double stirlingErrorReference(long double x) {
  long double sum = 0;
  for (; x < 200; x += 1) {
    long double const s = 1 / (2 * x + 1);
    long double const z = s * s;
    if (s > 0.6L) {
      sum += (x + 0.5L) * (std::log1p(x) - std::log(x)) - 1;
      continue;
    }
    long double power = z;
    for (int k = 3; power > 1e-22L * z; k += 2, power *= z) sum += power / k;
  }
  long double const square = 1 / (x * x);
  return sum + (1 / 12.0L - square * (1 / 360.0L - square * (1 / 1260.0L - square / 1680))) / x;
}

}  // namespace

TEST_CASE("logarithm is within 1 ulp") {
  Uniforms uniform;
  auto const exact = [](long double x) { return std::log(x); };
  CHECK(largestError(logarithm, exact, [&] { return uniform(); }) < 1);
  CHECK(largestError(logarithm, exact, [&] { return 0.5 + uniform(); }) < 1);
  CHECK(largestError(logarithm, exact, [&] { return 1 + (uniform() - 0.5) * uniform.logarithmic(1e-15, 1); }) <
        1);
  CHECK(largestError(logarithm, exact, [&] {
          return std::bit_cast<double>((uniform.bits() >> 1) % 0x7FF0000000000000U + 1);
        }) < 1);
  CHECK(largestError(logarithm, exact, [&] {
          auto const bits = uniform.bits();
          return std::bit_cast<double>(((bits >> 12) >> (bits % 52)) + 1);  // subnormal
        }) < 1);
  for (double x : {0x1p-1074, 0x1p-1022, 0x0.fffffffffffffp-1022, 0x1p-53, 1 - 0x1p-53, 1 + 0x1p-52,
                   0x1.fffffffffffffp1023}) {
    CHECK(ulps(logarithm(x), std::log(static_cast<long double>(x))) < 1);
  }
  CHECK(logarithm(1) == 0);
}

TEST_CASE("logOnePlus is within 2 ulp") {
  Uniforms uniform;
  auto const exact = [](long double x) { return std::log1p(x); };
  CHECK(largestError(logOnePlus, exact, [&] { return uniform.logarithmic(1e-300, 1); }) < 2);
  CHECK(largestError(logOnePlus, exact, [&] { return -uniform.logarithmic(1e-300, 0.99); }) < 2);
  CHECK(largestError(logOnePlus, exact, [&] { return uniform.logarithmic(1, 1e300); }) < 2);
  CHECK(largestError(logOnePlus, exact, [&] { return -1 + uniform.logarithmic(1e-15, 1); }) < 2);
  CHECK(logOnePlus(0) == 0);
}

TEST_CASE("logOnePlusTail has a relative error below 1e-11 through its cancelling range") {
  Uniforms uniform;
  auto const relativeError = [](double t) {
    auto const x = static_cast<long double>(t);
    // Where the long double expression itself would cancel: the series.
    long double exact = std::log1p(x) - x + x * x / 2 - x * x * x / 3;
    if (std::fabs(x) < 0.1L) {
      exact = 0;
      for (int k = 40; k >= 4; --k) exact = x * exact + (k % 2 == 0 ? -1.0L : 1.0L) / k;
      exact *= x * x * x * x;
    }
    return static_cast<double>(std::fabs((static_cast<long double>(logOnePlusTail(t)) - exact) / exact));
  };
  double largest = 0;
  for (int i = 0; i < 20'000; ++i) {
    largest = std::max({largest, relativeError(uniform.logarithmic(1e-10, 10)),
                        relativeError(-uniform.logarithmic(1e-10, 0.999))});
  }
  for (double t : {0.125, 0.125 - 0x1p-56, -0.125, -0.125 + 0x1p-56})
    largest = std::max(largest, relativeError(t));
  CHECK(largest < 1e-11);
}

TEST_CASE("exponential is within 1 ulp, down into the subnormals, and ends in 0 and infinity") {
  Uniforms uniform;
  auto const exact = [](long double x) { return std::exp(x); };
  CHECK(largestError(exponential, exact, [&] { return 1454.8 * uniform() - 745.1; }) < 1);
  CHECK(largestError(exponential, exact, [&] { return 4 * (uniform() - 0.5); }) < 1);
  CHECK(largestError(exponential, exact, [&] { return -708 - 37 * uniform(); }) < 1);
  CHECK(largestError(exponential, exact, [&] { return (uniform() - 0.5) * uniform.logarithmic(1e-20, 1); }) <
        1);
  CHECK(exponential(0) == 1);
  CHECK(exponential(-745.2) == 0);
  CHECK(exponential(709.79) == std::numeric_limits<double>::infinity());
  CHECK(exponential(-1e300) == 0);
  CHECK(exponential(1e300) == std::numeric_limits<double>::infinity());
}

TEST_CASE("sinCosTurn is within 1.4 ulp, and exact at quarter turns") {
  Uniforms uniform;
  long double const pi = std::acos(-1.0L);
  auto const sine = [](double u) {
    double s, c;
    sinCosTurn(u, s, c);
    return s;
  };
  auto const cosine = [](double u) {
    double s, c;
    sinCosTurn(u, s, c);
    return c;
  };
  // Reduced exactly to within an eighth of a turn of the nearest quarter, as 2 pi u itself would round.
  auto const exact = [&](long double u, int shift) {
    long double const nearest = std::rint(4 * u);
    long double const angle = (4 * u - nearest) * pi / 2;
    switch ((static_cast<int>(nearest) + shift) % 4) {
      case 0:
        return std::sin(angle);
      case 1:
        return std::cos(angle);
      case 2:
        return -std::sin(angle);
      default:
        return -std::cos(angle);
    }
  };
  auto const exactSine = [&](long double u) { return exact(u, 0); };
  auto const exactCosine = [&](long double u) { return exact(u, 1); };
  auto const anywhere = [&] { return uniform(); };
  auto const nearQuarter = [&] {
    double const u = std::floor(4 * uniform()) / 4 + uniform.logarithmic(1e-15, 0.1);
    return u < 1 ? u : u - 1;
  };
  CHECK(largestError(sine, exactSine, anywhere) < 1.4);
  CHECK(largestError(cosine, exactCosine, anywhere) < 1.4);
  CHECK(largestError(sine, exactSine, nearQuarter) < 1.4);
  CHECK(largestError(cosine, exactCosine, nearQuarter) < 1.4);
  double const quarterSines[] = {0, 1, 0, -1};
  for (int quarter = 0; quarter < 4; ++quarter) {
    CHECK(sine(quarter / 4.0) == quarterSines[quarter]);
    CHECK(cosine(quarter / 4.0) == quarterSines[(quarter + 1) % 4]);
  }
  CHECK(ulps(sine(1 - 0x1p-53), exactSine(1 - 0x1p-53L)) < 1.4);
}

TEST_CASE("logGamma is within 4 ulp, next to its zeros 1 and 2 too") {
  Uniforms uniform;
  auto const exact = [](long double x) {
    int sign;
    return lgammal_r(x, &sign);
  };
  double const edges[] = {1e-300, 0.01, 1, 2, 3, 10, 100, 1e6, 1e300};
  for (std::size_t i = 0; i + 1 < std::size(edges); ++i) {
    CHECK(largestError(logGamma, exact, [&] { return uniform.logarithmic(edges[i], edges[i + 1]); }) < 4);
  }
  for (double zero : {1.0, 2.0}) {
    CHECK(largestError(logGamma, exact,
                       [&] { return zero + (uniform() - 0.5) * uniform.logarithmic(1e-15, 0.5); }) < 4);
    CHECK(logGamma(zero) == 0);
  }
}

TEST_CASE("stirlingError is within 6 ulp, 3 from 10 on, 16 below 1/2") {
  constexpr int arguments = 20'000;  // the reference is slow
  Uniforms uniform;
  CHECK(largestError(
            stirlingError, stirlingErrorReference, [&] { return uniform.logarithmic(1e-300, 0.5); },
            arguments) < 16);
  CHECK(largestError(
            stirlingError, stirlingErrorReference, [&] { return 0.5 + 9.5 * uniform(); }, arguments) < 6);
  for (double edge : {10.0, 20.0, 200.0, 1e6, 1e15}) {
    CHECK(largestError(
              stirlingError, stirlingErrorReference, [&] { return edge * (1 + uniform()); }, arguments) < 3);
  }
  // And against the definition itself, at Gamma(6) = 120; the difference of numbers below 10 keeps 1e-18.
  long double const definition =
      std::log(120.0L) - (5.5L * std::log(5.0L) - 5 + std::log(2 * std::acos(-1.0L)) / 2);
  CHECK(std::fabs(stirlingError(5) - definition) < 1e-17);
}

TEST_CASE("Elementary functions give the same bits in vector loops and one by one, and on every build") {
  constexpr std::size_t count = 1003;  // with a remainder for any vector length
  std::vector<double> x(count), log(count), exp(count), logOne(count), sine(count), cosine(count);
  Uniforms uniform;
  for (double& value : x) value = uniform();
  for (std::size_t i = 0; i < count; ++i) log[i] = logarithm(x[i]);
  for (std::size_t i = 0; i < count; ++i) exp[i] = exponential(50 * x[i] - 25);
  for (std::size_t i = 0; i < count; ++i) logOne[i] = logOnePlus(x[i]);
  for (std::size_t i = 0; i < count; ++i) sinCosTurn(x[i], sine[i], cosine[i]);
  test::Checksum checksum;
  for (std::size_t i = 0; i < count; ++i) {
    double volatile one = x[i];  // a loop that cannot be vectorised
    double s, c;
    sinCosTurn(one, s, c);
    REQUIRE(log[i] == logarithm(one));
    REQUIRE(exp[i] == exponential(50 * one - 25));
    REQUIRE(logOne[i] == logOnePlus(one));
    REQUIRE(sine[i] == s);
    REQUIRE(cosine[i] == c);
    for (double value : {log[i], exp[i], logOne[i], s, c, logGamma(30 * one), stirlingError(30 * one)})
      checksum.add(value);
  }
  CHECK(checksum.value() == 9341949121634069863U);
}
