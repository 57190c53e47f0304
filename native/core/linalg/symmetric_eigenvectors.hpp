// Eigenvalues and eigenvectors of real symmetric matrices.
#pragma once

#include <cstdint>

#include "core/base/task.hpp"
#include "core/linalg/eigen.hpp"
#include "core/linalg/tridiagonal_eigenvectors.hpp"

namespace madloop::linalg {

/// Eigendecomposition of the symmetric matrix A whose lower triangle `a` holds, entries at most 1 in size and
/// the largest of order 1: blocked Householder reduction, divide and conquer, back-transformation in blocks.
/// Backward stable: || A V - V diag(values) || and || V^T V - I || are of order n eps, relative to ||A||. Takes
/// `a` as workspace. Counts symmetricEigenvectorsUnits(n) units of progress.
Eigendecomposition symmetricEigenvectors(Matrix a, Task& task);

std::uint64_t symmetricEigenvectorsUnits(Index n);

}  // namespace madloop::linalg
