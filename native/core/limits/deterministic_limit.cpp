#include "core/limits/deterministic_limit.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "core/base/decimal.hpp"
#include "core/base/elementary.hpp"
#include "core/base/sum.hpp"
#include "core/limits/stationary_moments.hpp"

// Let H be the limiting spectral law of the stationary Sigma, m(s) = int dH(tau)/(tau + s) for s > 0 and
// w(s) = 1/m(s) - s. With a = n_r/n, b = n_s/n, y = d/n the deterministic equivalent of a sum of two sample
// covariances, of I and of lambda Sigma (Couillet & Debbah 2011, chapter 6), gives for a stationary law, at
// each s,
//
//   w(s) = A + B w(t),  t = (A + s)/B,  A = a/(1 + y m(s)),  B = lambda b/(1 + y lambda w(t) m(s)/B).
//
// B w(t) = w(s) - A turns the last one into B = lambda b - x, x = y lambda (w(s) - A) m(s). As B < lambda b <=
// 1, t lies above s: where w is known above s, this is one equation for w(s), and a sweep from s = infinity
// down solves for w without a single generation being iterated.
//
// Everything is written in u = mu_1 - w >= 0, mu_1 = a/(1 - lambda b) the mean of H, in which nothing cancels:
//
//   u(s) = a d_1/(1 + d_1) + mu_1 x + B u(t),   d_1 = y/(w + s),
//   1 - int sqrt(tau/mu_1) dH = (1/pi) int_0^inf sqrt(s) u / ((w + s) (mu_1 + s) sqrt(mu_1)) ds.
//
// g(s) = u(s) (mu_1 + s) tends to the variance V of H as s -> infinity, and is analytic in log s in a strip of
// half-width pi: it is what is stored, on a uniform grid of log s, and interpolated.

namespace madloop::limits {

namespace {

constexpr double kInversePi = 0.3183098861837907;

// Grid of log(s/mu_1). Beyond its upper end g = V to 1e-9; below its lower end lies 1e-8 of the integral at
// most.
constexpr double kLogTop = 20.7;      // 1e9
constexpr double kLogBottom = -27.6;  // 1e-12
constexpr double kStep = 0.05;
constexpr std::size_t kNodeCount = static_cast<std::size_t>((kLogTop - kLogBottom) / kStep) + 1;

// Six nodes: where t is next to s, the interpolation is the backward differentiation formula of order 5, the
// last but one that is stable (Hairer & Wanner 1996, III.3).
constexpr std::size_t kStencil = 6;

/// Relative spectral law of the loop's stationary covariance: the sweep described above, with mu_1 = 1.
class SpectralSweep {
 public:
  explicit SpectralSweep(StationaryLoop const& loop)
      : real_(loop.real / (loop.real + loop.synthetic)),
        carried_(loop.lambda * (loop.synthetic / (loop.real + loop.synthetic))),
        aspect_(static_cast<double>(loop.dim) / (loop.real + loop.synthetic - 1)),
        lambda_(loop.lambda),
        // 1 - lambda b = a + (1 - lambda) b without cancellation
        mean_(real_ / (real_ + (1 - loop.lambda) * (loop.synthetic / (loop.real + loop.synthetic)))),
        variance_(aspect_ * (real_ + lambda_ * carried_ * mean_ * mean_) / ((real_ / mean_) * (1 + carried_))) {
  }

  /// V/mu_1^2.
  [[nodiscard]] double relativeVariance() const { return variance_ / (mean_ * mean_); }

  /// The part of V that a generation's synthetic samples add to what they carry on; real ones add the rest.
  [[nodiscard]] double syntheticShare() const {
    double const synthetic = lambda_ * carried_ * mean_ * mean_;
    return synthetic / (real_ + synthetic);
  }

  /// 1 - int sqrt(tau) dH/sqrt(mu_1).
  double rootDeficit(Task const& task) {
    for (std::size_t node = 0; node < kNodeCount; ++node) {
      if (node % 64 == 0) task.throwIfCancelled();
      solveAt(node);
    }
    auto const integrand = [this](std::size_t node) {  // of d log s
      double const s = argument(node);
      double const u = values_[node] / (mean_ + s);
      return s * std::sqrt(s) * u / ((mean_ - u + s) * (mean_ + s) * std::sqrt(mean_));
    };
    // The trapezoidal rule converges exponentially here; beyond the ends the integrand is a power of s.
    double const top = integrand(0);
    double const bottom = integrand(kNodeCount - 1);
    double const slope = logarithm(integrand(kNodeCount - 2) / bottom) / kStep;
    double const inner = fixedOrderSum(kNodeCount, integrand) - 0.5 * (top + bottom);
    return kInversePi * (kStep * inner + top / 1.5 + bottom / slope);
  }

 private:
  [[nodiscard]] double argument(std::size_t node) const {
    return mean_ * exponential(kLogTop - kStep * static_cast<double>(node));
  }

  /// g at an argument, given what stands at nodes 0 ... last.
  [[nodiscard]] double interpolate(double s, std::size_t last) const {
    double const position = (kLogTop - logarithm(s / mean_)) / kStep;
    if (!(position > 0)) return variance_;
    if (last + 1 < kStencil) {  // the topmost cells, where g is constant
      return values_[std::min(last, static_cast<std::size_t>(position + 0.5))];
    }
    std::size_t const cell = std::min(last, static_cast<std::size_t>(position));
    std::size_t const first = std::min(cell >= 2 ? cell - 2 : 0, last + 1 - kStencil);
    constexpr std::array<double, kStencil> weights = {1, -5, 10, -10, 5, -1};
    double numerator = 0;
    double denominator = 0;
    for (std::size_t k = 0; k < kStencil; ++k) {
      double const distance = position - static_cast<double>(first + k);
      if (distance == 0) return values_[first + k];
      double const weight = weights[k] / distance;
      numerator += weight * values_[first + k];
      denominator += weight;
    }
    return numerator / denominator;
  }

