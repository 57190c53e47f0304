#include "core/limits/limit_point_theory.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "core/base/decimal.hpp"
#include "core/base/elementary.hpp"
#include "core/base/error.hpp"

namespace madloop::limits {

namespace {

/// What controls of degree 3 leave is like a Hermite polynomial of degree 4 in few dimensions, whose kurtosis
/// is about 700 at d = 1 even of normal numbers; in more it is a sum of many and lighter. (At d = 1, n_r = 60,
/// n_s = 600, lambda = 1, 1,200 chains covered 90 %, those of degree 2 94 %; at d = 3, n_r = 30, n_s = 300, 800
/// covered 92 %.)
constexpr std::size_t kFewestDimensionsOfDegree3 = 4;

constexpr std::size_t mostDegree(std::size_t dim) {
  return dim < kFewestDimensionsOfDegree3 ? 2 : kLargestControlDegree;
}

/// Controls of degree k are used where moments of this degree exist. Their variance needs 2 k; but the mean of
/// something with heavy tails is near its expectation only when an outlier is among the sample, and the
/// standard error does not tell. (At d = 1, n_r = 18, n_s = 180, lambda = 1, where moments of degree 18 exist,
/// intervals of 400 chains with degree 3 covered 81 %; of 1,200 with degree 2 94 %. At d = 1, n_r = 12, n_s =
/// 120, where those of degree 12 exist and no more, 94.1 % of 1,000 with degree 2, one of them 5.1 standard
/// errors off; with degree 1 95.6 %, the farthest 3.6.)
constexpr std::size_t controlMoments(std::size_t degree, std::size_t dim) {
  std::size_t const ofDegree2 = dim < kFewestDimensionsOfDegree3 ? 16 : 12;
  return degree < 2 ? 2 : degree == 2 ? ofDegree2 : 24;
}

/// The expectation of a product of `degree` centred factors is a difference of moments near 1, of which
/// rounding takes eps, and is itself about (2 / (N d))^(degree / 2). Where that ratio was near 1e-6 and 1e-5 (d
/// = 100, N = 1e5 and 6e5) the error of the distance relative to itself was one to two times as large; at 1e-3
/// the regression had broken down. Three times the ratio must be below this.
constexpr double kLargestRounding = 1e-6;

std::string wholeNumber(double value) { return std::to_string(static_cast<std::uint64_t>(value)); }

bool hasDigits(StationaryLoop const& loop, std::size_t degree) {
  double const fluctuation = 0.5 * loop.total() * static_cast<double>(loop.dim);
  // fluctuation^(degree / 2). (std::pow gives other bits on other processors.)
  double growth = degree % 2 == 0 ? 1 : std::sqrt(fluctuation);
  for (std::size_t i = 0; i < degree / 2; ++i) growth *= fluctuation;
  return degree < 2 || 3 * (std::numeric_limits<double>::epsilon() * growth) < kLargestRounding;
}

}  // namespace

LimitPointTheory::LimitPointTheory(StationaryLoop const& loop, std::optional<double> referenceTrace,
                                   std::size_t degree)
    : loop_(loop), referenceTrace_(referenceTrace) {
  if (!(momentGrowth(loop, 2) < 1)) {
    throw Error(ErrorCode::noVariance,
                "the distance must have a finite variance, got real = " + wholeNumber(loop.real) +
                    ", synthetic = " + wholeNumber(loop.synthetic) + ", lambda = " +
                    shortestDecimal(loop.lambda) + ": more real samples, or a smaller lambda, give it one");
  }
  firstMoments_ = stationaryFirstMoments(loop);
  if (hasAllMoments()) {
    // Where all fluctuations are small the variance is, too, and needs fewer controls.
    std::size_t const most = std::min(degree, mostDegree(loop.dim));
    // A reference's covariance may have any rank, which is not known before its chains run.
    std::size_t const fewestDimensions = hasReference() ? 1 : loop.dim;
    while (controlDegree_ < most && hasDigits(loop, controlDegree_ + 1) &&
           momentGrowth(loop, controlMoments(controlDegree_ + 1, fewestDimensions)) < 1)
      ++controlDegree_;
    moments_ = freshLoopMoments(loop, controlDegree_);
  }
  heavyTails_ = controlDegree_ == 1 && !(momentGrowth(loop, 4) < 1);
  findSpread();
}

void LimitPointTheory::findSpread() {
  if (hasSecondMoments()) {
    double const sigma = firstMoments_.covariance();
    double const square = moments_[StateMonomial{{0, 1}, {}}];
    spread_ = std::max(0.0, square / (static_cast<double>(loop_.dim) * sigma * sigma) - 1);
    return;
  }
  ApproximateDispersion const dispersion = approximateDispersion(loop_);
  spread_ = dispersion.spread;
  commonSpread_ = dispersion.common;
}

namespace {

/// Seconds of one core, from measurements at dim 2 to 200: only to choose and to order by.
double generationSeconds(double dim, double models) {
  return 1.5e-6 * models + 5e-9 * dim * dim * models + 4e-11 * dim * dim * dim * models;
}
double recordingSeconds(double dim) { return 1e-6 + 2e-9 * dim * dim + 4e-11 * dim * dim * dim; }

std::uint64_t roundUp(double value) { return static_cast<std::uint64_t>(std::ceil(value)); }

}  // namespace

double LimitPointTheory::rememberedModels() const {
  return std::min(static_cast<double>(loop_.memory), loop_.synthetic + 1);
}

LimitPointSchedule LimitPointTheory::schedule(double relativeError) const {
  LimitPointSchedule schedule;
  // A chain starts with the exact first moments and, where they are known, second moments of one time: what is
  // wrong at its start is of the next degree, and shrinks like that power of the rate.
  std::size_t const wrongDegree = hasSecondMoments() ? 3 : 2;
  double const rateOfCovariance = covarianceRate(loop_);
  double const logRate = rateOfCovariance > 0 ? -logarithm(rateOfCovariance) : 40;
  // The bias must be small against the standard error that is reached, which with good controls is much smaller
  // than the one asked for.
  double const startBias = 0.05;
  double const target = 0.05 * std::min(relativeError, 2e-4);
  double const reduction = std::max(1.0, logarithm(startBias / target));
  schedule.burnIn = 1 + roundUp(reduction / (static_cast<double>(wrongDegree) * logRate));

  // What controls leave of the distance is of the next degree. Recording every stride-th generation costs less,
  // skipping too many loses information.
  double const residualRate = exponential(-logRate * static_cast<double>(controlDegree_ + 1));
  auto const dim = static_cast<double>(loop_.dim);
  double const generation = generationSeconds(dim, rememberedModels());
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
  double const sigma = firstMoments_.covariance();
  schedule.centre = referenceTrace() *
                    (firstMoments_.mean + sigma + 1 - 2 * std::sqrt(sigma) * (1 - std::min(spread_, 1.0) / 8));
  // Few recordings where a first handful of chains will do; where many are needed, enough to be worth the
  // burn-in. In few dimensions what is left has heavy tails, and a chain's mean needs many to be near normal
  // (at d = 2, n_r = 40, n_s = 4000, lambda = 1, intervals from chains of 10 recordings held 92 % of 700).
  bool const many = relativeError < 5e-4 || loop_.dim < kFewestDimensionsOfDegree3 ||
                    controlDegree_ < mostDegree(loop_.dim) ||
                    !(momentGrowth(loop_, controlMoments(kLargestControlDegree, loop_.dim)) < 1);
  double const span = many ? 3 * static_cast<double>(schedule.burnIn) : 0;
  schedule.recordings =
      std::max<std::uint64_t>(10, 2 * roundUp(span / (2 * static_cast<double>(schedule.stride))));
  return schedule;
}

double LimitPointTheory::seconds(LimitPointSchedule const& schedule) const {
  auto const dim = static_cast<double>(loop_.dim);
  return static_cast<double>(schedule.generations()) * generationSeconds(dim, rememberedModels()) +
         static_cast<double>(schedule.recordings) * recordingSeconds(dim);
}

}  // namespace madloop::limits
