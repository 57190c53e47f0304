#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <tuple>
#include <utility>
#include <vector>

#include "core/metrics/frechet.hpp"
#include "test/support/matrices.hpp"
#include "test/support/reference.hpp"
#include "test/support/sanitized.hpp"
#include "test/support/threads_label.hpp"

using namespace madloop;
using namespace madloop::test;
using gaussian::factorMoments;
using gaussian::Moments;
using linalg::EigenMatrix;
using linalg::EigenVector;
using linalg::Index;
using metrics::FrechetDistance;
using metrics::frechetDistance;

namespace {

Moments gaussianMoments(std::vector<double> mean, std::vector<double> covariance) {
  std::size_t const dim = mean.size();
  return {100, dim, std::move(mean), std::move(covariance)};
}

FrechetDistance distanceOf(Moments const& a, Moments const& b) {
  Task task;
  return frechetDistance(factorMoments(a, task, "a"), factorMoments(b, task, "b"), task);
}

/// tr (S1 S2)^(1/2) in extended precision from factors, by Jacobi singular values: the simple reference.
long double referenceDistance(LongMatrix const& f1, LongMatrix const& f2) {
  long double const norm = referenceSingularValues(LongMatrix(f1.transpose() * f2)).sum();
  return f1.squaredNorm() + f2.squaredNorm() - 2 * norm;
}

/// Centred data / sqrt(n - 1) in extended precision.
LongMatrix centredFactor(std::vector<double> const& data, Index cols) {
  Index const rows = static_cast<Index>(data.size()) / cols;
  LongMatrix x = Eigen::Map<EigenMatrix const>(data.data(), cols, rows).cast<long double>();
  LongVector const mean = x.rowwise().mean();
  x.colwise() -= mean;
  return x / std::sqrt(static_cast<long double>(rows - 1));
}

}  // namespace

TEST_CASE("closed forms: equal covariances, diagonal ones, a rotated pair") {
  CHECK(distanceOf(gaussianMoments({0, 0}, {1, 0, 0, 1}), gaussianMoments({1, 1}, {1, 0, 0, 1})).distance ==
        doctest::Approx(2).epsilon(1e-15));
  CHECK(distanceOf(gaussianMoments({0, 0}, {2, 1, 1, 2}), gaussianMoments({0, 0}, {3, 0, 0, 1})).distance ==
        doctest::Approx(8 - 2 * std::sqrt(14.0)).epsilon(1e-14));
  // One dimension: (m1 - m2)^2 + (s1 - s2)^2.
  FrechetDistance const line = distanceOf(gaussianMoments({1}, {4}), gaussianMoments({3}, {25}));
  CHECK(line.meanTerm == 4);
  CHECK(line.covarianceTerm == doctest::Approx(9).epsilon(1e-15));
  // Zero covariances are Gaussians, too.
  CHECK(distanceOf(gaussianMoments({0, 0}, {0, 0, 0, 0}), gaussianMoments({3, 4}, {1, 0, 0, 1})).distance ==
        doctest::Approx(27).epsilon(1e-15));
}

TEST_CASE("data of any shape, against extended precision, within 1e-12 of the traces" * startsThreads) {
  Task task(2);
  for (auto [n1, n2, dim] : {std::tuple<std::size_t, std::size_t, Index>{4, 6, 64},
                             {40, 39, 64},
                             {64, 64, 64},
                             {65, 70, 64},
                             {500, 300, 16},
                             {2, 500, 5},
                             {30, 1000, 20}}) {
    auto const x = rowMajorNormals<double>(n1, static_cast<std::size_t>(dim), 1);
    auto const y = rowMajorNormals<double>(n2, static_cast<std::size_t>(dim), 2, 0.0, 1.5);
    gaussian::FactoredGaussian const a =
        gaussian::factorData(view(x, static_cast<std::size_t>(dim)), task, "a");
    gaussian::FactoredGaussian const b =
        gaussian::factorData(view(y, static_cast<std::size_t>(dim)), task, "b");
    FrechetDistance const actual = frechetDistance(a, b, task);
    auto const expected = static_cast<double>(referenceDistance(centredFactor(x, dim), centredFactor(y, dim)));
    double const traces = a.covariance.trace() + b.covariance.trace();
    CHECK(std::abs(actual.covarianceTerm - expected) <= 1e-12 * traces);
    CHECK(actual.errorBound <= 1e-11 * traces);
    CHECK(frechetDistance(a, a, task).distance == 0);
    CHECK(frechetDistance(b, a, task).distance == doctest::Approx(actual.distance).epsilon(1e-12));
  }
}

