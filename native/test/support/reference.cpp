#include "test/support/reference.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/LU>
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

LongMatrix orthogonalFactor(LongMatrix const& a) {
  LongMatrix q = a;
  for (linalg::Index j = 0; j < q.cols(); ++j) {
    for (int pass = 0; pass < 2; ++pass) {
      for (linalg::Index i = 0; i < j; ++i) q.col(j) -= q.col(i).dot(q.col(j)) * q.col(i);
    }
    q.col(j) /= q.col(j).norm();
  }
  return q;
}

EigenMatrix orthogonalFactor(EigenMatrix const& a) {
  return orthogonalFactor(LongMatrix(a.cast<long double>())).cast<double>();
}

}  // namespace madloop::test
