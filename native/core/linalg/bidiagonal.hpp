// Singular values (only) of real matrices.
#pragma once

#include "core/base/task.hpp"
#include "core/linalg/eigen.hpp"

namespace madloop {

/// Singular values of g (any shape) in ascending order: QR first when one side is much longer, Householder
/// bidiagonalisation (Golub & Van Loan, 4th ed., section 5.4.8), then the eigenvalues of the Golub-Kahan
/// tridiagonal form, whose spectrum is plus and minus the singular values: absolute error of order
/// eps * ||g||, also for the smallest, since nothing is squared.
Vector singularValues(Matrix const& g, Task const& task);

}  // namespace madloop
