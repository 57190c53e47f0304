#include "reference.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <Eigen/SVD>

namespace madloop::test {

Vector referenceEigenvalues(Matrix const& symmetric) {
  LongMatrix const wide = symmetric.cast<long double>();
  return Eigen::SelfAdjointEigenSolver<LongMatrix>(wide, Eigen::EigenvaluesOnly).eigenvalues().cast<double>();
}

Vector referenceEigenvalues(Vector const& diagonal, Vector const& subdiagonal) {
  Eigen::SelfAdjointEigenSolver<Matrix> solver;
  solver.computeFromTridiagonal(diagonal, subdiagonal, Eigen::EigenvaluesOnly);
  return solver.eigenvalues();
}

Eigen::VectorXcd referenceComplexEigenvalues(Matrix const& square) {
  return Eigen::EigenSolver<Matrix>(square, false).eigenvalues();
}

Matrix referenceSquareRoot(Matrix const& semidefinite) {
  return Eigen::SelfAdjointEigenSolver<Matrix>(semidefinite).operatorSqrt();
}

LongVector referenceSingularValues(LongMatrix const& g) {
  return Eigen::JacobiSVD<LongMatrix>(g).singularValues();
}

Matrix referenceInverse(Matrix const& square) { return square.fullPivLu().inverse(); }

Matrix orthogonalFactor(Matrix const& a) { return Eigen::HouseholderQR<Matrix>(a).householderQ(); }

LongMatrix orthogonalFactor(LongMatrix const& a) { return Eigen::HouseholderQR<LongMatrix>(a).householderQ(); }

}  // namespace madloop::test
