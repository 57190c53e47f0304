// The origin of the coordinates in which fits and densities are computed.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include "core/base/view.hpp"

namespace madloop::mixture {

/// So many times smaller than the mean, a value has lost most of its digits in its difference from it.
inline constexpr double kSmall = 0x1p-16;

/// For each column of x its `mean`, or 0 where a 64th of the rows that have something there are small beside
/// it: x - mean would round these at the mean's last digit (beside a fill value of 1e20 nothing of them would
/// be left), where x itself is exact. Rows count by their weights; none: all alike.
template <class T>
std::vector<double> centreOf(MatrixView<T> x, std::vector<double> const& weights, std::vector<double> mean) {
  std::vector<double> present(x.cols);
  std::vector<double> small(x.cols);
  for (std::size_t i = 0; i < x.rows; ++i) {
    double const weight = weights.empty() ? 1 : weights[i];
    T const* const row = x.row(i);
    for (std::size_t j = 0; j < x.cols; ++j) {
      double const size = std::abs(static_cast<double>(row[j]));
      present[j] += size > 0 ? weight : 0;
      small[j] += size > 0 && size < kSmall * std::abs(mean[j]) ? weight : 0;
    }
  }
  for (std::size_t j = 0; j < x.cols; ++j) {
    if (64 * small[j] > present[j]) mean[j] = 0;
  }
  return mean;
}

}  // namespace madloop::mixture
