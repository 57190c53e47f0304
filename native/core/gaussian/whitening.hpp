// Coordinates in which a Gaussian is standard normal.
#pragma once

#include <optional>
#include <string>

#include "core/base/task.hpp"
#include "core/base/view.hpp"
#include "core/linalg/matrix.hpp"

namespace madloop::gaussian {

/// W with W S W^T = I on the range of a covariance S. A singular S has a pseudo-inverse W^T W and a
/// pseudo-determinant.
struct Whitening {
  linalg::Matrix matrix;      // rank x dim
  double logDeterminant = 0;  // log (pseudo-)determinant of S
};

/// The whitening of a covariance (square, row-major) of any rank. Errors as for factorCovariance; `argument`
/// names it.
Whitening whiten(MatrixView<double> covariance, Task const& task, std::string const& argument);

/// The whitening of a positive definite matrix (lower triangle) by one Cholesky decomposition; empty where a
/// pivot is not positive.
std::optional<Whitening> whitenDefinite(linalg::Matrix covariance, Task const& task);

}  // namespace madloop::gaussian
