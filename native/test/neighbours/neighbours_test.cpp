#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <vector>

#include "core/base/task.hpp"
#include "core/metrics/precision_recall.hpp"
#include "core/neighbours/exact_comparison.hpp"
#include "test/support/sanitized.hpp"
#include "test/support/threads_label.hpp"

using namespace madloop;
using metrics::ManifoldMetrics;
using metrics::PrecisionRecall;
using neighbours::Boundary;

namespace {

template <class T>
struct Data {
  std::size_t rows;
  std::size_t cols;
  std::vector<T> values;

  [[nodiscard]] neighbours::Points points() const {
    return neighbours::Points(MatrixView<T>{values.data(), rows, cols});
  }
  [[nodiscard]] std::vector<double> row(std::size_t i) const {
    return {values.begin() + static_cast<std::ptrdiff_t>(i * cols),
            values.begin() + static_cast<std::ptrdiff_t>((i + 1) * cols)};
  }
};

/// Values from a small generator of the test's own.
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : state_(seed * 2 + 1) {}
  /// An integer from 0 to below - 1.
  std::uint64_t below(std::uint64_t bound) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return (state_ >> 33) % bound;
  }
  double uniform() { return static_cast<double>(below(std::uint64_t{1} << 30)) * 0x1p-30; }
  /// About normal: the sum of twelve uniforms.
  double normal() {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += uniform();
    return sum;
  }

 private:
  std::uint64_t state_;
};

/// -1, 0, 1 as |c - a|^2 is below, equal to or above |c - b|^2: exact, the plain way.
template <class T, class U>
int order(Data<T> const& centres, std::size_t c, Data<U> const& setOfA, std::size_t a, Data<T> const& setOfB,
          std::size_t b) {
  return neighbours::compareSquaredDistances(centres.row(c).data(), setOfA.row(a).data(), setOfB.row(b).data(),
                                             centres.cols);
}

/// Of every point the others, the nearest first: by exact comparisons and then by index.
using Neighbours = std::vector<std::vector<std::size_t>>;

template <class T>
Neighbours sortedNeighbours(Data<T> const& x) {
  Neighbours result(x.rows);
  for (std::size_t i = 0; i < x.rows; ++i) {
    for (std::size_t j = 0; j < x.rows; ++j) {
      if (j != i) result[i].push_back(j);
    }
    std::sort(result[i].begin(), result[i].end(), [&](std::size_t a, std::size_t b) {
      int const sign = order(x, i, x, a, x, b);
      return sign == 0 ? a < b : sign < 0;
    });
  }
  return result;
}

struct Plain {
  double precision, recall, density, coverage;
};

/// The definitions, pair by pair.
template <class T, class U>
Plain plain(Data<T> const& real, Neighbours const& ofReal, Data<U> const& generated,
            Neighbours const& ofGenerated, std::size_t k, Boundary boundary) {
  auto const inside = [&](int sign) { return boundary == Boundary::closed ? sign <= 0 : sign < 0; };
  std::vector<int> around(generated.rows, 0);
  std::vector<int> recalled(real.rows, 0);
  std::vector<int> occupied(real.rows, 0);
  for (std::size_t i = 0; i < real.rows; ++i) {
    std::size_t const radius = ofReal[i][k - 1];
    for (std::size_t j = 0; j < generated.rows; ++j) {
      if (!inside(order(real, i, generated, j, real, radius))) continue;
      ++around[j];
      ++occupied[i];
    }
  }
  for (std::size_t j = 0; j < generated.rows; ++j) {
    std::size_t const radius = ofGenerated[j][k - 1];
    for (std::size_t i = 0; i < real.rows; ++i)
      recalled[i] += inside(order(generated, j, real, i, generated, radius));
  }
  auto const share = [](std::vector<int> const& counts) {
    return static_cast<double>(std::count_if(counts.begin(), counts.end(), [](int c) { return c > 0; })) /
           static_cast<double>(counts.size());
  };
  double sum = 0;
  for (int const count : around) sum += count;
  return {share(around), share(recalled), sum / static_cast<double>(k * generated.rows), share(occupied)};
}

