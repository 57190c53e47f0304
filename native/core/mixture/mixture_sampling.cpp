#include "core/mixture/mixture_sampling.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/base/elementary.hpp"
#include "core/base/parallel.hpp"
#include "core/base/sum.hpp"
#include "core/base/view.hpp"
#include "core/gaussian/gaussian_factor.hpp"
#include "core/mixture/whitened_components.hpp"
#include "core/random/normal.hpp"
#include "core/random/stream.hpp"
#include "core/random/uniform.hpp"

namespace madloop::mixture {

namespace {

/// Domain of streamKey: "mixsampl".
constexpr std::uint64_t kDomain = 0x6d697873'616d706cULL;
constexpr std::uint64_t kBlockRows = 256;

/// Factors of the covariances, with lambda in them.
class SamplingFactors {
 public:
  SamplingFactors(GaussianMixture const& mixture, double lambda, Task& task) : mixture_(mixture) {
    auto const [components, dim] = std::pair{mixture.components, mixture.dim};
    double const root = std::sqrt(lambda);
    if (mixture.form == CovarianceForm::diagonal || mixture.form == CovarianceForm::spherical) {
      for (double const variance : mixture.covariances) deviations_.push_back(root * std::sqrt(variance));
      bool const points = std::all_of(deviations_.begin(), deviations_.end(), [](double d) { return d == 0; });
      rank_ = points ? 0 : dim;
      return;
    }
    std::size_t const matrices = mixture.form == CovarianceForm::tied ? 1 : components;
    factors_.resize(matrices);
    for (std::size_t k = 0; k < matrices; ++k) {
      MatrixView<double> const covariance{mixture.covariances.data() + k * dim * dim, dim, dim};
      factors_[k] =
          gaussian::factorCovariance(covariance, task, "covariance of component " + std::to_string(k));
      factors_[k].scale(root);
      rank_ = std::max(rank_, static_cast<std::size_t>(factors_[k].rank()));
    }
  }

  /// Normals that a sample takes.
  [[nodiscard]] std::size_t rank() const { return rank_; }

  /// out = mean_k + factor_k normals.
  void sample(std::size_t k, double const* normals, double* out) const {
    std::size_t const dim = mixture_.dim;
    double const* const mean = mixture_.mean(k);
    if (rank_ == 0) {
      std::copy(mean, mean + dim, out);
      return;
    }
    if (!deviations_.empty()) {
      bool const diagonal = mixture_.form == CovarianceForm::diagonal;
      for (std::size_t j = 0; j < dim; ++j)
        out[j] = mean[j] + deviations_[diagonal ? k * dim + j : k] * normals[j];
      return;
    }
    gaussian::CovarianceFactor const& factor = factors_[mixture_.form == CovarianceForm::tied ? 0 : k];
    std::copy(mean, mean + dim, out);
    for (linalg::Index column = 0; column < factor.rank(); ++column) {
      double const* const values = factor.values().column(column);
      double const normal = normals[column];
      for (std::size_t j = factor.isTrapezoidal() ? static_cast<std::size_t>(column) : 0; j < dim; ++j)
        out[j] += values[j] * normal;
    }
  }

 private:
  GaussianMixture const& mixture_;
  std::vector<double> deviations_;
  std::vector<gaussian::CovarianceFactor> factors_;
  std::size_t rank_ = 0;
};

/// Weights with the bias of lambda, up to a factor.
std::vector<double> biasedWeights(GaussianMixture const& mixture, double lambda, WeightBias bias,
                                  std::vector<double> const& logDensities) {
  std::vector<double> weights = mixture.weights;
  if (bias == WeightBias::none || lambda == 1) return weights;
  std::vector<double> logs(weights.size(), kLogZero);
  double largest = kLogZero;
  for (std::size_t k = 0; k < weights.size(); ++k) {
    if (weights[k] > 0) logs[k] = bias == WeightBias::weights ? logarithm(weights[k]) : logDensities[k];
    largest = std::max(largest, logs[k]);
  }
  double const power = 1 / lambda - 1;  // infinite at lambda = 0
  for (std::size_t k = 0; k < weights.size(); ++k) {
    double const below = logs[k] - largest;
    weights[k] = below == 0 ? weights[k] : weights[k] * exponential(power * below);
  }
  return weights;
}

/// Components by the running sum of their weights.
class ComponentChoice {
 public:
  explicit ComponentChoice(std::vector<double> const& weights) : sums_(weights.size()) {
    double sum = 0;
    for (std::size_t k = 0; k < weights.size(); ++k) {
      sum += weights[k];
      sums_[k] = sum;
      if (weights[k] > 0) last_ = k;
    }
  }

  [[nodiscard]] std::size_t at(double uniform) const {
    auto const found = std::upper_bound(sums_.begin(), sums_.end(), uniform * sums_.back());
    return std::min(static_cast<std::size_t>(found - sums_.begin()), last_);
  }

 private:
  std::vector<double> sums_;
  std::size_t last_ = 0;
};

}  // namespace

void sampleMixture(GaussianMixture const& mixture, double lambda, WeightBias bias,
                   std::vector<double> const& logDensities, std::uint64_t count, std::uint64_t seed,
                   double* out, Task& task) {
  checkMixture(mixture, "mixture");
  if (!(lambda >= 0 && lambda <= 1))
    throwInvalidInput("sampleMixture: lambda must be in [0, 1], got " + std::to_string(lambda));
  if (bias == WeightBias::densities && logDensities.size() != mixture.components)
    throw Error(ErrorCode::internal, "sampleMixture: one density a component");
  SamplingFactors const factors(mixture, lambda, task);
  ComponentChoice const choice(biasedWeights(mixture, lambda, bias, logDensities));
  std::size_t const blocksPerRow = (factors.rank() + 1) / 2;
  random::Stream const normalStream{random::streamKey(seed, kDomain), 0, 0, 0};
  random::Stream const choiceStream{random::streamKey(seed, kDomain), 0, 0, 1};
  random::checkBlocks(choiceStream, 0, count);
  task.expect(count);

  parallelForPieces(task, IndexRange{0, count}, kBlockRows, [&](IndexRange rows) {
    std::vector<double> normals(2 * blocksPerRow * rows.size());
    random::fillNormals(normalStream, rows.begin * blocksPerRow, normals.data(), normals.size());
    for (std::size_t i = rows.begin; i < rows.end; ++i) {
      std::size_t const k = choice.at(random::uniformPair(choiceStream.block(i)).first);
      factors.sample(k, normals.data() + (i - rows.begin) * 2 * blocksPerRow, out + i * mixture.dim);
    }
    task.add(rows.size());
  });
}

}  // namespace madloop::mixture
