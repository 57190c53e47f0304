// Householder reflectors: single ones, and blocks of them in the compact WY form of Schreiber & Van Loan
// (1989), H_1 H_2 ... H_b = I - V T V^T with V unit lower trapezoidal and T upper triangular.
#pragma once

#include "core/base/task.hpp"
#include "core/linalg/eigen.hpp"
#include "core/linalg/parallel_product.hpp"

namespace madloop {

/// (I - tau v v^T) x = beta e_0 with v_0 = 1.
struct Reflector {
  double tau;
  double beta;
};

/// Overwrites x (m values, m >= 1) by its v. No scaling: entries should lie near 1.
Reflector makeReflector(double* x, Index m);

/// The product Q = I - V T V^T of b reflectors of length m >= b.
struct BlockReflector {
  Matrix v;  // m x b, with its unit diagonal and its zeros
  Matrix t;  // b x b, upper triangular, zeros below
};

/// QR decomposition of a panel (m x b, m >= b): the panel becomes R with zeros below. By halves, so that most
/// of it is matrix products (Elmroth & Gustavson 2000).
BlockReflector reducePanel(MatrixBlock panel);

/// The upper triangular factor (n x n) of the QR decomposition of a (m x n, m >= n, overwritten), on all
/// threads.
Matrix triangularFactor(Matrix& a, Task const& task);

}  // namespace madloop