template <class T, class U>
PrecisionRecall fast(Data<T> const& real, Data<U> const& generated, std::vector<std::size_t> const& ks,
                     Boundary boundary, bool standardErrors = false, std::size_t threads = 2) {
  Task task(threads);
  PrecisionRecall result =
      metrics::precisionRecall(real.points(), generated.points(), ks, {boundary, standardErrors, true}, task);
  CHECK(task.done() == task.total());
  return result;
}

template <class T, class U>
void checkAgainstPlain(Data<T> const& real, Data<U> const& generated, std::vector<std::size_t> const& ks) {
  Neighbours const ofReal = sortedNeighbours(real);
  Neighbours const ofGenerated = sortedNeighbours(generated);
  for (Boundary const boundary : {Boundary::closed, Boundary::open}) {
    PrecisionRecall const result = fast(real, generated, ks, boundary);
    for (std::size_t q = 0; q < ks.size(); ++q) {
      CAPTURE(ks[q]);
      Plain const expected = plain(real, ofReal, generated, ofGenerated, ks[q], boundary);
      CHECK(result.metrics[q].precision.value == expected.precision);
      CHECK(result.metrics[q].recall.value == expected.recall);
      CHECK(result.metrics[q].density.value == doctest::Approx(expected.density).epsilon(1e-14));
      CHECK(result.metrics[q].coverage.value == expected.coverage);
    }
  }
}

template <class T>
Data<T> make(std::size_t rows, std::size_t cols, auto value) {
  Data<T> data{rows, cols, std::vector<T>(rows * cols)};
  for (T& entry : data.values) entry = static_cast<T>(value());
  return data;
}

/// Fills one row of a sample.
using DrawRow = std::function<void(Numbers&, std::span<float>)>;

DrawRow eachValue(std::function<double(Numbers&)> const& draw) {
  return [=](Numbers& numbers, std::span<float> row) {
    for (float& value : row) value = static_cast<float>(draw(numbers));
  };
}

/// Points near a line.
DrawRow nearLine(double scale, double noise, double shift) {
  return [=](Numbers& numbers, std::span<float> row) {
    double const z = scale * numbers.normal();
    for (std::size_t i = 0; i < row.size(); ++i) {
      double const value = z * static_cast<double>(i + 1) / 2 + noise * numbers.normal() + shift;
      row[i] = static_cast<float>(value);
    }
  };
}

Data<float> sample(Numbers& numbers, DrawRow const& draw, std::size_t rows, std::size_t cols) {
  Data<float> data{rows, cols, std::vector<float>(rows * cols)};
  for (std::size_t i = 0; i < rows; ++i) draw(numbers, std::span(data.values).subspan(i * cols, cols));
  return data;
}

/// Samples of both laws, 300 times. The standard deviation then has a relative error of 1 / sqrt(600) = 4 %.
void checkIntervals(DrawRow const& drawX, DrawRow const& drawY, std::size_t rowsOfX, std::size_t rowsOfY,
                    std::size_t cols, std::size_t k) {
  constexpr int runs = 300;
  std::vector<ManifoldMetrics> all;
  for (std::uint64_t seed = 0; seed < runs; ++seed) {
    Numbers numbers(seed + 100);
    Data<float> const x = sample(numbers, drawX, rowsOfX, cols);
    Data<float> const y = sample(numbers, drawY, rowsOfY, cols);
    all.push_back(fast(x, y, {k}, Boundary::closed, true).metrics[0]);
  }
  for (metrics::MetricEstimate ManifoldMetrics::*metric :
       {&ManifoldMetrics::precision, &ManifoldMetrics::recall, &ManifoldMetrics::density,
        &ManifoldMetrics::coverage}) {
    double mean = 0, square = 0, variance = 0, width = 0;
    int covered = 0;
    for (ManifoldMetrics const& run : all) mean += (run.*metric).value / runs;
    for (ManifoldMetrics const& run : all) {
      square += ((run.*metric).value - mean) * ((run.*metric).value - mean) / (runs - 1);
      variance += (run.*metric).standardError * (run.*metric).standardError / runs;
      width += ((run.*metric).upper - (run.*metric).lower) / runs;
      covered += (run.*metric).lower <= mean && mean <= (run.*metric).upper;
    }
    double const ratio = std::sqrt(variance / square);
    MESSAGE("mean " << mean << ", standard error / standard deviation: " << ratio
                    << ", covered: " << covered * 100.0 / runs << " %, mean width " << width);
    CHECK(ratio > 0.82);  // less 4.5 standard errors of the standard deviation
    CHECK(ratio < 1.9);
    CHECK(covered >= 268);  // 95 % of 300 less 4.5 standard errors of 3.8
  }
}

}  // namespace

