// One step of the loop from arbitrary states, against exact conditional moments: the strongest cheap test of
// a simulator, since the expectation (and here part of the variance) is known for any state.
#include "core/loop/gaussian_part.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <vector>

#include "core/loop/part_drawing.hpp"
#include "core/random/stream.hpp"
#include "test/support/fresh_recursion.hpp"
#include "test/support/matrices.hpp"
#include "test/support/sanitized.hpp"

using namespace madloop;
using namespace madloop::test;
using gaussian::CovarianceFactor;
using gaussian::FactoredGaussian;
using linalg::asEigen;
using linalg::EigenMatrix;
using linalg::EigenVector;
using linalg::Index;
using linalg::matrixOf;
using linalg::vectorOf;
using loop::GaussianPart;

namespace {

enum class Engine { moments, samples };

struct Step {
  Index dim;
  std::uint64_t real;
  std::uint64_t synthetic;
  double lambda;
};

FactoredGaussian stateOf(EigenVector const& mean, EigenMatrix const& factor, bool trapezoidal) {
  CovarianceFactor::Known known;
  if (factor.cols() == factor.rows()) known.logDeterminant = 2 * std::log(std::abs(factor.determinant()));
  return {vectorOf(mean), trapezoidal ? CovarianceFactor::trapezoidal(matrixOf(factor), known)
                                      : CovarianceFactor::general(matrixOf(factor), known)};
}

/// S of a factor.
EigenMatrix product(CovarianceFactor const& factor) {
  return asEigen(factor.values()) * asEigen(factor.values()).transpose();
}

GaussianPart draw(Engine engine, FactoredGaussian const& source, double lambda, std::uint64_t count,
                  std::uint32_t chain, std::uint32_t kind) {
  Task const task;
  std::uint64_t const key = random::streamKey(2026, 1);
  loop::PartStreams const streams{
      {key, chain, 0, 3 * kind}, {key, chain, 0, 3 * kind + 1}, {key, chain, 0, 3 * kind + 2}};
  return engine == Engine::moments ? loop::drawPartByMoments(source, lambda, count, streams)
                                   : loop::drawPartBySamples(source, lambda, count, streams, task);
}

FactoredGaussian step(Engine engine, Step const& s, FactoredGaussian const& state, std::uint32_t chain) {
  FactoredGaussian const reference = gaussian::standardGaussian(static_cast<std::size_t>(s.dim));
  std::vector<GaussianPart> parts;
  parts.push_back(draw(engine, reference, 1, s.real, chain, 0));
  parts.push_back(draw(engine, state, s.lambda, s.synthetic, chain, 1));
  return loop::fitGaussian(loop::mergeParts(std::move(parts)), static_cast<double>(s.real + s.synthetic) - 1);
}

/// (|mu|^2, tr S, tr S^2, (tr S)^2, |mu|^4, mu' S mu, |mu|^2 tr S): the state of the second-moment recursion.
std::array<double, 7> functionals(EigenVector const& mean, EigenMatrix const& covariance) {
  double const m = mean.squaredNorm();
  double const s = covariance.trace();
  return {m, s, covariance.squaredNorm(), s * s, m * m, mean.dot(covariance * mean), m * s};
}

struct Estimate {
  double sum = 0;
  double squares = 0;
  double count = 0;
  void add(double x) {
    count += 1;
    double const difference = x - sum;
    sum += difference / count;
    squares += difference * (x - sum);
  }
  [[nodiscard]] double mean() const { return sum; }
  [[nodiscard]] double variance() const { return squares / (count - 1); }
  [[nodiscard]] double z(double expected) const { return (sum - expected) / std::sqrt(variance() / count); }
};

}  // namespace

TEST_CASE("one pooled step from arbitrary states has the exact moments, first and second, with both engines" *
          doctest::skip(kSanitized)) {
  std::vector<Step> const steps{{1, 10, 10, 1}, {1, 2, 3, 0.7}, {3, 6, 9, 0.8}, {3, 1, 9, 1},
                                {4, 5, 1, 0.5}, {5, 2, 2, 0.9}, {5, 3, 4, 0.9}, {6, 30, 60, 0.9}};
  unsigned seed = 10;
  for (Engine engine : {Engine::moments, Engine::samples}) {
    for (Step const& s : steps) {
      for (Index const rank : {s.dim, (s.dim + 1) / 2}) {
        EigenVector const mean = normals(s.dim, 1, ++seed).col(0);
        bool const trapezoidal = rank == s.dim;
        EigenMatrix factor = normals(s.dim, rank, ++seed);
        if (trapezoidal) factor = EigenMatrix(factor.triangularView<Eigen::Lower>());
        FactoredGaussian const state = stateOf(mean, factor, trapezoidal);
        EigenMatrix const covariance = factor * factor.transpose();

        std::array<Estimate, 7> estimates;
        for (std::uint32_t chain = 0; chain < 20000; ++chain) {
          FactoredGaussian const next = step(engine, s, state, chain);
          EigenMatrix const fitted = product(next.covariance);
          CHECK(std::abs(next.covariance.trace() - fitted.trace()) <= 1e-12 * fitted.trace());
          std::array<double, 7> const values = functionals(asEigen(next.mean), fitted);
          for (std::size_t i = 0; i < 7; ++i) estimates[i].add(values[i]);
        }
        FreshRecursion const recursion(s.dim, static_cast<double>(s.real), static_cast<double>(s.synthetic),
                                       s.lambda);
        std::array<double, 7> const expected = recursion.next(functionals(mean, covariance));
        for (std::size_t i = 0; i < 7; ++i) {
          INFO("engine ", static_cast<int>(engine), ", dim ", s.dim, ", real ", s.real, ", synthetic ",
               s.synthetic, ", rank ", rank, ", functional ", i);
          CHECK(std::abs(estimates[i].z(expected[i])) <= 4.5);
        }
      }
    }
  }
}

