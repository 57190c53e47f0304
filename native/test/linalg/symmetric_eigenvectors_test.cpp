#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "core/linalg/secular_equation.hpp"
#include "core/linalg/symmetric_eigenvalues.hpp"
#include "core/linalg/symmetric_eigenvectors.hpp"
#include "core/linalg/symmetric_product.hpp"
#include "core/linalg/tridiagonal_reduction.hpp"
#include "test/support/matrices.hpp"
#include "test/support/reference.hpp"
#include "test/support/sanitized.hpp"
#include "test/support/symmetric_matrices.hpp"
#include "test/support/threads_label.hpp"

using namespace madloop;
using namespace madloop::test;
using linalg::asEigen;
using linalg::EigenMatrix;
using linalg::EigenVector;
using linalg::Index;
using linalg::matrixOf;
using linalg::Tridiagonal;
using linalg::vectorOf;

namespace {

constexpr double kEps = std::numeric_limits<double>::epsilon();

/// Roundings of a multiply-add: a build without fused ones rounds the product as well.
#if defined(__FMA__)
constexpr double kRoundings = 1;
#else
constexpr double kRoundings = 2;
#endif

double spectralScale(EigenMatrix const& a) { return std::max(a.cwiseAbs().rowwise().sum().maxCoeff(), 1e-300); }

/// The errors that backward stability bounds, in units of eps: of A V - V diag(values) relative to ||A||, of
/// V^T V. Frobenius norms of n x n errors of order eps grow like n at worst where every column has its own.
void checkDecomposition(EigenMatrix const& a, linalg::Eigendecomposition const& e) {
  auto const n = static_cast<double>(a.rows());
  REQUIRE(e.values.allFinite());
  REQUIRE(e.vectors.allFinite());
  CHECK(std::is_sorted(e.values.data(), e.values.data() + e.values.size()));
  EigenMatrix const residual = a * e.vectors - e.vectors * e.values.asDiagonal();
  CHECK(residual.norm() <= 2 * kRoundings * (n + 4) * kEps * spectralScale(a));
  EigenMatrix const gram = e.vectors.transpose() * e.vectors - EigenMatrix::Identity(a.rows(), a.cols());
  CHECK(gram.norm() <= 2 * kRoundings * (n + 4) * kEps);
}

EigenMatrix dense(Tridiagonal const& t) {
  EigenMatrix a = asEigen(t.diagonal).asDiagonal();
  for (Index i = 0; i + 1 < a.rows(); ++i) a(i, i + 1) = a(i + 1, i) = t.subdiagonal[i];
  return a;
}

Tridiagonal scaledToOne(Tridiagonal t) {
  double largest = asEigen(t.diagonal).cwiseAbs().maxCoeff();
  if (t.subdiagonal.size() > 0) largest = std::max(largest, asEigen(t.subdiagonal).cwiseAbs().maxCoeff());
  if (largest > 0) {
    asEigen(t.diagonal) /= largest;
    asEigen(t.subdiagonal) /= largest;
  }
  return t;
}

/// Wilkinson's matrix of order 2 m + 1: diagonal m, ..., 1, 0, 1, ..., m, off-diagonal ones: pairs of
/// eigenvalues that agree to many digits.
Tridiagonal wilkinson(Index m) {
  Tridiagonal t{linalg::Vector(2 * m + 1), vectorOf(EigenVector::Ones(2 * m))};
  for (Index i = 0; i <= 2 * m; ++i) t.diagonal[i] = static_cast<double>(std::abs(i - m));
  return t;
}

/// Copies of it, glued by tiny off-diagonal entries: clusters of many eigenvalues (Parlett & Voemel 2009).
Tridiagonal gluedWilkinson(Index m, Index copies, double glue) {
  Tridiagonal const one = wilkinson(m);
  Index const size = one.diagonal.size();
  Tridiagonal t{linalg::Vector(size * copies), vectorOf(EigenVector::Constant(size * copies - 1, glue))};
  for (Index c = 0; c < copies; ++c) {
    asEigen(t.diagonal).segment(c * size, size) = asEigen(one.diagonal);
    asEigen(t.subdiagonal).segment(c * size, size - 1) = asEigen(one.subdiagonal);
  }
  return t;
}

Tridiagonal constant(Index n, double diagonal, double subdiagonal) {
  return {vectorOf(EigenVector::Constant(n, diagonal)),
          vectorOf(EigenVector::Constant(std::max<Index>(n - 1, 0), subdiagonal))};
}

/// f(lambda) = 1 + sum r_j / (d_j - lambda) in extended precision.
long double secularFunction(EigenVector const& d, EigenVector const& r, linalg::SecularRoot const& root) {
  long double sum = 1;
  for (Index j = 0; j < d.size(); ++j)
    sum += r[j] / ((static_cast<long double>(d[j]) - d[root.origin]) - root.offset);
  return sum;
}

}  // namespace

