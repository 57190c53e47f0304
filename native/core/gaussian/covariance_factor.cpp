#include "core/gaussian/covariance_factor.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/elementary.hpp"
#include "core/base/sum.hpp"
#include "core/linalg/cholesky.hpp"
#include "core/linalg/eigen.hpp"
#include "core/linalg/parallel_product.hpp"
#include "core/linalg/pivoted_qr.hpp"
#include "core/linalg/products.hpp"
#include "core/linalg/trapezoidal.hpp"

namespace madloop::gaussian {

using linalg::Index;
using linalg::Matrix;
using linalg::Vector;

CovarianceFactor::CovarianceFactor(Matrix values, Shape shape, Known const& known)
    : values_(std::move(values)),
      shape_(shape),
      logDeterminant_(known.logDeterminant),
      trace_(known.trace),
      uncertainty_(known.uncertainty),
      traceUncertainty_(known.traceUncertainty),
      factorUncertainty_(known.factorUncertainty) {}

CovarianceFactor CovarianceFactor::identity(Index dim) {
  return {Matrix::identity(dim), Shape::identity, {.logDeterminant = 0, .trace = static_cast<double>(dim)}};
}

CovarianceFactor CovarianceFactor::general(Matrix values) { return general(std::move(values), Known{}); }

CovarianceFactor CovarianceFactor::general(Matrix values, Known const& known) {
  return {std::move(values), Shape::general, known};
}

CovarianceFactor CovarianceFactor::trapezoidal(Matrix values, Known const& known) {
  return {std::move(values), Shape::trapezoidal, known};
}

double CovarianceFactor::trace() const {
  if (trace_) return *trace_;
  if (gram_.size() != 0) {
    return fixedOrderSum(static_cast<std::size_t>(gram_.rows()),
                         [&](std::size_t i) { return gram_(static_cast<Index>(i), static_cast<Index>(i)); });
  }
  return fixedOrderSum(static_cast<std::size_t>(values_.size()),
                       [&](std::size_t i) { return values_.data()[i] * values_.data()[i]; });
}

void CovarianceFactor::scale(double factor) {
  if (factor == 1) return;
  if (shape_ == Shape::identity) shape_ = Shape::trapezoidal;
  linalg::scale(values_, factor);
  linalg::scale(gram_, factor * factor);
  logDeterminant_ = factor == 0 ? std::numeric_limits<double>::quiet_NaN()
                                : logDeterminant_ + 2 * static_cast<double>(dim()) * logarithm(factor);
  // One factor after the other: its square may be out of range.
  if (trace_) trace_ = *trace_ * factor * factor;
  uncertainty_ = uncertainty_ * factor * factor;
  traceUncertainty_ = traceUncertainty_ * factor * factor;
  factorUncertainty_ *= factor;
}

Matrix CovarianceFactor::times(Matrix a) const {
  if (isIdentity()) return a;
  return linalg::multiply(values_, a);
}

Vector CovarianceFactor::times(Vector a) const {
  if (isIdentity()) return a;
  return linalg::multiply(values_, a);
}

Matrix CovarianceFactor::timesTrapezoidal(Matrix a) const {
  if (isIdentity()) return a;
  return isTrapezoidal() ? linalg::multiplyTrapezoidal(values_, a) : linalg::multiply(values_, a);
}

FactoredGaussian standardGaussian(std::size_t dim) {
  auto const size = static_cast<Index>(dim);
  return {Vector::zero(size), CovarianceFactor::identity(size)};
}

std::optional<CovarianceFactor> factorOfGram(Matrix gram) {
  Matrix values = gram;
  if (!linalg::choleskyInPlace(values)) return std::nullopt;
  double smallest = std::numeric_limits<double>::infinity();
  double largest = 0;
  for (Index j = 0; j < gram.cols(); ++j) {
    smallest = std::min(smallest, values(j, j) * values(j, j));
    largest = std::max(largest, gram(j, j));
  }
  if (!(smallest > kWellConditioned * largest)) return std::nullopt;
  double const logDeterminant = logDeterminantOfTriangle(values);
  CovarianceFactor factor =
      CovarianceFactor::trapezoidal(std::move(values), {.logDeterminant = logDeterminant});
  factor.gram_ = std::move(gram);
  return factor;
}

CovarianceFactor orthogonalFactor(Matrix const& columns) {
  linalg::RankRevealingFactor revealed = linalg::rankRevealingFactor(columns);
  CovarianceFactor::Known known;
  if (revealed.pivots.size() == columns.rows()) {
    known.logDeterminant = 2 * fixedOrderSum(static_cast<std::size_t>(columns.rows()), [&](std::size_t i) {
                             return logarithm(std::abs(revealed.pivots[static_cast<Index>(i)]));
                           });
  }
  return CovarianceFactor::general(std::move(revealed.factor), known);
}

double logDeterminantOfTriangle(Matrix const& f) {
  for (Index j = 0; j < f.cols(); ++j) {
    if (f(j, j) == 0) return std::numeric_limits<double>::quiet_NaN();
  }
  return 2 * fixedOrderSum(static_cast<std::size_t>(f.cols()), [&](std::size_t j) {
           return logarithm(std::abs(f(static_cast<Index>(j), static_cast<Index>(j))));
         });
}

Matrix crossProduct(CovarianceFactor const& first, CovarianceFactor const& second, Task const& task) {
  Matrix product = Matrix::zero(first.rank(), second.rank());
  Index const dim = first.dim();
  // Rows of a trapezoidal factor above the column's index are zero.
  auto inner = [&](linalg::IndexRange rows, linalg::IndexRange columns) {
    return linalg::IndexRange{
        std::max(first.isTrapezoidal() ? rows.begin : 0, second.isTrapezoidal() ? columns.begin : 0), dim};
  };
  linalg::addProduct(linalg::asEigen(product), 1,
                     {linalg::asEigen(first.values()), linalg::Transpose::yes, linalg::asEigen(second.values()),
                      linalg::Transpose::no, inner},
                     task);
  return product;
}

}  // namespace madloop::gaussian