TEST_CASE(
    "ill-conditioned data keep the accuracy: columns over 14 orders of magnitude, a constant column, "
    "duplicates") {
  Task task;
  Index const dim = 12;
  auto x = rowMajorNormals<double>(200, 12, 3);
  auto y = rowMajorNormals<double>(150, 12, 4);
  auto grade = [&](std::vector<double>& data) {
    for (std::size_t i = 0; i < data.size(); ++i) {
      std::size_t const j = i % 12;
      data[i] = j == 11 ? 0.25 : data[i] * std::pow(10.0, -1.3 * static_cast<double>(j));
    }
  };
  grade(x);
  grade(y);
  gaussian::FactoredGaussian const a = gaussian::factorData(view(x, 12), task, "a");
  gaussian::FactoredGaussian const b = gaussian::factorData(view(y, 12), task, "b");
  auto const expected = static_cast<double>(referenceDistance(centredFactor(x, dim), centredFactor(y, dim)));
  CHECK(std::abs(frechetDistance(a, b, task).covarianceTerm - expected) <=
        1e-12 * (a.covariance.trace() + b.covariance.trace()));
}

TEST_CASE("moments of rank-deficient data: the reported error bound is true") {
  Task task;
  for (auto [n1, n2] : {std::pair<std::size_t, std::size_t>{5, 9}, {20, 9}, {25, 25}, {30, 26}, {400, 7}}) {
    auto const x = rowMajorNormals<double>(n1, 24, 5);
    auto const y = rowMajorNormals<double>(n2, 24, 6);
    Moments const mx = gaussian::moments(view(x, 24), task);
    Moments const my = gaussian::moments(view(y, 24), task);
    auto const expected = static_cast<double>(referenceDistance(centredFactor(x, 24), centredFactor(y, 24)));
    FrechetDistance const actual = distanceOf(mx, my);
    CHECK(std::abs(actual.covarianceTerm - expected) <= actual.errorBound);
    CHECK(actual.errorBound <= 1e-5);
    CHECK(distanceOf(mx, mx).distance == 0);
  }
}

TEST_CASE("covariances of condition 1e16, in general position: the reported error bound is true") {
  Task task(2);
  for (Index dim : {6, 40}) {
    for (double const digits : {4.0, 8.0, 12.0, 16.0}) {
      // Factors in extended precision, from which the covariances are rounded to float64.
      auto factor = [&](unsigned seed) {
        LongMatrix f = normals(dim, dim, seed).cast<long double>();
        for (Index j = 0; j < dim; ++j)
          f.col(j) *= std::pow(10.0L, static_cast<long double>(-digits / 2 * static_cast<double>(j) /
                                                               static_cast<double>(dim - 1)));
        LongMatrix const rotation =
            orthogonalFactor(LongMatrix(normals(dim, dim, seed + 1).cast<long double>()));
        return LongMatrix(rotation * f);
      };
      LongMatrix const f1 = factor(11);
      LongMatrix const f2 = factor(21);
      auto rounded = [&](LongMatrix const& f) {
        EigenMatrix const s = (f * f.transpose()).cast<double>();
        return Moments{100, static_cast<std::size_t>(dim),
                       std::vector<double>(static_cast<std::size_t>(dim), 0.0),
                       std::vector<double>(s.data(), s.data() + s.size())};
      };
      FrechetDistance const actual = distanceOf(rounded(f1), rounded(f2));
      auto const expected = static_cast<double>(referenceDistance(f1, f2));
      auto const traces = static_cast<double>(f1.squaredNorm() + f2.squaredNorm());
      CHECK(std::abs(actual.distance - expected) <= actual.errorBound);
      if (digits <= 8) CHECK(std::abs(actual.distance - expected) <= 1e-12 * traces);
      // No singular value is said to change by more than the root of what the squares may: u ||F||^2 on either
      // side with u <= eps (1 + sqrt d + d) sqrt d tr S and ||F||_1 ||F||_inf <= d tr S.
      auto const d = static_cast<double>(dim);
      CHECK(actual.errorBound <=
            6 * d * std::sqrt(2.3e-16 * (1 + std::sqrt(d) + d) * std::pow(d, 1.5)) * traces);
      Moments const same = rounded(f1);
      CHECK(distanceOf(same, same).distance <= 1e-12 * traces);
    }
  }
}

