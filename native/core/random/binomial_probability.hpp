// Logarithms of binomial probabilities that keep their digits for any number of trials.
#pragma once

#include <cmath>

#include "core/base/elementary.hpp"

namespace madloop::random {

/// x log(x/expected) + expected - x for x > 0: the deviance of a count, without cancellation where x is near
/// `expected`. (Loader 2000, "Fast and accurate computation of binomial probabilities".)
inline double deviance(double x, double expected) {
  double const difference = x - expected;
  double const v = difference / (x + expected);
  // log(x/expected) = 2 artanh v
  if (std::fabs(v) < 0.25) return difference * v + 2 * x * v * elementary::areaTangentTail(v * v);
  return x * (logarithm(x) - logarithm(expected)) - difference;
}

/// log P(X = k) for X ~ Binomial(n, p), 0 < p < 1, up to a constant that depends on n alone. The difference of
/// two values is good to about 1e-13, and to about z 1e-8 at z standard deviations for n = 2^53 (n p rounds).
class BinomialLogProbability {
 public:
  BinomialLogProbability(double n, double p) : n_(n), p_(p) {}

  [[nodiscard]] double operator()(double k) const {
    if (k == 0) return n_ * logOnePlus(-p_) - constant();
    if (k == n_) return n_ * logarithm(p_) - constant();
    double const rest = n_ - k;
    return -stirlingError(k) - stirlingError(rest) - deviance(k, n_ * p_) - deviance(rest, n_ * (1 - p_)) -
           0.5 * (logarithm(k) + logarithm(rest));
  }

 private:
  /// What the general case leaves out: delta(n) + log(n / 2 pi) / 2.
  [[nodiscard]] double constant() const {
    return stirlingError(n_) + 0.5 * logarithm(n_) - elementary::kHalfLog2Pi;
  }

  double n_;
  double p_;
};

}  // namespace madloop::random
