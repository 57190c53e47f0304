#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <random>

#include "core/linalg/elimination.hpp"
#include "core/linalg/spectral_radius.hpp"
#include "test/support/matrices.hpp"
#include "test/support/reference.hpp"

using namespace madloop;
using namespace madloop::test;
using linalg::asEigen;
using linalg::EigenMatrix;
using linalg::EigenVector;
using linalg::Index;
using linalg::matrixOf;
using linalg::spectralRadius;
using linalg::vectorOf;

TEST_CASE("systems are solved by elimination, with zeros on the diagonal too") {
  for (Index const n : {1, 2, 5, 20}) {
    EigenMatrix a = normals(n, n, 1);
    if (n > 1) a(0, 0) = 0;
    EigenVector const b = normals(n, 1, 2);
    EigenVector const x = asEigen(linalg::solve(matrixOf(a), vectorOf(b)));
    EigenVector const expected = referenceInverse(a) * b;
    CHECK((x - expected).norm() <= 1e-12 * expected.norm());
  }
}

TEST_CASE("spectral radii of matrices without negative entries, to n eps") {
  std::mt19937_64 generator(1);
  std::uniform_real_distribution<double> uniform;
  double const eps = std::numeric_limits<double>::epsilon();
  for (Index const n : {1, 2, 7, 19, 25}) {
    for (int grading = 0; grading <= 8; grading += 4) {
      EigenMatrix a(n, n);
      for (Index i = 0; i < n; ++i) {
        for (Index j = 0; j < n; ++j)
          a(i, j) = uniform(generator) * std::pow(10.0, -0.1 * grading * static_cast<double>(std::abs(i - j)));
      }
      double const expected = referenceSpectralRadius(a);
      CHECK(std::abs(spectralRadius(matrixOf(a)) / expected - 1) <= 4 * static_cast<double>(n) * eps);
    }
  }
  CHECK(spectralRadius(linalg::Matrix::zero(4, 4)) == 0);
  CHECK(spectralRadius(linalg::Matrix::identity(4)) == 1);
  // Eigenvalues 2 and 2 - 1e-9, and a Jordan block: the powers of neither settle in a few steps.
  EigenMatrix const near{{2.0, 1e-3}, {0.0, 2.0 - 1e-9}};
  CHECK(spectralRadius(matrixOf(near)) == doctest::Approx(2).epsilon(1e-14));
  EigenMatrix const jordan{{0.5, 1.0}, {0.0, 0.5}};
  CHECK(spectralRadius(matrixOf(jordan)) == doctest::Approx(0.5).epsilon(1e-14));
  EigenMatrix const nilpotent{{0.0, 1.0}, {0.0, 0.0}};
  CHECK(spectralRadius(matrixOf(nilpotent)) == 0);
}
