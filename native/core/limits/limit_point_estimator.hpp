// The estimate of one limit point in progress: how many chains, and when it is enough.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/limits/limit_point_estimate.hpp"
#include "core/limits/limit_point_theory.hpp"

namespace madloop::limits {

/// Some of the chains of a limit point.
struct WantedChains {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  double seconds = 0;  // roughly what they take of one core
};

/// A finished estimate, and how it was made.
struct LimitPoint {
  double distance = 0;
  double standardError = 0;
  double lower = 0;               // lower end of the 95 % interval
  double upper = 0;               // its upper end
  std::uint64_t generations = 0;  // all that were run, discarded chains' too
  std::uint64_t chains = 0;
  std::uint64_t burnIn = 0;
  double relaxationTime = 0;
  std::size_t controls = 0;
  double varianceReduction = 1;
  bool heavyTails = false;  // see LimitPointTheory
};

/// Sequential: chains come in stages, and the standard error at the end of one decides how many the next has.
/// So the stages, and with them the result, depend on the theory and the chains' numbers alone, not on how a
/// stage is split into calls.
///
/// Where a stage's chains turn out to start from too far, as their two halves differ by more than six standard
/// errors, everything begins again with a burn-in of four times the length, three times at most.
class LimitPointEstimator {
 public:
  /// Wants a standard error of at most `relativeError` times the distance. Errors: noConvergence where chains
  /// would run for days.
  LimitPointEstimator(LimitPointTheory const& theory, double relativeError);

  /// By what the chains are to be run.
  [[nodiscard]] LimitPointSchedule const& schedule() const { return schedule_; }
  [[nodiscard]] std::size_t controls() const { return controls_; }
  /// Numbers that a chain returns.
  [[nodiscard]] std::size_t width() const;

  /// The chains wanted next; none when the precision is reached.
  [[nodiscard]] std::optional<WantedChains> next() const;

  /// Takes the sums of chains first, first + 1, ...: any number of those wanted, width() numbers each. Errors:
  /// internal for others; noConvergence where too many more chains would be needed.
  void add(std::uint64_t first, std::span<double const> sums);

  /// Standard error over distance at the end of the last stage; none before the first.
  [[nodiscard]] std::optional<double> relativeError() const { return reached_; }

  /// Errors: internal before the precision is reached.
  [[nodiscard]] LimitPoint const& result() const;

  /// All that chains have made of it, as plain numbers.
  [[nodiscard]] std::vector<double> state() const;
  /// Goes on from the state() of an estimator of the same theory and relative error. Errors: invalidInput for
  /// one of another version or of another shape.
  void restore(std::vector<double> const& state);

 private:
  void want(std::uint64_t chains);
  void lengthenBurnIn();
  void startAgain();
  void endStage();
  void finish(LimitPointEstimate const& estimate);

  double const goal_;  // standard error over distance
  std::size_t const dim_;
  bool const heavyTails_;
  double const relaxationTime_;
  std::size_t const controls_;
  LimitPointSchedule const planned_;
  double const plannedSeconds_;  // what a chain takes of one core

  LimitPointSchedule schedule_;
  double seconds_;
  std::vector<double> accumulator_;
  std::uint64_t finished_ = 0;
  std::uint64_t wanted_ = 0;
  std::uint64_t restarts_ = 0;
  std::uint64_t discarded_ = 0;  // generations
  std::optional<double> reached_;
  std::optional<LimitPoint> result_;
};

}  // namespace madloop::limits
