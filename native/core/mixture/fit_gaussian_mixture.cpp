#include "core/mixture/fit_gaussian_mixture.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "core/base/finite.hpp"
#include "core/base/parallel.hpp"
#include "core/base/sum.hpp"
#include "core/gaussian/moments.hpp"
#include "core/mixture/centre.hpp"
#include "core/mixture/column_variances.hpp"
#include "core/mixture/k_means.hpp"
#include "core/mixture/mixture_density.hpp"
#include "core/mixture/responsibilities.hpp"
#include "core/mixture/row_tiles.hpp"
#include "core/mixture/whitened_components.hpp"
#include "core/random/stream.hpp"

namespace madloop::mixture {

namespace {

/// Domain of streamKey: "mixture.".
constexpr std::uint64_t kDomain = 0x6d697874'7572652eULL;

/// A component with a smaller share of all rows together has none.
constexpr double kNoShare = 1e-12;

/// Where the variance of a column is so many times that of its denser rows, differences of covariances keep too
/// few digits of theirs.
constexpr double kFarRows = 0x1p26;

/// The rows about a centre, and their moments.
struct Data {
  RowTiles const& rows;
  std::vector<double> const& centre;
  gaussian::Moments const& moments;  // divisor n - 1
  std::vector<double> added;         // to the variances of each column
  double meanAdded = 0;              // to spherical variances
  bool farRows = false;              // whether some are far from the others, measured by the spread of these

  /// Element of the covariance with divisor n.
  [[nodiscard]] double covariance(std::size_t i, std::size_t j) const {
    auto const n = static_cast<double>(moments.count);
    return (n - 1) / n * moments.covariance[i * moments.dim + j];
  }
};

/// A mixture in the coordinates of Data.
class Fitting {
 public:
  Fitting(Data const& data, MixtureFitOptions const& options, Task& task)
      : data_(data), options_(options), task_(task) {
    mixture_.components = options.components;
    mixture_.dim = data.rows.dim();
    mixture_.form = options.form;
    mixture_.weights.assign(options.components, 0);
    mixture_.covariances.assign(covarianceValues(options.form, options.components, mixture_.dim), 0);
    bool const sumsOfTied = options.form == CovarianceForm::tied && data.farRows;
    sumForm_ = sumsOfTied ? CovarianceForm::full : options.form;
  }

  /// Begins with the clusters' moments.
  void startFrom(Clusters const& clusters) {
    mixture_.means = clusters.centres;
    auto const sums = [&] {
      return sumOverTiles([&](Responsibilities& shares, std::size_t t, Tile const& tile, ShareSums&) {
        shares.assign(clusters.labels.data() + t * kTileRows, tile);
      });
    };
    // A sum of far rows is rounded by more than the others' spread: only rows less their mean are not.
    if (data_.farRows) moveMeans(sums());
    maximise(sums());
  }

  /// Begins with a mixture in the data's own coordinates.
  void startFrom(GaussianMixture const& start) {
    mixture_ = start;
    shiftMeans(-1);
  }

  MixtureFit run() {
    MixtureFit fit;
    double before = -std::numeric_limits<double>::infinity();
    while (fit.iterations < options_.maximumIterations && !fit.converged) {
      ShareSums const sums = expectation();
      double const logLikelihood = sums.logLikelihood / static_cast<double>(data_.rows.rows());
      if (!std::isfinite(logLikelihood)) {
        throwInvalidInput(
            "gaussianMixture: start must be near enough to the training set to have a density there, got one "
            "whose squared distances overflow");
      }
      maximise(sums);
      ++fit.iterations;
      task_.add(1);
      fit.converged = std::abs(logLikelihood - before) < options_.tolerance;
      before = logLikelihood;
    }
    task_.add(options_.maximumIterations - fit.iterations);
    fit.logLikelihood = logLikelihood();
    shiftMeans(1);
    fit.mixture = std::move(mixture_);
    return fit;
  }