TEST_CASE("roots of the secular equation: the function changes its sign within the last digits of the offset") {
  struct Case {
    char const* name;
    EigenVector poles;
    EigenVector residues;
  };
  std::vector<Case> cases;
  for (Index n : {1, 2, 3, 10, 100}) {
    EigenVector const spread = EigenVector::LinSpaced(n, 0, 1);
    EigenVector const weights = normals(n, 1, 1).cwiseAbs2() + EigenVector::Constant(n, 1e-12);
    cases.push_back({"random", spread, weights / weights.sum()});
    cases.push_back({"tiny residues", spread, EigenVector::Constant(n, 1e-29)});
    cases.push_back({"large residues", spread, EigenVector::Constant(n, 1e6)});
    EigenVector graded(n);
    EigenVector gradedResidues(n);
    for (Index i = 0; i < n; ++i) {
      graded[i] = std::pow(10.0, -14.0 * static_cast<double>(n - 1 - i) / static_cast<double>(n));
      gradedResidues[i] = std::pow(10.0, -25.0 * static_cast<double>(i) / static_cast<double>(n));
    }
    cases.push_back({"graded", graded, gradedResidues});
    EigenVector close(n);
    for (Index i = 0; i < n; ++i) close[i] = 1 + 4e-15 * static_cast<double>(i);
    cases.push_back({"close poles", close, weights / weights.sum()});
  }
  for (Case const& c : cases) {
    CAPTURE(c.name);
    Index const n = c.poles.size();
    CAPTURE(n);
    for (Index i = 0; i < n; ++i) {
      linalg::SecularRoot const root = linalg::secularRoot(c.poles, c.residues, c.residues.sum(), i);
      CHECK((root.origin == i || root.origin == i + 1));
      CHECK((root.origin == i ? root.offset > 0 : root.offset < 0));
      // The function is zero to the rounding of its terms, as orthogonality needs it (Gu & Eisenstat 1995).
      long double terms = 1;
      for (Index j = 0; j < n; ++j)
        terms += std::abs(c.residues[j] /
                          ((static_cast<long double>(c.poles[j]) - c.poles[root.origin]) - root.offset));
      CHECK(static_cast<double>(std::abs(secularFunction(c.poles, c.residues, root)) / terms) <= 16 * kEps);
    }
  }
}

TEST_CASE("products of a symmetric matrix with a vector use the lower triangle alone, from any row on" *
          startsThreads) {
  for (Index n : {1, 2, 7, 8, 9, 30, 65, 800, 1100}) {
    EigenMatrix const full = sampleCovariance(n, 3, 1);
    EigenMatrix padded = EigenMatrix::Zero(linalg::paddedRows(n), n);
    padded.topRows(n) = full.triangularView<Eigen::Lower>();
    linalg::SymmetricProduct multiplier(n);
    for (Index first : {Index{0}, Index{1}, n / 3, n - 1}) {
      if (first >= n) continue;
      for (std::size_t threads : {std::size_t{1}, std::size_t{3}}) {
        Task const task(threads);
        EigenVector x = EigenVector::Zero(linalg::paddedRows(n));
        x.segment(first, n - first) = normals(n - first, 1, 2);
        EigenVector y = EigenVector::Constant(linalg::paddedRows(n), 1e9);
        multiplier.multiply(padded, first, x, y, task);
        EigenVector const expected = full.bottomRightCorner(n - first, n - first) * x.segment(first, n - first);
        double const scale = full.cwiseAbs().rowwise().sum().maxCoeff() * x.cwiseAbs().maxCoeff();
        CHECK((y.segment(first, n - first) - expected).cwiseAbs().maxCoeff() <=
              2 * kEps * static_cast<double>(n) * scale);
      }
    }
  }
}

