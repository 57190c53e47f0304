// Kernel distance between two samples: the squared maximum mean discrepancy with a polynomial kernel, which on
// Inception features is called KID. (Gretton et al. 2012; Binkowski, Sutherland, Arbel & Gretton, ICLR 2018.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/task.hpp"
#include "core/base/view.hpp"
#include "core/inference/jackknife.hpp"

namespace madloop::metrics {

/// k(x, y) = (gamma x.y + coef0)^degree, names as in scikit-learn's polynomial_kernel.
struct PolynomialKernel {
  std::size_t degree = 3;  // at least 1
  double gamma = 0;
  double coef0 = 1;
};

/// Which rows are compared: `count` times `rows` rows of each sample, or `rows` of a and `rowsOfB` of b.
struct KernelBlocks {
  std::size_t rows = 0;     // at least 2
  std::size_t count = 0;    // if disjoint, at most as many as either sample has rows for
  bool disjoint = true;     // parts of one random order; else each block is drawn anew, without replacement
  std::size_t rowsOfB = 0;  // 0: as many as of a
};

/// What was estimated on every block.
struct KernelEstimates {
  std::vector<double> estimates;
  /// How far the square of the distance between the mean embeddings of the two empirical distributions, which
  /// pairs each row with itself, too, lies above the estimate (Gretton et al. 2012, eq. 5).
  std::vector<double> biases;
  /// Empty, or two for each block, of the sampling of a and of b, by the jackknife over single rows (Arvesen
  /// 1969), whose estimates follow from the sums over the pairs of each row. Both samples need at least 3 rows
  /// in a block, else they are NaN. Where the distributions are equal, they are too large by up to a factor
  /// of 2.
  std::vector<inference::VariancePart> variances;
};

/// The unbiased estimate of every block, m rows x_i of a and n rows y_i of b:
///   sum_{i != j} k(x_i, x_j) / (m (m - 1)) + sum_{i != j} k(y_i, y_j) / (n (n - 1)) - 2 sum_{i, j} k(x_i, y_j)
///   / (m n)
/// (Gretton et al. 2012, eq. 3). Its expectation is 0 for equal distributions; it may be negative. Of a side of
/// more than 10,000 rows and more than the other has, only pairs within runs of about as many rows count: its
/// mean over pairs is known well enough, and the cost stays linear in its rows.
///
/// Products and sums in float64 whatever the input, in tiles: no m x n matrix. Same bytes for any thread count.
/// Errors: invalidInput for different dimensions, blocks that the samples are too short for, a NaN or infinity
/// (with row and column), and kernel values beyond double range.
/// Cost: (m + n)^2 cols / 2 multiply-adds a block.
template <class A, class B>
KernelEstimates kernelDistances(MatrixView<A> a, MatrixView<B> b, PolynomialKernel const& kernel,
                                KernelBlocks const& blocks, std::uint64_t seed, Task& task);

/// The same with `variances`. Memory besides: the rows in blocks x tiles of a block.
template <class A, class B>
KernelEstimates jackknifedKernelDistances(MatrixView<A> a, MatrixView<B> b, PolynomialKernel const& kernel,
                                          KernelBlocks const& blocks, std::uint64_t seed, Task& task);

/// Mean of estimates, their scatter, and what is known of the mean where they are independent.
struct KernelSummary {
  double mean = 0;
  double standardDeviation = 0;  // the scatter of single estimates; NaN for one alone
  double standardError = 0;      // the mean's: by the variances, or else standardDeviation / sqrt(count)
  /// 95 % interval of the mean: a score interval, Student's t with the degrees of freedom of the variances, or
  /// else count - 1.
  double lower = 0;
  double upper = 0;
};
KernelSummary summarize(KernelEstimates const& estimates);

}  // namespace madloop::metrics
