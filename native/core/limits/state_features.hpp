// What the chains of a limit point measure of a model.
#pragma once

#include <array>
#include <memory>
#include <optional>

#include "core/base/task.hpp"
#include "core/gaussian/covariance_factor.hpp"
#include "core/limits/fresh_loop_moments.hpp"
#include "core/linalg/matrix.hpp"
#include "core/linalg/root_differences.hpp"

namespace madloop::limits {

/// A reference other than N(0, I). The loop commutes with affine maps, so it runs in the coordinates in which
/// the reference is N(0, I_r), r the rank of its covariance S = F F'; there Sigma stands for F Sigma F', and
/// distances are taken with B = F' F.
struct ReferenceMetric {
  double trace = 0;                                   // tr S
  linalg::Matrix values;                              // B, r x r
  linalg::Matrix factor;                              // F
  std::shared_ptr<linalg::NearDistances const> near;  // distances from S
};

/// What is measured of one state N(mu, Sigma); the metric's where there is one.
struct StateFeatures {
  double distance = 0;                                // from the reference
  std::array<double, kLargestMomentDegree> traces{};  // tr Sigma^(i + 1)
  std::array<double, kLargestMomentDegree> forms{};   // mu' Sigma^i mu
  double metricTrace = 0;                             // tr B Sigma
  double metricForm = 0;                              // mu' B mu
  std::array<double, 2> metricTraces{};               // tr (B Sigma B)^(i + 1)
};

/// Measures a state; without a metric the reference is N(0, I). Errors of the distance are below 1e-10 of the
/// traces, and of order eps times the root of the traces times the distance where that is small against them.
StateFeatures measureState(gaussian::FactoredGaussian const& state,
                           std::optional<ReferenceMetric> const& metric, Task const& task);

}  // namespace madloop::limits