TEST_CASE(
    "covariances of low rank keep 1e-12 of the traces: overlapping ranges, disjoint ranges, rank 1, none") {
  Task task(2);
  // Entries of few bits, so that the covariances are exact in float64.
  auto integers = [](Index dim, Index rank, unsigned seed) {
    return EigenMatrix((normals(dim, rank, seed) * 8).array().round().matrix());
  };
  Index const dim = 150;
  EigenMatrix disjoint = EigenMatrix::Zero(dim, 20);
  disjoint.bottomRows(30) = integers(30, 20, 4);
  EigenMatrix first = EigenMatrix::Zero(dim, 20);
  first.topRows(100) = integers(100, 20, 5);
  EigenMatrix const shared = integers(dim, 12, 6);
  EigenMatrix overlapping(dim, 20);
  overlapping << shared, integers(dim, 8, 7);
  EigenMatrix other(dim, 30);
  other << shared * 2, integers(dim, 18, 8);
  for (auto const& [f1, f2] : {std::pair<EigenMatrix, EigenMatrix>{overlapping, other},
                               {first, disjoint},
                               {integers(dim, 1, 1), integers(dim, 1, 2)},
                               {integers(dim, 1, 1), other},
                               {EigenMatrix::Zero(dim, 1), other},
                               {other, other}}) {
    auto exact = [&](EigenMatrix const& f) {
      EigenMatrix const s = f * f.transpose();
      return Moments{100, static_cast<std::size_t>(dim),
                     std::vector<double>(static_cast<std::size_t>(dim), 0.0),
                     std::vector<double>(s.data(), s.data() + s.size())};
    };
    FrechetDistance const actual = distanceOf(exact(f1), exact(f2));
    auto const expected =
        static_cast<double>(referenceDistance(f1.cast<long double>(), f2.cast<long double>()));
    CHECK(std::abs(actual.distance - expected) <= 1e-12 * (f1.squaredNorm() + f2.squaredNorm()));
    CHECK(std::abs(actual.distance - expected) <= actual.errorBound);
  }
}

namespace {

/// S = Q D Q^T for a fixed Householder reflection Q: for two of these the distance is sum (sqrt d1 - sqrt
/// d2)^2.
Moments reflected(EigenVector const& roots) {
  Index const dim = roots.size();
  EigenVector const direction = normals(dim, 1, 31).col(0).normalized();
  // (I - 2 v v^T) D (I - 2 v v^T) = D - v w^T - w v^T for w = 2 D v - 2 (v^T D v) v: no products of matrices.
  EigenVector const image = roots.cwiseAbs2().cwiseProduct(direction);
  EigenVector const w = 2 * image - 2 * direction.dot(image) * direction;
  EigenMatrix const half = direction * w.transpose();
  EigenMatrix const symmetric = EigenMatrix(roots.cwiseAbs2().asDiagonal()) - (half + half.transpose());
  return Moments{100, static_cast<std::size_t>(dim), std::vector<double>(static_cast<std::size_t>(dim), 0.0),
                 std::vector<double>(symmetric.data(), symmetric.data() + symmetric.size())};
}

/// From 1 down to 10^-decades, `stride` apart in their order.
EigenVector spreadRoots(Index dim, double decades, Index stride) {
  EigenVector roots(dim);
  for (Index i = 0; i < dim; ++i)
    roots[i] = std::pow(10.0, -decades * static_cast<double>((stride * i) % dim) / static_cast<double>(dim));
  return roots;
}

}  // namespace

