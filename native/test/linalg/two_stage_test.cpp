#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <vector>

#include "core/linalg/band_bidiagonal.hpp"
#include "core/linalg/band_tridiagonal.hpp"
#include "core/linalg/bidiagonal_sum.hpp"
#include "core/linalg/block_reflector.hpp"
#include "core/linalg/cholesky.hpp"
#include "core/linalg/inverse_norm.hpp"
#include "core/linalg/nuclear_norm.hpp"
#include "core/linalg/parallel_product.hpp"
#include "core/linalg/symmetric_eigenvalues.hpp"
#include "test/support/matrices.hpp"
#include "test/support/reference.hpp"
#include "test/support/sanitized.hpp"
#include "test/support/threads_label.hpp"

using namespace madloop;
using namespace madloop::test;
using linalg::asEigen;
using linalg::Bidiagonal;
using linalg::EigenMatrix;
using linalg::EigenVector;
using linalg::estimateSquaredNormOfInverse;
using linalg::Index;
using linalg::Matrix;
using linalg::matrixOf;
using linalg::Transpose;
using linalg::Vector;

namespace {

constexpr double kEps = std::numeric_limits<double>::epsilon();

/// Around the bandwidth of 32, its multiples, and the panels and tiles of products.
constexpr Index kSizes[] = {1, 2, 3, 31, 32, 33, 34, 63, 64, 65, 66, 97, 130, 197};

/// The kinds of spectra and shapes that reductions may trip over.
std::vector<EigenMatrix> awkwardSymmetricMatrices(Index n) {
  EigenMatrix const full = sampleCovariance(n, 2 * n + 1, 1);
  EigenMatrix graded = full;
  EigenMatrix banded = full;
  for (Index j = 0; j < n; ++j) {
    for (Index i = 0; i < n; ++i) {
      graded(i, j) *= std::pow(10.0, -12.0 * static_cast<double>(i + j) / static_cast<double>(n));
      if (std::abs(i - j) > 3) banded(i, j) = 0;
    }
  }
  EigenMatrix const clustered = EigenMatrix::Identity(n, n) + 1e-10 * full;
  return {full,
          graded,
          banded,
          clustered,
          sampleCovariance(n, std::max<Index>(1, n / 2), 2),
          full - EigenMatrix::Identity(n, n),
          EigenMatrix(full.diagonal().asDiagonal()),
          EigenMatrix::Ones(n, n),
          EigenMatrix::Zero(n, n)};
}

linalg::Tridiagonal tridiagonal(EigenMatrix const& a, std::size_t threads) {
  Task const task(threads);
  linalg::Matrix work = matrixOf(a);
  return linalg::tridiagonaliseInTwoStages(work, task);
}

Bidiagonal bidiagonal(EigenMatrix const& a, std::size_t threads) {
  Task const task(threads);
  return linalg::bidiagonaliseInTwoStages(matrixOf(a), task);
}

EigenMatrix dense(Bidiagonal const& b) {
  EigenMatrix result = asEigen(b.diagonal).asDiagonal();
  for (Index i = 0; i + 1 < b.diagonal.size(); ++i) result(i, i + 1) = b.superdiagonal[i];
  return result;
}

/// The product by its definition.
EigenMatrix plainProduct(linalg::Product const& p) {
  EigenMatrix const a = p.transposeA == Transpose::no ? EigenMatrix(p.a) : EigenMatrix(p.a.transpose());
  EigenMatrix const b = p.transposeB == Transpose::no ? EigenMatrix(p.b) : EigenMatrix(p.b.transpose());
  return a.lazyProduct(b);
}

}  // namespace

TEST_CASE("two-stage tridiagonal forms have the eigenvalues of the matrix, and the same bytes on any threads" *
          startsThreads) {
  Task const task;
  for (Index n : kSizes) {
    for (EigenMatrix const& a : awkwardSymmetricMatrices(n)) {
      linalg::Tridiagonal const t = tridiagonal(a, 1);
      linalg::Tridiagonal const threaded = tridiagonal(a, 3);
      CHECK(asEigen(threaded.diagonal) == asEigen(t.diagonal));
      CHECK(asEigen(threaded.subdiagonal) == asEigen(t.subdiagonal));
      if (kSanitized && n > 66) continue;
      EigenVector const expected = referenceEigenvalues(a);
      double const norm = expected.cwiseAbs().maxCoeff();
      CHECK((asEigen(linalg::tridiagonalEigenvalues(t, task)) - expected).cwiseAbs().maxCoeff() <=
            kEps * static_cast<double>(n + 2) * norm);
    }
  }
}

