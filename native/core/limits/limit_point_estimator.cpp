#include "core/limits/limit_point_estimator.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/base/decimal.hpp"
#include "core/base/error.hpp"
#include "core/limits/limit_point_chain.hpp"
#include "core/limits/limit_point_controls.hpp"

namespace madloop::limits {

namespace {

/// Chain numbers are 32-bit words of the random numbers' addresses.
constexpr std::uint64_t kMostChains = std::uint64_t{1} << 31;

/// More than eleven days of one core.
constexpr double kMostSeconds = 1e6;

/// The two halves of the recordings, in standard errors of their difference: by chance less than once in 5,000
/// stages.
constexpr double kLargestDrift = 6;
constexpr std::uint64_t kMostRestarts = 3;

std::uint64_t evenCount(double chains) { return 2 * static_cast<std::uint64_t>(std::ceil(chains / 2)); }

/// Few enough to cost little where they are plenty, many enough for a standard error to go by and for the
/// regression. In low dimension, controls are far from normal and a regression on few of them goes astray. (At
/// n_r = 40, n_s = 400, lambda = 1, intervals of 240 chains covered 93 % at d = 5; at n_r = 20, n_s = 200 those
/// of 120 chains 93 % at d = 20.)
std::uint64_t firstStage(std::size_t dim) {
  auto const d = static_cast<double>(dim);
  return evenCount(std::clamp(std::min(4800.0, 120'000 / d) / d, 12.0, 1200.0));
}

/// What state() has in front of the accumulator.
enum Field : std::size_t {
  version,
  dim,
  goal,
  controls,
  stride,
  recordings,
  restarts,
  discarded,
  finished,
  wanted,
  reached,
  fieldCount
};
constexpr double kVersion = 2;
constexpr double kNoStage = -1;  // in the place of the relative error reached

}  // namespace

LimitPointEstimator::LimitPointEstimator(LimitPointTheory const& theory, double relativeError)
    : goal_(relativeError),
      dim_(theory.loop().dim),
      heavyTails_(theory.heavyTails()),
      relaxationTime_(limits::relaxationTime(theory.loop())),
      controls_(LimitPointControls::count(theory)),
      planned_(theory.schedule(relativeError)),
      plannedSeconds_(theory.seconds(planned_)),
      schedule_(planned_),
      seconds_(plannedSeconds_),
      accumulator_(limitPointAccumulatorLength(controls_)) {
  want(firstStage(dim_));
}

std::size_t LimitPointEstimator::width() const { return chainWidth(controls_); }

std::optional<WantedChains> LimitPointEstimator::next() const {
  if (result_) return std::nullopt;
  std::uint64_t const count = wanted_ - finished_;
  return WantedChains{finished_, count, static_cast<double>(count) * seconds_};
}

void LimitPointEstimator::add(std::uint64_t first, std::span<double const> sums) {
  std::uint64_t const count = sums.size() / width();
  if (first != finished_ || sums.size() % width() != 0 || count > wanted_ - finished_) {
    double const got = static_cast<double>(sums.size()) / static_cast<double>(width());
    throw Error(ErrorCode::internal, "chains from " + std::to_string(finished_) + " below " +
                                         std::to_string(wanted_) + " were wanted, got " + shortestDecimal(got) +
                                         " from " + std::to_string(first));
  }
  addLimitPointChains(controls_, accumulator_.data(), sums.data(), first, count);
  finished_ += count;
  if (count > 0 && finished_ == wanted_) endStage();
}

LimitPoint const& LimitPointEstimator::result() const {
  if (!result_) throw Error(ErrorCode::internal, "the limit point is not finished");
  return *result_;
}

/// Asks for so many chains in all, unless nobody would wait for them.
void LimitPointEstimator::want(std::uint64_t chains) {
  if (chains > kMostChains || static_cast<double>(chains) * seconds_ > kMostSeconds) {
    throw Error(ErrorCode::noConvergence,
                "relativeError must be reachable in 2^31 chains and 1e+6 seconds of one core, got " +
                    fixedDecimal(goal_) + " and " + std::to_string(chains) + " chains of about " +
                    significantDigits(seconds_, 2) + " s (the loop's relaxation time is " +
                    significantDigits(relaxationTime_, 3) + " generations)");
  }
  wanted_ = chains;
}

void LimitPointEstimator::lengthenBurnIn() {
  auto const before = static_cast<double>(schedule_.generations());
  schedule_.burnIn *= 4;
  seconds_ = seconds_ * static_cast<double>(schedule_.generations()) / before;
}

/// The chains' random numbers are those of other generations then.
void LimitPointEstimator::startAgain() {
  discarded_ += finished_ * schedule_.generations();
  lengthenBurnIn();
  std::fill(accumulator_.begin(), accumulator_.end(), 0.0);
  restarts_ += 1;
  reached_.reset();
  finished_ = 0;
  want(firstStage(dim_));
}

void LimitPointEstimator::endStage() {
  LimitPointEstimate const estimate =
      estimateLimitPoint(schedule_, controls_, heavyTails_, accumulator_.data());
  if (std::abs(estimate.drift) > kLargestDrift && restarts_ < kMostRestarts) {
    startAgain();
    return;
  }
  double const distance = std::abs(estimate.distance);
  reached_ = estimate.standardError / distance;
  double const wantedError = goal_ * distance;
  if (!(estimate.standardError > wantedError)) {
    finish(estimate);
    return;
  }
  // As many chains as the standard error asks for, and some more, so that the next stage is the last in most
  // cases; at most 50 times as many, as a standard error from few chains is itself uncertain.
  double const excess = estimate.standardError / wantedError;
  auto const chains = static_cast<double>(finished_);
  want(evenCount(std::min(std::max(1.1 * (excess * excess) * chains, chains + 4), 50 * chains)));
}

void LimitPointEstimator::finish(LimitPointEstimate const& estimate) {
  result_ = LimitPoint{estimate.distance,
                       estimate.standardError,
                       estimate.lower,
                       estimate.upper,
                       discarded_ + finished_ * schedule_.generations(),
                       finished_,
                       schedule_.burnIn,
                       relaxationTime_,
                       controls_,
                       estimate.varianceReduction,
                       heavyTails_};
}

std::vector<double> LimitPointEstimator::state() const {
  std::vector<double> state(fieldCount);
  state[version] = kVersion;
  state[dim] = static_cast<double>(dim_);
  state[goal] = goal_;
  state[Field::controls] = static_cast<double>(controls_);
  state[stride] = static_cast<double>(planned_.stride);
  state[recordings] = static_cast<double>(planned_.recordings);
  state[restarts] = static_cast<double>(restarts_);
  state[discarded] = static_cast<double>(discarded_);
  state[finished] = static_cast<double>(finished_);
  state[wanted] = static_cast<double>(wanted_);
  state[reached] = reached_.value_or(kNoStage);
  state.insert(state.end(), accumulator_.begin(), accumulator_.end());
  return state;
}

void LimitPointEstimator::restore(std::vector<double> const& state) {
  auto const refuse = [](char const* requirement, double got) {
    throwInvalidInput("limit point estimator: state must " + std::string(requirement) + ", got " +
                      shortestDecimal(got));
  };
  if (state.empty() || state[version] != kVersion)
    refuse("be of version 2", state.empty() ? 0 : state[version]);
  std::size_t const length = fieldCount + accumulator_.size();
  if (state.size() != length)
    refuse("have the length of this limit point's", static_cast<double>(state.size()));
  std::vector<double> const own = this->state();
  for (Field const field : {dim, goal, Field::controls, stride, recordings}) {
    if (state[field] != own[field]) refuse("be of this limit point", state[field]);
  }
  for (Field const field : {restarts, discarded, finished, wanted}) {
    if (!(state[field] >= 0 && state[field] < 0x1p53 && std::trunc(state[field]) == state[field]))
      refuse("have whole counts", state[field]);
  }
  if (state[restarts] > static_cast<double>(kMostRestarts)) refuse("have at most 3 restarts", state[restarts]);
  if (state[wanted] > static_cast<double>(kMostChains) || state[finished] > state[wanted])
    refuse("have no more chains finished than wanted", state[finished]);

  schedule_ = planned_;
  seconds_ = plannedSeconds_;
  restarts_ = static_cast<std::uint64_t>(state[restarts]);
  for (std::uint64_t i = 0; i < restarts_; ++i) lengthenBurnIn();
  discarded_ = static_cast<std::uint64_t>(state[discarded]);
  finished_ = static_cast<std::uint64_t>(state[finished]);
  wanted_ = static_cast<std::uint64_t>(state[wanted]);
  reached_ = state[reached] == kNoStage ? std::nullopt : std::optional(state[reached]);
  std::copy(state.begin() + fieldCount, state.end(), accumulator_.begin());
  result_.reset();
  if (finished_ == wanted_) endStage();
}

}  // namespace madloop::limits