 private:
  /// Sums over all rows of the responsibilities that fill(shares, t, tile, sums) leaves, group by group.
  template <class Fill>
  ShareSums sumOverTiles(Fill const& fill) const {
    auto const [components, dim] = std::pair{mixture_.components, mixture_.dim};
    std::size_t const tiles = data_.rows.count();
    std::size_t const groups = tileGroups(tiles, ShareSums::size(sumForm_, components, dim));
    std::vector<std::optional<ShareSums>> parts(groups);
    parallelFor(task_, groups, [&](std::size_t g) {
      Responsibilities shares(components);
      ShareSums& sums = parts[g].emplace(sumForm_, components, dim);
      IndexRange const range = tileGroup(tiles, groups, g);
      for (std::size_t t = range.begin; t < range.end; ++t) {
        task_.throwIfCancelled();
        Tile const tile = data_.rows.tile(t);
        fill(shares, t, tile, sums);
        sums.add(shares, tile, mixture_.means.data());
      }
    });
    for (std::size_t g = 1; g < groups; ++g) parts[0]->add(*parts[g]);
    return std::move(*parts[0]);
  }

  [[nodiscard]] WhitenedComponents whitened() const {
    std::vector<double> const origin(mixture_.dim, 0);
    return {mixture_, origin.data(), true, task_, "gaussianMixture: "};
  }

  [[nodiscard]] ShareSums expectation() const {
    WhitenedComponents const components = whitened();
    return sumOverTiles([&](Responsibilities& shares, std::size_t, Tile const& tile, ShareSums& sums) {
      WhitenedComponents::Workspace workspace(components);
      sums.logLikelihood += shares.estimate(components, workspace, tile);
    });
  }

  /// Mean log-likelihood of the mixture as it is.
  [[nodiscard]] double logLikelihood() const {
    WhitenedComponents const components = whitened();
    std::size_t const tiles = data_.rows.count();
    std::vector<double> sums(tiles);
    parallelForPieces(task_, IndexRange{0, tiles}, std::max<std::size_t>(1, tiles / 32), [&](IndexRange range) {
      Responsibilities shares(mixture_.components);
      WhitenedComponents::Workspace workspace(components);
      for (std::size_t t = range.begin; t < range.end; ++t)
        sums[t] = shares.estimate(components, workspace, data_.rows.tile(t));
    });
    return fixedOrderSum(tiles, [&](std::size_t t) { return sums[t]; }) /
           static_cast<double>(data_.rows.rows());
  }

  void moveMeans(ShareSums const& sums) {
    for (std::size_t i = 0; i < mixture_.means.size(); ++i) {
      double const total = sums.total[i / mixture_.dim];
      if (total >= kNoShare) mixture_.means[i] += sums.first[i] / total;
    }
  }

  /// Weights, means and covariances that the sums give.
  void maximise(ShareSums const& sums) {
    std::size_t const dim = mixture_.dim;
    std::vector<double> shift(dim);
    double const rows = fixedOrderSum(sums.total.size(), [&](std::size_t k) { return sums.total[k]; });
    std::vector<double> within(sumForm_ == mixture_.form ? 0 : dim * dim);
    for (std::size_t k = 0; k < mixture_.components; ++k) {
      double const total = sums.total[k];
      if (total < kNoShare) {
        mixture_.weights[k] = 0;
        continue;
      }
      mixture_.weights[k] = total / rows;
      double* const mean = mixture_.means.data() + k * dim;
      for (std::size_t j = 0; j < dim; ++j) {
        shift[j] = sums.first[k * dim + j] / total;
        mean[j] += shift[j];
      }
      if (within.empty()) {
        covarianceOf(k, sums, shift);
      } else {
        addScatter(k, sums, shift, within);
      }
    }
    if (mixture_.form != CovarianceForm::tied) return;
    tiedCovariance([&](std::size_t i, std::size_t j) {
      return within.empty() ? covarianceLessThatOfMeans(i, j) : within[i * dim + j] / rows;
    });
  }