TEST_CASE("eigenvalues of matrices large enough for two stages, at the ends of the range" * startsThreads) {
  Task const task(2);
  Index const n = kSanitized ? 769 : 801;
  EigenVector eigenvalues(n);
  for (Index i = 0; i < n; ++i)
    eigenvalues[i] = std::pow(10.0, -14.0 + 14.0 * static_cast<double>(i) / (n - 1));
  EigenMatrix const q = orthogonalFactor(normals(n, n, 3));
  EigenMatrix const a = q * eigenvalues.asDiagonal() * q.transpose();
  EigenVector const actual = asEigen(linalg::symmetricEigenvalues(matrixOf(a), task));
  CHECK((actual - eigenvalues).cwiseAbs().maxCoeff() <= 1e-14);
  for (int exponent : {-980, 980}) {
    if (kSanitized && exponent < 0) continue;
    double const scale = std::ldexp(1.0, exponent);
    CHECK(asEigen(linalg::symmetricEigenvalues(matrixOf(a * scale), task)) == actual * scale);
  }
}

TEST_CASE(
    "two-stage bidiagonal forms have the singular values of the matrix, and the same bytes on any threads" *
    startsThreads) {
  for (Index n : kSizes) {
    if (n > 130) continue;
    for (Index more : {0, 1, 40}) {
      EigenMatrix const full = normals(n + more, n, 4);
      EigenMatrix graded = full;
      for (Index j = 0; j < n; ++j)
        graded.col(j) *= std::pow(10.0, -14.0 * static_cast<double>(j) / static_cast<double>(n));
      EigenMatrix const deficient = full * normals(n, std::max<Index>(1, n / 3), 5) *
                                    normals(std::max<Index>(1, n / 3), n, 6) / static_cast<double>(n);
      for (EigenMatrix const& g : {full, graded, deficient, EigenMatrix(EigenMatrix::Zero(n + more, n))}) {
        Bidiagonal const b = bidiagonal(g, 1);
        Bidiagonal const threaded = bidiagonal(g, 3);
        CHECK(asEigen(threaded.diagonal) == asEigen(b.diagonal));
        CHECK(asEigen(threaded.superdiagonal) == asEigen(b.superdiagonal));
        if (kSanitized && n > 34) continue;
        EigenVector const expected = referenceSingularValues(g);
        CHECK((referenceSingularValues(dense(b)) - expected).cwiseAbs().maxCoeff() <=
              kEps * static_cast<double>(n + 2) * expected.maxCoeff());
      }
    }
  }
}

TEST_CASE("sums of singular values of bidiagonal matrices are exact to rounding at every condition and scale") {
  for (Index n : {1, 2, 5, 40}) {
    for (double const digits : {0.0, 4.0, 16.0, 40.0}) {
      for (double const scale : {1e-300, 1.0, 1e300}) {
        Bidiagonal b{Vector(n), Vector(n - 1)};
        for (Index i = 0; i < n; ++i) {
          double const size = std::pow(10.0, -digits * static_cast<double>(i) / static_cast<double>(n));
          b.diagonal[i] = (i % 3 == 1 ? -0.7 : 1.0) * size;
          if (i + 1 < n) b.superdiagonal[i] = 0.8 * size;
        }
        if (n == 5) b.diagonal[2] = 0;  // singular
        EigenVector const values = referenceSingularValues(dense(b));
        asEigen(b.diagonal) *= scale;
        asEigen(b.superdiagonal) *= scale;
        CHECK(linalg::singularValueSum(b) / scale == doctest::Approx(values.sum()).epsilon(2e-15));
        for (double const perturbation : {1e-16, 1e-6, 1.0}) {
          if (scale != 1.0) continue;
          double change = 0;
          for (double const value : values)
            change += std::min(std::sqrt(perturbation), perturbation / std::max(value, 1e-300));
          double const bound = linalg::squareRootSumErrorBound(b, perturbation);
          CHECK(bound >= change);
          CHECK(bound <= 1.5 * change);
        }
      }
    }
  }
  CHECK(linalg::singularValueSum(Bidiagonal{Vector::zero(3), Vector::zero(2)}) == 0);
  CHECK(linalg::squareRootSumErrorBound(Bidiagonal{Vector::zero(3), Vector::zero(2)}, 4.0) == 6);
}