TEST_CASE("a reduction to tridiagonal form is an orthogonal similarity" * startsThreads) {
  for (Index n : {1, 2, 3, 31, 32, 33, 64, 65, 100, 300}) {
    CAPTURE(n);
    EigenMatrix a = normals(n, n, 3);
    a = ((a + a.transpose()) / (2 * spectralScale(a))).eval();
    Task task(2);
    linalg::TridiagonalReduction const reduction = linalg::reduceToTridiagonal(a, task);
    CHECK(task.done() == linalg::tridiagonalReductionUnits(n));
    EigenMatrix q = EigenMatrix::Identity(n, n);
    linalg::multiplyByReflectors(reduction, q, task);
    CHECK(task.done() == linalg::tridiagonalReductionUnits(n) + linalg::multiplyByReflectorsUnits(n, n));
    auto const size = static_cast<double>(n);
    CHECK((q.transpose() * q - EigenMatrix::Identity(n, n)).norm() <= (size + 4) * kEps);
    CHECK((q * dense(reduction.matrix) * q.transpose() - a).norm() <= (size + 4) * kEps * spectralScale(a));
    // Against the routine for eigenvalues alone.
    EigenVector const expected = asEigen(linalg::symmetricEigenvalues(matrixOf(a), task));
    CHECK((asEigen(linalg::tridiagonalEigenvalues(reduction.matrix, task)) - expected).cwiseAbs().maxCoeff() <=
          (size + 4) * kEps);
  }
}

TEST_CASE("reflectors of vectors too small to be squared stay orthogonal") {
  // 1e-160 squared keeps four digits: a reflector made of it would turn eigenvalues by 1e-4.
  EigenMatrix a = EigenMatrix::Identity(3, 3);
  a(1, 1) = 0.5;
  a(2, 2) = 0.25;
  a(0, 0) = 0;
  a(1, 0) = a(2, 0) = a(0, 1) = a(0, 2) = 1.3e-160;
  Task task;
  CHECK((asEigen(linalg::symmetricEigenvalues(matrixOf(a), task)) - EigenVector{{0.0, 0.25, 0.5}})
            .cwiseAbs()
            .maxCoeff() <= 4 * kEps);
  checkDecomposition(a, linalg::symmetricEigenvectors(matrixOf(a), task));
}