TEST_CASE("compareSquaredDistances is exact") {
  auto const compare = [](std::vector<double> c, std::vector<double> a, std::vector<double> b) {
    int const sign = neighbours::compareSquaredDistances(c.data(), a.data(), b.data(), c.size());
    CHECK(neighbours::compareSquaredDistances(c.data(), b.data(), a.data(), c.size()) == -sign);
    return sign;
  };
  CHECK(compare({0}, {1}, {-1}) == 0);
  CHECK(compare({1}, {3}, {-2}) == -1);
  CHECK(compare({0, 0}, {3, 4}, {5, 0}) == 0);
  CHECK(compare({0, 0}, {3, 4}, {5, 0x1p-1074}) == -1);
  CHECK(compare({0, 0}, {3, 4}, {0, std::nextafter(5.0, 0)}) == 1);
  // Squares that overflow and underflow doubles.
  double const huge = std::numeric_limits<double>::max();
  double const tiny = std::numeric_limits<double>::denorm_min();
  CHECK(compare({0, 0}, {huge, tiny}, {huge, 0}) == 1);
  CHECK(compare({-huge}, {huge}, {std::nextafter(huge, 0)}) == 1);
  CHECK(compare({tiny}, {0}, {2 * tiny}) == 0);
  CHECK(compare({tiny}, {3 * tiny}, {0}) == 1);
  // Against 128-bit integers, with and without a common offset.
  Numbers numbers(1);
  for (int round = 0; round < 20000; ++round) {
    std::int64_t const range = round % 2 == 0 ? 3 : std::int64_t{1} << 45;
    auto const draw = [&] {
      return static_cast<std::int64_t>(numbers.below(static_cast<std::uint64_t>(range))) - range / 2;
    };
    __extension__ typedef __int128 Wide;
    Wide difference = 0;
    std::vector<double> c, a, b;
    for (int k = 0; k < 3; ++k) {
      std::int64_t const ci = draw(), ai = draw(), bi = draw();
      c.push_back(std::ldexp(static_cast<double>(ci), -40));
      a.push_back(std::ldexp(static_cast<double>(ai), -40));
      b.push_back(std::ldexp(static_cast<double>(bi), -40));
      difference += Wide{ci - ai} * (ci - ai) - Wide{ci - bi} * (ci - bi);
    }
    int const expected = difference < 0 ? -1 : difference > 0 ? 1 : 0;
    if (compare(c, a, b) != expected) FAIL("wrong sign in round " << round);
  }
}

TEST_CASE("integer data with ties and duplicates: every decision as by definition" * startsThreads) {
  for (std::uint64_t const seed : {1U, 2U}) {
    Numbers numbers(seed);
    for (std::uint64_t const range : {2U, 4U, 30U, 3000U}) {
      for (double const offset : {0.0, 1e5}) {
        auto const value = [&] { return offset + static_cast<double>(numbers.below(range)); };
        CAPTURE(range);
        CAPTURE(offset);
        checkAgainstPlain(make<float>(61, 3, value), make<float>(47, 3, value), {1, 2, 3, 5, 46});
        checkAgainstPlain(make<double>(40, 7, value), make<float>(51, 7, value), {1, 3, 39});
      }
    }
  }
}