TEST_CASE("products in tiles equal plain products, whatever side is transposed, and add to what is there" *
          startsThreads) {
  Task const task(3);
  for (auto [m, n, k] :
       {std::tuple<Index, Index, Index>{1, 1, 1}, {5, 3, 0}, {200, 30, 7}, {193, 391, 64}, {30, 800, 50}}) {
    for (Transpose transposeA : {Transpose::no, Transpose::yes}) {
      for (Transpose transposeB : {Transpose::no, Transpose::yes}) {
        EigenMatrix const a = transposeA == Transpose::no ? normals(m, k, 1) : normals(k, m, 1);
        EigenMatrix const b = transposeB == Transpose::no ? normals(k, n, 2) : normals(n, k, 2);
        EigenMatrix const before = normals(m, n, 3);
        EigenMatrix c = before;
        linalg::Product const product{a, transposeA, b, transposeB};
        linalg::addProduct(c, -2, product, task);
        CHECK((c - (before - 2 * plainProduct(product))).cwiseAbs().maxCoeff() <=
              1e-13 * static_cast<double>(k + 1));
        if (m != n) continue;
        c = before;
        linalg::addProductLower(c, 1, product, task);
        EigenMatrix const difference = (c - before - plainProduct(product)).triangularView<Eigen::Lower>();
        CHECK(difference.cwiseAbs().maxCoeff() <= 1e-13);
      }
    }
  }
  EigenMatrix const lower = normals(400, 400, 4).triangularView<Eigen::Lower>();
  EigenMatrix const b = normals(400, 9, 5);
  EigenMatrix const whole = lower.selfadjointView<Eigen::Lower>();
  EigenMatrix c = b;
  linalg::addSymmetricProduct(c, 0.5, lower, b, task);
  CHECK((c - b - 0.5 * whole * b).cwiseAbs().maxCoeff() <= 1e-12);
  EigenMatrix triangular = EigenMatrix::Zero(400, 400);
  linalg::addProduct(triangular, 1,
                     {lower, Transpose::yes, lower, Transpose::no,
                      [](linalg::IndexRange rows, linalg::IndexRange columns) {
                        return linalg::IndexRange{std::max(rows.begin, columns.begin), 400};
                      }},
                     task);
  CHECK((triangular - lower.transpose() * lower).cwiseAbs().maxCoeff() <= 1e-12);
}

TEST_CASE("triangular factors of QR decompositions reproduce the Gram matrix" * startsThreads) {
  Task const task(2);
  for (auto [rows, cols] : {std::pair<Index, Index>{1, 1}, {7, 7}, {70, 64}, {200, 65}, {300, 129}}) {
    EigenMatrix const a = normals(rows, cols, 6);
    EigenMatrix work = a;
    EigenMatrix const r = asEigen(linalg::triangularFactor(work, task));
    CHECK(r.isUpperTriangular(0));
    CHECK((r.transpose() * r - a.transpose() * a).cwiseAbs().maxCoeff() <= 1e-13 * static_cast<double>(rows));
  }
}

TEST_CASE("Cholesky factors in blocks, and the norm of their inverse" * startsThreads) {
  Task const task(2);
  for (Index n : {1, 2, 95, 96, 97, 193, 300}) {
    EigenMatrix const s = sampleCovariance(n, 2 * n + 1, 7);
    std::optional<Matrix> const found = linalg::choleskyFactor(matrixOf(s), task);
    REQUIRE(found.has_value());
    auto const factor = asEigen(*found);
    CHECK(factor.isLowerTriangular(0));
    CHECK((factor * factor.transpose() - s).cwiseAbs().maxCoeff() <= 1e-14);
    CHECK(linalg::squaredNormOfInverse(*found, task) ==
          doctest::Approx(referenceInverse(s).trace()).epsilon(1e-11));
    EigenMatrix indefinite = s;
    indefinite(n - 1, n - 1) = -1;
    CHECK(!linalg::choleskyFactor(matrixOf(indefinite), task).has_value());
  }
}

TEST_CASE("norms of inverses are estimated to the accuracy of 32 vectors" * startsThreads) {
  Task const task(2);
  for (Index n : {1, 95, 96, 97, 200}) {
    Matrix const a = *linalg::choleskyFactor(matrixOf(sampleCovariance(n, 2 * n + 1, 7)), task);
    Matrix b = *linalg::choleskyFactor(matrixOf(sampleCovariance(n, 2 * n + 1, 8)), task);
    for (double const smallest : {1.0, 1e-9}) {  // with one tiny pivot the estimate hangs on one chi^2 of 32
      asEigen(b).row(n - 1) *= smallest;
      // Four standard deviations of chi^2_32 / 32 are 1.
      double const truth = linalg::squaredNormOfInverse(b, task);
      CHECK(std::abs(estimateSquaredNormOfInverse(b, task) / truth - 1) < 1);
      CHECK(estimateSquaredNormOfInverse(b, task) * linalg::kEstimateMargin > truth);
      EigenMatrix const inverse = referenceInverse(asEigen(a).transpose() * asEigen(b));
      CHECK(std::abs(estimateSquaredNormOfInverse(a, b, task) / inverse.squaredNorm() - 1) < 1);
    }
    CHECK(estimateSquaredNormOfInverse(b, Task(1)) == estimateSquaredNormOfInverse(b, Task(3)));
  }
}

