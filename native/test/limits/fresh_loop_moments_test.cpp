#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <random>
#include <vector>

#include "core/limits/fresh_loop_moments.hpp"
#include "core/linalg/eigen.hpp"
#include "core/loop/gaussian_loop_chain.hpp"
#include "test/support/fresh_recursion.hpp"

using namespace madloop;
using limits::kLargestMomentDegree;
using limits::StateMonomial;

namespace {

limits::StationaryLoop freshLoop(std::size_t dim, double real, double synthetic, double lambda) {
  return {dim, real, synthetic, lambda};
}

/// The same loop, to be run.
loop::GaussianLoopParameters parametersOf(limits::StationaryLoop const& loop) {
  loop::GaussianLoopParameters parameters;
  parameters.dim = loop.dim;
  parameters.real = static_cast<std::uint64_t>(loop.real);
  parameters.synthetic = static_cast<std::uint64_t>(loop.synthetic);
  parameters.lambda = loop.lambda;
  parameters.divisor = loop.divisor;
  return parameters;
}

/// Values of all monomials at N(mu, Sigma).
std::vector<double> valuesAt(std::vector<StateMonomial> const& monomials,
                             gaussian::FactoredGaussian const& state) {
  linalg::EigenVector const mean = linalg::asEigen(state.mean);
  auto const factor = linalg::asEigen(state.covariance.values());
  linalg::EigenMatrix const covariance = factor * factor.transpose();
  std::array<double, kLargestMomentDegree> traces{};
  std::array<double, kLargestMomentDegree> forms{};
  linalg::EigenMatrix power = linalg::EigenMatrix::Identity(mean.size(), mean.size());
  for (std::size_t i = 0; i < kLargestMomentDegree; ++i) {
    forms[i] = mean.dot(power * mean);
    power = power * covariance;
    traces[i] = power.trace();
  }
  std::vector<double> values;
  for (StateMonomial const& monomial : monomials) {
    double value = 1;
    for (std::size_t i = 0; i < kLargestMomentDegree; ++i)
      value *= std::pow(traces[i], monomial.traces[i]) * std::pow(forms[i], monomial.forms[i]);
    values.push_back(value);
  }
  return values;
}

// m, s, a, b, c, e, f of the recursion of second moments.
std::array<StateMonomial, 7> const second{
    StateMonomial{{}, {1}}, StateMonomial{{1}, {}},    StateMonomial{{0, 1}, {}}, StateMonomial{{2}, {}},
    StateMonomial{{}, {2}}, StateMonomial{{}, {0, 1}}, StateMonomial{{1}, {1}}};

}  // namespace

TEST_CASE("Wick's theorem gives the closed form of the second moments' recursion") {
  for (auto const& p :
       {freshLoop(1, 4, 40, 1), freshLoop(3, 6, 9, 0.8), freshLoop(10, 30, 60, 0.9),
        freshLoop(100, 100, 900, 1), freshLoop(5, 1, 7, 0.3), freshLoop(4, 9, 1, 1), freshLoop(2, 7, 5, 0)}) {
    limits::MomentRecursion const recursion = limits::momentRecursion(p, 2);
    test::FreshRecursion const closed(static_cast<linalg::Index>(p.dim), p.real, p.synthetic, p.lambda);
    std::size_t const size = recursion.monomials.size();
    REQUIRE(size == 7);
    auto indexOf = [&](StateMonomial const& monomial) {
      return static_cast<std::size_t>(
          std::find(recursion.monomials.begin(), recursion.monomials.end(), monomial) -
          recursion.monomials.begin());
    };
    std::array<double, 7> const constant = closed.next({});
    for (std::size_t j = 0; j < 7; ++j) {
      std::array<double, 7> unit{};
      unit[j] = 1;
      std::array<double, 7> const column = closed.next(unit);
      for (std::size_t i = 0; i < 7; ++i) {
        CHECK(std::abs(recursion.constant[indexOf(second[i])] - constant[i]) <= 1e-12 * std::abs(constant[i]));
        double const entry = recursion.matrix[indexOf(second[i]) * size + indexOf(second[j])];
        CHECK(std::abs(entry - (column[i] - constant[i])) <=
              1e-12 * (std::abs(column[i]) + std::abs(constant[i])));
      }
    }
  }
}

