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

/// ||m1 - m2||^2, free of the rounding of means that are far from the origin where their low parts are known.
template <class Side>
linalg::BoundedValue meanTerm(Side const& a, Side const& b) {
  auto low = [](Side const& side, linalg::Index i) { return side.meanLow.size() > 0 ? side.meanLow[i] : 0; };
  double const value = fixedOrderSum(static_cast<std::size_t>(a.mean.size()), [&](std::size_t k) {
    auto const i = static_cast<linalg::Index>(k);
    double const difference = (a.mean[i] - b.mean[i]) + (low(a, i) - low(b, i));
    return difference * difference;
  });
  double const open = a.meanUncertainty + b.meanUncertainty;
  return {value, open * (2 * std::sqrt(value) + open) + 4 * kEps * value};
}

/// A covariance S = F F^T, as far as the change of a nuclear norm by what S leaves open depends on it.
struct OpenCovariance {
  double uncertainty;
  double factorUncertainty;
  double trace;
  double squaredNorm;  // at least ||F||_2^2
  double rank;

  OpenCovariance(gaussian::CovarianceFactor const& f, Task const& task)
      : uncertainty(f.uncertainty()),
        factorUncertainty(f.factorUncertainty()),
        trace(f.trace()),
        squaredNorm(std::min(trace, linalg::squaredSpectralNormBound(f.values(), task))),
        rank(static_cast<double>(f.rank())) {}
};

/// Bound on the change of ||F1^T F2||_* where S1 and S2 change by at most u1 and u2 in the 2-norm.
///
/// Its r squared singular values, the eigenvalues of S1 S2, change by u1 ||S2|| + u2 ||S1|| at most. In d > r
/// dimensions others may come up. They are largest for S1 + u1 and S2 + u2, the product of whose factors [F1,
/// u1^(1/2)] and [F2, u2^(1/2)] is [P, u2^(1/2) F1^T; u1^(1/2) F2, (u1 u2)^(1/2)] with P = F1^T F2. For r1 = r,
/// [P, u2^(1/2) F1^T] times [1; u1^(1/2) F2 P^+] has rank r, and so what they sum up to is at most the nuclear
/// norm of the rest, [u1^(1/2) F2 (1 - P^+ P), (u1 u2)^(1/2) (1 - F2 P^+ F1^T)], of which the last is a
/// projector.
double changeBySpectrum(linalg::NuclearNorm const& norm, OpenCovariance const& a, double u1,
                        OpenCovariance const& b, double u2, double dim) {
  double const change = norm.changeBound(u1 * b.squaredNorm) + norm.changeBound(u2 * (a.squaredNorm + u1));
  double const rank = std::min(a.rank, b.rank);
  auto beyond = [&](double uncertainty, OpenCovariance const& other) {
    double const more = other.rank - rank;
    return std::sqrt(uncertainty * more * std::min(more * other.squaredNorm, other.trace));
  };
  double both = 0;
  if (u1 > 0 && u2 > 0 && rank < dim) {
    double const projector = std::sqrt(a.squaredNorm * b.squaredNorm) / norm.leastSingularValue();
    both = (dim - rank) * std::sqrt(u1 * u2) * (rank > 0 ? std::max(1.0, projector) : 1);
  }
  return change + beyond(u1, b) + beyond(u2, a) + both;
}

/// Bound on the change of ||F1^T F2||_* by what both covariances leave open: of either by its factor, or by the
/// eigenvalues of S1 S2.
double openChange(linalg::NuclearNorm const& norm, OpenCovariance const& a, OpenCovariance const& b,
                  double dim) {
  double const byFactorA = a.factorUncertainty * (std::sqrt(b.trace) + b.factorUncertainty);
  double const byFactorB = b.factorUncertainty * (std::sqrt(a.trace) + a.factorUncertainty);
  return std::min({byFactorA + byFactorB,  //
                   byFactorA + changeBySpectrum(norm, a, 0, b, b.uncertainty, dim),
                   byFactorB + changeBySpectrum(norm, a, a.uncertainty, b, 0, dim),
                   changeBySpectrum(norm, a, a.uncertainty, b, b.uncertainty, dim)});
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

}  // namespace

FrechetDistance frechetDistance(FactoredGaussian a, FactoredGaussian b, Task& task) {
  if (a.mean.size() != b.mean.size()) {
    throwInvalidInput("frechetDistance: a and b must have the same dimension, got " +
                      std::to_string(a.mean.size()) + " and " + std::to_string(b.mean.size()));
  }
  task.throwIfCancelled();
  FrechetDistance result;
  linalg::BoundedValue const means = meanTerm(a, b);
  result.meanTerm = means.value;
  if (!std::isfinite(a.covariance.trace() + b.covariance.trace())) {
    result.covarianceTerm = result.distance = result.errorBound = result.wasserstein2 =
        std::numeric_limits<double>::infinity();
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
  OpenCovariance const openA(a.covariance, task);
  OpenCovariance const openB(b.covariance, task);
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
  result.wasserstein2 = std::sqrt(result.distance);
  double const open = openChange(norm, openA, openB, static_cast<double>(a.mean.size()));
  // The traces themselves change by no more than the squares where a covariance is cut to its positive part.
  double const openTraces = openA.factorUncertainty * openA.factorUncertainty +
                            openB.factorUncertainty * openB.factorUncertainty + 8 * kEps * traces + tracesOpen;
  result.errorBound = (2 * (norm.errorBound + productError + open) + openTraces) * unit + means.errorBound;
  return result;
}

FrechetDistance frechetDistance(gaussian::GaussianView const& a, gaussian::GaussianView const& b, Task& task) {
  if (a.dim == b.dim && a.dim >= kCongruenceDim) {
    gaussian::CheckedMoments first = gaussian::checkMoments(a, task, "a");
    gaussian::CheckedMoments second = gaussian::checkMoments(b, task, "b");
    if (std::optional<linalg::NuclearNorm> const roots = rootsByCongruence(first, second, task)) {
      bool const same = std::ranges::equal(a.mean, b.mean) && std::ranges::equal(a.covariance, b.covariance);
      double const traces = first.trace + second.trace;
      linalg::BoundedValue const means = meanTerm(first, second);
      FrechetDistance result;
      result.meanTerm = means.value;
      result.covarianceTerm = same ? 0 : std::max(0.0, traces - 2 * roots->value);
      result.distance = result.meanTerm + result.covarianceTerm;
      result.wasserstein2 = std::sqrt(result.distance);
      // A change of S1 moves the eigenvalues of S1 S2 by at most its 2-norm times that of S2.
      double const open = roots->changeBound(gaussian::choleskyUncertainty(first) * second.norm) +
                          roots->changeBound(gaussian::storageUncertainty(second) * first.norm);
      result.errorBound = 2 * (roots->errorBound + open) + 8 * kEps * traces +
                          gaussian::traceUncertainty(first) + gaussian::traceUncertainty(second) +
                          means.errorBound;
      return result;
    }
  }
  FactoredGaussian first = gaussian::factorMoments(a, task, "a");
  FactoredGaussian second = gaussian::factorMoments(b, task, "b");
  return frechetDistance(std::move(first), std::move(second), task);
}

}  // namespace madloop::metrics
