#include "core/linalg/trapezoidal.hpp"

#include <algorithm>

#include "core/linalg/eigen.hpp"

namespace madloop::linalg {

namespace {

/// Edge of the blocks: large enough for the product kernel, small enough to skip most zeros at d = 100.
constexpr Index kBlock = 32;

}  // namespace

Matrix multiplyTrapezoidal(Matrix const& f, Matrix const& a) {
  auto const left = asEigen(f);
  auto const right = asEigen(a);
  Matrix product = Matrix::zero(f.rows(), a.cols());
  auto result = asEigen(product);
  for (Index j = 0; j < a.cols(); j += kBlock) {
    Index const width = std::min(kBlock, a.cols() - j);
    for (Index i = j; i < f.rows(); i += kBlock) {
      Index const height = std::min(kBlock, f.rows() - i);
      // a is zero above row j, f right of column i + height.
      Index const inner = std::min(i + height, f.cols()) - j;
      result.block(i, j, height, width).noalias() =
          left.block(i, j, height, inner) * right.block(j, j, inner, width);
    }
  }
  return product;
}

Matrix trapezoidalGram(Matrix const& f) {
  Matrix gram = Matrix::zero(f.rows(), f.rows());
  addTrapezoidalGram(f, gram);
  return gram;
}

void addTrapezoidalGram(Matrix const& f, Matrix& sum) {
  auto const factor = asEigen(f);
  auto result = asEigen(sum);
  for (Index j = 0; j < f.rows(); j += kBlock) {
    Index const width = std::min(kBlock, f.rows() - j);
    Index const inner = std::min(j + width, f.cols());
    auto const rows = factor.block(j, 0, width, inner);
    result.block(j, j, width, width).selfadjointView<Eigen::Lower>().rankUpdate(rows);
    Index const below = f.rows() - j - width;
    if (below > 0)
      result.block(j + width, j, below, width).noalias() +=
          factor.block(j + width, 0, below, inner) * rows.transpose();
  }
}

}  // namespace madloop::linalg