TEST_CASE("stationary second moments have the golden values") {
  struct Known {
    limits::StationaryLoop loop;
    std::array<double, 7> values;
  };
  std::vector<Known> const known{
      {freshLoop(1, 10, 10, 1),
       {.06785714286, 1.035714286, 1.236724603, 1.236724603, .0142828085, .07380541101, .07380541101}},
      {freshLoop(3, 6, 9, .8),
       {.2464788732, 2.429577465, 2.78989456, 6.350210201, .1051085072, .2197705796, .6112007034}},
      {freshLoop(100, 100, 900, 1),
       {.5285714286, 100.4761905, 155.1542697, 10097.04905, .2872915399, .7700843919, 53.11603408}},
      {freshLoop(100, 1000, 10000, 1),
       {.05240364, 100.047644, 105.3960438, 10009.64104, .002803354037, .05479285579, 5.242909949}}};
  for (Known const& test : known) {
    for (std::size_t degree = 2; degree <= kLargestMomentDegree; ++degree) {
      limits::FreshLoopMoments const moments = limits::freshLoopMoments(test.loop, degree);
      for (std::size_t i = 0; i < 7; ++i) CHECK(std::abs(moments[second[i]] / test.values[i] - 1) < 2e-9);
    }
  }
}

TEST_CASE("the recursion holds for one simulated generation, to degree 4") {
  std::mt19937_64 generator(3);
  std::normal_distribution<double> normal;
  for (auto divisor : {gaussian::CovarianceDivisor::unbiased, gaussian::CovarianceDivisor::mle}) {
    for (auto [dim, real, synthetic, lambda] :
         {std::tuple{1, 6, 9, 0.9}, std::tuple{2, 5, 14, 1.0}, std::tuple{3, 2, 8, 0.7},
          std::tuple{3, 9, 1, 1.0}, std::tuple{2, 6, 0, 1.0}}) {
      limits::StationaryLoop const p{static_cast<std::size_t>(dim), static_cast<double>(real),
                                     static_cast<double>(synthetic), lambda, divisor};
      loop::GaussianLoopParameters const parameters = parametersOf(p);
      gaussian::FactoredGaussian const reference = gaussian::standardGaussian(p.dim);
      linalg::Vector lastMean(dim);
      linalg::Matrix factor(dim, dim);
      for (linalg::Index i = 0; i < dim; ++i) {
        lastMean[i] = normal(generator);
        for (linalg::Index j = 0; j < dim; ++j) factor(i, j) = normal(generator);
      }
      gaussian::FactoredGaussian const state{lastMean, gaussian::CovarianceFactor::general(factor)};
      limits::MomentRecursion const recursion = limits::momentRecursion(p, kLargestMomentDegree);
      std::size_t const size = recursion.monomials.size();
      std::vector<double> const last = valuesAt(recursion.monomials, state);
      std::vector<double> sum(size, 0);
      std::vector<double> squares(size, 0);
      constexpr std::uint32_t draws = 40'000;
      Task const task;
      for (std::uint32_t draw = 0; draw < draws; ++draw) {
        loop::GaussianLoopChain chain(parameters, reference, 17, draw, task);
        chain.startFrom({state}, {});
        std::vector<double> const values = valuesAt(recursion.monomials, chain.next());
        for (std::size_t i = 0; i < size; ++i) {
          sum[i] += values[i];
          squares[i] += values[i] * values[i];
        }
      }
      for (std::size_t i = 0; i < size; ++i) {
        double expected = recursion.constant[i];
        for (std::size_t j = 0; j < size; ++j) expected += recursion.matrix[i * size + j] * last[j];
        double const mean = sum[i] / draws;
        double const error = std::sqrt((squares[i] / draws - mean * mean) / draws);
        CHECK(std::abs(mean - expected) < 4.5 * error);
      }
    }
  }
}

TEST_CASE("moments of high degree do not exist where there is little real data") {
  // Total 1,000 samples, lambda = 1.
  auto growth = [](double real, std::size_t degree) {
    return limits::momentGrowth(freshLoop(100, real, 1000 - real, 1), degree);
  };
  CHECK(growth(1, 2) > 1);
  CHECK(growth(2, 2) < 1);
  for (double const real : {1.0, 2.0, 3.0}) CHECK(growth(real, 4) > 1);
  CHECK(growth(4, 4) < 1);
  CHECK(limits::momentGrowth(freshLoop(100, 5, 0, 1), 8) == 0);
  // Degree 1 is the recursion of the first moments: about max(q^2, lambda q).
  CHECK(std::abs(limits::momentGrowth(freshLoop(3, 10, 30, 0.5), 1) / 0.5625 - 1) < 0.05);
}