TEST_CASE("large nuclear norms come from the Gram matrix where that is good enough, within the bound" *
          startsThreads) {
  Task const task(2);
  Index const n = 770;
  Matrix const factor = *linalg::choleskyFactor(matrixOf(sampleCovariance(n, 2 * n, 9)), task);
  for (double const smallest : {1.0, 1e-3, 1e-7}) {
    if (kSanitized && smallest == 1) continue;
    EigenMatrix unscaled = asEigen(factor);
    unscaled.row(n - 1) *= smallest;
    bool const isGoodEnough = smallest >= 1e-3;
    double const reciprocals = isGoodEnough && !kSanitized
                                   ? linalg::singularValueSum(matrixOf(referenceInverse(unscaled)), task).value
                                   : 0;
    for (double const scale : {1e-100, 1.0, 1e100}) {
      if (kSanitized && scale != 1) continue;
      Matrix const g = matrixOf(scale * unscaled);
      double const inverse = linalg::squaredNormOfInverse(g, task);
      linalg::NuclearNorm const exact = linalg::singularValueSum(g, task);
      double const tolerance = 1e-12 * exact.value;
      linalg::NuclearNorm const norm = linalg::nuclearNorm(g, tolerance, task, inverse);
      bool const isFast = norm.reciprocals > 0;
      CHECK(isFast == isGoodEnough);
      CHECK(std::abs(norm.value - exact.value) <= norm.errorBound + exact.errorBound);
      // n eps = 1.7e-13; seen were up to 4.8e-14, and 1.0e-13 at the level without fused multiply-add.
      double const rounding = static_cast<double>(n) * std::numeric_limits<double>::epsilon();
      CHECK(std::abs(norm.value - exact.value) <= rounding * exact.value);
      CHECK(norm.errorBound <= tolerance);
      if (!kSanitized) {
        CHECK(linalg::nuclearNorm(g, tolerance, Task(1), inverse).value == norm.value);
        CHECK(linalg::nuclearNorm(g, tolerance, task).value == exact.value);  // nothing known about the inverse
      }
      if (isFast) {
        // The bounds on sum min(e / sigma, sqrt e), of which the other is at most 1.5 times too large.
        double const e = 1e-16 * scale * scale;
        CHECK(norm.changeBound(e) <= 1.0001 * exact.changeBound(e));
        CHECK(norm.changeBound(e) >= exact.changeBound(e) / 1.5);
        if (!kSanitized) CHECK(norm.reciprocals * scale == doctest::Approx(reciprocals).epsilon(1e-6));
      }
    }
  }
}

TEST_CASE("pivoted Cholesky decompositions find the rank and leave nothing else") {
  Task const task(2);
  for (Index n : {1, 2, 97, 200}) {
    for (Index rank : {n, (n + 1) / 2, Index{1}}) {
      EigenMatrix const f = normals(n, rank, 8);
      EigenMatrix const s = f * f.transpose();
      double const negligible = static_cast<double>(n) * kEps * s.diagonal().maxCoeff();
      linalg::PivotedCholesky const pivoted = linalg::pivotedCholesky(matrixOf(s), negligible, task);
      CHECK(pivoted.factor.cols() == rank);
      CHECK((asEigen(pivoted.factor) * asEigen(pivoted.factor).transpose() - s).cwiseAbs().maxCoeff() <=
            negligible);
      CHECK(pivoted.remainder <= 8 * negligible);
      for (Index j = 1; j < rank; ++j) CHECK(pivoted.pivots[j] <= pivoted.pivots[j - 1] * (1 + 1e-14));
    }
  }
  Matrix swap = Matrix::zero(2, 2);
  swap(1, 0) = 3;
  CHECK(linalg::pivotedCholesky(swap, 0, task).remainder == 3);
}

TEST_CASE("a cancelled task stops reductions and decompositions" * startsThreads) {
  Task task(2);
  task.cancel();
  Matrix a = matrixOf(sampleCovariance(100, 200, 9));
  CHECK_THROWS_AS(linalg::choleskyFactor(a, task), Error);
  CHECK_THROWS_AS(linalg::pivotedCholesky(a, 0, task), Error);
  CHECK_THROWS_AS(linalg::squaredNormOfInverse(a, task), Error);
  CHECK_THROWS_AS(estimateSquaredNormOfInverse(a, task), Error);
  CHECK_THROWS_AS(estimateSquaredNormOfInverse(a, a, task), Error);
  CHECK_THROWS_AS(linalg::tridiagonaliseInTwoStages(a, task), Error);
  CHECK_THROWS_AS(linalg::bidiagonaliseInTwoStages(a, task), Error);
}
