// Blocks of Householder reflectors in the compact WY form of Schreiber & Van Loan
// (1989), H_1 H_2 ... H_b = I - V T V^T with V unit lower trapezoidal and T upper triangular.
#pragma once

#include "core/base/task.hpp"
#include "core/linalg/eigen.hpp"
#include "core/linalg/householder.hpp"
#include "core/linalg/parallel_product.hpp"

namespace madloop::linalg {

/// The product Q = I - V T V^T of b reflectors of length m >= b.
struct BlockReflector {
  EigenMatrix v;  // m x b, with its unit diagonal and its zeros
  EigenMatrix t;  // b x b, upper triangular, zeros below
};

/// QR decomposition of a panel (m x b, m >= b): the panel becomes R with zeros below. By halves, so that most
/// of it is matrix products (Elmroth & Gustavson 2000).
BlockReflector reducePanel(MatrixBlock panel);

/// The upper triangular factor (n x n) of the QR decomposition of a (m x n, m >= n, overwritten), on all
/// threads.
Matrix triangularFactor(MatrixBlock a, Task const& task);

}  // namespace madloop::linalg