TEST_CASE("real numbers: every decision as exact arithmetic makes it" * startsThreads) {
  Numbers numbers(7);
  SUBCASE("any distance from zero") {
    for (double const offset : {0.0, 1.0, 1e3, 1e5}) {
      auto const value = [&] { return offset + numbers.normal(); };
      CAPTURE(offset);
      checkAgainstPlain(make<float>(80, 16, value), make<float>(70, 16, value), {1, 3, 5});
      checkAgainstPlain(make<double>(60, 5, value), make<double>(70, 5, value), {2, 3});
    }
  }
  SUBCASE("as coarse as half precision") {
    auto const value = [&] { return std::round(numbers.normal() * 64) / 64 * (numbers.below(4) == 0 ? 0 : 1); };
    checkAgainstPlain(make<float>(90, 4, value), make<float>(90, 4, value), {1, 4});
  }
  SUBCASE("resampled with replacement: many duplicates, also across the sets") {
    Data<float> const base = make<float>(20, 6, [&] { return 1e3 + numbers.normal(); });
    auto const resample = [&](std::size_t rows) {
      Data<float> data{rows, base.cols, {}};
      for (std::size_t i = 0; i < rows; ++i) {
        std::size_t const from = numbers.below(base.rows) * base.cols;
        for (std::size_t k = 0; k < base.cols; ++k) data.values.push_back(base.values[from + k]);
      }
      return data;
    };
    checkAgainstPlain(resample(90), resample(80), {1, 3, 7});
    checkAgainstPlain(base, base, {1, 2, 19});
  }
  SUBCASE("clusters far apart, seen from the centre as points") {
    auto const value = [&] { return (numbers.below(2) == 0 ? 1e6 : -1e6) + numbers.normal(); };
    checkAgainstPlain(make<float>(64, 2, value), make<double>(64, 2, value), {1, 5});
  }
  SUBCASE("scales near the ends of the range") {
    for (double const scale : {1e-320, 1e-300, 1e-30, 1e30, 1e300}) {
      CAPTURE(scale);
      auto const scaled = [&] { return scale * numbers.normal(); };
      checkAgainstPlain(make<double>(40, 4, scaled), make<double>(40, 4, scaled), {1, 3});
    }
    auto const scaled = [&] { return 1e-42 * numbers.normal(); };
    checkAgainstPlain(make<float>(40, 4, scaled), make<float>(40, 4, scaled), {1, 3});
  }
  SUBCASE("one column that dwarfs the others") {
    for (std::size_t const dominant : {0U, 2U}) {
      Data<double> data = make<double>(60, 3, [&] { return numbers.normal(); });
      for (std::size_t i = 0; i < data.rows; ++i) data.values[i * 3 + dominant] = 1e12 * (i % 5 == 0 ? 1 : -1);
      checkAgainstPlain(data, make<double>(50, 3, [&] { return numbers.normal(); }), {1, 4});
      checkAgainstPlain(data, data, {1, 4});
    }
  }
}

TEST_CASE("constant data: all of it inside or nothing") {
  for (double const value : {0.0, 1.0, 0.1, 1e5}) {
    Data<float> const x = make<float>(8, 2, [&] { return value; });
    // One thread: how many columns a kernel takes at once, and so whether there is work for two, depends on the
    // processor.
    PrecisionRecall const inside = fast(x, x, {3}, Boundary::closed, false, 1);
    CHECK(inside.metrics[0].precision.value == 1);
    CHECK(inside.metrics[0].recall.value == 1);
    CHECK(inside.metrics[0].density.value == doctest::Approx(8.0 / 3));
    CHECK(inside.metrics[0].coverage.value == 1);
    PrecisionRecall const outside = fast(x, x, {3}, Boundary::open, false, 1);
    CHECK(outside.metrics[0].precision.value == 0);
    CHECK(outside.metrics[0].density.value == 0);
    CHECK(outside.metrics[0].coverage.value == 0);
  }
}

TEST_CASE("more points than a tile, a segment and a strip: the same neighbours as by sorting" * startsThreads) {
  Numbers numbers(9);
  Data<float> const x = make<float>(2500, 3, [&] { return numbers.normal(); });
  Data<float> const y = make<float>(900, 3, [&] { return 0.5 + numbers.normal(); });
  std::vector<std::size_t> const ks = {1, 7, 700};
  PrecisionRecall const result = fast(x, y, ks, Boundary::closed);
  for (std::size_t q = 0; q < ks.size(); ++q) {
    for (std::size_t i = 0; i < x.rows; i += 97) {
      std::vector<double> squares;
      for (std::size_t j = 0; j < x.rows; ++j) {
        double square = 0;
        for (std::size_t k = 0; k < x.cols; ++k) {
          double const difference =
              static_cast<double>(x.values[i * x.cols + k]) - static_cast<double>(x.values[j * x.cols + k]);
          square += difference * difference;
        }
        if (j != i) squares.push_back(square);
      }
      std::sort(squares.begin(), squares.end());
      CHECK(result.samples.realRadius[q * x.rows + i] ==
            doctest::Approx(std::sqrt(squares[ks[q] - 1])).epsilon(1e-14));
    }
  }
}