TEST_CASE("wide data and moments agree with closed forms, the same on any number of threads" * startsThreads) {
  EigenVector const roots1 = spreadRoots(530, 3, 1);
  EigenVector const roots2 = spreadRoots(530, 3, 7);
  Moments const a = reflected(roots1);
  Moments const b = reflected(roots2);
  double const expected = (roots1 - roots2).squaredNorm();
  double const traces = roots1.squaredNorm() + roots2.squaredNorm();
  std::vector<FrechetDistance> results;
  for (std::size_t const threads : {1U, 2U, 7U}) {
    if (kSanitized && threads == 1) continue;
    Task task(threads);
    results.push_back(frechetDistance(factorMoments(a, task, "a"), factorMoments(b, task, "b"), task));
    CHECK(std::abs(results.back().distance - expected) <= 1e-12 * traces);
    CHECK(std::abs(results.back().distance - expected) <= results.back().errorBound);
    CHECK(results.back().distance == results[0].distance);
    CHECK(results.back().errorBound == results[0].errorBound);
  }
}

TEST_CASE("large moments, by one factor or two: closed forms within the bound, at any scale and condition" *
          startsThreads) {
  Index const dim = kSanitized ? 768 : 800;
  for (auto const& [decades, scale] : {std::pair<double, double>{0.3, 1},
                                       {0.3, 1e-18},
                                       {0.3, 1e15},
                                       {0.3, 1e50},  // beyond what one factor is tried for
                                       {1, 1},
                                       {3, 1},
                                       {5, 1}}) {
    if (kSanitized && decades != 3 && scale != 1e50) continue;  // one of each route
    CAPTURE(decades);
    CAPTURE(scale);
    EigenVector const roots1 = spreadRoots(dim, decades, 1);
    EigenVector const roots2 = scale * spreadRoots(dim, decades, 7);
    Moments const a = reflected(roots1);
    Moments const b = reflected(roots2);
    double const expected = (roots1 - roots2).squaredNorm();
    double const traces = roots1.squaredNorm() + roots2.squaredNorm();
    FrechetDistance first;
    for (std::size_t const threads : {3U, 1U}) {
      if (kSanitized && threads == 1) continue;
      Task task(threads);
      FrechetDistance const actual = frechetDistance(viewOf(a), viewOf(b), task);
      CHECK(std::abs(actual.distance - expected) <= 1e-12 * traces);
      CHECK(std::abs(actual.distance - expected) <= actual.errorBound);
      if (decades < 1) CHECK(actual.errorBound <= 1e-11 * traces);
      if (threads == 3) first = actual;
      CHECK(actual.distance == first.distance);
      CHECK(actual.errorBound == first.errorBound);
    }
    if (kSanitized) continue;
    Task task(2);
    FrechetDistance const two = frechetDistance(factorMoments(a, task, "a"), factorMoments(b, task, "b"), task);
    CHECK(std::abs(first.distance - two.distance) <= first.errorBound + two.errorBound);
    CHECK(std::abs(frechetDistance(viewOf(b), viewOf(a), task).distance - expected) <= 1e-12 * traces);
    CHECK(frechetDistance(viewOf(a), viewOf(a), task).distance == 0);
  }
}

