#include "core/limits/stationary_moments.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/linalg/eigen.hpp"
#include "test/support/fresh_recursion.hpp"
#include "test/support/reference.hpp"

using madloop::gaussian::CovarianceDivisor;
using madloop::limits::eigenvalueDispersion;
using madloop::limits::EigenvalueDispersion;
using madloop::limits::relaxationTime;
using madloop::limits::stationaryFirstMoments;
using madloop::limits::StationaryFirstMoments;
using madloop::limits::StationaryLoop;
using madloop::linalg::Index;
using Matrix = madloop::linalg::EigenMatrix;
using Vector = madloop::linalg::EigenVector;
using madloop::loop::LoopVariant;
using madloop::test::FreshRecursion;
using madloop::test::referenceInverse;
using madloop::test::referenceSpectralRadius;

namespace {

/// The recursion's matrix, column by column.
Matrix matrixOf(FreshRecursion const& recursion) {
  std::array<double, 7> const constant = recursion.next({});
  Matrix result(7, 7);
  for (std::size_t j = 0; j < 7; ++j) {
    std::array<double, 7> unit{};
    unit[j] = 1;
    std::array<double, 7> const column = recursion.next(unit);
    for (std::size_t i = 0; i < 7; ++i) {
      result(static_cast<Index>(i), static_cast<Index>(j)) = column[i] - constant[i];
    }
  }
  return result;
}

double growth(FreshRecursion const& recursion) { return referenceSpectralRadius(matrixOf(recursion)); }

/// E|mu|^2, E tr S and E tr S^2 in the limit.
std::array<double, 3> moments(StationaryLoop const& loop) {
  EigenvalueDispersion const s = eigenvalueDispersion(loop);
  auto const d = static_cast<double>(loop.dim);
  return {d * s.meanSquare, d * (1 + s.bias), d * (1 + s.bias) * (1 + s.bias) * (1 + s.spread)};
}

}  // namespace

TEST_CASE("the stationary spread has its published values") {
  struct Golden {
    StationaryLoop loop;
    std::array<double, 3> moments;
  };
  Golden const golden[] = {
      {{1, 10, 10, 1}, {0.06785714286, 1.035714286, 1.236724603}},
      {{3, 6, 9, 0.8}, {0.2464788732, 2.429577465, 2.78989456}},
      {{10, 30, 60, 0.9}, {0.1677978884, 8.42760181, 8.522900638}},
      {{100, 100, 900, 1}, {0.5285714286, 100.4761905, 155.1542697}},
      {{100, 100, 900, 0.8}, {0.1881993896, 35.77483893, 16.45774861}},
      {{100, 250, 1000, 0.7}, {0.101055868, 45.49132246, 24.01141892}},
      {{100, 1000, 1000, 0.85}, {0.0579781603, 86.98174225, 80.42972242}},
      {{100, 1000, 10000, 1}, {0.05240364, 100.047644, 105.3960438}},
  };
  for (Golden const& g : golden) {
    CAPTURE(g.loop.dim);
    CAPTURE(g.loop.real);
    std::array<double, 3> const found = moments(g.loop);
    for (std::size_t i = 0; i < 3; ++i) CHECK(std::abs(found[i] / g.moments[i] - 1) < 1e-9);
  }
}

TEST_CASE("the stationary spread is the fixed point of the recursion of the moments about zero") {
  for (double const dim : {1.0, 2.0, 7.0, 100.0}) {
    for (double const real : {2.0, 9.0, 150.0}) {
      for (double const synthetic : {0.0, 1.0, 6.0, 400.0}) {
        for (double const lambda : {0.0, 0.4, 0.95, 1.0}) {
          CAPTURE(dim);
          CAPTURE(real);
          CAPTURE(synthetic);
          CAPTURE(lambda);
          auto const count = static_cast<Index>(dim);
          FreshRecursion const recursion(count, real, synthetic, lambda);
          StationaryLoop const loop{static_cast<std::size_t>(dim), real, synthetic, lambda};
          double const rate = growth(recursion);
          if (rate >= 1) {
            CHECK(std::isinf(eigenvalueDispersion(loop).spread));
            continue;
          }
          std::array<double, 7> const constant = recursion.next({});
          Eigen::Map<Vector const> const k(constant.data(), 7);
          Vector const z = referenceInverse(Matrix::Identity(7, 7) - matrixOf(recursion)) * k;
          std::array<double, 3> const found = moments(loop);
          for (Index i = 0; i < 3; ++i) {
            CHECK(std::abs(found[static_cast<std::size_t>(i)] / z[i] - 1) < 1e-10 / (1 - rate));
          }
        }
      }
    }
  }
}

TEST_CASE("the spread is infinite exactly where the recursion of the second moments diverges") {
  int diverging = 0;
  int converging = 0;
  for (double const dim : {1.0, 3.0, 50.0}) {
    for (double const real : {1.0, 2.0, 3.0, 4.0, 5.0, 8.0}) {
      for (double const synthetic : {2.0, 10.0, 100.0, 1000.0, 1e5}) {
        for (double const lambda : {0.9, 0.999, 1.0}) {
          double const rate = growth(FreshRecursion(static_cast<Index>(dim), real, synthetic, lambda));
          if (std::abs(rate - 1) < 1e-9) continue;  // the eigenvalues' own rounding
          CAPTURE(dim);
          CAPTURE(real);
          CAPTURE(synthetic);
          CAPTURE(lambda);
          CHECK(std::isinf(
                    eigenvalueDispersion({static_cast<std::size_t>(dim), real, synthetic, lambda}).spread) ==
                (rate > 1));
          ++(rate > 1 ? diverging : converging);
        }
      }
    }
  }
  CHECK(diverging > 10);
  CHECK(converging > 10);
}

