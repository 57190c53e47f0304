// The principal square root of a covariance.
#pragma once

#include <string>

#include "core/base/task.hpp"
#include "core/base/view.hpp"
#include "core/linalg/matrix.hpp"

namespace madloop::gaussian {

/// The symmetric positive semidefinite R with R R = S, exactly symmetric, for a symmetric positive semidefinite
/// S given row-major: V diag(sqrt(lambda)) V^T of the eigendecomposition of S. Eigenvalues up to d eps
/// lambda_max are rounding and count as zero. || R R - S || is of order d eps ||S|| (Higham, Functions of
/// Matrices, section 6.2: what backward stability means here); where S is singular, an error e of S may move R
/// by sqrt(e). Any scale.
///
/// Errors, where `argument` names the matrix: invalidInput where it is not square, or for a NaN or infinity
/// (names the place); notPositiveSemidefinite for asymmetry or a negative eigenvalue beyond the rounding of T,
/// eps: below -8 d eps lambda_max.
template <class T>
linalg::Matrix matrixSquareRoot(MatrixView<T> covariance, Task& task, std::string const& argument);

}  // namespace madloop::gaussian
