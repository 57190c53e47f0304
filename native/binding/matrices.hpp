// The two shapes in which data enters the engine from JavaScript: a matrix, and a mean with a covariance.
#pragma once

#include <cstddef>

#include "binding/arguments.hpp"
#include "binding/arrays.hpp"
#include "core/base/view.hpp"
#include "core/gaussian/gaussian_factor.hpp"
#include "core/gaussian/moments.hpp"

namespace madloop::binding {

/// { data: Float32Array | Float64Array, rows, cols }, row-major.
class HeldMatrix {
 public:
  explicit HeldMatrix(Arguments const& arguments);

  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::size_t cols() const noexcept { return cols_; }

  /// Calls use(view) with a MatrixView<float const> or MatrixView<double const> of the data. Any thread.
  template <class Use>
  auto visit(Use use) const {
    return std::visit([&](auto const& array) { return use(MatrixView{array.data(), rows_, cols_}); }, array_);
  }

 private:
  std::size_t rows_;
  std::size_t cols_;
  HeldRealArray array_;
};

/// { dim, mean: Float64Array, covariance: Float64Array }: sample moments without their count, or a Gaussian;
/// with { precision: 'float32' | 'float64' } where it is said how accurate the numbers are.
class HeldGaussian {
 public:
  explicit HeldGaussian(Arguments const& arguments);

  [[nodiscard]] std::size_t dim() const noexcept { return dim_; }

  /// Where the values lie, for as long as this lives.
  [[nodiscard]] gaussian::GaussianView view() const;

  /// A copy, as the moments of `count` samples.
  [[nodiscard]] gaussian::Moments copy(std::size_t count) const;

 private:
  std::size_t dim_;
  HeldArray<double> mean_;
  HeldArray<double> covariance_;
  double eps_;
};

}  // namespace madloop::binding
