#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/linalg/bidiagonal.hpp"
#include "core/linalg/nuclear_norm.hpp"
#include "core/linalg/square_root_nodes.hpp"
#include "core/linalg/symmetric_eigenvalues.hpp"
#include "core/linalg/trace_square_root.hpp"
#include "core/linalg/trapezoidal.hpp"
#include "test/support/matrices.hpp"
#include "test/support/reference.hpp"

using namespace madloop;
using namespace madloop::test;
using linalg::asEigen;
using linalg::EigenMatrix;
using linalg::EigenVector;
using linalg::Index;
using linalg::matrixOf;

namespace {

constexpr double kEps = std::numeric_limits<double>::epsilon();

/// Singular values of g in ascending order, as the eigenvalues of the Golub-Kahan form of its bidiagonal form,
/// whose spectrum is plus and minus the singular values.
EigenVector singularValues(EigenMatrix const& g, Task const& task) {
  Index const n = std::min(g.rows(), g.cols());
  if (n == 0) return {};
  linalg::Bidiagonal const b = linalg::bidiagonalise(matrixOf(g), task);
  linalg::Tridiagonal t{linalg::Vector::zero(2 * n), linalg::Vector(2 * n - 1)};
  for (Index k = 0; k < n; ++k) {
    t.subdiagonal[2 * k] = b.diagonal[k];
    if (k + 1 < n) t.subdiagonal[2 * k + 1] = b.superdiagonal[k];
  }
  return asEigen(linalg::tridiagonalEigenvalues(t, task)).tail(n).cwiseMax(0.0);
}

EigenVector eigenvalues(EigenMatrix const& a, Task const& task) {
  return asEigen(linalg::symmetricEigenvalues(matrixOf(a), task));
}

double largestDifference(EigenVector const& a, EigenVector const& b) { return (a - b).cwiseAbs().maxCoeff(); }

}  // namespace

TEST_CASE("symmetric eigenvalues are backward stable at awkward sizes, gradings and ranks") {
  Task const task;
  for (Index n : {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65, 100}) {
    EigenMatrix const full = sampleCovariance(n, 2 * n + 1, 1);
    EigenMatrix const deficient = sampleCovariance(n, std::max<Index>(1, n / 2), 2);
    EigenMatrix graded = full;
    for (Index i = 0; i < n; ++i) {
      for (Index j = 0; j < n; ++j)
        graded(i, j) *= std::pow(10.0, -12.0 * static_cast<double>(i + j) / static_cast<double>(n));
    }
    EigenMatrix const indefinite = full - EigenMatrix::Identity(n, n);
    for (EigenMatrix const& a : {full, deficient, graded, indefinite, EigenMatrix(full.diagonal().asDiagonal()),
                                 EigenMatrix(EigenMatrix::Ones(n, n))}) {
      EigenVector const expected = referenceEigenvalues(a);
      double const norm = expected.cwiseAbs().maxCoeff();
      CHECK(largestDifference(eigenvalues(a, task), expected) <= kEps * static_cast<double>(n + 2) * norm);
    }
  }
}

TEST_CASE("symmetric eigenvalues scale exactly by powers of two, to the ends of the range") {
  Task const task;
  EigenMatrix const a = sampleCovariance(12, 30, 3);
  EigenVector const base = eigenvalues(a, task);
  for (int exponent : {-980, -500, 500, 980}) {
    EigenVector const scaled = eigenvalues(a * std::ldexp(1.0, exponent), task);
    CHECK(scaled == base * std::ldexp(1.0, exponent));
  }
  CHECK(eigenvalues(EigenMatrix::Zero(5, 5), task) == EigenVector::Zero(5));
}

TEST_CASE("singular values keep small ones to an absolute accuracy of eps, unlike roots of Gram eigenvalues") {
  Task const task;
  for (auto [rows, cols] :
       {std::pair<Index, Index>{1, 1}, {5, 1}, {1, 5}, {7, 7}, {40, 12}, {12, 40}, {33, 31}, {100, 100}}) {
    EigenMatrix g = normals(rows, cols, 4);
    for (Index j = 0; j < cols; ++j)
      g.col(j) *= std::pow(10.0, -14.0 * static_cast<double>(j) / static_cast<double>(cols));
    EigenVector expected = referenceSingularValues(g);
    std::reverse(expected.data(), expected.data() + expected.size());
    EigenVector const actual = singularValues(g, task);
    REQUIRE(actual.size() == expected.size());
    CHECK(largestDifference(actual, expected) <=
          2 * kEps * static_cast<double>(expected.size() + 2) * expected.maxCoeff());
  }
  CHECK(singularValues(EigenMatrix::Zero(4, 3), task) == EigenVector::Zero(3));
  CHECK(singularValues(EigenMatrix(4, 0), task).size() == 0);
}

