#include "core/linalg/congruence.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "core/linalg/norms.hpp"
#include "test/support/matrices.hpp"
#include "test/support/reference.hpp"
#include "test/support/threads_label.hpp"

using namespace madloop;
using namespace madloop::test;
using linalg::asEigen;
using linalg::EigenMatrix;
using linalg::matrixOf;

TEST_CASE(
    "congruence and norms: as by plain products, within the stated error, the same on any number of threads" *
    startsThreads) {
  for (linalg::Index const n : {1, 2, 7, 63, 193, 400}) {
    EigenMatrix const lower = normals(n, n, 1).triangularView<Eigen::Lower>();
    EigenMatrix const any = normals(n, n, 2);
    EigenMatrix const s = any + any.transpose();
    double const factor = 0.25;
    EigenMatrix const expected = factor * lower.transpose() * s * lower;
    double const norm = std::sqrt(referenceEigenvalues(lower.transpose() * lower).maxCoeff());
    EigenMatrix first;
    for (std::size_t const threads : {1U, 3U}) {
      Task const task(threads);
      EigenMatrix given = s;
      // What is above the diagonal is not read.
      given.triangularView<Eigen::StrictlyUpper>().setConstant(1e300);
      EigenMatrix const actual = asEigen(linalg::congruence(matrixOf(lower), matrixOf(given), factor, task));
      EigenMatrix const difference = (actual - expected).triangularView<Eigen::Lower>();
      CHECK(difference.norm() <= 3 * 2.3e-16 * factor * lower.norm() * norm * s.norm());
      CHECK(EigenMatrix(actual.triangularView<Eigen::StrictlyUpper>()).norm() == 0);
      if (threads == 1) first = actual;
      CHECK(actual == first);

      CHECK(linalg::squaredNorm(matrixOf(s), task) == doctest::Approx(s.squaredNorm()).epsilon(1e-14));
      CHECK(linalg::oneNorm(matrixOf(lower), task) ==
            doctest::Approx(lower.cwiseAbs().colwise().sum().maxCoeff()).epsilon(1e-14));
      double const bound =
          lower.cwiseAbs().colwise().sum().maxCoeff() * lower.cwiseAbs().rowwise().sum().maxCoeff();
      CHECK(linalg::squaredSpectralNormBound(matrixOf(lower), task) == doctest::Approx(bound).epsilon(1e-14));
      CHECK(norm * norm <= bound * (1 + 1e-12));
    }
  }
}
