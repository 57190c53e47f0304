// Whether a few rows decide the moments of a sample, so that intervals of its distances hold less often than
// they say.
#pragma once

#include "core/base/task.hpp"
#include "core/base/view.hpp"

namespace madloop::metrics {

/// The skewness of |x_i - m|^2 over the rows x_i of mean m, the third central moment over the variance^(3/2).
/// Of normal rows, whatever their covariance, at most that of a chi-squared of one degree, sqrt(8). 0 where the
/// rows are all as far from m. At most sqrt(rows). Errors: invalidInput for a NaN or infinity.
template <class T>
double skewnessOfSquaredNorms(MatrixView<T> x, Task const& task, char const* argument);

/// Above this, tails are heavy: of normal rows, whatever their number and covariance, those of 1 sample in 50
/// at most.
inline constexpr double kHeavyTails = 4.5;

template <class T>
bool heavyTails(MatrixView<T> x, Task const& task, char const* argument) {
  return skewnessOfSquaredNorms(x, task, argument) > kHeavyTails;
}

}  // namespace madloop::metrics