  void covarianceOf(std::size_t k, ShareSums const& sums, std::vector<double> const& shift) {
    std::size_t const dim = mixture_.dim;
    double const total = sums.total[k];
    auto const variance = [&](std::size_t j, double second, double product) {
      return regularised(std::max(second / total - product, 0.0), data_.added[j]);
    };
    switch (mixture_.form) {
      case CovarianceForm::full: {
        double* const out = mixture_.covariances.data() + k * dim * dim;
        double const* const second = sums.second.data() + k * dim * dim;
        for (std::size_t j = 0; j < dim; ++j) {
          out[j * dim + j] = variance(j, second[j * dim + j], shift[j] * shift[j]);
          for (std::size_t l = j + 1; l < dim; ++l)
            out[j * dim + l] = out[l * dim + j] = second[j * dim + l] / total - shift[j] * shift[l];
        }
        break;
      }
      case CovarianceForm::diagonal:
        for (std::size_t j = 0; j < dim; ++j)
          mixture_.covariances[k * dim + j] = variance(j, sums.second[k * dim + j], shift[j] * shift[j]);
        break;
      case CovarianceForm::spherical: {
        double const product = fixedOrderSum(dim, [&](std::size_t j) { return shift[j] * shift[j]; });
        double const mean = std::max(sums.second[k] / total - product, 0.0) / static_cast<double>(dim);
        mixture_.covariances[k] = regularised(mean, data_.meanAdded);
        break;
      }
      case CovarianceForm::tied:
        break;  // made of all components together
    }
  }

  /// A variance, also raised by what rounding may have made of a covariance's small eigenvalues.
  [[nodiscard]] double regularised(double variance, double added) const {
    double const rounding = 8 * static_cast<double>(mixture_.dim) * std::numeric_limits<double>::epsilon();
    return options_.regularisation > 0 ? variance + (added + rounding * variance) : variance;
  }

  /// within += sum of r (x - mean)(x - mean)^T of a component; its lower triangle.
  static void addScatter(std::size_t k, ShareSums const& sums, std::vector<double> const& shift,
                         std::vector<double>& within) {
    std::size_t const dim = shift.size();
    for (std::size_t j = 0; j < dim; ++j) {
      for (std::size_t i = j; i < dim; ++i)
        within[i * dim + j] += sums.second[(k * dim + j) * dim + i] - sums.total[k] * shift[i] * shift[j];
    }
  }

  /// An element of the covariance within the components as that of the data less that of their means.
  [[nodiscard]] double covarianceLessThatOfMeans(std::size_t i, std::size_t j) const {
    auto const distance = [&](std::size_t k, std::size_t column) {
      return mixture_.mean(k)[column] - (data_.moments.mean[column] - data_.centre[column]);
    };
    double const between = fixedOrderSum(mixture_.components, [&](std::size_t k) {
      return mixture_.weights[k] * distance(k, i) * distance(k, j);
    });
    return data_.covariance(i, j) - between;
  }

  /// The one covariance, from its elements i >= j.
  template <class Element>
  void tiedCovariance(Element const& element) {
    std::size_t const dim = mixture_.dim;
    for (std::size_t i = 0; i < dim; ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        double const within = element(i, j);
        double const value = i == j ? regularised(std::max(within, 0.0), data_.added[i]) : within;
        mixture_.covariances[i * dim + j] = mixture_.covariances[j * dim + i] = value;
      }
    }
  }

  void shiftMeans(double sign) {
    for (std::size_t i = 0; i < mixture_.means.size(); ++i)
      mixture_.means[i] += sign * data_.centre[i % mixture_.dim];
  }

