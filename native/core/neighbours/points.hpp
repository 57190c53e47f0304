// The points between which distances are asked for: rows in float32 or float64, seen as float64 values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>

#include "core/base/view.hpp"

namespace madloop::neighbours {

/// Non-owning. A point's index fits in 32 bits (checkPoints).
class Points {
 public:
  using View = std::variant<MatrixView<float>, MatrixView<double>>;

  explicit Points(View view) : view_(view) {}

  [[nodiscard]] std::size_t rows() const {
    return std::visit([](auto const& view) { return view.rows; }, view_);
  }
  [[nodiscard]] std::size_t cols() const {
    return std::visit([](auto const& view) { return view.cols; }, view_);
  }
  [[nodiscard]] View const& view() const { return view_; }

  /// out[k] = factor * value k of row i, in float64.
  void load(std::size_t i, double factor, double* out) const {
    std::visit(
        [&](auto const& view) {
          auto const* const row = view.row(i);
          for (std::size_t k = 0; k < view.cols; ++k) out[k] = factor * static_cast<double>(row[k]);
        },
        view_);
  }

 private:
  View view_;
};

}  // namespace madloop::neighbours
