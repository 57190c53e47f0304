// Bidiagonal forms of real matrices.
#pragma once

#include "core/base/task.hpp"
#include "core/linalg/band_bidiagonal.hpp"
#include "core/linalg/matrix.hpp"

namespace madloop::linalg {

/// Matrices with a short side from here on are reduced in two stages.
inline constexpr Index kTwoStageSize = 128;

/// A bidiagonal matrix with the singular values of g (any shape; entries near 1), of the order of its shorter
/// side: QR first when one side is much longer, then Householder reflectors from both sides (Golub & Van Loan,
/// 4th ed., section 5.4.8), of large matrices in two stages.
Bidiagonal bidiagonalise(Matrix g, Task const& task);

}  // namespace madloop::linalg