  Data const& data_;
  MixtureFitOptions const& options_;
  Task& task_;
  GaussianMixture mixture_;
  CovarianceForm sumForm_;  // of second moments: `full` for a tied covariance that is summed up
};

/// The mixture whose components all have the data's mean, and its covariance in the form asked for, as it is.
GaussianMixture equalComponents(Data const& data, MixtureFitOptions const& options) {
  auto const [components, dim] = std::pair{options.components, data.moments.dim};
  GaussianMixture mixture;
  mixture.components = components;
  mixture.dim = dim;
  mixture.form = options.form;
  mixture.weights.assign(components, 1 / static_cast<double>(components));
  for (std::size_t k = 0; k < components; ++k)
    mixture.means.insert(mixture.means.end(), data.moments.mean.begin(), data.moments.mean.end());
  bool const matrices = options.form == CovarianceForm::full || options.form == CovarianceForm::tied;
  double const trace = fixedOrderSum(dim, [&](std::size_t j) { return data.covariance(j, j); });
  std::size_t const size = covarianceValues(options.form, components, dim);
  for (std::size_t i = 0; i < size; ++i) {
    if (matrices) {
      std::size_t const row = i / dim % dim;
      std::size_t const column = i % dim;
      mixture.covariances.push_back(data.covariance(row, column));
    } else if (options.form == CovarianceForm::diagonal) {
      mixture.covariances.push_back(data.covariance(i % dim, i % dim));
    } else {
      mixture.covariances.push_back(trace / static_cast<double>(dim));
    }
  }
  return mixture;
}

/// The mean log density of the rows of x, by whatever their covariances may be.
template <class T>
double meanLogDensity(GaussianMixture const& mixture, MatrixView<T> x, std::vector<double> const& weights,
                      Task& task) {
  std::vector<double> values(x.rows);
  mixtureLogDensity(mixture, x, values.data(), task);
  for (std::size_t i = 0; i < weights.size(); ++i) values[i] = weights[i] > 0 ? weights[i] * values[i] : 0;
  return fixedOrderSum(x.rows, [&](std::size_t i) { return values[i]; }) / static_cast<double>(x.rows);
}

/// Whether the rows that have weight all have the same value in column j.
bool allEqual(RowTiles const& rows, std::size_t j) {
  std::optional<double> first;
  for (std::size_t t = 0; t < rows.count(); ++t) {
    Tile const tile = rows.tile(t);
    for (std::size_t i = 0; i < tile.rows; ++i) {
      if (tile.weight(i) == 0) continue;
      double const value = tile.coordinate(j)[i];
      if (value != first.value_or(value)) return false;
      first = value;
    }
  }
  return true;
}

/// The weights with the number of rows as their sum; none for none.
std::vector<double> scaledToRows(std::vector<double> weights, std::size_t rows) {
  if (weights.empty()) return weights;
  if (weights.size() != rows) {
    throwInvalidInput("gaussianMixture: weights must be one for each of " + std::to_string(rows) +
                      " rows, got " + std::to_string(weights.size()));
  }
  double const sum = fixedOrderSum(rows, [&](std::size_t i) { return weights[i]; });
  if (!(sum > 0 && std::isfinite(sum)) ||
      std::any_of(weights.begin(), weights.end(), [](double w) { return w < 0; }))
    throwInvalidInput("gaussianMixture: weights must not be negative and must have a finite sum above 0");
  for (double& weight : weights) weight *= static_cast<double>(rows) / sum;
  return weights;
}

/// The moments of the rows with their weights; the covariance's divisor is n - 1, with n of Moments as the
/// sum of the weights. `rows` are about `centre`.
gaussian::Moments weightedMoments(RowTiles const& rows, std::vector<double> const& centre, Task const& task) {
  std::size_t const dim = rows.dim();
  std::vector<std::size_t> const labels(kTileRows, 0);
  std::vector<double> const origin(dim, 0);
  std::size_t const groups = tileGroups(rows.count(), ShareSums::size(CovarianceForm::full, 1, dim));
  std::vector<std::optional<ShareSums>> parts(groups);
  parallelFor(task, groups, [&](std::size_t g) {
    Responsibilities shares(1);
    ShareSums& sums = parts[g].emplace(CovarianceForm::full, 1, dim);
    IndexRange const range = tileGroup(rows.count(), groups, g);
    for (std::size_t t = range.begin; t < range.end; ++t) {
      shares.assign(labels.data(), rows.tile(t));
      sums.add(shares, rows.tile(t), origin.data());
    }
  });
  for (std::size_t g = 1; g < groups; ++g) parts[0]->add(*parts[g]);
  ShareSums const& sums = *parts[0];

  gaussian::Moments moments;
  moments.count = rows.rows();
  moments.dim = dim;
  moments.mean = centre;
  moments.covariance.resize(dim * dim);
  auto const n = static_cast<double>(rows.rows());
  for (std::size_t i = 0; i < dim; ++i) moments.mean[i] += sums.first[i] / n;
  for (std::size_t j = 0; j < dim; ++j) {
    for (std::size_t i = j; i < dim; ++i) {
      double const scatter = sums.second[j * dim + i] - sums.first[i] * sums.first[j] / n;
      double const value = (i == j ? std::max(scatter, 0.0) : scatter) / (n - 1);
      moments.covariance[i * dim + j] = moments.covariance[j * dim + i] = value;
    }
  }
  return moments;
}

}  // namespace

