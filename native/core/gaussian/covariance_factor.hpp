// A covariance by a factor of it, S = F F^T: what the loops carry from model to model, and what distances and
// samples are computed from. A loop whose covariance shrinks in some directions faster than in others would
// lose them in the matrix long before it does in a factor.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>

#include "core/base/task.hpp"
#include "core/linalg/matrix.hpp"

namespace madloop::gaussian {

/// A symmetric positive semidefinite matrix S of order `dim` by a factor F of dim x rank, S = F F^T.
class CovarianceFactor {
 public:
  /// What is known of S beside F.
  struct Known {
    double logDeterminant = std::numeric_limits<double>::quiet_NaN();  // NaN: singular
    std::optional<double> trace = {};                                  // computed from F where not known
    double uncertainty = 0;
    double traceUncertainty = 0;
    double factorUncertainty = 0;
  };

  CovarianceFactor() : CovarianceFactor(0) {}
  /// The zero matrix, which has rank 0.
  explicit CovarianceFactor(linalg::Index dim) : values_(dim, 0), shape_(Shape::trapezoidal) {}
  static CovarianceFactor identity(linalg::Index dim);
  /// Any F, of a singular S where nothing else is said.
  static CovarianceFactor general(linalg::Matrix values);
  static CovarianceFactor general(linalg::Matrix values, Known const& known);
  /// An F with zeros above the diagonal.
  static CovarianceFactor trapezoidal(linalg::Matrix values, Known const& known);

  [[nodiscard]] linalg::Index dim() const { return values_.rows(); }
  [[nodiscard]] linalg::Index rank() const { return values_.cols(); }
  /// F.
  [[nodiscard]] linalg::Matrix const& values() const { return values_; }
  /// Whether F is known to be zero above the diagonal, as a Cholesky factor or the identity.
  [[nodiscard]] bool isTrapezoidal() const { return shape_ != Shape::general; }
  [[nodiscard]] bool isIdentity() const { return shape_ == Shape::identity; }
  /// The lower triangle of S where it was formed on the way to F, else empty.
  [[nodiscard]] linalg::Matrix const& gram() const { return gram_; }

  /// log det S; NaN where that is singular.
  [[nodiscard]] double logDeterminant() const { return logDeterminant_; }
  [[nodiscard]] double trace() const;
  /// Bound on the 2-norm of (covariance meant - F F^T): what the precision of a given covariance leaves open.
  [[nodiscard]] double uncertainty() const { return uncertainty_; }
  /// Bound on the error of its trace for the same reason.
  [[nodiscard]] double traceUncertainty() const { return traceUncertainty_; }
  /// Bound on the Frobenius norm of (F' - F) for a factor F' of the covariance meant: its Bures distance from F
  /// F^T. It changes tr (S T)^(1/2) by at most that times (tr T)^(1/2), for any T.
  [[nodiscard]] double factorUncertainty() const { return factorUncertainty_; }

  /// F times `factor`, S times its square.
  void scale(double factor);
  /// Says that S is singular where rounding gave F full rank.
  void setSingular() { logDeterminant_ = std::numeric_limits<double>::quiet_NaN(); }

  /// F a.
  [[nodiscard]] linalg::Matrix times(linalg::Matrix a) const;
  [[nodiscard]] linalg::Vector times(linalg::Vector a) const;
  /// F a for an `a` with zeros above the diagonal.
  [[nodiscard]] linalg::Matrix timesTrapezoidal(linalg::Matrix a) const;

 private:
  friend std::optional<CovarianceFactor> factorOfGram(linalg::Matrix gram);

  enum class Shape { general, trapezoidal, identity };

  CovarianceFactor(linalg::Matrix values, Shape shape, Known const& known);

  linalg::Matrix values_;
  linalg::Matrix gram_;
  Shape shape_ = Shape::general;
  double logDeterminant_ = std::numeric_limits<double>::quiet_NaN();
  std::optional<double> trace_;
  double uncertainty_ = 0;
  double traceUncertainty_ = 0;
  double factorUncertainty_ = 0;
};

/// N(mean + meanLow, F F^T).
struct FactoredGaussian {
  linalg::Vector mean;  // dim
  CovarianceFactor covariance;
  linalg::Vector meanLow = {};  // what rounding to doubles cut off the mean: dim, or empty where not known
  double meanUncertainty = 0;   // bound on the 2-norm of the error of mean + meanLow
};

/// N(0, I).
FactoredGaussian standardGaussian(std::size_t dim);

/// The ratio of smallest to largest eigenvalue from which a Cholesky factor is taken: its backward error, eps
/// lambda_max, then changes square roots of eigenvalues by at most 1e-16 / (2 * 1e-4) of the largest, within
/// the accuracy of 1e-12 (docs/numerics.md).
///
/// Two tests hold eigenvalues against it. choleskyIfWellConditioned (gaussian_factor.hpp) proves a bound on the
/// smallest by the inverse of the factor, O(d^3): a covariance is factored once, and nothing is known of it.
/// factorOfGram compares pivots, O(d): it runs in every generation of every chain, on Gram matrices of random
/// samples, in which small pivots and small eigenvalues come together. What follows a "no" differs, too, by
/// what is at hand: rows that are reduced block by block, a matrix alone (pivoted Cholesky), or the few columns
/// that the Gram matrix was formed of (orthogonalFactor).
inline constexpr double kWellConditioned = 1e-8;

/// The triangular factor of the matrix whose lower triangle `gram` holds; empty where that is too
/// ill-conditioned for the smallest eigenvalues to be in it.
std::optional<CovarianceFactor> factorOfGram(linalg::Matrix gram);

/// F with F F^T = columns columns^T by orthogonal transformations, without squaring: directions of small
/// variance keep their digits. It has as many columns as the rank is.
CovarianceFactor orthogonalFactor(linalg::Matrix const& columns);

/// 2 sum log |f_jj| over the columns of a square triangular F: log det F F^T. NaN where a pivot is zero.
double logDeterminantOfTriangle(linalg::Matrix const& f);

/// F1^T F2.
linalg::Matrix crossProduct(CovarianceFactor const& first, CovarianceFactor const& second, Task const& task);

}  // namespace madloop::gaussian