TEST_CASE("large moments of which one is singular, zero or no covariance" * startsThreads) {
  Index const dim = kSanitized ? 768 : 780;
  Task task(2);
  EigenVector const roots1 = spreadRoots(dim, 0.3, 1);
  EigenVector roots2 = spreadRoots(dim, 0.3, 7);
  roots2.tail(300).setZero();
  Moments const a = reflected(roots1);
  Moments const b = reflected(roots2);
  double const expected = (roots1 - roots2).squaredNorm();
  for (auto const& [first, second] : {std::pair{viewOf(a), viewOf(b)}, {viewOf(b), viewOf(a)}}) {
    FrechetDistance const actual = frechetDistance(first, second, task);
    CHECK(std::abs(actual.distance - expected) <= actual.errorBound);
    CHECK(actual.errorBound <= 1e-4);
  }
  // Two that leave out the same directions: nothing comes up there.
  EigenVector roots3 = spreadRoots(dim, 0.3, 11);
  roots3.tail(300).setZero();
  Moments const c = reflected(roots3);
  FrechetDistance const within = frechetDistance(viewOf(b), viewOf(c), task);
  CHECK(std::abs(within.distance - (roots2 - roots3).squaredNorm()) <= within.errorBound);
  CHECK(within.errorBound <= 1e-8);
  Moments const zero{100, a.dim, std::vector<double>(a.dim, 0.5), std::vector<double>(a.dim * a.dim, 0.0)};
  CHECK(frechetDistance(viewOf(a), viewOf(zero), task).distance ==
        doctest::Approx(roots1.squaredNorm() + 0.25 * static_cast<double>(dim)).epsilon(1e-13));
  Moments indefinite = a;
  indefinite.covariance[5 * a.dim + 5] = 1e-3;
  try {
    frechetDistance(viewOf(a), viewOf(indefinite), task);
    FAIL("no error");
  } catch (Error const& error) {
    CHECK(error.code() == ErrorCode::notPositiveSemidefinite);
    CHECK(std::string(error.what()).find("b.covariance") != std::string::npos);
  }
}

TEST_CASE(
    "exact covariances with variances near or below eps of the largest: the closed form, and a true bound" *
    startsThreads) {
  for (std::size_t const dim : {2U, 10U, 100U, 800U}) {
    if (kSanitized && dim > 100) continue;
    for (double const x : {0x1p-52, 0x1p-50, 1e-15, 1e-30, 1e-300}) {
      CAPTURE(dim);
      CAPTURE(x);
      auto diagonal = [&](double rest) {
        Moments m{100, dim, std::vector<double>(dim, 0.0), std::vector<double>(dim * dim, 0.0)};
        for (std::size_t i = 0; i < dim; ++i) m.covariance[i * dim + i] = i == 0 ? 1 : rest;
        return m;
      };
      Task task(2);
      Moments const a = diagonal(x);
      Moments const b = diagonal(1);
      auto const others = static_cast<double>(dim - 1);
      double const expected = others * (1 - std::sqrt(x)) * (1 - std::sqrt(x));
      FrechetDistance const actual = frechetDistance(viewOf(a), viewOf(b), task);
      CHECK(std::abs(actual.distance - expected) <= 1e-12 * (others + 1));
      CHECK(std::abs(actual.distance - expected) <= actual.errorBound);
      CHECK(actual.errorBound <= 1e-12 * (others + 1) * std::sqrt(others + 1));
    }
    // Not a matter of scales: what is left out is counted.
    Moments const close{100, 2, {0, 0}, {1, 1, 1, 1 + 0x1p-51}};
    Moments const identity{100, 2, {0, 0}, {1, 0, 0, 1}};
    FrechetDistance const actual = distanceOf(close, identity);
    double const root = std::sqrt((2 + 0x1p-51) + 2 * std::sqrt(0x1p-51));  // the trace of the root
    CHECK(std::abs(actual.distance - (4 + 0x1p-51 - 2 * root)) <= actual.errorBound);
    CHECK(actual.errorBound <= 1e-6);
  }
}