template <class T>
MixtureFit fitGaussianMixture(MatrixView<T> x, MixtureFitOptions const& options,
                              std::optional<GaussianMixture> const& start, Task& task) {
  if (options.components == 0 || x.rows < options.components) {
    throwInvalidInput("gaussianMixture: training set must have at least as many rows as components, got " +
                      std::to_string(x.rows) + " rows for " + std::to_string(options.components) +
                      " components");
  }
  std::size_t const runs = start ? 1 : options.restarts;
  task.expect(runs * options.maximumIterations);
  std::vector<double> const weights = scaledToRows(options.weights, x.rows);
  gaussian::Moments moments = gaussian::moments(x, task, "training set");
  bool const weighted = !weights.empty() && x.rows > 1;
  if (weighted) {
    RowTiles const aboutMean(x, moments.mean.data(), weights, task, "training set");
    moments = weightedMoments(aboutMean, moments.mean, task);
  }
  std::vector<double> const centre = centreOf(x, weights, moments.mean);
  RowTiles const rows(x, centre.data(), weights, task, "training set");
  // Once more about their own centre: nothing cancels, however far out rows without weight are.
  if (weighted) moments.covariance = weightedMoments(rows, moments.mean, task).covariance;
  Data data{rows, centre, moments, {}};
  double const trace = fixedOrderSum(moments.dim, [&](std::size_t j) { return data.covariance(j, j); });
  double const meanVariance = trace / static_cast<double>(moments.dim);
  if (!std::isfinite(meanVariance))
    throwNotFinite("gaussianMixture: variance of the training set", meanVariance, "its trace");

  for (std::size_t j = 0; j < moments.dim; ++j) {
    if (data.covariance(j, j) == 0 && !allEqual(rows, j)) {
      throwInvalidInput(
          "gaussianMixture: variance of the training set must not underflow, got rows that differ in column " +
          std::to_string(j) + ", but by less than 1e-161: scale it");
    }
  }
  if (meanVariance == 0 || options.components == 1) {
    MixtureFit fit;
    fit.mixture = equalComponents(data, options);
    fit.logLikelihood = meanVariance == 0 ? std::numeric_limits<double>::infinity()
                                          : meanLogDensity(fit.mixture, x, weights, task);
    fit.converged = true;
    task.add(runs * options.maximumIterations);
    return fit;
  }

  for (std::size_t j = 0; j < moments.dim; ++j) data.added.push_back(data.covariance(j, j));
  data.added = robustVariances(rows, options.components, std::move(data.added), task);
  for (std::size_t j = 0; j < moments.dim; ++j) {
    data.farRows = data.farRows || data.covariance(j, j) > kFarRows * data.added[j];
    data.added[j] *= options.regularisation;
  }
  data.meanAdded = fixedOrderSum(moments.dim, [&](std::size_t j) { return data.added[j]; }) /
                   static_cast<double>(moments.dim);

  std::vector<MixtureFit> fits(runs);
  parallelFor(task, runs, [&](std::size_t run) {
    Fitting fitting(data, options, task);
    if (start) {
      fitting.startFrom(*start);
    } else {
      random::Stream const stream{random::streamKey(options.seed, kDomain), static_cast<std::uint32_t>(run), 0,
                                  0};
      fitting.startFrom(kMeans(rows, options.components, stream, task));
    }
    fits[run] = fitting.run();
  });
  std::size_t best = 0;
  for (std::size_t run = 1; run < runs; ++run) {
    if (fits[run].logLikelihood > fits[best].logLikelihood) best = run;
  }
  return std::move(fits[best]);
}

template MixtureFit fitGaussianMixture<float>(MatrixView<float>, MixtureFitOptions const&,
                                              std::optional<GaussianMixture> const&, Task&);
template MixtureFit fitGaussianMixture<double>(MatrixView<double>, MixtureFitOptions const&,
                                               std::optional<GaussianMixture> const&, Task&);

}  // namespace madloop::mixture
