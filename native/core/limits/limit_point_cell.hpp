// One limit point to be estimated: what is known of its loop exactly, and how its chains run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/limits/fresh_loop_moments.hpp"
#include "core/linalg/eigen.hpp"
#include "core/loop/gaussian_loop.hpp"

namespace madloop::limits {

/// First moments of the stationary law with reference N(0, I), any memory. In
/// synthetic augmentation conditional on the real set, in units of its covariance and about its mean.
struct StationaryFirstMoments {
  double covariance = 0;  // E Sigma = covariance I
  double mean = 0;        // E mu mu' = mean I
  double meanCross = 0;   // E mu mu_j' = meanCross I for two of the last `memory` models
};

StationaryFirstMoments stationaryFirstMoments(loop::GaussianLoopParameters const& parameters);

/// How the chains of a cell run: burnIn generations, then `recordings` times `stride` generations of which the
/// last is recorded.
struct LimitPointSchedule {
  std::uint64_t burnIn = 0;
  std::uint64_t stride = 1;
  std::uint64_t recordings = 2;  // even
  double centre = 0;  // near the distance: recorded ones are taken from it, so that squares keep digits
};

/// A reference other than N(0, I). The loop commutes with affine maps, so it runs in the coordinates in which
/// the reference is N(0, I_r), r the rank of its covariance S = F F'; there Sigma stands for F Sigma F', and
/// distances are taken with F' F.
struct ReferenceMetric {
  double trace = 0;            // of S
  linalg::EigenMatrix values;  // F' F, r x r
};

/// What is known exactly of a loop, and how to estimate its limit point.
class LimitPointCell {
 public:
  /// `parameters` has the variant freshData or syntheticAugmentation and no reference; `initial`, `pool`,
  /// `engine` and what counts generations and replicates do not matter. `metric` may be without values where no
  /// chain runs. Errors: noVariance where the distance has no finite variance.
  LimitPointCell(loop::GaussianLoopParameters const& parameters, std::optional<ReferenceMetric> metric);

  [[nodiscard]] loop::GaussianLoopParameters const& parameters() const { return parameters_; }
  /// Empty for N(0, I).
  [[nodiscard]] std::optional<ReferenceMetric> const& metric() const { return metric_; }
  [[nodiscard]] double referenceTrace() const {
    return metric_ ? metric_->trace : static_cast<double>(parameters_.dim);
  }

  [[nodiscard]] StationaryFirstMoments const& firstMoments() const { return firstMoments_; }
  /// All moments up to controlDegree(): fresh data with memory 1 alone.
  [[nodiscard]] StationaryMoments const& moments() const { return moments_; }
  /// The largest degree of control variates that have a known expectation and tails light enough.
  [[nodiscard]] std::size_t controlDegree() const { return controlDegree_; }
  [[nodiscard]] bool hasAllMoments() const {
    return parameters_.variant == loop::LoopVariant::freshData && parameters_.memory == 1;
  }

  /// By how much the eigenvalues of Sigma vary: E tr Sigma^2 / (d sigma^2) - 1; a guess where it is not known.
  [[nodiscard]] double spread() const { return spread_; }
  /// The part of it that models have in common.
  [[nodiscard]] double commonSpread() const { return commonSpread_; }
  /// 1 / (1 - rho) in generations, rho the spectral radius of the recursion of the first moments.
  [[nodiscard]] double relaxationTime() const { return relaxationTime_; }

  /// What brings a chain's bias below a twentieth of `relativeError` (of 2e-4 where that is larger), and chains
  /// of a length that suits.
  [[nodiscard]] LimitPointSchedule schedule(double relativeError) const;
  /// Rough seconds of one core for one chain.
  [[nodiscard]] double seconds(LimitPointSchedule const& schedule) const;

 private:
  void findSpread();
  void findRelaxation();

  loop::GaussianLoopParameters parameters_;
  std::optional<ReferenceMetric> metric_;
  StationaryFirstMoments firstMoments_;
  StationaryMoments moments_;
  std::size_t controlDegree_ = 1;
  double spread_ = 0;
  double commonSpread_ = 0;
  double relaxationTime_ = 1;
  double covarianceRate_ = 0;  // by what factor a generation shrinks what a chain remembers of its covariance
};

}  // namespace madloop::limits