TEST_CASE("an offset common to both samples costs no digit") {
  // Rows K, K + 1, K + 1 and K, K, K + 1: equal variances, means 1/3 apart.
  for (double const offset : {0.0, 1e3, 1e6, 1e9, 0x1p40, 0x1p50}) {
    std::vector<double> const x{offset, offset + 1, offset + 1};
    std::vector<double> const y{offset, offset, offset + 1};
    Task task;
    FrechetDistance const actual = frechetDistance(gaussian::factorData(view(x, 1), task, "a"),
                                                   gaussian::factorData(view(y, 1), task, "b"), task);
    CHECK(std::abs(actual.distance - 1.0 / 9) <= 1e-15);
    CHECK(std::abs(actual.distance - 1.0 / 9) <= actual.errorBound);
    CHECK(actual.errorBound <= 1e-13);
    // As moments, the means are known to half a unit in their last place.
    FrechetDistance const rounded = frechetDistance(viewOf(gaussian::moments(view(x, 1), task)),
                                                    viewOf(gaussian::moments(view(y, 1), task)), task);
    CHECK(std::abs(rounded.distance - 1.0 / 9) <= rounded.errorBound);
    CHECK(rounded.errorBound <= 1e-13 + 1e-15 * offset);
  }
}

TEST_CASE("columns that repeat others far from the origin: what is left of the mean adds no direction") {
  for (double const offset : {1e6, 1e9}) {
    std::vector<double> x = rowMajorNormals<double>(200, 6, 7, offset);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = i % 6 < 3 ? x[i] : x[i - 3] + 0.1;
    std::vector<double> const y = rowMajorNormals<double>(150, 6, 8, offset);
    Task task;
    FrechetDistance const actual = frechetDistance(gaussian::factorData(view(x, 6), task, "a"),
                                                   gaussian::factorData(view(y, 6), task, "b"), task);
    auto const expected = static_cast<double>(referenceDistance(centredFactor(x, 6), centredFactor(y, 6)));
    CHECK(std::abs(actual.covarianceTerm - expected) <= 1e-12 * 12);
    CHECK(std::abs(actual.covarianceTerm - expected) <= actual.errorBound);
  }
}

TEST_CASE("sides of any two scales: the smaller one vanishes, and nothing takes forever" * startsThreads) {
  Task task(2);
  for (Index const dim : {2, 20, 300, 530, 700, 800}) {
    if (kSanitized && dim > 300) continue;
    for (auto const& [small, large] :
         {std::pair<double, double>{1e-80, 1e80}, {1e-150, 1e150}, {1e-75, 1e80}, {1e-3, 1e100}}) {
      CAPTURE(dim);
      CAPTURE(small);
      EigenVector const roots = large * spreadRoots(dim, 0.3, 7);
      Moments const a = reflected(small * spreadRoots(dim, 0.3, 1));
      Moments const b = reflected(roots);
      FrechetDistance const actual = frechetDistance(viewOf(a), viewOf(b), task);
      CHECK(actual.distance == doctest::Approx(roots.squaredNorm()).epsilon(1e-12));
      CHECK(actual.errorBound <= 1e-8 * roots.squaredNorm());
    }
  }
}

TEST_CASE(
    "a large covariance with one negative eigenvalue is refused, one with a tiny one by rounding is not") {
  Index const dim = 140;
  EigenMatrix const f = normals(dim, 60, 41);
  EigenMatrix const s = f * f.transpose();
  double const largest = referenceEigenvalues(s).maxCoeff();
  EigenMatrix const q = orthogonalFactor(f);
  auto shifted = [&](double eigenvalue) {
    EigenMatrix const changed = s + eigenvalue * q.col(100) * q.col(100).transpose();
    EigenMatrix const symmetric = (changed + changed.transpose()) / 2;
    return Moments{100, static_cast<std::size_t>(dim), std::vector<double>(static_cast<std::size_t>(dim), 0.0),
                   std::vector<double>(symmetric.data(), symmetric.data() + symmetric.size())};
  };
  double const zero = static_cast<double>(dim) * 2.2e-16 * largest;
  CHECK_THROWS_AS(factorMoments(shifted(-16 * zero), Task(), "a"), Error);
  CHECK_THROWS_AS(factorMoments(shifted(-1e-3 * largest), Task(), "a"), Error);
  CHECK(factorMoments(shifted(-0.5 * zero), Task(), "a").covariance.rank() == 60);
}