TEST_CASE("the conditional variance of the trace is exact, too") {
  Step const s{3, 6, 9, 0.8};
  EigenVector const mean = normals(3, 1, 1).col(0);
  EigenMatrix const factor = normals(3, 3, 2).triangularView<Eigen::Lower>();
  EigenMatrix const covariance = factor * factor.transpose();
  FactoredGaussian const state = stateOf(mean, factor, true);
  auto const nr = static_cast<double>(s.real);
  auto const ns = static_cast<double>(s.synthetic);
  double const n = nr + ns;
  double const c = nr * ns / n;
  EigenMatrix const t = EigenMatrix::Identity(3, 3) / nr + s.lambda * covariance / ns;
  double const variance = (2 * (nr - 1) * 3 + 2 * (ns - 1) * s.lambda * s.lambda * covariance.squaredNorm() +
                           c * c * (2 * t.squaredNorm() + 4 * mean.dot(t * mean))) /
                          ((n - 1) * (n - 1));
  double const expectedMean =
      nr / n * 3 + ns / n * s.lambda * covariance.trace() + nr * ns / (n * (n - 1)) * mean.squaredNorm();
  Estimate trace;
  Estimate square;
  for (std::uint32_t chain = 0; chain < 100000; ++chain) {
    double const value = step(Engine::moments, s, state, chain).covariance.trace();
    trace.add(value);
    square.add((value - expectedMean) * (value - expectedMean));
  }
  CHECK(std::abs(trace.mean() - expectedMean) <= 4.5 * std::sqrt(variance / trace.count));
  CHECK(std::abs(square.z(variance)) <= 4.5);
}

TEST_CASE("merging gives the moments of the union: real rows against their parts") {
  Task const task;
  Index const dim = 4;
  for (std::vector<std::uint64_t> const& counts :
       {std::vector<std::uint64_t>{1, 1}, {3, 2}, {1, 1, 1}, {2, 30, 1, 7}, {50, 60}}) {
    // Rows drawn as samples: part by part, and pooled by hand.
    FactoredGaussian const source = stateOf(normals(dim, 1, 3).col(0), normals(dim, dim, 4), false);
    std::vector<GaussianPart> parts;
    double total = 0;
    EigenVector mean = EigenVector::Zero(dim);
    for (std::uint32_t g = 0; g < counts.size(); ++g) {
      parts.push_back(draw(Engine::samples, source, 1, counts[g], 5, g));
      total += parts.back().count;
      mean += parts.back().count * asEigen(parts.back().mean);
    }
    mean /= total;
    EigenMatrix scatter = EigenMatrix::Zero(dim, dim);
    for (GaussianPart const& part : parts) {
      EigenVector const difference = asEigen(part.mean) - mean;
      scatter += product(part.scatter) + part.count * difference * difference.transpose();
    }
    GaussianPart const merged = loop::mergeParts(parts);
    CHECK(merged.count == total);
    CHECK((asEigen(merged.mean) - mean).norm() <= 1e-14);
    CHECK((product(merged.scatter) - scatter).norm() <= 1e-13 * scatter.norm());
    bool const singular = total - 1 < static_cast<double>(dim);
    CHECK(std::isnan(merged.scatter.logDeterminant()) == singular);
    if (!singular)
      CHECK(merged.scatter.logDeterminant() == doctest::Approx(std::log(scatter.determinant())).epsilon(1e-10));
  }
}

TEST_CASE("nearly singular pools fall back to orthogonal transformations and keep small directions") {
  Index const dim = 6;
  EigenMatrix factor = normals(dim, dim, 5).triangularView<Eigen::Lower>();
  for (Index j = 0; j < dim; ++j) factor.col(j) *= std::pow(10.0, -2.0 * static_cast<double>(j));
  GaussianPart a;
  a.count = 50;
  a.mean = linalg::Vector::zero(dim);
  a.scatter = CovarianceFactor::trapezoidal(matrixOf(factor), {});
  GaussianPart const merged = loop::mergeParts({a, a});
  // Scatter 2 F F^T: its determinant 2^d prod F_jj^2 is far below what a float64 Gram matrix resolves (1e-20 of
  // the norm).
  double expected = static_cast<double>(dim) * std::log(2.0);
  for (Index j = 0; j < dim; ++j) expected += 2 * std::log(std::abs(factor(j, j)));
  CHECK(merged.scatter.logDeterminant() == doctest::Approx(expected).epsilon(1e-9));
}

TEST_CASE("pools confined to a subspace are singular, always, and keep its dimension") {
  Index const dim = 5;
  Task const task;
  for (Engine const engine : {Engine::moments, Engine::samples}) {
    int finite = 0;
    for (std::uint32_t chain = 0; chain < 3000; ++chain) {
      // Two models in one subspace of dimension 3: more columns than dim, rank 3 with their means.
      EigenMatrix const subspace = normals(dim, 3, chain);
      FactoredGaussian const a = stateOf(EigenVector::Zero(dim), subspace, false);
      FactoredGaussian const b = stateOf(subspace.col(0), subspace * normals(3, 3, chain + 1), false);
      GaussianPart const merged =
          loop::mergeParts({draw(engine, a, 0.9, 8, chain, 0), draw(engine, b, 0.9, 9, chain, 1)});
      if (!std::isnan(merged.scatter.logDeterminant())) ++finite;
      CHECK(merged.scatter.rank() == 3);
    }
    CHECK(finite == 0);
  }
}