TEST_CASE(
    "error bounds of nuclear norms hold, and the slow route is taken where the fast one is not good enough") {
  Task const task;
  for (Index n : {1, 3, 10, 40}) {
    for (Index rank : {n, (n + 1) / 2}) {
      EigenMatrix const g = normals(n, rank, 5) * normals(rank, n, 6);
      double const truth = referenceSingularValues(g).sum();
      linalg::BoundedValue const fast = linalg::traceSquareRoot(matrixOf(g * g.transpose()), task);
      linalg::NuclearNorm const exact = linalg::singularValueSum(matrixOf(g), task);
      CHECK(std::abs(fast.value - truth) <= fast.errorBound);
      CHECK(std::abs(exact.value - truth) <= exact.errorBound);
      CHECK(exact.errorBound <= 1e-12 * truth);
      if (rank < n) {
        CHECK(fast.errorBound > 1e-9 * truth);
        CHECK(linalg::nuclearNorm(matrixOf(g), 1e-12 * truth, task).value == exact.value);
      }
    }
  }
}

TEST_CASE("every quadrature rule gives square roots on its whole interval") {
  for (linalg::SquareRootRule const& rule : linalg::kSquareRootRules) {
    for (int step = 0; step <= 1000; ++step) {
      long double const x = std::pow(static_cast<long double>(rule.condition), step / 1000.0L);
      long double root = 0;
      for (std::size_t j = 0; j < rule.size; ++j) root += rule.weight[j] * x / (x + rule.node[j]);
      // Weights and nodes are rounded to double.
      CHECK(std::abs(static_cast<double>(root / std::sqrt(x)) - 1) <= 4e-16);
    }
  }
}

TEST_CASE(
    "traces of square roots by quadrature equal sums of roots of eigenvalues, within the bound, at every "
    "condition") {
  Task const task;
  for (Index n : {1, 2, 3, 5, 10, 33, 100}) {
    for (int digits = 0; digits <= 9; ++digits) {
      for (double const scale : {1e-200, 1.0, 3e150}) {
        EigenVector eigenvalues(n);
        for (Index i = 0; i < n; ++i) {
          eigenvalues[i] =
              n == 1 ? 1 : std::pow(10.0, -digits * static_cast<double>(i) / static_cast<double>(n - 1));
        }
        EigenMatrix const q = orthogonalFactor(normals(n, n, 6));
        EigenMatrix const s = scale * (q * eigenvalues.asDiagonal() * q.transpose());
        double const truth = std::sqrt(scale) * eigenvalues.cwiseSqrt().sum();
        linalg::BoundedValue const actual = linalg::traceSquareRoot(matrixOf(s), task);
        CHECK(std::abs(actual.value - truth) <=
              actual.errorBound + 1e-15 * truth * static_cast<double>(n) * std::pow(10.0, digits / 2.0));
        if (digits <= 4) CHECK(actual.errorBound <= 1e-10 * truth);
        if (digits <= 4) CHECK(std::abs(actual.value - truth) <= 1e-12 * truth);
      }
    }
  }
  CHECK(linalg::traceSquareRoot(linalg::Matrix::zero(4, 4), task).value == 0);
  CHECK(linalg::traceSquareRoot(matrixOf(EigenMatrix::Ones(4, 4)), task).value == doctest::Approx(2));
}

TEST_CASE("products of trapezoidal matrices equal plain products at sizes around the block edge") {
  for (Index dim : {1, 2, 31, 32, 33, 64, 70, 100}) {
    for (Index rank : {dim, (dim + 1) / 2, Index{1}}) {
      for (Index cols : {rank, (rank + 1) / 2}) {
        EigenMatrix const f = normals(dim, rank, 7).triangularView<Eigen::Lower>();
        EigenMatrix const a = normals(rank, cols, 8).triangularView<Eigen::Lower>();
        EigenMatrix const product = asEigen(linalg::multiplyTrapezoidal(matrixOf(f), matrixOf(a)));
        CHECK((product - f * a).cwiseAbs().maxCoeff() <= kEps * 64 * static_cast<double>(rank));
        EigenMatrix const gram = asEigen(linalg::trapezoidalGram(matrixOf(f)));
        EigenMatrix const expected = (f * f.transpose()).triangularView<Eigen::Lower>();
        CHECK((EigenMatrix(gram.triangularView<Eigen::Lower>()) - expected).cwiseAbs().maxCoeff() <=
              kEps * 64 * static_cast<double>(rank));
      }
    }
  }
}

TEST_CASE("a cancelled task stops eigenvalue computations") {
  Task task;
  task.cancel();
  CHECK_THROWS_AS(eigenvalues(sampleCovariance(20, 40, 9), task), Error);
  CHECK_THROWS_AS(singularValues(normals(20, 20, 9), task), Error);
}

TEST_CASE("a failed Eigen assertion is an exception, not an abort") {
  EigenMatrix const a = EigenMatrix::Zero(2, 3);
  EigenMatrix const b = EigenMatrix::Zero(2, 3);
  CHECK_THROWS_AS(EigenMatrix(a * b), Error);
}