TEST_CASE("covariances in single precision are taken for what rounding left of them, within the bound") {
  std::size_t const dim = 90;
  // A sample's moments, rounded to single precision, as a view that says so.
  struct Rounded {
    Moments values;
    explicit Rounded(Moments m) : values(std::move(m)) {
      for (double& value : values.mean) value = static_cast<float>(value);
      for (double& value : values.covariance) value = static_cast<float>(value);
    }
    [[nodiscard]] gaussian::GaussianView view() const {
      gaussian::GaussianView result = viewOf(values);
      result.eps = std::numeric_limits<float>::epsilon();
      return result;
    }
  };
  Task task;
  for (std::size_t const rows : {std::size_t{30}, std::size_t{400}}) {
    std::vector<double> const x = rowMajorNormals(rows, dim, 1, 3);
    std::vector<double> const y = rowMajorNormals(rows, dim, 2, 3.5, 1.2);
    double const exact = frechetDistance(gaussian::factorData(view(x, dim), task, "a"),
                                         gaussian::factorData(view(y, dim), task, "b"), task)
                             .distance;
    Rounded const first(gaussian::moments(view(x, dim), task));
    Rounded const second(gaussian::moments(view(y, dim), task));
    FrechetDistance const rounded = frechetDistance(first.view(), second.view(), task);
    CHECK(std::abs(rounded.distance - exact) <= rounded.errorBound);
    CHECK(std::abs(rounded.distance - exact) <= 1e-3 * exact);
    CHECK(rounded.errorBound > 1e-8 * exact);
    if (rows > dim) continue;
    CHECK_THROWS_AS(factorMoments(viewOf(first.values), Task(), "a"), Error);
    CHECK(factorMoments(first.view(), Task(), "a").covariance.rank() < Index{dim});
  }
}

TEST_CASE("what is not a covariance is refused with the reason and the place") {
  auto refuse = [](Moments const& m, ErrorCode code, char const* text) {
    try {
      factorMoments(m, Task(), "a");
      FAIL("no error");
    } catch (Error const& error) {
      CHECK(error.code() == code);
      CHECK_MESSAGE(std::string(error.what()).find(text) != std::string::npos, error.what());
    }
  };
  refuse(gaussianMoments({0, 0}, {-1, 1, 1, 1}), ErrorCode::notPositiveSemidefinite, "got -1 at [0][0]");
  refuse(gaussianMoments({0, 0}, {1, 2, 2, 1}), ErrorCode::notPositiveSemidefinite, "smallest eigenvalue");
  refuse(gaussianMoments({0, 0}, {1, 0.5, 0.4, 1}), ErrorCode::notPositiveSemidefinite, "symmetric");
  refuse(gaussianMoments({0, 0}, {1, 0, 0}), ErrorCode::invalidInput, "dim * dim = 4");
  refuse(gaussianMoments({0, std::nan("")}, {1, 0, 0, 1}), ErrorCode::invalidInput,
         "mean must be finite, got NaN at 1");
  refuse(gaussianMoments({0, 0}, {1, 0, 0, INFINITY}), ErrorCode::invalidInput, "row 1, column 1");
  refuse(gaussianMoments({}, {}), ErrorCode::invalidInput, "dim must be at least 1");
  Task task;
  std::vector<double> const row{1, 2, 3};
  CHECK_THROWS_AS(gaussian::factorData(view(row, 3), task, "a"), Error);
  CHECK_THROWS_AS(distanceOf(gaussianMoments({0}, {1}), gaussianMoments({0, 0}, {1, 0, 0, 1})), Error);
}
