#include "core/mixture/whitened_components.hpp"

#include <cmath>
#include <string>

#include "core/base/elementary.hpp"
#include "core/base/sum.hpp"
#include "core/gaussian/checked_covariance.hpp"
#include "core/gaussian/gaussian_factor.hpp"
#include "core/linalg/cholesky.hpp"

namespace madloop::mixture {

using linalg::EigenMatrix;
using linalg::Index;

namespace {

/// From this dimension on products by Eigen are faster than plain loops.
constexpr std::size_t kSmallDim = 4;

constexpr double kHalfLog2Pi = elementary::kHalfLog2Pi;

struct Whitening {
  EigenMatrix matrix;         // rank x dim
  double logDeterminant = 0;  // of the covariance, over its range
};

/// W with W C W^T = I on the range of C. An ordinary matrix takes one Cholesky decomposition.
Whitening whiten(EigenMatrix const& covariance, bool requireDefinite, Task const& task,
                 std::string const& what) {
  Index const dim = covariance.rows();
  Whitening result;
  auto const addLogs = [&](auto const& diagonal) {
    result.logDeterminant = 2 * fixedOrderSum(static_cast<std::size_t>(diagonal.size()), [&](std::size_t i) {
                              return logarithm(std::abs(diagonal[static_cast<Index>(i)]));
                            });
  };
  if (requireDefinite) {
    std::optional<EigenMatrix> const lower = linalg::choleskyFactor(covariance, task);
    if (!lower) {
      throw Error(ErrorCode::notPositiveSemidefinite,
                  what +
                      " must be positive definite, got a singular one. A larger regularisation, fewer "
                      "components or another form of covariance helps");
    }
    addLogs(linalg::EigenVector(lower->diagonal()));
    result.matrix = lower->triangularView<Eigen::Lower>().solve(EigenMatrix::Identity(dim, dim));
    return result;
  }
  gaussian::Moments moments;
  moments.dim = static_cast<std::size_t>(dim);
  moments.mean.assign(moments.dim, 0);
  moments.covariance.assign(covariance.data(), covariance.data() + covariance.size());
  gaussian::FactoredGaussian const factored = gaussian::factorMoments(moments, task, what.c_str());
  EigenMatrix const& factor = factored.factor;
  Index const rank = factor.cols();
  if (rank == 0) {
    result.matrix = EigenMatrix(0, dim);
  } else if (factored.triangular) {
    addLogs(linalg::EigenVector(factor.diagonal()));
    result.matrix = factor.triangularView<Eigen::Lower>().solve(EigenMatrix::Identity(dim, dim));
  } else {
    // F = Q R: the least-squares solution z = R^-1 Q^T x of F z = x.
    Eigen::HouseholderQR<EigenMatrix> const qr(factor);
    EigenMatrix const r = qr.matrixQR().topRows(rank).triangularView<Eigen::Upper>();
    EigenMatrix const q = qr.householderQ() * EigenMatrix::Identity(dim, rank);
    addLogs(linalg::EigenVector(r.diagonal()));
    result.matrix = r.triangularView<Eigen::Upper>().solve(q.transpose());
  }
  return result;
}

EigenMatrix covarianceMatrix(GaussianMixture const& mixture, std::size_t k) {
  auto const dim = static_cast<Index>(mixture.dim);
  return Eigen::Map<EigenMatrix const>(mixture.covariances.data() + k * mixture.dim * mixture.dim, dim, dim);
}

/// Squared distances in dim dimensions for small ones, known when compiled: everything stays in registers.
template <std::size_t dim>
void smallSquaredDistances(Tile const& tile, double const* mean, double const* whitening, double* out) {
  double const* const x = tile.data;
  double m[dim];
  double w[dim][dim];
  for (std::size_t a = 0; a < dim; ++a) {
    m[a] = mean[a];
    for (std::size_t b = 0; b < dim; ++b) w[a][b] = whitening[b * dim + a];
  }
  for (std::size_t i = 0; i < kTileRows; ++i) {
    double difference[dim];
    for (std::size_t j = 0; j < dim; ++j) difference[j] = x[j * kTileRows + i] - m[j];
    double sum = 0;
    for (std::size_t a = 0; a < dim; ++a) {
      double y = w[a][0] * difference[0];
      for (std::size_t b = 1; b < dim; ++b) y += w[a][b] * difference[b];
      sum += y * y;
    }
    out[i] = sum;
  }
}

/// sum += factor (x - mean)^2, row by row.
void addSquares(double const* x, double mean, double factor, double* sum) {
  for (std::size_t i = 0; i < kTileRows; ++i) {
    double const difference = x[i] - mean;
    sum[i] += factor * (difference * difference);
  }
}

}  // namespace

WhitenedComponents::WhitenedComponents(GaussianMixture const& mixture, double const* centre,
                                       bool requireDefinite, Task const& task, char const* argument)
    : form_(mixture.form),
      dim_(mixture.dim),
      means_(mixture.means),
      logConstants_(mixture.components, kLogZero) {
  for (std::size_t k = 0; k < mixture.components; ++k) {
    for (std::size_t j = 0; j < dim_; ++j) means_[k * dim_ + j] -= centre[j];
  }
  auto const constant = [&](std::size_t k, std::size_t rank, double logDeterminant) {
    if (mixture.weights[k] > 0) {
      logConstants_[k] =
          logarithm(mixture.weights[k]) - (static_cast<double>(rank) * kHalfLog2Pi + 0.5 * logDeterminant);
    }
  };
  std::string const name = argument;
  switch (form_) {
    case CovarianceForm::full:
      whitenings_.resize(mixture.components);
      for (std::size_t k = 0; k < mixture.components; ++k) {
        if (mixture.weights[k] == 0) continue;
        task.throwIfCancelled();
        std::string const what = name + "covariance of component " + std::to_string(k);
        Whitening whitening = whiten(covarianceMatrix(mixture, k), requireDefinite, task, what);
        constant(k, static_cast<std::size_t>(whitening.matrix.rows()), whitening.logDeterminant);
        whitenings_[k] = std::move(whitening.matrix);
      }
      break;
    case CovarianceForm::tied: {
      Whitening whitening = whiten(covarianceMatrix(mixture, 0), requireDefinite, task, name + "covariance");
      EigenMatrix const& w = whitening.matrix;
      auto const rank = static_cast<std::size_t>(w.rows());
      Eigen::Map<EigenMatrix const> const means(means_.data(), static_cast<Index>(dim_),
                                                static_cast<Index>(mixture.components));
      EigenMatrix const whitenedMeans = w * means;
      means_.assign(whitenedMeans.data(), whitenedMeans.data() + whitenedMeans.size());
      for (std::size_t k = 0; k < mixture.components; ++k) constant(k, rank, whitening.logDeterminant);
      whitenings_.push_back(std::move(whitening.matrix));
      break;
    }
    case CovarianceForm::diagonal:
    case CovarianceForm::spherical: {
      std::size_t const variances = form_ == CovarianceForm::diagonal ? dim_ : 1;
      std::size_t const multiplicity = dim_ / variances;
      precisions_.resize(mixture.covariances.size());
      for (std::size_t k = 0; k < mixture.components; ++k) {
        double logDeterminant = 0;
        std::size_t rank = 0;
        for (std::size_t j = 0; j < variances; ++j) {
          double const variance = mixture.covariances[k * variances + j];
          if (variance > 0) {
            precisions_[k * variances + j] = 1 / variance;
            logDeterminant += static_cast<double>(multiplicity) * logarithm(variance);
            rank += multiplicity;
          } else if (requireDefinite && mixture.weights[k] > 0) {
            throw Error(ErrorCode::notPositiveSemidefinite,
                        name + "variances of component " + std::to_string(k) +
                            " must be positive, got 0. A larger regularisation or fewer components helps");
          }
        }
        constant(k, rank, logDeterminant);
      }
      break;
    }
  }
}

WhitenedComponents::Workspace::Workspace(WhitenedComponents const& components) : components_(components) {
  auto const rows = static_cast<Index>(kTileRows);
  if (components.form_ == CovarianceForm::tied) {
    whitened_.resize(rows, components.whitenings_[0].rows());
  } else if (components.form_ == CovarianceForm::full && components.dim_ > kSmallDim) {
    centred_.resize(rows, static_cast<Index>(components.dim_));
  }
}

void WhitenedComponents::Workspace::take(Tile const& tile) {
  tile_ = tile;
  if (components_.form_ != CovarianceForm::tied) return;
  whitened_.noalias() = tile.matrix() * components_.whitenings_[0].transpose();
  tile_ = {whitened_.data(), static_cast<std::size_t>(whitened_.cols()), tile.rows};
}

void WhitenedComponents::squaredDistances(std::size_t k, Workspace& workspace, double* out) const {
  Tile const& tile = workspace.tile_;
  double const* const mean = means_.data() + k * tile.dim;
  if (form_ == CovarianceForm::full) {
    EigenMatrix const& whitening = whitenings_[k];
    if (whitening.rows() == whitening.cols() && dim_ <= kSmallDim) {
      switch (dim_) {
        case 1:
          return smallSquaredDistances<1>(tile, mean, whitening.data(), out);
        case 2:
          return smallSquaredDistances<2>(tile, mean, whitening.data(), out);
        case 3:
          return smallSquaredDistances<3>(tile, mean, whitening.data(), out);
        default:
          return smallSquaredDistances<4>(tile, mean, whitening.data(), out);
      }
    }
    Eigen::Map<linalg::EigenVector const> const centre(mean, static_cast<Index>(dim_));
    workspace.centred_ = tile.matrix().rowwise() - centre.transpose();
    workspace.whitened_.noalias() = workspace.centred_ * whitening.transpose();
    std::fill(out, out + kTileRows, 0.0);
    for (Index j = 0; j < workspace.whitened_.cols(); ++j)
      addSquares(workspace.whitened_.col(j).data(), 0, 1, out);
    return;
  }
  std::fill(out, out + kTileRows, 0.0);
  for (std::size_t j = 0; j < tile.dim; ++j) {
    double const precision = form_ == CovarianceForm::diagonal    ? precisions_[k * dim_ + j]
                             : form_ == CovarianceForm::spherical ? precisions_[k]
                                                                  : 1;
    addSquares(tile.coordinate(j), mean[j], precision, out);
  }
}

void WhitenedComponents::logDensities(std::size_t k, Workspace& workspace, double* out) const {
  double const constant = logConstants_[k];
  if (constant == kLogZero) {
    std::fill(out, out + kTileRows, kLogZero);
    return;
  }
  squaredDistances(k, workspace, out);
  for (std::size_t i = 0; i < kTileRows; ++i) out[i] = constant - 0.5 * out[i];
}

}  // namespace madloop::mixture