TEST_CASE("eigenvectors of tridiagonal matrices by divide and conquer" * startsThreads) {
  std::vector<std::pair<std::string, Tridiagonal>> cases;
  for (Index n : {1, 2, 3, 31, 32, 33, 34, 63, 64, 65, 66, 100, 127, 128, 129, 130, 500}) {
    if (kSanitized && n == 500) continue;
    cases.emplace_back("second difference", constant(n, 2, -1));
    cases.emplace_back("zero", constant(n, 0, 0));
    cases.emplace_back("identity", constant(n, 1, 0));
    cases.emplace_back("no diagonal", constant(n, 0, 1));
    cases.emplace_back("tiny couplings", constant(n, 1, 1e-15));
    cases.emplace_back("couplings below the rounding", constant(n, 1, 1e-20));
    cases.emplace_back("couplings at the end of the range", constant(n, 1, 1e-300));
    cases.emplace_back("random", Tridiagonal{vectorOf(normals(n, 1, 1)), vectorOf(normals(n - 1, 1, 2))});
    Tridiagonal half = constant(n, 2, -1);
    asEigen(half.diagonal).tail(n - n / 4) *= 1e-300;
    asEigen(half.subdiagonal).tail(n - 1 - n / 4) *= 1e-300;
    cases.emplace_back("a block near the end of the range", half);
    Tridiagonal graded = constant(n, 1, 0);
    for (Index i = 0; i < n; ++i) {
      graded.diagonal[i] = std::pow(10.0, -16.0 * static_cast<double>(i) / static_cast<double>(n));
      if (i > 0) graded.subdiagonal[i - 1] = 0.5 * graded.diagonal[i];
    }
    cases.emplace_back("graded", graded);
    std::reverse(graded.diagonal.data(), graded.diagonal.data() + n);
    std::reverse(graded.subdiagonal.data(), graded.subdiagonal.data() + n - 1);
    cases.emplace_back("graded the other way", graded);
  }
  cases.emplace_back("W21+", wilkinson(10));
  cases.emplace_back("W101+", wilkinson(50));
  if (!kSanitized) cases.emplace_back("W601+", wilkinson(300));
  for (double const glue : {1e-4, 1e-8, 1e-14, 1e-30}) {
    if (!kSanitized) cases.emplace_back("glued W21+", gluedWilkinson(10, 20, glue));
    cases.emplace_back("glued W21+", gluedWilkinson(10, 5, glue));
  }
  for (auto const& [name, unscaled] : cases) {
    CAPTURE(name);
    Tridiagonal const t = scaledToOne(unscaled);
    Index const n = t.diagonal.size();
    CAPTURE(n);
    Task task(2);
    linalg::Eigendecomposition const actual = linalg::tridiagonalEigenvectors(t, task);
    CHECK(task.done() == linalg::tridiagonalEigenvectorsUnits(n));
    EigenMatrix const a = dense(t);
    checkDecomposition(a, actual);
    EigenVector const expected = referenceEigenvalues(asEigen(t.diagonal), asEigen(t.subdiagonal));
    CHECK((actual.values - expected).cwiseAbs().maxCoeff() <=
          2 * static_cast<double>(n + 4) * kEps * spectralScale(a));
  }
}

TEST_CASE("eigenvectors of dense matrices" * startsThreads) {
  for (Index n : {1, 2, 3, 5, 31, 32, 33, 47, 64, 65, 99, 130, 500}) {
    if (kSanitized && n == 500) continue;
    for (auto const& [name, unscaled] : semidefiniteMatrices(n)) {
      CAPTURE(name);
      CAPTURE(n);
      double const largest = unscaled.cwiseAbs().maxCoeff();
      EigenMatrix const a = unscaled / (largest > 0 ? largest : 1);
      Task task(2);
      checkDecomposition(a, linalg::symmetricEigenvectors(matrixOf(a), task));
      CHECK(task.done() == linalg::symmetricEigenvectorsUnits(n));
      EigenMatrix const indefinite = a - 0.3 * EigenMatrix::Identity(n, n);
      checkDecomposition(indefinite, linalg::symmetricEigenvectors(matrixOf(indefinite), task));
    }
  }
}

TEST_CASE("eigenvectors are the same bytes for 1, 2 and 7 threads" * startsThreads) {
  // Large enough for every loop to have several ranges.
  for (Index n : {130, kSanitized ? 600 : 1000}) {
    EigenMatrix const a = sampleCovariance(n, n, 5) / 4;
    Task one(1);
    linalg::Eigendecomposition const expected = linalg::symmetricEigenvectors(matrixOf(a), one);
    for (std::size_t threads : {std::size_t{2}, std::size_t{7}}) {
      Task task(threads);
      linalg::Eigendecomposition const actual = linalg::symmetricEigenvectors(matrixOf(a), task);
      CHECK(actual.values == expected.values);
      CHECK(actual.vectors == expected.vectors);
    }
  }
}
