// Householder reflectors.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "core/base/sum.hpp"
#include "core/linalg/eigen.hpp"

namespace madloop::linalg {

/// H = I - tau v v^T with v_0 = 1 maps the vector that v was made of to beta e_0.
struct Reflector {
  double tau;
  double beta;
};

/// Overwrites x (m >= 1 values, part of a matrix whose largest entry is near 1) by v. Where the squares of x
/// below x_0 add up to no more than `smallestSquare`, H is the identity: squares so small lose digits, and a
/// reflector made of them would not be orthogonal. 0 is for matrices of any scale whose Q is not used.
inline Reflector makeReflector(double* x, Index m, double smallestSquare = 1e-280) {
  double const tail =
      fixedOrderSum(static_cast<std::size_t>(m - 1), [&](std::size_t i) { return x[i + 1] * x[i + 1]; });
  double const head = x[0];
  x[0] = 1;
  if (tail <= smallestSquare) {
    std::fill(x + 1, x + m, 0.0);
    return {0, head};
  }
  double const norm = std::sqrt(head * head + tail);
  double const beta = head > 0 ? -norm : norm;
  double const scale = 1 / (head - beta);
  for (Index i = 1; i < m; ++i) x[i] *= scale;
  return {(beta - head) / beta, beta};
}

}  // namespace madloop::linalg