TEST_CASE("the result does not depend on the number of threads" * startsThreads) {
  Numbers numbers(11);
  Data<float> const x = make<float>(1200, 8, [&] { return 1e3 + std::round(8 * numbers.normal()) / 8; });
  Data<float> const y = make<float>(1000, 8, [&] { return 1e3 + std::round(8 * numbers.normal()) / 8; });
  PrecisionRecall const one = fast(x, y, {1, 5}, Boundary::closed, true, 1);
  for (std::size_t const threads : {2U, 7U}) {
    PrecisionRecall const many = fast(x, y, {1, 5}, Boundary::closed, true, threads);
    for (std::size_t q = 0; q < 2; ++q) {
      CHECK(many.metrics[q].precision.standardError == one.metrics[q].precision.standardError);
      CHECK(many.metrics[q].recall.standardError == one.metrics[q].recall.standardError);
      CHECK(many.metrics[q].density.standardError == one.metrics[q].density.standardError);
      CHECK(many.metrics[q].coverage.standardError == one.metrics[q].coverage.standardError);
    }
    CHECK(many.samples.realRadius == one.samples.realRadius);
    CHECK(many.samples.realBallsAroundGenerated == one.samples.realBallsAroundGenerated);
    CHECK(many.samples.generatedBallsAroundReal == one.samples.generatedBallsAroundReal);
    CHECK(many.samples.generatedInRealBall == one.samples.generatedInRealBall);
    CHECK(many.resolved.inDouble == one.resolved.inDouble);
    CHECK(many.resolved.exactly == one.resolved.exactly);
  }
}

TEST_CASE("standard errors equal those of the halves taken as samples of their own" * startsThreads) {
  Numbers numbers(13);
  auto const half = [](Data<float> const& x, neighbours::HalfSamples const& halves, std::size_t r) {
    Data<float> result{0, x.cols, {}};
    for (std::size_t i = 0; i < x.rows; ++i) {
      if ((halves.containing[i] >> r & 1) == 0) continue;
      ++result.rows;
      for (std::size_t k = 0; k < x.cols; ++k) result.values.push_back(x.values[i * x.cols + k]);
    }
    CHECK(result.rows == halves.size);
    return result;
  };
  auto const check = [&](Data<float> const& x, Data<float> const& y, std::vector<std::size_t> const& ks) {
    neighbours::HalfSamples const halvesOfX = neighbours::drawHalfSamples(x.rows, 0, 0);
    neighbours::HalfSamples const halvesOfY = neighbours::drawHalfSamples(y.rows, 0, 1);
    PrecisionRecall const result = fast(x, y, ks, Boundary::closed, true);
    for (std::size_t q = 0; q < ks.size(); ++q) {
      std::vector<Plain> runs;
      for (std::size_t r = 0; r < neighbours::kHalfSamples; ++r) {
        Data<float> const real = half(x, halvesOfX, r);
        Data<float> const generated = half(y, halvesOfY, r);
        runs.push_back(plain(real, sortedNeighbours(real), generated, sortedNeighbours(generated), ks[q],
                             Boundary::closed));
      }
      // The standard deviation over the halves or, where that is larger, what it comes to at the metric's value
      // if the variance is as p (1 - p) or p, with no more trials than `most`.
      auto const error = [&](double Plain::*metric, double value, double most) {
        double mean = 0, square = 0;
        for (Plain const& run : runs) mean += run.*metric / neighbours::kHalfSamples;
        for (Plain const& run : runs)
          square += (run.*metric - mean) * (run.*metric - mean) / (neighbours::kHalfSamples - 1);
        auto const variance = [&](double p) { return metric == &Plain::density ? p : p * (1 - p); };
        double const floor = variance(value) / std::min(most, variance(mean) / square);
        return doctest::Approx(std::sqrt(std::max(square, floor))).epsilon(1e-10);
      };
      ManifoldMetrics const& ofK = result.metrics[q];
      auto const real = static_cast<double>(x.rows), generated = static_cast<double>(y.rows);
      double squares = 0;
      for (std::size_t j = 0; j < y.rows; ++j) {
        double const count = result.samples.realBallsAroundGenerated[q * y.rows + j];
        squares += std::pow(count / static_cast<double>(ks[q]) - ofK.density.value, 2) / (generated - 1);
      }
      CHECK(ofK.precision.standardError == error(&Plain::precision, ofK.precision.value, generated));
      CHECK(ofK.recall.standardError == error(&Plain::recall, ofK.recall.value, real));
      CHECK(ofK.density.standardError ==
            error(&Plain::density, ofK.density.value, ofK.density.value * generated / squares));
      CHECK(ofK.coverage.standardError == error(&Plain::coverage, ofK.coverage.value, real));
      for (metrics::MetricEstimate const& m : {ofK.precision, ofK.recall, ofK.density, ofK.coverage}) {
        CHECK(m.lower <= m.value);
        CHECK(m.value <= m.upper);
      }
    }
  };
  check(make<float>(60, 2, [&] { return numbers.normal(); }),
        make<float>(50, 2, [&] { return 0.7 + numbers.normal(); }), {1, 2, 9});
  // Ties, in which the order of neighbours matters.
  check(make<float>(60, 2, [&] { return static_cast<double>(numbers.below(6)); }),
        make<float>(71, 2, [&] { return static_cast<double>(numbers.below(7)); }), {1, 3});
}

