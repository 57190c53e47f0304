#include "core/loop/gaussian_part.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "core/linalg/products.hpp"
#include "core/linalg/trapezoidal.hpp"

namespace madloop::loop {

using gaussian::CovarianceFactor;
using linalg::Index;
using linalg::Matrix;
using linalg::Vector;

namespace {

/// Samples at a time.
constexpr Index kBlockRows = 512;

/// sum n_g (m_g - m)(m_g - m)^T, the scatter between groups, by a factor: one column a group (one in all for
/// two).
Matrix factorBetween(std::vector<GaussianPart> const& parts, GaussianPart const& merged) {
  Index const dim = merged.mean.size();
  Matrix between(dim, parts.size() == 2 ? 1 : static_cast<Index>(parts.size()));
  if (parts.size() == 2) {
    double const weight = std::sqrt(parts[0].count / merged.count * parts[1].count);
    for (Index i = 0; i < dim; ++i) between(i, 0) = weight * (parts[0].mean[i] - parts[1].mean[i]);
    return between;
  }
  for (std::size_t g = 0; g < parts.size(); ++g) {
    double const weight = std::sqrt(parts[g].count);
    double* const column = between.column(static_cast<Index>(g));
    for (Index i = 0; i < dim; ++i) column[i] = weight * (parts[g].mean[i] - merged.mean[i]);
  }
  return between;
}

/// The parts' factors and `between`, side by side.
Matrix concatenated(std::vector<GaussianPart> const& parts, Matrix const& between, Index columns) {
  Matrix all(between.rows(), columns);
  double* next = all.data();
  for (GaussianPart const& part : parts) {
    Matrix const& values = part.scatter.values();
    next = std::copy_n(values.data(), values.size(), next);
  }
  std::copy_n(between.data(), between.size(), next);
  return all;
}

/// Adds the lower triangle of a scatter matrix.
void addScatter(CovarianceFactor const& scatter, Matrix& sum) {
  Matrix const& formed = scatter.gram();
  if (formed.size() != 0) {
    for (Index j = 0; j < sum.cols(); ++j) {
      for (Index i = j; i < sum.rows(); ++i) sum(i, j) += formed(i, j);
    }
  } else if (scatter.isTrapezoidal()) {
    linalg::addTrapezoidalGram(scatter.values(), sum);
  } else {
    linalg::addGram(scatter.values(), sum);
  }
}

}  // namespace

GaussianPart partOfSamples(Matrix samples, Task const& task) {
  Index const dim = samples.rows();
  GaussianPart part;
  part.count = static_cast<double>(samples.cols());
  part.scatter = CovarianceFactor(dim);
  part.mean = Vector::zero(dim);
  for (Index i = 0; i < samples.cols(); ++i) linalg::addScaled(part.mean, 1, samples.column(i));
  for (Index i = 0; i < dim; ++i) part.mean[i] /= part.count;
  linalg::subtractFromColumns(samples, part.mean);
  if (samples.cols() > dim) {
    Matrix gram = Matrix::zero(dim, dim);
    for (Index begin = 0; begin < samples.cols(); begin += kBlockRows) {
      task.throwIfCancelled();
      linalg::addGram(samples, begin, std::min(kBlockRows, samples.cols() - begin), gram);
    }
    std::optional<CovarianceFactor> factor = gaussian::factorOfGram(std::move(gram));
    part.scatter = factor ? *std::move(factor) : gaussian::orthogonalFactor(samples);
  } else if (samples.cols() > 1) {
    part.scatter = CovarianceFactor::general(std::move(samples));
  }
  return part;
}

GaussianPart mergeParts(std::vector<GaussianPart> parts) {
  if (parts.size() == 1) return std::move(parts.front());
  Index const dim = parts.front().mean.size();
  GaussianPart merged;
  merged.mean = Vector::zero(dim);
  Index within = 0;
  for (GaussianPart const& part : parts) {
    merged.count += part.count;
    linalg::addScaled(merged.mean, part.count, part.mean.data());
    within += part.scatter.rank();
  }
  for (Index i = 0; i < dim; ++i) merged.mean[i] /= merged.count;

  Matrix const between = factorBetween(parts, merged);
  Index const columns = within + between.cols();
  if (columns < dim) {
    merged.scatter = CovarianceFactor::general(concatenated(parts, between, columns));
    return merged;
  }
  Matrix gram = Matrix::zero(dim, dim);
  for (GaussianPart const& part : parts) addScatter(part.scatter, gram);
  linalg::addGram(between, gram);
  std::optional<CovarianceFactor> factor = gaussian::factorOfGram(std::move(gram));
  merged.scatter =
      factor ? *std::move(factor) : gaussian::orthogonalFactor(concatenated(parts, between, columns));
  return merged;
}

gaussian::FactoredGaussian fitGaussian(GaussianPart part, double divisor) {
  part.scatter.scale(1 / std::sqrt(divisor));
  return {std::move(part.mean), std::move(part.scatter)};
}

}  // namespace madloop::loop
