#include "core/loop/gaussian_part.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/base/elementary.hpp"
#include "core/base/sum.hpp"
#include "core/linalg/trapezoidal.hpp"
#include "core/random/normal.hpp"
#include "core/random/wishart.hpp"

namespace madloop::loop {

using linalg::EigenMatrix;
using linalg::EigenVector;
using linalg::Index;

namespace {

constexpr double kEps = std::numeric_limits<double>::epsilon();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Smallest squared pivot over largest diagonal entry for which Cholesky is taken: below, its backward error
/// would show in square roots of eigenvalues at more than 1e-12 of the largest.
constexpr double kCholeskyPivot = 1e-8;

/// Samples at a time.
constexpr Index kBlockRows = 512;

/// 2 sum log |f_jj|.
double logDeterminantOfTriangle(EigenMatrix const& f) {
  return 2 * fixedOrderSum(static_cast<std::size_t>(f.cols()), [&](std::size_t j) {
           return logarithm(std::abs(f(static_cast<Index>(j), static_cast<Index>(j))));
         });
}

/// Entries that would square to a subnormal are zero for every purpose, and slow.
void flushTiny(EigenMatrix& m) {
  double* const data = m.data();
  for (Index i = 0; i < m.size(); ++i) data[i] = std::abs(data[i]) < 1e-150 ? 0 : data[i];
}

CovarianceFactor emptyFactor(Index dim) {
  CovarianceFactor factor;
  factor.values.resize(dim, 0);
  factor.trapezoidal = true;
  factor.logDeterminant = kNaN;
  return factor;
}

/// Cholesky of a Gram matrix (lower triangle), which moves into the factor; no factor if it is too
/// ill-conditioned.
bool choleskyFactor(EigenMatrix& gram, CovarianceFactor& out) {
  EigenMatrix values = gram;
  Eigen::LLT<Eigen::Ref<EigenMatrix>> const llt(values);  // in place
  if (llt.info() != Eigen::Success) return false;
  double smallest = std::numeric_limits<double>::infinity();
  double largest = 0;
  for (Index j = 0; j < gram.cols(); ++j) {
    smallest = std::min(smallest, values(j, j) * values(j, j));
    largest = std::max(largest, gram(j, j));
  }
  if (!(smallest > kCholeskyPivot * largest)) return false;
  for (Index j = 1; j < gram.cols(); ++j) values.col(j).head(j).setZero();
  out.values = std::move(values);
  out.trapezoidal = true;
  out.gram = std::move(gram);
  out.logDeterminant = logDeterminantOfTriangle(out.values);
  return true;
}

/// F with F F^T = columns columns^T by orthogonal transformations, with as many columns as the rank. The
/// pivoting tells the rank: without it a garbage pivot of a singular matrix can grow on the way and pass for a
/// real one.
CovarianceFactor orthogonalFactor(EigenMatrix const& columns) {
  Index const dim = columns.rows();
  Eigen::ColPivHouseholderQR<EigenMatrix> const qr(columns.transpose());
  EigenMatrix const& r = qr.matrixQR();
  Index const pivots = std::min(r.rows(), r.cols());
  double const negligible = 8 * static_cast<double>(dim) * kEps * std::abs(r(0, 0));
  Index rank = 0;
  while (rank < pivots && std::abs(r(rank, rank)) > negligible) ++rank;
  CovarianceFactor factor;
  factor.values =
      qr.colsPermutation() * EigenMatrix(r.topRows(rank).triangularView<Eigen::Upper>()).transpose();
  factor.logDeterminant = kNaN;
  if (rank == dim) {
    factor.logDeterminant = 2 * fixedOrderSum(static_cast<std::size_t>(dim), [&](std::size_t i) {
                              return logarithm(std::abs(r(static_cast<Index>(i), static_cast<Index>(i))));
                            });
  }
  return factor;
}

/// F A for a matrix A of standard normals or a Bartlett factor.
EigenMatrix applyFactor(CovarianceFactor const& factor, EigenMatrix a, bool trapezoidal) {
  if (factor.identity) return a;
  return factor.trapezoidal && trapezoidal ? linalg::multiplyTrapezoidal(factor.values, a)
                                           : EigenMatrix(factor.values * a);
}

EigenMatrix standardNormals(random::Stream const& stream, std::uint64_t firstBlock, Index rows, Index cols) {
  EigenMatrix normals(rows, cols);
  random::fillNormals(stream, firstBlock, normals.data(), static_cast<std::size_t>(normals.size()));
  return normals;
}

/// Displacements from the source's mean of the rows [begin, begin + rows) of a sample, as columns. Each row's
/// normals start on a block of their own, so a row does not depend on how the sample is cut.
EigenMatrix drawRows(GaussianState const& source, double lambda, random::Stream const& stream,
                     std::uint64_t begin, Index rows) {
  Index const rank = source.covariance.values.cols();
  Index const even = rank + rank % 2;
  EigenMatrix const normals = standardNormals(stream, begin * static_cast<std::uint64_t>(even / 2), even, rows);
  return std::sqrt(lambda) * applyFactor(source.covariance, normals.topRows(rank), false);
}

}  // namespace

double CovarianceFactor::trace() const {
  if (gram.size() != 0) {
    return fixedOrderSum(static_cast<std::size_t>(gram.rows()),
                         [&](std::size_t i) { return gram(static_cast<Index>(i), static_cast<Index>(i)); });
  }
  return fixedOrderSum(static_cast<std::size_t>(values.size()),
                       [&](std::size_t i) { return values.data()[i] * values.data()[i]; });
}

void CovarianceFactor::scale(double factor) {
  values *= factor;
  gram *= factor * factor;
  logDeterminant += 2 * static_cast<double>(values.rows()) * logarithm(factor);
}

GaussianPart drawPartByMoments(GaussianState const& source, double lambda, std::uint64_t count,
                               PartStreams const& streams) {
  Index const dim = source.covariance.values.rows();
  Index const rank = source.covariance.values.cols();
  GaussianPart part;
  part.count = static_cast<double>(count);
  part.mean = source.mean;
  part.scatter = emptyFactor(dim);
  if (lambda == 0 || rank == 0) return part;
  part.mean += std::sqrt(lambda / part.count) *
               applyFactor(source.covariance, standardNormals(streams.mean, 0, rank, 1), false).col(0);
  if (count == 1) return part;

  EigenMatrix bartlett(rank, std::min<Index>(rank, static_cast<Index>(std::min<std::uint64_t>(
                                                       count - 1, static_cast<std::uint64_t>(rank)))));
  random::bartlettFactor(streams.scatter, static_cast<std::size_t>(rank), count - 1, bartlett.data());
  part.scatter.trapezoidal = source.covariance.trapezoidal;
  part.scatter.values = applyFactor(source.covariance, bartlett, true);
  part.scatter.values *= std::sqrt(lambda);
  flushTiny(part.scatter.values);
  if (bartlett.cols() == dim) {
    part.scatter.logDeterminant = source.covariance.logDeterminant +
                                  static_cast<double>(dim) * logarithm(lambda) +
                                  logDeterminantOfTriangle(bartlett);
  }
  return part;
}

GaussianPart drawPartBySamples(GaussianState const& source, double lambda, std::uint64_t count,
                               PartStreams const& streams, Task const& task) {
  Index const dim = source.mean.size();
  GaussianPart part;
  part.count = static_cast<double>(count);
  part.scatter = emptyFactor(dim);
  EigenVector sum = EigenVector::Zero(dim);
  auto forEachBlock = [&](auto use) {
    for (std::uint64_t begin = 0; begin < count; begin += kBlockRows) {
      task.throwIfCancelled();
      use(drawRows(source, lambda, streams.rows, begin,
                   static_cast<Index>(std::min<std::uint64_t>(kBlockRows, count - begin))));
    }
  };

  if (count <= static_cast<std::uint64_t>(dim)) {
    EigenMatrix columns(dim, static_cast<Index>(count));
    Index filled = 0;
    forEachBlock([&](EigenMatrix const& block) {
      columns.middleCols(filled, block.cols()) = block;
      filled += block.cols();
      for (Index i = 0; i < block.cols(); ++i) sum += block.col(i);
    });
    columns.colwise() -= sum / part.count;
    if (count > 1) {
      part.scatter.values = std::move(columns);
      part.scatter.trapezoidal = false;
    }
  } else {
    EigenMatrix gram = EigenMatrix::Zero(dim, dim);
    forEachBlock([&](EigenMatrix const& block) {
      gram.selfadjointView<Eigen::Lower>().rankUpdate(block);
      for (Index i = 0; i < block.cols(); ++i) sum += block.col(i);
    });
    gram.selfadjointView<Eigen::Lower>().rankUpdate(sum, -1 / part.count);
    if (!choleskyFactor(gram, part.scatter)) {
      // The same rows once more (their numbers have addresses), reduced without squaring them.
      EigenVector const centre = sum / part.count;
      forEachBlock([&](EigenMatrix block) {
        block.colwise() -= centre;
        EigenMatrix columns(dim, part.scatter.values.cols() + block.cols());
        columns << part.scatter.values, block;
        part.scatter = orthogonalFactor(columns);
      });
    }
  }
  // What samples of a singular Gaussian add beyond its range is rounding.
  if (std::isnan(source.covariance.logDeterminant)) part.scatter.logDeterminant = kNaN;
  part.mean = source.mean + sum / part.count;
  return part;
}

EigenMatrix drawSamples(GaussianState const& source, double lambda, std::uint64_t count,
                        PartStreams const& streams) {
  return drawRows(source, lambda, streams.rows, 0, static_cast<Index>(count)).colwise() + source.mean;
}

GaussianPart partOfSamples(EigenMatrix samples, Task const& task) {
  Index const dim = samples.rows();
  GaussianPart part;
  part.count = static_cast<double>(samples.cols());
  part.scatter = emptyFactor(dim);
  part.mean = EigenVector::Zero(dim);
  for (Index i = 0; i < samples.cols(); ++i) part.mean += samples.col(i);
  part.mean /= part.count;
  samples.colwise() -= part.mean;
  if (samples.cols() > dim) {
    EigenMatrix gram = EigenMatrix::Zero(dim, dim);
    for (Index begin = 0; begin < samples.cols(); begin += kBlockRows) {
      task.throwIfCancelled();
      gram.selfadjointView<Eigen::Lower>().rankUpdate(
          samples.middleCols(begin, std::min(kBlockRows, samples.cols() - begin)));
    }
    if (!choleskyFactor(gram, part.scatter)) part.scatter = orthogonalFactor(samples);
  } else if (samples.cols() > 1) {
    part.scatter.values = std::move(samples);
    part.scatter.trapezoidal = false;
  }
  return part;
}

GaussianPart mergeParts(std::vector<GaussianPart> parts) {
  if (parts.size() == 1) return std::move(parts.front());
  Index const dim = parts.front().mean.size();
  GaussianPart merged;
  merged.mean = EigenVector::Zero(dim);
  Index within = 0;
  for (GaussianPart const& part : parts) {
    merged.count += part.count;
    merged.mean += part.count * part.mean;
    within += part.scatter.values.cols();
  }
  merged.mean /= merged.count;

  // Between-group scatter: sum n_g (m_g - m)(m_g - m)^T, one column a group (one in all for two groups).
  EigenMatrix between(dim, parts.size() == 2 ? 1 : static_cast<Index>(parts.size()));
  if (parts.size() == 2) {
    between.col(0) =
        std::sqrt(parts[0].count / merged.count * parts[1].count) * (parts[0].mean - parts[1].mean);
  } else {
    for (std::size_t g = 0; g < parts.size(); ++g) {
      between.col(static_cast<Index>(g)) = std::sqrt(parts[g].count) * (parts[g].mean - merged.mean);
    }
  }

  Index const columns = within + between.cols();
  auto concatenated = [&] {
    EigenMatrix all(dim, columns);
    Index filled = 0;
    for (GaussianPart const& part : parts) {
      all.middleCols(filled, part.scatter.values.cols()) = part.scatter.values;
      filled += part.scatter.values.cols();
    }
    all.rightCols(between.cols()) = between;
    return all;
  };
  if (columns < dim) {
    merged.scatter.values = concatenated();
    merged.scatter.logDeterminant = kNaN;
    return merged;
  }
  EigenMatrix gram = EigenMatrix::Zero(dim, dim);
  for (GaussianPart const& part : parts) {
    if (part.scatter.gram.size() != 0) {
      gram.triangularView<Eigen::Lower>() += part.scatter.gram;
    } else if (part.scatter.trapezoidal) {
      linalg::addTrapezoidalGram(part.scatter.values, gram);
    } else {
      gram.selfadjointView<Eigen::Lower>().rankUpdate(part.scatter.values);
    }
  }
  gram.selfadjointView<Eigen::Lower>().rankUpdate(between);
  if (!choleskyFactor(gram, merged.scatter)) merged.scatter = orthogonalFactor(concatenated());
  return merged;
}

GaussianState fitGaussian(GaussianPart part, double divisor) {
  GaussianState state{std::move(part.mean), std::move(part.scatter)};
  state.covariance.scale(1 / std::sqrt(divisor));
  return state;
}

}  // namespace madloop::loop
