// Products of lower-trapezoidal matrices (zero above the diagonal), in blocks that skip the zeros.
#pragma once

#include <algorithm>

#include "core/linalg/eigen.hpp"

namespace madloop::linalg {

/// Edge of the blocks: large enough for the product kernel, small enough to skip most zeros at d = 100.
inline constexpr Index kTrapezoidalBlock = 32;

/// f * a for lower-trapezoidal f (d x r) and a (r x c), c <= r <= d; the result is lower trapezoidal.
inline EigenMatrix multiplyTrapezoidal(EigenMatrix const& f, EigenMatrix const& a) {
  EigenMatrix result = EigenMatrix::Zero(f.rows(), a.cols());
  for (Index j = 0; j < a.cols(); j += kTrapezoidalBlock) {
    Index const width = std::min(kTrapezoidalBlock, a.cols() - j);
    for (Index i = j; i < f.rows(); i += kTrapezoidalBlock) {
      Index const height = std::min(kTrapezoidalBlock, f.rows() - i);
      // a is zero above row j, f right of column i + height.
      Index const inner = std::min(i + height, f.cols()) - j;
      result.block(i, j, height, width).noalias() = f.block(i, j, height, inner) * a.block(j, j, inner, width);
    }
  }
  return result;
}

/// Adds f f^T to the lower triangle of `sum`; f (d x r) is lower trapezoidal.
inline void addTrapezoidalGram(EigenMatrix const& f, EigenMatrix& sum) {
  for (Index j = 0; j < f.rows(); j += kTrapezoidalBlock) {
    Index const width = std::min(kTrapezoidalBlock, f.rows() - j);
    Index const inner = std::min(j + width, f.cols());
    auto const rows = f.block(j, 0, width, inner);
    sum.block(j, j, width, width).selfadjointView<Eigen::Lower>().rankUpdate(rows);
    Index const below = f.rows() - j - width;
    if (below > 0)
      sum.block(j + width, j, below, width).noalias() += f.block(j + width, 0, below, inner) * rows.transpose();
  }
}

}  // namespace madloop::linalg
