#include "test/support/reference.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <Eigen/QR>
#include <Eigen/SVD>
#include <cmath>

namespace madloop::test {

using linalg::EigenMatrix;

linalg::EigenVector referenceEigenvalues(EigenMatrix const& symmetric) {
  LongMatrix const wide = symmetric.cast<long double>();
  return Eigen::SelfAdjointEigenSolver<LongMatrix>(wide, Eigen::EigenvaluesOnly).eigenvalues().cast<double>();
}

linalg::EigenVector referenceEigenvalues(linalg::EigenVector const& diagonal,
                                         linalg::EigenVector const& subdiagonal) {
  Eigen::SelfAdjointEigenSolver<LongMatrix> solver;
  solver.computeFromTridiagonal(diagonal.cast<long double>(), subdiagonal.cast<long double>(),
                                Eigen::EigenvaluesOnly);
  return solver.eigenvalues().cast<double>();
}

double referenceSpectralRadius(EigenMatrix const& square) {
  constexpr int squarings = 60;
  LongMatrix power = square.cast<long double>();
  long double logarithm = 0;  // log |A^(2^k)| = 2^k (logarithm + log |power| / 2^k)
  for (int k = 0; k < squarings; ++k) {
    long double const norm = power.norm();
    if (norm == 0) return 0;
    logarithm += std::log(norm) / std::pow(2.0L, k);
    power /= norm;
    power = LongMatrix(power * power);
  }
  return static_cast<double>(std::exp(logarithm));
}

EigenMatrix referenceSquareRoot(EigenMatrix const& semidefinite) {
  LongMatrix const wide = semidefinite.cast<long double>();
  return Eigen::SelfAdjointEigenSolver<LongMatrix>(wide).operatorSqrt().cast<double>();
}

LongVector referenceSingularValues(LongMatrix const& g) {
  return Eigen::JacobiSVD<LongMatrix>(g).singularValues();
}

EigenMatrix referenceInverse(EigenMatrix const& square) {
  return LongMatrix(square.cast<long double>()).fullPivLu().inverse().cast<double>();
}

EigenMatrix orthogonalFactor(EigenMatrix const& a) {
  return Eigen::HouseholderQR<EigenMatrix>(a).householderQ();
}

LongMatrix orthogonalFactor(LongMatrix const& a) { return Eigen::HouseholderQR<LongMatrix>(a).householderQ(); }

}  // namespace madloop::test