TEST_CASE("too few points for halves: no standard errors, the same values") {
  Numbers numbers(17);
  Data<float> const x = make<float>(12, 2, [&] { return numbers.normal(); });
  ManifoldMetrics const ofK = fast(x, x, {6}, Boundary::closed, true, 1).metrics[0];
  CHECK(ofK.precision.value == 1);
  CHECK(std::isnan(ofK.precision.standardError));
  CHECK(std::isnan(ofK.density.lower));
  CHECK_FALSE(std::isnan(fast(x, x, {5}, Boundary::closed, true, 1).metrics[0].density.lower));
}

TEST_CASE("standard errors are those of repeated sampling, or a little above; intervals cover" * startsThreads *
          doctest::skip(test::kSanitized)) {
  // Statistics near their bounds, like the first law's precision, are the least linear and the most
  // overestimated.
  DrawRow const normal = eachValue([](Numbers& numbers) { return numbers.normal(); });
  DrawRow const narrow = eachValue([](Numbers& numbers) { return 0.8 * numbers.normal(); });
  DrawRow const skewed = eachValue([](Numbers& numbers) { return -std::log(1e-9 + numbers.uniform()); });
  checkIntervals(normal, narrow, 150, 120, 3, 5);
  checkIntervals(normal, normal, 150, 120, 16, 5);
  checkIntervals(skewed, skewed, 200, 170, 8, 3);
}

TEST_CASE("intervals cover where halves are not like the whole: near a line, near 1, carried by few points" *
          startsThreads * doctest::skip(test::kSanitized)) {
  SUBCASE("precision of data near a line") {
    checkIntervals(nearLine(1, 0.1, 0), nearLine(0.7, 0.15, 0.2), 100, 60, 5, 5);
  }
  SUBCASE("recall of data near a line") {
    checkIntervals(nearLine(0.7, 0.15, 0.2), nearLine(1, 0.1, 0), 60, 100, 5, 5);
  }
  SUBCASE("coverage that is 1 in many samples") {
    checkIntervals(eachValue([](Numbers& numbers) { return numbers.normal(); }),
                   eachValue([](Numbers& numbers) { return 0.5 + numbers.normal(); }), 100, 100, 1, 5);
  }
  SUBCASE("density that few points carry, in a corner of the real ones") {
    checkIntervals(eachValue([](Numbers& numbers) { return numbers.normal(); }),
                   eachValue([](Numbers& numbers) { return 1.2 + 0.5 * numbers.normal(); }), 100, 60, 3, 5);
  }
}

