// Distances tr (C + S - 2 (C S)^(1/2)) of nearly equal covariances, which are much smaller than the traces that
// they are the difference of.
#pragma once

#include <mutex>
#include <optional>
#include <utility>

#include "core/base/task.hpp"
#include "core/linalg/matrix.hpp"
#include "core/linalg/symmetric_eigenvalues.hpp"

namespace madloop::linalg {

/// Fraction of the traces below which the difference of the traces is left with too few digits for a mean over
/// many of them: its error is of order 1e-15 of the traces as a rule.
inline constexpr double kNear = 1e-6;

/// tr (I + S - 2 S^(1/2)) = sum (lambda^(1/2) - 1)^2 of a positive semidefinite S that is reduced already, each
/// term from lambda - 1. An error of eps in the eigenvalues makes one of eps times the root of the sum.
double squaredRootDifferences(ScaledTridiagonal t, Task const& task);

/// Distances from one C = F F^T of any rank.
///
/// With the root C + X of C^(1/2) S C^(1/2) the distance is tr C^-1 X^2, in which nothing cancels, and X solves
/// C X + X C = C^(1/2) (S - C) C^(1/2) - X^2: in C's eigenbasis a fixed point that a few products of matrices
/// reach, as X is small.
class NearDistances {
 public:
  /// For F, d x r.
  explicit NearDistances(Matrix factor) : factor_(std::move(factor)) {}

  /// The distance of S = F F^T, by its factor, which has the same range as C; empty where S is not near. Any
  /// thread: the first call decomposes C.
  std::optional<double> squared(Matrix const& factor, Task const& task) const;

 private:
  void decompose(Task const& task) const;

  Matrix factor_;
  mutable std::once_flag decomposed_;
  mutable double scale_ = 1;  // of factors: of what follows to what was given
  mutable Matrix basis_;      // eigenvectors of C, d x r
  mutable Vector values_;     // scale^2 C's eigenvalues
  mutable Matrix gram_;       // scale^2 C in its basis
};

}  // namespace madloop::linalg
