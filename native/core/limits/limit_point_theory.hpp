// What is known exactly of a loop whose limit point is estimated, and how its chains run by it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/limits/fresh_loop_moments.hpp"
#include "core/limits/stationary_loop.hpp"
#include "core/limits/stationary_moments.hpp"

namespace madloop::limits {

/// Controls of degree 3 remove most of what those of degree 2 leave; the 20 of degree 4 cost more than they
/// gain.
inline constexpr std::size_t kLargestControlDegree = 3;

/// How the chains of a limit point run: burnIn generations, then `recordings` times `stride` generations of
/// which the last is recorded.
struct LimitPointSchedule {
  std::uint64_t burnIn = 0;
  std::uint64_t stride = 1;
  std::uint64_t recordings = 2;  // even
  double centre = 0;  // near the distance: recorded ones are taken from it, so that squares keep digits

  [[nodiscard]] std::uint64_t generations() const { return burnIn + stride * recordings; }
};

class LimitPointTheory {
 public:
  /// A reference other than N(0, I) is known by the trace of its covariance alone: the loop commutes with
  /// affine maps and runs in coordinates in which the reference is N(0, I). `degree` bounds controlDegree().
  /// Errors: noVariance where the distance has no finite variance.
  explicit LimitPointTheory(StationaryLoop const& loop, std::optional<double> referenceTrace = std::nullopt,
                            std::size_t degree = kLargestControlDegree);

  [[nodiscard]] StationaryLoop const& loop() const { return loop_; }
  [[nodiscard]] bool hasReference() const { return referenceTrace_.has_value(); }
  [[nodiscard]] double referenceTrace() const {
    return referenceTrace_.value_or(static_cast<double>(loop_.dim));
  }

  [[nodiscard]] StationaryFirstMoments const& firstMoments() const { return firstMoments_; }
  /// All moments up to controlDegree(): fresh data with memory 1 alone.
  [[nodiscard]] FreshLoopMoments const& moments() const { return moments_; }
  /// The largest degree of control variates that have a known expectation and tails light enough.
  [[nodiscard]] std::size_t controlDegree() const { return controlDegree_; }
  /// Whether the distance has no fourth moment, so that a standard error from chains is itself most uncertain.
  [[nodiscard]] bool heavyTails() const { return heavyTails_; }
  [[nodiscard]] bool hasAllMoments() const { return loop_.freshData() && loop_.memory == 1; }
  [[nodiscard]] bool hasSecondMoments() const { return hasAllMoments() && controlDegree_ >= 2; }

  /// By how much the eigenvalues of Sigma vary: E tr Sigma^2 / (d sigma^2) - 1; a guess where it is not known.
  [[nodiscard]] double spread() const { return spread_; }
  /// The part of it that models have in common.
  [[nodiscard]] double commonSpread() const { return commonSpread_; }

  /// What brings a chain's bias below a twentieth of `relativeError` (of 2e-4 where that is larger), and chains
  /// of a length that suits.
  [[nodiscard]] LimitPointSchedule schedule(double relativeError) const;
  /// Rough seconds of one core for one chain.
  [[nodiscard]] double seconds(LimitPointSchedule const& schedule) const;

 private:
  void findSpread();
  [[nodiscard]] double rememberedModels() const;

  StationaryLoop loop_;
  std::optional<double> referenceTrace_;
  StationaryFirstMoments firstMoments_;
  FreshLoopMoments moments_;
  std::size_t controlDegree_ = 1;
  bool heavyTails_ = false;
  double spread_ = 0;
  double commonSpread_ = 0;
};

}  // namespace madloop::limits
