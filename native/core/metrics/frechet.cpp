#include "core/metrics/frechet.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "core/base/sum.hpp"
#include "core/linalg/congruence.hpp"
#include "core/linalg/inverse_norm.hpp"
#include "core/linalg/norms.hpp"
#include "core/linalg/nuclear_norm.hpp"

namespace madloop::metrics {

using gaussian::FactoredGaussian;

namespace {

constexpr double kEps = std::numeric_limits<double>::epsilon();

/// Bound on the rounding of the sum of roots, as a part of the two traces, above which the slower ways are
/// taken. Twice that enters the distance, whose error is to be below 1e-12 of the traces.
constexpr double kTolerance = 4e-13;

/// Dimension from which the eigenvalues of L1^T S2 L1 cost less than factors of both.
constexpr std::size_t kCongruenceDim = 768;

/// The same Gaussian by the same factor.
bool identical(FactoredGaussian const& a, FactoredGaussian const& b) {
  linalg::Matrix const& first = a.covariance.values();
  linalg::Matrix const& second = b.covariance.values();
  return std::ranges::equal(a.mean, b.mean) && first.cols() == second.cols() &&
         std::equal(first.data(), first.data() + first.size(), second.data()) &&
         a.covariance.trace() == b.covariance.trace();
}

double squaredDistance(linalg::Vector const& a, linalg::Vector const& b) {
  return fixedOrderSum(static_cast<std::size_t>(a.size()), [&](std::size_t i) {
    double const difference = a[static_cast<linalg::Index>(i)] - b[static_cast<linalg::Index>(i)];
    return difference * difference;
  });
}

/// tr (S1 S2)^(1/2) from the eigenvalues of L1^T S2 L1, S1 = L1 L1^T; empty where that is not accurate, or not
/// likely to be. The covariances are used up.
std::optional<linalg::NuclearNorm> rootsByCongruence(gaussian::CheckedMoments& a, gaussian::CheckedMoments& b,
                                                     Task const& task) {
  auto const n = static_cast<double>(a.mean.size());
  double const tolerance = kTolerance * (a.trace + b.trace);
  // Both scales within 2^200: the products of both are far from the ends of the range.
  for (double const trace : {a.trace, b.trace}) {
    if (!(trace > 0) || std::abs(std::ilogb(trace)) > 200) return std::nullopt;
  }
  double const norm = std::sqrt(linalg::squaredNorm(b.covariance, task));
  gaussian::WellConditionedFactor const first =
      gaussian::choleskyIfWellConditioned(std::move(a.covariance), task);
  if (first.factor.size() == 0) return std::nullopt;
  double const formError = 3 * kEps * std::sqrt(a.trace * a.norm) * norm;
  // The error of the sum is formError (tr M^-1)^(1/2). Most covariances that are compared are alike: were b a
  // multiple of a, tr M^-1 would be at least (tr S1^-1)^2 / n times the ratio of their traces.
  double const likely = first.squaredNormOfInverse * std::sqrt(a.trace / b.trace / n);
  if (!(formError * likely <= tolerance)) return std::nullopt;
  // M = 4^exponent times entries near 1.
  int const exponent = (std::ilogb(a.trace / n) + std::ilogb(b.trace / n)) / 2;
  double const scale = std::ldexp(1.0, exponent);
  double const factor = std::ldexp(1.0, -2 * exponent);
  std::optional<linalg::NuclearNorm> roots =
      linalg::sumOfRootsInTwoStages(linalg::congruence(first.factor, std::move(b.covariance), factor, task),
                                    formError * factor, tolerance / scale, task);
  if (roots) roots->scaleBy(scale);
  return roots;
}

/// What errors of the means, of 2-norm `error` together, do to their squared distance.
double meanTermError(double squaredDistance, double error) {
  return error * (2 * std::sqrt(squaredDistance) + error);
}

}  // namespace

FrechetDistance frechetDistance(FactoredGaussian a, FactoredGaussian b, Task& task) {
  if (a.mean.size() != b.mean.size()) {
    throwInvalidInput("frechetDistance: a and b must have the same dimension, got " +
                      std::to_string(a.mean.size()) + " and " + std::to_string(b.mean.size()));
  }
  task.throwIfCancelled();
  FrechetDistance result;
  result.meanTerm = squaredDistance(a.mean, b.mean);
  if (!std::isfinite(a.covariance.trace() + b.covariance.trace())) {
    result.covarianceTerm = result.distance = result.errorBound = std::numeric_limits<double>::infinity();
    return result;
  }
  bool const same = identical(a, b);
  // Products of factors would leave the range of doubles at scales like 1e-160: by a power of two, which
  // changes no digit, the larger trace is brought near 1.
  double const larger = std::max(a.covariance.trace(), b.covariance.trace());
  int const exponent = larger > 0 ? -std::ilogb(larger) / 2 : 0;
  a.covariance.scale(std::ldexp(1, exponent));
  b.covariance.scale(std::ldexp(1, exponent));
  double const unit = std::ldexp(1, -2 * exponent);
  double const traces = a.covariance.trace() + b.covariance.trace();
  double const tracesOpen = a.covariance.traceUncertainty() + b.covariance.traceUncertainty();
  // S1 within u1 of F1 F1^T moves the squared singular values, the eigenvalues of F2^T S1 F2, by at most u1
  // ||F2||^2, and vice versa.
  double const openByA =
      a.covariance.uncertainty() * linalg::squaredSpectralNormBound(b.covariance.values(), task);
  double const openByB =
      b.covariance.uncertainty() * linalg::squaredSpectralNormBound(a.covariance.values(), task);
  // Rounding of the product: the nuclear norm of an error E is at most sqrt(r) ||E||_F, and ||E||_F of order
  // eps ||F1||_F ||F2||_F <= eps traces / 2.
  auto const rank = static_cast<double>(std::min(a.covariance.rank(), b.covariance.rank()));
  double const productError = 0.5 * kEps * std::sqrt(rank) * traces;

  linalg::Matrix product = gaussian::crossProduct(a.covariance, b.covariance, task);
  double const inverse =
      a.covariance.isTrapezoidal() && b.covariance.isTrapezoidal()
          ? linalg::estimateSquaredNormOfInverse(a.covariance.values(), b.covariance.values(), task)
          : std::numeric_limits<double>::infinity();
  a.covariance = gaussian::CovarianceFactor();  // memory for what follows
  b.covariance = gaussian::CovarianceFactor();
  linalg::NuclearNorm const norm = linalg::nuclearNorm(std::move(product), kTolerance * traces, task, inverse);
  result.covarianceTerm = same ? 0 : std::max(0.0, traces - 2 * norm.value) * unit;
  result.distance = result.meanTerm + result.covarianceTerm;
  double const open = norm.changeBound(openByA) + norm.changeBound(openByB);
  result.errorBound = (2 * (norm.errorBound + productError + open) + 4 * kEps * traces + tracesOpen) * unit +
                      4 * kEps * result.meanTerm +
                      meanTermError(result.meanTerm, a.meanUncertainty + b.meanUncertainty);
  return result;
}

FrechetDistance frechetDistance(gaussian::GaussianView const& a, gaussian::GaussianView const& b, Task& task) {
  if (a.dim == b.dim && a.dim >= kCongruenceDim) {
    gaussian::CheckedMoments first = gaussian::checkMoments(a, task, "a");
    gaussian::CheckedMoments second = gaussian::checkMoments(b, task, "b");
    if (std::optional<linalg::NuclearNorm> const roots = rootsByCongruence(first, second, task)) {
      bool const same = std::ranges::equal(a.mean, b.mean) && std::ranges::equal(a.covariance, b.covariance);
      double const traces = first.trace + second.trace;
      FrechetDistance result;
      result.meanTerm = squaredDistance(first.mean, second.mean);
      result.covarianceTerm = same ? 0 : std::max(0.0, traces - 2 * roots->value);
      result.distance = result.meanTerm + result.covarianceTerm;
      // A change of S1 moves the eigenvalues of S1 S2 by at most its 2-norm times that of S2.
      double const open = roots->changeBound(gaussian::choleskyUncertainty(first) * second.norm) +
                          roots->changeBound(gaussian::storageUncertainty(second) * first.norm);
      result.errorBound = 2 * (roots->errorBound + open) + 4 * kEps * (traces + result.meanTerm) +
                          gaussian::traceUncertainty(first) + gaussian::traceUncertainty(second) +
                          meanTermError(result.meanTerm, first.meanUncertainty + second.meanUncertainty);
      return result;
    }
  }
  FactoredGaussian first = gaussian::factorMoments(a, task, "a");
  FactoredGaussian second = gaussian::factorMoments(b, task, "b");
  return frechetDistance(std::move(first), std::move(second), task);
}

}  // namespace madloop::metrics
