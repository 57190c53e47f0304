// Eigen's own decompositions, the plain references of ours. They are compiled once, in reference.cpp: each
// costs the compiler up to a minute. What is computed is in extended precision: in float64, Eigen's instances
// here would take the place of the core's in the test program, and those need not have the same bits (g++ 12
// forms vfmaddsub in spite of -ffp-contract=off). Only what makes test matrices is in float64.
#pragma once

#include "core/linalg/eigen.hpp"

namespace madloop::test {

using LongMatrix = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>;
using LongVector = Eigen::Matrix<long double, Eigen::Dynamic, 1>;

/// Eigenvalues of a symmetric matrix, ascending.
linalg::EigenVector referenceEigenvalues(linalg::EigenMatrix const& symmetric);
/// Eigenvalues of a symmetric tridiagonal matrix, ascending.
linalg::EigenVector referenceEigenvalues(linalg::EigenVector const& diagonal,
                                         linalg::EigenVector const& subdiagonal);
/// The largest absolute value of an eigenvalue of any square matrix: the limit of |A^n|^(1/n) (Gelfand).
double referenceSpectralRadius(linalg::EigenMatrix const& square);
/// The principal square root of a positive semidefinite matrix.
linalg::EigenMatrix referenceSquareRoot(linalg::EigenMatrix const& semidefinite);

/// Singular values, descending, by two-sided Jacobi.
LongVector referenceSingularValues(LongMatrix const& g);
inline linalg::EigenVector referenceSingularValues(linalg::EigenMatrix const& g) {
  return referenceSingularValues(LongMatrix(g.cast<long double>())).cast<double>();
}

/// By LU with pivots in all rows and columns.
linalg::EigenMatrix referenceInverse(linalg::EigenMatrix const& square);

/// The square orthogonal Q of a = Q R.
linalg::EigenMatrix orthogonalFactor(linalg::EigenMatrix const& a);
LongMatrix orthogonalFactor(LongMatrix const& a);

}  // namespace madloop::test
