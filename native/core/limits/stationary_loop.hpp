// The loops that forget where they started, as far as their stationary laws depend on them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/gaussian/divisor.hpp"
#include "core/loop/gaussian_loop.hpp"

namespace madloop::limits {

/// A loop with real data in every generation and the reference N(0, I_d).
struct StationaryLoop {
  std::size_t dim = 0;   // d
  double real = 0;       // n_r; formulas take any number, chains whole ones
  double synthetic = 0;  // n_s, likewise; 0 is plain estimation from n_r samples
  double lambda = 1;     // synthetic samples come from N(mu, lambda Sigma)
  gaussian::CovarianceDivisor divisor = gaussian::CovarianceDivisor::unbiased;
  loop::LoopVariant variant = loop::LoopVariant::freshData;  // or syntheticAugmentation
  std::uint64_t memory = 1;  // each synthetic sample draws one of the last so many models

  [[nodiscard]] bool freshData() const { return variant == loop::LoopVariant::freshData; }
  /// N = n_r + n_s.
  [[nodiscard]] double total() const { return real + synthetic; }
  /// p = n_r / N and q = n_s / N.
  [[nodiscard]] double realShare() const { return real / total(); }
  [[nodiscard]] double syntheticShare() const { return synthetic / total(); }
  /// The factor of a fitted covariance against the one with divisor N - 1.
  [[nodiscard]] double shrinkage() const {
    return divisor == gaussian::CovarianceDivisor::mle ? (total() - 1) / total() : 1;
  }
};

}  // namespace madloop::limits
