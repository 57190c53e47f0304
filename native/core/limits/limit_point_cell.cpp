#include "core/limits/limit_point_cell.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "core/base/elementary.hpp"
#include "core/base/error.hpp"

namespace madloop::limits {

using loop::GaussianLoopParameters;

namespace {

/// Controls of degree 3 remove most of what those of degree 2 leave; the 20 of degree 4 cost more than they
/// gain.
constexpr std::size_t kLargestControlDegree = 3;

/// A control of degree k is used where moments of degree 6 k exist. Its variance needs 2 k; but the mean of
/// something with hardly a variance is near its expectation only when an outlier is among the sample, and the
/// standard error does not tell. (At n_r = 8, n_s = 32, lambda = 1, intervals with degree 3 covered 58 %.)
constexpr std::size_t kControlMoments = 6;

/// The expectation of a product of `degree` centred factors is a difference of moments near 1, of which
/// rounding takes eps, and is itself about (2 / (N d))^(degree / 2). Where that ratio was near 1e-6 and 1e-5 (d
/// = 100, N = 1e5 and 6e5) the error of the distance relative to itself was one to two times as large; at 1e-3
/// the regression had broken down. Three times the ratio must be below this.
constexpr double kLargestRounding = 1e-6;

bool hasDigits(GaussianLoopParameters const& p, std::size_t degree) {
  double const fluctuation = 0.5 * static_cast<double>(p.real + p.synthetic) * static_cast<double>(p.dim);
  double const ratio =
      std::numeric_limits<double>::epsilon() * std::pow(fluctuation, 0.5 * static_cast<double>(degree));
  return degree < 2 || 3 * ratio < kLargestRounding;
}

double share(std::uint64_t part, GaussianLoopParameters const& p) {
  return static_cast<double>(part) / static_cast<double>(p.real + p.synthetic);
}

/// Factor of a fitted covariance against the one with divisor N - 1.
double shrinkage(GaussianLoopParameters const& p) {
  auto const total = static_cast<double>(p.real + p.synthetic);
  return p.divisor == gaussian::CovarianceDivisor::unbiased ? 1 : (total - 1) / total;
}

/// x_t = (weight / memory) (x_{t-1} + ... + x_{t-memory}) + noise has autocovariances c_1 = ... = c_memory, by
/// symmetry of its equations, so the average of x_i x_j over the remembered ones is this times E x^2.
double averageShare(double weight, std::uint64_t memory) {
  auto const k = static_cast<double>(memory);
  return 1 / (k - weight * (k - 1));
}

/// By what factor such an average shrinks in a generation: the root of (weight / memory) sum_j x^-j = 1.
double averageRate(double weight, std::uint64_t memory) {
  if (memory == 1 || weight == 0) return weight;
  auto const k = static_cast<double>(memory);
  double low = 0;
  double high = 1;
  for (int i = 0; i < 60; ++i) {
    double const x = 0.5 * (low + high);
    // sum_{j=1}^{k} x^-j = (x^-k - 1) / (1 - x)
    double const sum = (exponential(std::min(700.0, -k * logarithm(x))) - 1) / (1 - x);
    (weight / k * sum > 1 ? low : high) = x;
  }
  return 0.5 * (low + high);
}

}  // namespace

StationaryFirstMoments stationaryFirstMoments(GaussianLoopParameters const& p) {
  auto const total = static_cast<double>(p.real + p.synthetic);
  double const real = share(p.real, p);
  double const synthetic = share(p.synthetic, p);
  double const scale = shrinkage(p);
  bool const fresh = p.variant == loop::LoopVariant::freshData;
  double const noise = fresh ? real / total : 0;
  double const within = fresh ? real : (static_cast<double>(p.real) - 1) / (total - 1);
  // mean: m = noise + q^2 A + (q / N) (lambda s + B), with A the average of E mu_i mu_j' over the models, and B
  // = m - A. covariance: s = within + q (lambda s + B) + (N / (N - 1)) p q A.
  double const average = averageShare(synthetic, p.memory);
  double const meanOfMean = synthetic * synthetic * average + synthetic / total * (1 - average);
  double const meanOfCovariance = synthetic * p.lambda / total;
  double const covarianceOfMean = scale * synthetic * ((1 - average) + total / (total - 1) * real * average);
  double const covarianceOfCovariance = scale * synthetic * p.lambda;
  double const determinant =
      (1 - meanOfMean) * (1 - covarianceOfCovariance) - meanOfCovariance * covarianceOfMean;
  StationaryFirstMoments moments;
  moments.mean = (noise * (1 - covarianceOfCovariance) + meanOfCovariance * scale * within) / determinant;
  moments.covariance = ((1 - meanOfMean) * scale * within + covarianceOfMean * noise) / determinant;
  moments.meanCross = p.memory == 1 ? moments.mean : synthetic * average * moments.mean;
  return moments;
}

LimitPointCell::LimitPointCell(GaussianLoopParameters const& parameters, std::optional<ReferenceMetric> metric)
    : parameters_(parameters), metric_(std::move(metric)) {
  parameters_.engine = loop::LoopEngine::moments;
  parameters_.pool = loop::SyntheticPool::latest;
  if (!(momentGrowth(parameters_, 2) < 1)) {
    throw Error(ErrorCode::noVariance,
                "the distance must have a finite variance, got real = " + std::to_string(parameters_.real) +
                    ", synthetic = " + std::to_string(parameters_.synthetic) + ", lambda = " +
                    std::to_string(parameters_.lambda) + ", where its square has no stationary expectation");
  }
  firstMoments_ = stationaryFirstMoments(parameters_);
  if (hasAllMoments()) {
    // Where all fluctuations are small the variance is, too, and needs fewer controls.
    while (controlDegree_ < kLargestControlDegree && hasDigits(parameters_, controlDegree_ + 1) &&
           momentGrowth(parameters_, kControlMoments * (controlDegree_ + 1)) < 1)
      ++controlDegree_;
    moments_ = stationaryMoments(parameters_, controlDegree_);
  }
  findSpread();
  findRelaxation();
}

void LimitPointCell::findSpread() {
  auto const dim = static_cast<double>(parameters_.dim);
  double const sigma = firstMoments_.covariance;
  if (hasAllMoments() && controlDegree_ >= 2) {
    double const square = moments_[StateMonomial{{0, 1}, {}}];
    spread_ = std::max(0.0, square / (dim * sigma * sigma) - 1);
    return;
  }
  // Each generation adds what Wishart matrices of so many degrees of freedom vary; what models share is the
  // average's.
  auto const total = static_cast<double>(parameters_.real + parameters_.synthetic);
  double const synthetic = share(parameters_.synthetic, parameters_);
  double const real =
      parameters_.variant == loop::LoopVariant::freshData ? share(parameters_.real, parameters_) : 0;
  double const weight = parameters_.lambda * synthetic;
  double const innovation =
      (dim + 1) / total * (real / (sigma * sigma) + parameters_.lambda * parameters_.lambda * synthetic);
  double const average = averageShare(weight, parameters_.memory);
  spread_ = innovation / (1 - weight * weight * average);
  commonSpread_ = parameters_.memory == 1 ? 0 : weight * average * spread_;
}

void LimitPointCell::findRelaxation() {
  double const synthetic = share(parameters_.synthetic, parameters_);
  covarianceRate_ = averageRate(parameters_.lambda * synthetic, parameters_.memory);
  double radius = 0;
  if (parameters_.memory == 1) {
    auto const total = static_cast<double>(parameters_.real + parameters_.synthetic);
    double const mean = synthetic * synthetic;
    double const covariance = shrinkage(parameters_) * parameters_.lambda * synthetic;
    double const coupling = shrinkage(parameters_) * share(parameters_.real, parameters_) * synthetic * total /
                            (total - 1) * (parameters_.lambda * synthetic / total);
    radius = 0.5 * (mean + covariance + std::sqrt((mean - covariance) * (mean - covariance) + 4 * coupling));
  } else {
    double const meanRate = averageRate(synthetic, parameters_.memory);
    radius = std::max(meanRate * meanRate, covarianceRate_);
  }
  relaxationTime_ = 1 / (1 - radius);
}

namespace {

/// Seconds of one core, from measurements at dim 2 to 200: only to choose and to order by.
double generationSeconds(double dim, double models) {
  return 1.5e-6 * models + 5e-9 * dim * dim * models + 4e-11 * dim * dim * dim * models;
}
double recordingSeconds(double dim) { return 1e-6 + 2e-9 * dim * dim + 4e-11 * dim * dim * dim; }

std::uint64_t roundUp(double value) { return static_cast<std::uint64_t>(std::ceil(value)); }

}  // namespace

LimitPointSchedule LimitPointCell::schedule(double relativeError) const {
  LimitPointSchedule schedule;
  // A chain starts with the exact first moments and, where they are known, second moments of one time: what is
  // wrong at its start is of the next degree, and shrinks like that power of the rate.
  std::size_t const wrongDegree = hasAllMoments() && controlDegree_ >= 2 ? 3 : 2;
  double const logRate = covarianceRate_ > 0 ? -logarithm(covarianceRate_) : 40;
  // The bias must be small against the standard error that is reached, which with good controls is much smaller
  // than the one asked for.
  double const startBias = 0.05;
  double const target = 0.05 * std::min(relativeError, 2e-4);
  double const reduction = std::max(1.0, logarithm(startBias / target));
  schedule.burnIn = 1 + roundUp(reduction / (static_cast<double>(wrongDegree) * logRate));

  // What controls leave of the distance is of the next degree. Recording every stride-th generation costs less,
  // skipping too many loses information.
  double const residualRate = exponential(-logRate * static_cast<double>(controlDegree_ + 1));
  auto const dim = static_cast<double>(parameters_.dim);
  double const models =
      static_cast<double>(std::min<std::uint64_t>(parameters_.memory, parameters_.synthetic + 1));
  double const generation = generationSeconds(dim, models);
  double const recording = recordingSeconds(dim);
  double best = 0;
  double rate = 1;
  for (std::uint64_t stride = 1; stride <= 64; ++stride) {
    rate *= residualRate;
    double const cost = (static_cast<double>(stride) * generation + recording) * (1 + rate) / (1 - rate);
    if (stride > 1 && cost >= best) break;
    best = cost;
    schedule.stride = stride;
  }
  // Second order in the spread of the eigenvalues, as for a covariance with equal eigenvalues.
  double const sigma = firstMoments_.covariance;
  schedule.centre = referenceTrace() *
                    (firstMoments_.mean + sigma + 1 - 2 * std::sqrt(sigma) * (1 - std::min(spread_, 1.0) / 8));
  // Few recordings where a first handful of chains will do; where many are needed, enough to be worth the
  // burn-in.
  bool const many = relativeError < 5e-4 || controlDegree_ < kLargestControlDegree;
  double const span = many ? 3 * static_cast<double>(schedule.burnIn) : 0;
  schedule.recordings =
      std::max<std::uint64_t>(10, 2 * roundUp(span / (2 * static_cast<double>(schedule.stride))));
  return schedule;
}

double LimitPointCell::seconds(LimitPointSchedule const& schedule) const {
  auto const dim = static_cast<double>(parameters_.dim);
  double const models =
      static_cast<double>(std::min<std::uint64_t>(parameters_.memory, parameters_.synthetic + 1));
  return static_cast<double>(schedule.burnIn + schedule.stride * schedule.recordings) *
             generationSeconds(dim, models) +
         static_cast<double>(schedule.recordings) * recordingSeconds(dim);
}

}  // namespace madloop::limits
