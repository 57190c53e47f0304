#include "core/gaussian/matrix_square_root.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "core/linalg/symmetric_eigenvectors.hpp"
#include "test/support/matrices.hpp"
#include "test/support/reference.hpp"
#include "test/support/sanitized.hpp"
#include "test/support/symmetric_matrices.hpp"
#include "test/support/threads_label.hpp"

using namespace madloop;
using namespace madloop::test;
using linalg::asEigen;
using linalg::EigenMatrix;

namespace {

constexpr double kEps = std::numeric_limits<double>::epsilon();

EigenMatrix root(EigenMatrix const& a, std::size_t threads = 2) {
  Task task(threads);
  auto const n = static_cast<std::size_t>(a.rows());
  EigenMatrix result =
      asEigen(gaussian::matrixSquareRoot(MatrixView<double>{a.data(), n, n}, task, "covariance"));
  CHECK(task.done() == task.total());
  return result;
}

EigenMatrix rootOfFloats(std::vector<float> const& values, std::size_t n) {
  Task task;
  return asEigen(gaussian::matrixSquareRoot(MatrixView<float>{values.data(), n, n}, task, "covariance"));
}

double spectralNormBound(EigenMatrix const& a) { return a.cwiseAbs().rowwise().sum().maxCoeff(); }

/// Backward error of the decomposition (n eps) and twice that of the product, both relative to ||S||.
double tolerance(EigenMatrix const& a) {
  return 6 * static_cast<double>(a.rows() + 4) * kEps * spectralNormBound(a);
}

/// The code and message of the error that `call` throws.
template <class Call>
std::string errorOf(ErrorCode code, Call call) {
  try {
    call();
  } catch (Error const& error) {
    CHECK(error.code() == code);
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("square roots: symmetric to the bit, positive semidefinite, and their squares are the matrix" *
          startsThreads) {
  for (linalg::Index n : {1, 2, 3, 5, 31, 32, 33, 50, 64, 65, 100, 129, 130, 500}) {
    if (kSanitized && n == 500) continue;
    for (auto const& [name, a] : semidefiniteMatrices(n)) {
      CAPTURE(name);
      CAPTURE(n);
      EigenMatrix const r = root(a);
      CHECK(r == r.transpose());
      CHECK((r * r - a).norm() <= tolerance(a));
      if (kSanitized && n > 65) continue;
      double const smallest = referenceEigenvalues(r)[0];
      CHECK(smallest >= -static_cast<double>(n + 4) * kEps * spectralNormBound(r));
    }
  }
}

TEST_CASE("square roots equal those of Eigen's eigendecomposition where the matrix determines them" *
          startsThreads) {
  for (linalg::Index n : {1, 2, 10, 40, 200}) {
    EigenMatrix const a = withEigenvalues(linalg::EigenVector::LinSpaced(n, 0.5, 2), 7);
    EigenMatrix const expected = referenceSquareRoot(a);
    // The derivative of the root is at most 1 / (2 sqrt(lambda_min)) = 0.71.
    CHECK((root(a) - expected).norm() <= 4 * static_cast<double>(n + 4) * kEps * spectralNormBound(a));
  }
}

TEST_CASE("square roots of diagonal matrices are exact" * startsThreads) {
  EigenMatrix const r = root(linalg::EigenVector{{4.0, 9.0, 16.0, 0.0, 2.0}}.asDiagonal());
  CHECK(r == EigenMatrix(linalg::EigenVector{{2.0, 3.0, 4.0, 0.0, std::sqrt(2.0)}}.asDiagonal()));
  CHECK(root(EigenMatrix::Identity(300, 300)) == EigenMatrix::Identity(300, 300));
  CHECK(root(EigenMatrix::Zero(300, 300)) == EigenMatrix::Zero(300, 300));
}

TEST_CASE("square roots scale exactly by powers of four, to the ends of the range") {
  EigenMatrix const a = withEigenvalues(linalg::EigenVector::LinSpaced(20, 0.5, 2), 8);
  EigenMatrix const base = root(a);
  for (int half : {-465, -100, 100, 465, 510}) {
    CHECK(root((a * std::ldexp(1.0, half)) * std::ldexp(1.0, half)) == base * std::ldexp(1.0, half));
  }
  for (double const scale : {1e-280, 1e280}) {
    EigenMatrix const r = root(a * scale);
    CHECK((r / std::sqrt(scale) - base).norm() <= 24 * 20 * kEps);
  }
  CHECK(root(EigenMatrix::Constant(1, 1, 4e-320))(0, 0) == std::sqrt(4e-320));
  CHECK(root(EigenMatrix::Constant(1, 1, std::numeric_limits<double>::max()))(0, 0) ==
        std::sqrt(std::numeric_limits<double>::max()));
}

TEST_CASE("square roots are the same bytes for 1, 2 and 7 threads" * startsThreads) {
  EigenMatrix a = kSanitized ? sampleCovariance(400, 300, 9) : sampleCovariance(600, 500, 9);
  a = ((a + a.transpose()) / 2).eval();
  EigenMatrix const expected = root(a, 1);
  for (std::size_t threads : {std::size_t{2}, std::size_t{7}}) CHECK(root(a, threads) == expected);
}

TEST_CASE("a matrix stored in single precision may be asymmetric and indefinite by its rounding" *
          startsThreads) {
  std::size_t const n = 60;
  EigenMatrix const a = sampleCovariance(static_cast<linalg::Index>(n), 20, 10);
  std::vector<float> values(n * n);
  for (std::size_t i = 0; i < n * n; ++i) values[i] = static_cast<float>(a.data()[i]);
  values[1] = std::nextafter(values[n], 10.0F);  // one unit in the last place off its mirror image
  EigenMatrix const r = rootOfFloats(values, n);
  CHECK((r * r - a).norm() <= 2 * static_cast<double>(n) * std::numeric_limits<float>::epsilon() * a.norm());

  // The same values in double precision are refused.
  EigenMatrix const wide = Eigen::Map<Eigen::MatrixXf const>(values.data(), 60, 60).cast<double>();
  CHECK(errorOf(ErrorCode::notPositiveSemidefinite, [&] { root(wide); }).find("symmetric") !=
        std::string::npos);
  EigenMatrix const symmetric = (wide + wide.transpose()) / 2;
  CHECK(errorOf(ErrorCode::notPositiveSemidefinite, [&] { root(symmetric); }).find("smallest eigenvalue -") !=
        std::string::npos);
}

TEST_CASE("what is no covariance is refused, with the place" * startsThreads) {
  double const nan = std::numeric_limits<double>::quiet_NaN();
  double const infinity = std::numeric_limits<double>::infinity();
  Task task;
  std::vector<double> const six{1, 2, 3, 4, 5, 6};
  CHECK(errorOf(ErrorCode::invalidInput, [&] {
          gaussian::matrixSquareRoot(MatrixView<double>{six.data(), 2, 3}, task, "covariance");
        }) == "covariance must be square, got 2 x 3");
  EigenMatrix a = EigenMatrix::Identity(100, 100);
  a(70, 66) = nan;  // row-major: row 66, column 70
  CHECK(errorOf(ErrorCode::invalidInput, [&] { root(a); }) ==
        "covariance must be finite, got NaN at row 66, column 70");
  a(70, 66) = -infinity;
  CHECK(errorOf(ErrorCode::invalidInput, [&] { root(a); }) ==
        "covariance must be finite, got an infinity at row 66, column 70");
  a(70, 66) = 1e-6;
  CHECK(errorOf(ErrorCode::notPositiveSemidefinite, [&] {
          root(a);
        }).find("covariance must be symmetric, got |[66][70] - [70][66]| = ") == 0);
  a(70, 66) = 0;
  a(99, 99) = -1e-30;
  CHECK(errorOf(ErrorCode::notPositiveSemidefinite, [&] {
          root(a);
        }).find("covariance must be positive semidefinite, got -1.0") == 0);
  EigenMatrix indefinite(2, 2);
  indefinite << 1e280, 2e280, 2e280, 1e280;
  std::string const message = errorOf(ErrorCode::notPositiveSemidefinite, [&] { root(indefinite); });
  CHECK(message.find("covariance must be positive semidefinite, got smallest eigenvalue -") == 0);
  CHECK(message.find("e+279") + message.find("e+280") != 2 * std::string::npos);
  // Negative within the rounding counts as zero.
  EigenMatrix rounding = EigenMatrix::Identity(10, 10);
  rounding.topLeftCorner(2, 2) << 1, 1 + 4 * kEps, 1 + 4 * kEps, 1;
  CHECK((root(rounding) * root(rounding) - rounding).norm() <= tolerance(rounding));
  rounding(0, 1) = rounding(1, 0) = 1 + 400 * kEps;  // beyond 8 x 10 eps x 2
  CHECK(errorOf(ErrorCode::notPositiveSemidefinite, [&] { root(rounding); }).find("smallest eigenvalue -") !=
        std::string::npos);
}

TEST_CASE("a cancelled task stops a square root") {
  Task task;
  task.cancel();
  EigenMatrix const a = EigenMatrix::Identity(40, 40);
  CHECK(errorOf(ErrorCode::aborted, [&] {
          gaussian::matrixSquareRoot(MatrixView<double>{a.data(), 40, 40}, task, "covariance");
        }) == "the task was cancelled");
}
