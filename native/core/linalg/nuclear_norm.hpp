// Sums of singular values, and of square roots of eigenvalues: what Frechet distances are made of.
#pragma once

#include <limits>
#include <optional>

#include "core/base/task.hpp"
#include "core/linalg/band_bidiagonal.hpp"
#include "core/linalg/matrix.hpp"

namespace madloop::linalg {

/// A computed value and a bound on its absolute error from rounding.
struct BoundedValue {
  double value = 0;
  double errorBound = 0;
};

/// A sum of singular values, and one of these: their squares (ascending), the sum of their reciprocals, or a
/// bidiagonal matrix that has them, `scale` times.
struct NuclearNorm : BoundedValue {
  Vector squares;
  double reciprocals = 0;
  Bidiagonal bidiagonal;
  double scale = 1;

  /// Bound on the change of the sum where the squares change by `perturbation` each.
  [[nodiscard]] double changeBound(double perturbation) const;

  /// A lower bound on the smallest singular value.
  [[nodiscard]] double leastSingularValue() const;

  /// Makes it the norm of the matrix times `factor` > 0.
  void scaleBy(double factor);
};

/// Bound on |sum_i sqrt(max(0, x_i + e_i)) - sum_i sqrt(x_i)| for |e_i| <= perturbation and x_i >= 0 (negative
/// x_i count as 0).
double squareRootSumErrorBound(Vector const& x, double perturbation);

/// Sum of the square roots of computed eigenvalues (ascending) of a symmetric positive semidefinite matrix:
/// negative ones (rounding) count as zero. An eigenvalue's error e becomes e / sqrt(lambda), up to sqrt(e) at
/// lambda = 0: where errorBound is too large, take singular values of a factor instead.
NuclearNorm sumOfRoots(Vector eigenvalues);

/// Sum of the square roots of the eigenvalues of a positive definite matrix with entries near 1, whose lower
/// triangle `m` holds, with an error of at most `formError` in the Frobenius norm. From its tridiagonal form,
/// 4/3 n^3 flops in matrix products. Empty where m is not positive definite to working precision, or the error
/// bound would be above `tolerance`.
std::optional<NuclearNorm> sumOfRootsInTwoStages(Matrix m, double formError, double tolerance,
                                                 Task const& task);

/// Sum of the singular values of g (any shape), from its bidiagonal form: error of order eps * ||g|| * rank.
/// 4 r^2 (l - r/3) flops for sides r <= l.
NuclearNorm singularValueSum(Matrix g, Task const& task);

/// Nuclear norm of g, from the smaller Gram matrix where the error bound of that stays below `tolerance`, else
/// from singular values: of small matrices from the Gram matrix's eigenvalues, of large ones from its
/// tridiagonal form (7/3 against 8/3 r^3 flops for a square g, and half as many in panels, on one thread). That
/// is only tried where `squaredNormOfInverse`, an estimate of ||g^-1||_F^2, lets it succeed.
NuclearNorm nuclearNorm(Matrix g, double tolerance, Task const& task,
                        double squaredNormOfInverse = std::numeric_limits<double>::infinity());

}  // namespace madloop::linalg
