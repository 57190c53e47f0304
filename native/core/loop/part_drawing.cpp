#include "core/loop/part_drawing.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "core/base/elementary.hpp"
#include "core/linalg/products.hpp"
#include "core/random/normal.hpp"
#include "core/random/wishart.hpp"

namespace madloop::loop {

using gaussian::CovarianceFactor;
using gaussian::FactoredGaussian;
using linalg::Index;
using linalg::Matrix;
using linalg::Vector;

namespace {

/// Samples at a time.
constexpr Index kBlockRows = 512;

/// Entries that would square to a subnormal are zero for every purpose, and slow.
void flushTiny(Matrix& m) {
  double* const data = m.data();
  for (Index i = 0; i < m.size(); ++i) data[i] = std::abs(data[i]) < 1e-150 ? 0 : data[i];
}

Matrix standardNormals(random::Stream const& stream, std::uint64_t firstBlock, Index rows, Index cols) {
  Matrix normals(rows, cols);
  random::fillNormals(stream, firstBlock, normals.data(), static_cast<std::size_t>(normals.size()));
  return normals;
}

/// Displacements from the source's mean of the rows [begin, begin + rows) of a sample, as columns. Each row's
/// normals start on a block of their own, so a row does not depend on how the sample is cut.
Matrix drawRows(FactoredGaussian const& source, double lambda, random::Stream const& stream,
                std::uint64_t begin, Index rows) {
  Index const rank = source.covariance.rank();
  Index const even = rank + rank % 2;
  Matrix normals = standardNormals(stream, begin * static_cast<std::uint64_t>(even / 2), even, rows);
  if (even > rank) {
    Matrix used(rank, rows);
    for (Index i = 0; i < rows; ++i) std::copy_n(normals.column(i), rank, used.column(i));
    normals = std::move(used);
  }
  Matrix displacements = source.covariance.times(std::move(normals));
  linalg::scale(displacements, std::sqrt(lambda));
  return displacements;
}

/// The two matrices side by side.
Matrix beside(Matrix const& left, Matrix const& right) {
  Matrix both(left.rows(), left.cols() + right.cols());
  std::copy_n(right.data(), right.size(), std::copy_n(left.data(), left.size(), both.data()));
  return both;
}

}  // namespace

GaussianPart drawPartByMoments(FactoredGaussian const& source, double lambda, std::uint64_t count,
                               PartStreams const& streams) {
  CovarianceFactor const& covariance = source.covariance;
  Index const dim = covariance.dim();
  Index const rank = covariance.rank();
  GaussianPart part{static_cast<double>(count), source.mean, CovarianceFactor(dim)};
  if (lambda == 0 || rank == 0) return part;
  Matrix const displacement = covariance.times(standardNormals(streams.mean, 0, rank, 1));
  linalg::addScaled(part.mean, std::sqrt(lambda / part.count), displacement.data());
  if (count == 1) return part;

  Index const columns =
      static_cast<Index>(std::min<std::uint64_t>(count - 1, static_cast<std::uint64_t>(rank)));
  Matrix bartlett(rank, columns);
  random::bartlettFactor(streams.scatter, static_cast<std::size_t>(rank), count - 1, bartlett.data());
  CovarianceFactor::Known known;
  if (columns == dim) {
    known.logDeterminant = covariance.logDeterminant() + static_cast<double>(dim) * logarithm(lambda) +
                           gaussian::logDeterminantOfTriangle(bartlett);
  }
  Matrix values = covariance.timesTrapezoidal(std::move(bartlett));
  linalg::scale(values, std::sqrt(lambda));
  flushTiny(values);
  part.scatter = covariance.isTrapezoidal() ? CovarianceFactor::trapezoidal(std::move(values), known)
                                            : CovarianceFactor::general(std::move(values), known);
  return part;
}

GaussianPart drawPartBySamples(FactoredGaussian const& source, double lambda, std::uint64_t count,
                               PartStreams const& streams, Task const& task) {
  Index const dim = source.mean.size();
  GaussianPart part{static_cast<double>(count), source.mean, CovarianceFactor(dim)};
  Vector sum = Vector::zero(dim);
  auto forEachBlock = [&](auto use) {
    for (std::uint64_t begin = 0; begin < count; begin += kBlockRows) {
      task.throwIfCancelled();
      use(drawRows(source, lambda, streams.rows, begin,
                   static_cast<Index>(std::min<std::uint64_t>(kBlockRows, count - begin))));
    }
  };
  auto add = [&](Matrix const& block) {
    for (Index i = 0; i < block.cols(); ++i) linalg::addScaled(sum, 1, block.column(i));
  };
  auto centre = [&] {
    Vector mean = sum;
    for (Index i = 0; i < dim; ++i) mean[i] /= part.count;
    return mean;
  };

  if (count <= static_cast<std::uint64_t>(dim)) {
    Matrix columns(dim, static_cast<Index>(count));
    double* next = columns.data();
    forEachBlock([&](Matrix const& block) {
      next = std::copy_n(block.data(), block.size(), next);
      add(block);
    });
    linalg::subtractFromColumns(columns, centre());
    if (count > 1) part.scatter = CovarianceFactor::general(std::move(columns));
  } else {
    Matrix gram = Matrix::zero(dim, dim);
    forEachBlock([&](Matrix const& block) {
      linalg::addGram(block, gram);
      add(block);
    });
    linalg::addSquare(-1 / part.count, sum, gram);
    if (std::optional<CovarianceFactor> factor = gaussian::factorOfGram(std::move(gram))) {
      part.scatter = *std::move(factor);
    } else {
      // The same rows once more (their numbers have addresses), reduced without squaring them.
      Vector const mean = centre();
      forEachBlock([&](Matrix block) {
        linalg::subtractFromColumns(block, mean);
        part.scatter = gaussian::orthogonalFactor(beside(part.scatter.values(), block));
      });
    }
  }
  // What samples of a singular Gaussian add beyond its range is rounding.
  if (std::isnan(source.covariance.logDeterminant())) part.scatter.setSingular();
  linalg::addScaled(part.mean, 1, centre().data());
  return part;
}

Matrix drawSamples(FactoredGaussian const& source, double lambda, std::uint64_t count,
                   PartStreams const& streams) {
  Matrix samples = drawRows(source, lambda, streams.rows, 0, static_cast<Index>(count));
  for (Index i = 0; i < samples.cols(); ++i) {
    double* const column = samples.column(i);
    for (Index j = 0; j < samples.rows(); ++j) column[j] += source.mean[j];
  }
  return samples;
}

}  // namespace madloop::loop