TEST_CASE("no standard error is below that of so many independent points; at 1 intervals reach two of it") {
  int atOne = 0;
  auto const check = [&](metrics::MetricEstimate const& m, std::size_t points) {
    CHECK(m.standardError >= std::sqrt(m.value * (1 - m.value) / static_cast<double>(points)) - 1e-15);
    CHECK(m.lower <= m.value - (m.value == 1 ? 2 : 1) * m.standardError);
    CHECK(m.upper <= 1);
    atOne += m.value == 1 && m.standardError > 0.05;
  };
  auto const checkProportions = [&](Data<float> const& x, Data<float> const& y) {
    ManifoldMetrics const ofK = fast(x, y, {5}, Boundary::closed, true, 1).metrics[0];
    check(ofK.precision, y.rows);
    check(ofK.recall, x.rows);
    check(ofK.coverage, x.rows);
  };
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    Numbers numbers(seed);
    auto const bit = [&] { return static_cast<double>(numbers.below(2)); };
    Data<float> const bits = make<float>(100, 6, bit);
    checkProportions(bits, make<float>(80, 6, bit));
    Data<float> const x = sample(numbers, nearLine(1, 0.1, 0), 100, 5);
    Data<float> const y = sample(numbers, nearLine(0.7, 0.15, 0.2), 60, 5);
    checkProportions(x, y);
  }
  CHECK(atOne > 0);
}

TEST_CASE("metrics that are 0 in all halves have intervals of some width") {
  ManifoldMetrics const ofK = fast(make<float>(40, 2, [] { return 0.0; }),
                                   make<float>(50, 2, [] { return 9.0; }), {2}, Boundary::closed, true, 1)
                                  .metrics[0];
  for (metrics::MetricEstimate const& m : {ofK.precision, ofK.recall, ofK.density, ofK.coverage}) {
    CHECK(m.value == 0);
    CHECK(m.standardError == 0);
    CHECK(m.lower == 0);
    CHECK(m.upper > 0.09);  // 2.04^2 / (40 + 2.04^2)
    CHECK(m.upper < 0.11);  // 2.04^2 / 40
  }
}

TEST_CASE("the null identities: E density = 1 and E coverage = 1 - prod (N - j) / (N + M - j)" *
          startsThreads) {
  // Distribution-free (Naeem et al. 2020, section 3.3).
  std::size_t const n = 200, m = 100, k = 5;
  double density = 0, densitySquare = 0, coverage = 0, coverageSquare = 0;
  int const runs = test::kSanitized ? 20 : 200;
  for (int run = 0; run < runs; ++run) {
    Numbers numbers(static_cast<std::uint64_t>(run) + 1000);
    auto const value = [&] { return std::abs(numbers.normal()); };
    Data<float> const x = make<float>(n, 4, value);
    Data<float> const y = make<float>(m, 4, value);
    ManifoldMetrics const ofK = fast(x, y, {k}, Boundary::closed).metrics[0];
    density += ofK.density.value / runs;
    densitySquare += ofK.density.value * ofK.density.value / runs;
    coverage += ofK.coverage.value / runs;
    coverageSquare += ofK.coverage.value * ofK.coverage.value / runs;
  }
  double expected = 1;
  for (std::size_t j = 1; j <= k; ++j) expected *= static_cast<double>(n - j) / static_cast<double>(n + m - j);
  CHECK(std::abs(density - 1) < 4.5 * std::sqrt((densitySquare - density * density) / runs));
  CHECK(std::abs(coverage - (1 - expected)) < 4.5 * std::sqrt((coverageSquare - coverage * coverage) / runs));
}

TEST_CASE("bad input is refused by name") {
  Data<float> x = make<float>(4, 2, [] { return 0.5; });
  Data<float> y = x;
  y.values[5] = std::numeric_limits<float>::quiet_NaN();
  Task task;
  std::vector<std::size_t> const ks = {1};
  CHECK_THROWS_WITH_AS(metrics::precisionRecall(x.points(), y.points(), ks, {}, task),
                       "generated must be finite, got NaN at row 2, column 1", Error);
}
