#include "core/mixture/whitened_components.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "core/base/elementary.hpp"
#include "core/base/view.hpp"
#include "core/gaussian/whitening.hpp"
#include "core/linalg/products.hpp"

namespace madloop::mixture {

using linalg::Index;
using linalg::Matrix;

namespace {

/// From this dimension on products by Eigen are faster than plain loops.
constexpr std::size_t kSmallDim = 4;

/// So many standard deviations from the centre, rows and means that are whitened each on its own keep too few
/// digits of their difference.
constexpr double kFar = 0x1p16;

constexpr double kHalfLog2Pi = elementary::kHalfLog2Pi;

gaussian::Whitening whiten(GaussianMixture const& mixture, std::size_t k, bool requireDefinite,
                           Task const& task, std::string const& what) {
  MatrixView<double> const covariance{mixture.covariances.data() + k * mixture.dim * mixture.dim, mixture.dim,
                                      mixture.dim};
  if (!requireDefinite) return gaussian::whiten(covariance, task, what);
  auto const dim = static_cast<Index>(mixture.dim);
  Matrix copy(dim, dim);
  std::copy_n(covariance.data, copy.size(), copy.data());
  std::optional<gaussian::Whitening> whitening = gaussian::whitenDefinite(std::move(copy), task);
  if (!whitening) {
    throw Error(ErrorCode::notPositiveSemidefinite,
                what +
                    " must be positive definite, got a singular one. A larger regularisation, fewer "
                    "components or another form of covariance helps");
  }
  return *std::move(whitening);
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
        gaussian::Whitening whitening = whiten(mixture, k, requireDefinite, task, what);
        constant(k, static_cast<std::size_t>(whitening.matrix.rows()), whitening.logDeterminant);
        whitenings_[k] = std::move(whitening.matrix);
      }
      break;
    case CovarianceForm::tied: {
      gaussian::Whitening whitening = whiten(mixture, 0, requireDefinite, task, name + "covariance");
      auto const rank = static_cast<std::size_t>(whitening.matrix.rows());
      Matrix means(static_cast<Index>(dim_), static_cast<Index>(mixture.components));
      std::copy(means_.begin(), means_.end(), means.data());
      Matrix const whitenedMeans = linalg::multiply(whitening.matrix, means);
      far_.resize(mixture.components);
      for (std::size_t k = 0; k < mixture.components; ++k) {
        double const* const mean = whitenedMeans.column(static_cast<Index>(k));
        if (std::any_of(mean, mean + rank, [](double value) { return std::abs(value) > kFar; }))
          far_[k].assign(means_.data() + k * dim_, means_.data() + (k + 1) * dim_);
      }
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

void WhitenedComponents::Workspace::take(Tile const& tile) {
  given_ = tile;
  tile_ = tile;
  if (components_.form_ != CovarianceForm::tied) return;
  linalg::multiplyByTransposed(tile.data, static_cast<Index>(kTileRows), components_.whitenings_[0], whitened_);
  tile_ = {whitened_.data(), static_cast<std::size_t>(whitened_.cols()), tile.rows};
}

/// Of a tile's rows less the mean, whitened.
void WhitenedComponents::whitenedDistances(Tile const& tile, double const* mean, Matrix const& whitening,
                                           Workspace& workspace, double* out) {
  std::size_t const dim = tile.dim;
  if (whitening.rows() == whitening.cols() && dim <= kSmallDim) {
    switch (dim) {
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
  Matrix& centred = workspace.centred_;
  centred.resize(static_cast<Index>(kTileRows), static_cast<Index>(dim));
  for (std::size_t j = 0; j < dim; ++j) {
    double const* const from = tile.coordinate(j);
    double* const to = centred.column(static_cast<Index>(j));
    for (std::size_t i = 0; i < kTileRows; ++i) to[i] = from[i] - mean[j];
  }
  Matrix& whitened = workspace.differences_;
  linalg::multiplyByTransposed(centred.data(), centred.rows(), whitening, whitened);
  std::fill(out, out + kTileRows, 0.0);
  for (Index j = 0; j < whitened.cols(); ++j) addSquares(whitened.column(j), 0, 1, out);
}

void WhitenedComponents::squaredDistances(std::size_t k, Workspace& workspace, double* out) const {
  Tile const& tile = workspace.tile_;
  double const* const mean = means_.data() + k * tile.dim;
  if (form_ == CovarianceForm::full) return whitenedDistances(tile, mean, whitenings_[k], workspace, out);
  if (!far_.empty() && !far_[k].empty())
    return whitenedDistances(workspace.given_, far_[k].data(), whitenings_[0], workspace, out);
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
