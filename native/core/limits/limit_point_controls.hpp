// Control variates of a limit point: functions of the state whose stationary expectation is known exactly.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "core/base/task.hpp"
#include "core/limits/limit_point_theory.hpp"
#include "core/limits/state_features.hpp"

namespace madloop::limits {

/// What is measured of the fixed real set of a chain in synthetic augmentation: N(m, S) is fitted to it.
struct FixedDataMoments {
  double distance = 0;     // from N(m, S) to N(0, I)
  double trace = 0;        // tr S
  double squareTrace = 0;  // tr S^2
  double meanSquare = 0;   // |m|^2
  double metricTrace = 0;  // tr B S
  double metricForm = 0;   // m' B m
};

/// A product of up to three traces (0 ... 3) and quadratic forms (4 ... 7) of StateFeatures, each about its own
/// expectation; less the expectation of the product.
struct ControlProduct {
  std::array<std::size_t, 3> factors{};
  std::size_t size = 0;
  double expectation = 0;
};

class LimitPointControls {
 public:
  /// How many they are.
  static std::size_t count(LimitPointTheory const& theory);

  /// The theory outlives them. `metric` is the B of ReferenceMetric, null for the reference N(0, I).
  LimitPointControls(LimitPointTheory const& theory, linalg::Matrix const* metric, Task const& task);

  [[nodiscard]] std::size_t count() const { return count(theory_); }

  /// Writes count() values with expectation 0. `fixedSet` is read in synthetic augmentation.
  void evaluate(StateFeatures const& state, FixedDataMoments const& fixedSet, double* out) const;

 private:
  double centredExpectation(ControlProduct const& product) const;

  LimitPointTheory const& theory_;
  std::vector<ControlProduct> products_;
  std::array<double, 2 * kLargestMomentDegree> centres_{};  // E of traces, then of forms
  double metricTrace_ = 0;                                  // tr B
  double metricSquare_ = 0;                                 // tr B^2
  double metricFourth_ = 0;                                 // tr B^4
  double pairProduct_ = 0;                                  // E Sigma_ii Sigma_jj, i != j
  double pairSquare_ = 0;                                   // E Sigma_ij^2, i != j
  double fixedDistance_ = 0;  // E of the distance of the Gaussian fitted to the fixed set
};

}  // namespace madloop::limits