TEST_CASE("without synthetic samples the moments are those of a Wishart matrix, to their last digits") {
  for (double const n : {2.0, 5.0, 1e3, 1e9, 1e15}) {
    for (std::size_t const dim : {1U, 10U, 1000U}) {
      CAPTURE(n);
      CAPTURE(dim);
      EigenvalueDispersion const s = eigenvalueDispersion({dim, n, 0, 0.7});
      CHECK(std::abs(s.meanSquare * n - 1) < 1e-15);
      CHECK(s.bias == 0);
      CHECK(std::abs(s.spread * (n - 1) / (static_cast<double>(dim) + 1) - 1) < 1e-14);
      EigenvalueDispersion const mle = eigenvalueDispersion({dim, n, 0, 0.7, CovarianceDivisor::mle});
      CHECK(std::abs(mle.bias * n + 1) < 1e-15);
      CHECK(std::abs(mle.spread / s.spread - 1) < 1e-12);
    }
  }
}

TEST_CASE("divisor N scales each generation's covariance by (N - 1)/N") {
  for (double const lambda : {0.3, 1.0}) {
    StationaryLoop const loop{7, 20, 30, lambda, CovarianceDivisor::mle};
    double const h = 49.0 / 50;
    double m = 0;
    double s = 1;
    for (int t = 0; t < 2000; ++t) {
      double const next = 0.36 * m + lambda * 0.6 / 50 * s + 0.4 / 50;
      s = h * (0.4 + lambda * 0.6 * s + 20.0 * 30 / (50 * 49) * m);
      m = next;
    }
    EigenvalueDispersion const found = eigenvalueDispersion(loop);
    CHECK(std::abs(found.meanSquare / m - 1) < 1e-13);
    CHECK(std::abs((1 + found.bias) / s - 1) < 1e-13);
  }
}

TEST_CASE("the bias of the covariance keeps its digits where it is tiny") {
  for (long double const count : {1e3L, 1e6L, 1e9L}) {
    for (double const share : {0.1, 0.9}) {
      long double const q = share;
      long double const p = 1 - q;
      long double const n = count / p;
      // m (1 - q^2) = (p + q s) / n and s (1 - q) = p + n / (n - 1) p q m, lambda = 1: in float64 s - 1 would
      // be lost.
      long double const coupling = n / (n - 1) * p * q / (1 - q * q) / n;
      long double const s = (p + coupling * p) / (1 - q - coupling * q);
      auto const real = static_cast<double>(count);
      StationaryFirstMoments const moments = stationaryFirstMoments({7, real, real * share / (1 - share), 1});
      CHECK(std::abs(moments.bias / static_cast<double>(s - 1) - 1) < 1e-9);
    }
  }
}

TEST_CASE("the first moments are the fixed point of their recursion, for any memory and variant") {
  for (LoopVariant const variant : {LoopVariant::freshData, LoopVariant::syntheticAugmentation}) {
    for (std::uint64_t const memory : {1U, 2U, 5U}) {
      CAPTURE(memory);
      StationaryLoop const loop{3, 12, 20, 0.9, CovarianceDivisor::mle, variant, memory};
      bool const fresh = variant == LoopVariant::freshData;
      // Means of one coordinate as a vector autoregression: lags[j] = E mu_t mu_{t-j}, iterated until it
      // stands.
      double const n = 32;
      double const p = 12 / n;
      double const q = 20 / n;
      auto const k = static_cast<std::size_t>(memory);
      double s = 1;
      double m = 0;
      double cross = 0;
      for (int t = 0; t < 5000; ++t) {
        // Between two different models, by symmetry: E mu_t mu_{t-1} = q (m + (k - 1) cross) / k.
        cross = k == 1 ? m : q * (m + static_cast<double>(k - 1) * cross) / static_cast<double>(k);
        double const average = (m + static_cast<double>(k - 1) * cross) / static_cast<double>(k);
        double const between = m - average;  // how models' means vary about their own average
        double const next = (fresh ? p / n : 0) + q * q * average + q / n * (0.9 * s + between);
        s = (n - 1) / n *
            ((fresh ? p : (12.0 - 1) / (n - 1)) + q * (0.9 * s + between) + n / (n - 1) * p * q * average);
        m = next;
      }
      StationaryFirstMoments const moments = stationaryFirstMoments(loop);
      CHECK(std::abs(moments.mean / m - 1) < 1e-11);
      CHECK(std::abs(moments.covariance() / s - 1) < 1e-11);
      CHECK(std::abs(moments.meanCross / cross - 1) < 1e-11);
    }
  }
}

TEST_CASE("the relaxation time is that of the slower of mean and covariance") {
  // Without coupling (lambda = 0): q^2 alone.
  CHECK(std::abs(relaxationTime({3, 10, 30, 0}) * (1 - 0.75 * 0.75) - 1) < 1e-14);
  CHECK(relaxationTime({3, 10, 0, 1}) == 1);
  // Next to lambda = 1 the covariance's lambda q, a little more for what means give it.
  double const rate = 1 - 1 / relaxationTime({3, 10, 30, 0.95});
  CHECK(rate > 0.95 * 0.75);
  CHECK(rate < 0.95 * 0.75 + 0.05);
  // Remembering more models makes it longer: of k, about (k + 1) / 2 times as long.
  StationaryLoop loop{3, 10, 30, 1};
  double last = relaxationTime(loop);
  for (std::uint64_t const memory : {2U, 4U, 8U}) {
    loop.memory = memory;
    CHECK(relaxationTime(loop) > last);
    last = relaxationTime(loop);
  }
}
