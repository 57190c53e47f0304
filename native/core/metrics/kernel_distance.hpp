// Kernel distance between two samples: the squared maximum mean discrepancy with a polynomial kernel, which on
// Inception features is called KID. (Gretton et al. 2012; Binkowski, Sutherland, Arbel & Gretton, ICLR 2018.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/task.hpp"
#include "core/base/view.hpp"

namespace madloop::metrics {

/// k(x, y) = (gamma x.y + coef0)^degree, names as in scikit-learn's polynomial_kernel.
struct PolynomialKernel {
  std::size_t degree = 3;  // at least 1
  double gamma = 0;
  double coef0 = 1;
};

/// Which rows are compared: `count` times `rows` rows of each sample.
struct KernelBlocks {
  std::size_t rows = 0;   // at least 2, at most those of the smaller sample
  std::size_t count = 0;  // if disjoint, at most rows of the smaller sample / rows
  bool disjoint = true;   // parts of one random order; else each block is drawn anew, without replacement
};

/// The unbiased estimate of every block, m rows x_i of a and m rows y_i of b:
///   sum_{i != j} [k(x_i, x_j) + k(y_i, y_j)] / (m (m - 1)) - 2 sum_{i, j} k(x_i, y_j) / m^2
/// (Gretton et al. 2012, eq. 3). Its expectation is 0 for equal distributions; it may be negative.
///
/// Products and sums in float64 whatever the input, in tiles: no m x m matrix. Same bytes for any thread count.
/// Errors: invalidInput for different dimensions, blocks that the samples are too short for, a NaN or infinity
/// (with row and column), and kernel values beyond double range.
/// Cost: 2 m^2 cols multiply-adds a block.
template <class A, class B>
std::vector<double> kernelDistances(MatrixView<A> a, MatrixView<B> b, PolynomialKernel const& kernel,
                                    KernelBlocks const& blocks, std::uint64_t seed, Task& task);

/// Mean of estimates, their scatter, and what that says about the mean where they are independent.
struct KernelSummary {
  double mean = 0;
  double standardDeviation = 0;  // the scatter of single estimates; NaN for one alone
  double standardError = 0;      // the mean's: standardDeviation / sqrt(count)
  /// Half of the mean's 95 % interval, by Student's t with count - 1 degrees of freedom.
  double halfWidth = 0;
};
KernelSummary summarize(std::vector<double> const& estimates);

}  // namespace madloop::metrics
