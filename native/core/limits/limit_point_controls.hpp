// Control variates of a limit point: functions of the state whose stationary expectation is known exactly.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "core/limits/limit_point_cell.hpp"
#include "core/loop/gaussian_part.hpp"

namespace madloop::limits {

/// What is measured of one state.
struct StateFeatures {
  double distance = 0;
  std::array<double, largestMomentDegree> traces{};  // tr Sigma^(i + 1)
  std::array<double, largestMomentDegree> forms{};   // mu' Sigma^i mu
  double metricTrace = 0;                            // tr B Sigma
  double metricForm = 0;                             // mu' B mu
  std::array<double, 2> metricTraces{};              // tr (B Sigma B)^(i + 1)
};

/// Measures a state. Errors of the distance are below 1e-10 of the traces.
StateFeatures measureState(loop::GaussianState const& state, LimitPointCell const& cell, Task const& task);

/// The real set of a chain in synthetic augmentation.
struct FixedSetFeatures {
  double distance = 0;     // of the Gaussian fitted to it to N(0, I)
  double trace = 0;        // of its covariance S
  double squareTrace = 0;  // tr S^2
  double meanSquare = 0;   // |mean|^2
  double metricTrace = 0;  // tr B S
  double metricForm = 0;   // mean' B mean
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
  /// How many the controls of a cell are.
  static std::size_t count(LimitPointCell const& cell);

  /// The cell outlives them and has its metric's values.
  LimitPointControls(LimitPointCell const& cell, Task& task);

  [[nodiscard]] std::size_t count() const { return count(cell_); }

  /// Writes count() values with expectation 0. `fixedSet` is read in synthetic augmentation.
  void evaluate(StateFeatures const& state, FixedSetFeatures const& fixedSet, double* out) const;

 private:
  double centredExpectation(ControlProduct const& product) const;

  LimitPointCell const& cell_;
  std::vector<ControlProduct> products_;
  std::array<double, 2 * largestMomentDegree> centres_{};  // E of traces, then of forms
  double metricTrace_ = 0;                                 // tr B
  double metricSquare_ = 0;                                // tr B^2
  double metricFourth_ = 0;                                // tr B^4
  double pairProduct_ = 0;                                 // E Sigma_ii Sigma_jj, i != j
  double pairSquare_ = 0;                                  // E Sigma_ij^2, i != j
  double fixedDistance_ = 0;  // E of the distance of the Gaussian fitted to the fixed set
};

}  // namespace madloop::limits
