#include "test/support/reference.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <Eigen/SVD>
#include <complex>

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

Eigen::VectorXcd referenceComplexEigenvalues(EigenMatrix const& square) {
  LongMatrix const wide = square.cast<long double>();
  return Eigen::EigenSolver<LongMatrix>(wide, false).eigenvalues().cast<std::complex<double>>();
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
