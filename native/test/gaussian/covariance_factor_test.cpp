#include "core/gaussian/covariance_factor.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/base/view.hpp"
#include "core/gaussian/gaussian_factor.hpp"
#include "core/gaussian/whitening.hpp"
#include "test/support/matrices.hpp"

using namespace madloop;
using namespace madloop::test;
using gaussian::CovarianceFactor;
using linalg::asEigen;
using linalg::EigenMatrix;
using linalg::Index;
using linalg::Matrix;
using linalg::matrixOf;

namespace {

EigenMatrix product(CovarianceFactor const& factor) {
  return asEigen(factor.values()) * asEigen(factor.values()).transpose();
}

MatrixView<double> viewOf(EigenMatrix const& symmetric) {
  auto const n = static_cast<std::size_t>(symmetric.rows());
  return {symmetric.data(), n, n};
}

}  // namespace

TEST_CASE("the identity, scaled, is not the identity") {
  Matrix const a = matrixOf(normals(3, 2, 1));
  CovarianceFactor factor = CovarianceFactor::identity(3);
  CHECK(factor.isIdentity());
  CHECK(factor.trace() == 3);
  CHECK(factor.logDeterminant() == 0);
  CHECK(asEigen(factor.times(a)) == asEigen(a));
  factor.scale(1);
  CHECK(factor.isIdentity());
  factor.scale(2);
  CHECK(!factor.isIdentity());
  CHECK(factor.isTrapezoidal());
  CHECK(asEigen(factor.times(a)) == 2 * asEigen(a));
  CHECK(asEigen(factor.timesTrapezoidal(a)) == 2 * asEigen(a));
  CHECK(factor.trace() == 12);
  CHECK(factor.logDeterminant() == doctest::Approx(3 * std::log(4.0)));
  factor.scale(0.5);
  CHECK(!factor.isIdentity());
  CHECK(asEigen(factor.times(a)) == asEigen(a));
}

TEST_CASE("what is known of a factor keeps pace with its scale") {
  EigenMatrix const s = sampleCovariance(6, 20, 2);
  CovarianceFactor factor = *gaussian::factorOfGram(matrixOf(s));
  double const trace = factor.trace();
  double const logDeterminant = factor.logDeterminant();
  CHECK(trace == doctest::Approx(s.trace()));
  CHECK(logDeterminant == doctest::Approx(std::log(s.determinant())));
  factor.scale(3);
  CHECK(factor.trace() == doctest::Approx(9 * trace));
  CHECK(factor.logDeterminant() == doctest::Approx(logDeterminant + 12 * std::log(3.0)));
  CHECK((product(factor) - 9 * s).norm() <= 1e-14 * s.norm());
  CHECK((EigenMatrix(asEigen(factor.gram()).triangularView<Eigen::Lower>()) -
         EigenMatrix(product(factor).triangularView<Eigen::Lower>()))
            .norm() <= 1e-14 * s.norm());
  factor.scale(0);
  CHECK(factor.trace() == 0);
  CHECK(std::isnan(factor.logDeterminant()));

  // Scales whose squares are out of the range of doubles.
  EigenMatrix const tiny = EigenMatrix::Identity(2, 2) * 1e-300;
  CovarianceFactor extreme = gaussian::factorCovariance(viewOf(tiny), Task(), "s");
  extreme.scale(std::ldexp(1.0, 520));
  CHECK(std::isfinite(extreme.trace()));
  CHECK(std::isfinite(extreme.uncertainty()));
}

TEST_CASE("a bare covariance of any rank is factored, and named in errors") {
  Task const task;
  for (Index const rank : {5, 3, 1, 0}) {
    EigenMatrix const f = normals(5, rank, 3);
    EigenMatrix const s = rank == 0 ? EigenMatrix(EigenMatrix::Zero(5, 5)) : EigenMatrix(f * f.transpose());
    CovarianceFactor const factor = gaussian::factorCovariance(viewOf(s), task, "s");
    CHECK(factor.rank() == rank);
    CHECK(factor.trace() == doctest::Approx(s.trace()));
    CHECK(std::isnan(factor.logDeterminant()) == (rank < 5));
    CHECK((product(factor) - s).norm() <= 1e-14 * (1 + s.norm()));

    gaussian::Whitening const whitening = gaussian::whiten(viewOf(s), task, "s");
    auto const w = asEigen(whitening.matrix);
    REQUIRE(w.rows() == rank);
    CHECK((w * s * w.transpose() - EigenMatrix::Identity(rank, rank)).norm() <= 1e-10);
    if (rank == 5) CHECK(whitening.logDeterminant == doctest::Approx(std::log(s.determinant())).epsilon(1e-9));
  }
  EigenMatrix const indefinite{{1.0, 2.0}, {2.0, 1.0}};
  CHECK(errorOf([&] {
          gaussian::factorCovariance(viewOf(indefinite), task, "the matrix");
        }).find("the matrix must be positive semidefinite, got smallest eigenvalue -1") == 0);
}