  /// Right-hand side less left-hand side of the equation for u at a node; positive where u is too small.
  double residual(std::size_t node, double s, double u) {
    double const w = mean_ - u;
    double const d1 = aspect_ / (w + s);
    double const a = real_ / (1 + d1);
    double result = real_ * d1 / (1 + d1) - u;
    if (carried_ > 0) {
      double const x = aspect_ * lambda_ * (w - a) / (w + s);
      double const b = carried_ - x;
      if (!(b > 0)) return mean_;
      double const t = std::max(s, (a + s) / b);
      values_[node] = u * (mean_ + s);  // it may be part of the interpolation
      result += mean_ * x + b * interpolate(t, node) / (mean_ + t);
    }
    return result;
  }

  /// The root in [0, mu_1]: secant steps inside a bracket, bisection where they do not halve it in time.
  void solveAt(std::size_t node) {
    constexpr int budget = 200;
    double const s = argument(node);
    double low = 0;
    double high = mean_;
    double u = (node > 0 ? values_[node - 1] : variance_) / (mean_ + s);
    double previous = -1;
    double previousResidual = 0;
    double widthBefore = 4 * mean_;
    for (int iteration = 0; iteration < budget; ++iteration) {
      if (!(u > low && u < high)) u = 0.5 * (low + high);
      double const value = residual(node, s, u);
      if (value > 0) {
        low = u;
      } else {
        high = u;
      }
      double const slope = previous < 0 ? -1 : (value - previousResidual) / (u - previous);
      double next = slope < 0 ? u - value / slope : 0.5 * (low + high);
      if (std::abs(next - u) <= 0x1p-51 * u || high - low <= 0x1p-51 * high) {
        values_[node] = u * (mean_ + s);
        return;
      }
      if (iteration % 8 == 7) {
        if (high - low > 0.5 * widthBefore) next = 0.5 * (low + high);
        widthBefore = high - low;
      }
      previous = u;
      previousResidual = value;
      u = next;
    }
    throw Error(ErrorCode::noConvergence, "deterministicLimit: no root at node " + std::to_string(node));
  }

  double real_;     // a
  double carried_;  // lambda b
  double aspect_;   // y
  double lambda_;
  double mean_;                                                   // mu_1
  double variance_;                                               // V
  std::vector<double> values_ = std::vector<double>(kNodeCount);  // g, from the top down
};

void check(StationaryLoop const& loop) {
  constexpr double mostSamples = 1e15;
  auto const refuse = [](char const* requirement, double got) {
    throwInvalidInput("deterministicLimit: " + std::string(requirement) + ", got " + shortestDecimal(got));
  };
  if (loop.dim < 1) refuse("dim must be at least 1", 0);
  if (!(loop.real >= 1 && loop.real <= mostSamples)) refuse("real must be from 1 to 1e+15", loop.real);
  if (!(loop.synthetic >= 0 && loop.synthetic <= mostSamples)) {
    refuse("synthetic must be from 0 to 1e+15", loop.synthetic);
  }
  if (!(loop.real + loop.synthetic >= 2))
    refuse("real + synthetic must be at least 2", loop.real + loop.synthetic);
  if (!(loop.lambda >= 0 && loop.lambda <= 1)) refuse("lambda must be from 0 to 1", loop.lambda);
}

}  // namespace

DeterministicLimit deterministicLimit(StationaryLoop const& loop, Task const& task) {
  check(loop);
  EigenvalueDispersion const exact = eigenvalueDispersion(loop);
  SpectralSweep sweep(loop);
  double const deficit = sweep.rootDeficit(task);
  // m + (sqrt(sigma) - 1)^2 + 2 sqrt(sigma) (1 - E tr Sigma^(1/2)/(d sqrt(sigma))), and what the spread beyond
  // that of H takes from E tr sqrt. Of the noise of real samples alone (n_s = 0) the next order in 1/d is known
  // (Dumitriu & Edelman 2006: quarter masses at the edges less half an arcsine law): within 10 % it takes 1/8
  // of the spread up to spread 1, d = n - 1, and (spread of H)^(-3/2) of that beyond. The noise of synthetic
  // samples multiplies eigenvalues that are spread already: tau (1 + epsilon) takes int sqrt(tau) dH
  // E[epsilon^2]/8 and adds E[epsilon^2] int tau^2 dH to the second moment. Each has its share of a
  // generation's noise.
  double const rootSigma = std::sqrt(1 + exact.bias);
  double const rootBias = exact.bias / (1 + rootSigma);
  double const leading = sweep.relativeVariance();
  double const ofReal = leading > 1 ? 1 / (leading * std::sqrt(leading)) : 1;
  double const ofSynthetic = (1 - deficit) / (1 + leading);
  double const share = sweep.syntheticShare();
  double const response = ((1 - share) * ofReal + share * ofSynthetic) / 8;
  double const loss = deficit + response * (exact.spread - leading);
  double const each = exact.meanSquare + rootBias * rootBias + 2 * rootSigma * loss;
  return {static_cast<double>(loop.dim) * each, exact.spread};
}

}  // namespace madloop::limits
