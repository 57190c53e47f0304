#include "core/limits/state_features.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/sum.hpp"
#include "core/linalg/norms.hpp"
#include "core/linalg/nuclear_norm.hpp"
#include "core/linalg/products.hpp"
#include "core/linalg/symmetric_eigenvalues.hpp"
#include "core/linalg/trace_square_root.hpp"
#include "core/linalg/trapezoidal.hpp"

namespace madloop::limits {

using linalg::Index;
using linalg::Matrix;
using linalg::ScaledTridiagonal;
using linalg::Vector;

namespace {

double squaredNorm(Vector const& v) {
  return fixedOrderSum(static_cast<std::size_t>(v.size()), [&](std::size_t i) {
    double const value = v[static_cast<Index>(i)];
    return value * value;
  });
}

double innerProduct(Vector const& a, Vector const& b) {
  return fixedOrderSum(static_cast<std::size_t>(a.size()),
                       [&](std::size_t i) { return a[static_cast<Index>(i)] * b[static_cast<Index>(i)]; });
}

/// Lower triangle of F F', or of F' F where that is smaller or F has no zeros to skip: the same eigenvalues but
/// for zeros.
Matrix smallGram(Matrix const& f, bool trapezoidal) {
  if (f.cols() < f.rows() || !trapezoidal) {
    Matrix gram = Matrix::zero(f.cols(), f.cols());
    linalg::addTransposedGram(f, gram);
    return gram;
  }
  return linalg::trapezoidalGram(f);
}

/// tr (scale T)^k for k = 1 to 4, from the bands of T^2.
std::array<double, kLargestMomentDegree> powerTraces(ScaledTridiagonal const& t) {
  auto const n = static_cast<std::size_t>(t.matrix.diagonal.size());
  auto diagonal = [&](std::size_t i) { return t.matrix.diagonal[static_cast<Index>(i)]; };
  auto off = [&](std::size_t i) { return i + 1 < n ? t.matrix.subdiagonal[static_cast<Index>(i)] : 0; };
  auto squareDiagonal = [&](std::size_t i) {
    double const before = i > 0 ? off(i - 1) : 0;
    return diagonal(i) * diagonal(i) + before * before + off(i) * off(i);
  };
  auto squareOff = [&](std::size_t i) { return i + 1 < n ? off(i) * (diagonal(i) + diagonal(i + 1)) : 0; };
  auto squareFar = [&](std::size_t i) { return i + 2 < n ? off(i) * off(i + 1) : 0; };
  double const s = t.scale;
  return {
      s * fixedOrderSum(n, diagonal), s * s * fixedOrderSum(n, squareDiagonal),
      s * s * s *
          fixedOrderSum(
              n, [&](std::size_t i) { return diagonal(i) * squareDiagonal(i) + 2 * off(i) * squareOff(i); }),
      s * s * s * s * fixedOrderSum(n, [&](std::size_t i) {
        double const on = squareDiagonal(i);
        double const near = squareOff(i);
        double const far = squareFar(i);
        return on * on + 2 * (near * near + far * far);
      })};
}

/// Below this fraction of the traces, tr S + d - 2 tr S^(1/2) is left with too few digits.
constexpr double kCancellation = 1e-4;

/// tr S^(1/2) for S with the eigenvalues of t and, beyond those, zeros; `f` is a factor of S.
double traceOfRoot(ScaledTridiagonal const& t, double traces, Matrix const& f, Task const& task) {
  linalg::BoundedValue const fast = linalg::traceSquareRoot(t, task);
  return fast.errorBound <= 1e-10 * traces ? fast.value : linalg::singularValueSum(f, task).value;
}

/// tr (I + S - 2 S^(1/2)).
double distanceFromIdentity(ScaledTridiagonal const& t, double traces, Matrix const& f, Task const& task) {
  double const distance = traces - 2 * traceOfRoot(t, traces, f, task);
  return distance > kCancellation * traces ? distance : linalg::squaredRootDifferences(t, task);
}

/// The same from the metric's S, where `metricFactor` is B times the state's factor f, and t its Gram matrix.
double distanceFromMetric(ScaledTridiagonal const& t, double traces, Matrix const& metricFactor,
                          ReferenceMetric const& metric, Matrix const& f, Task const& task) {
  double const distance = traces - 2 * traceOfRoot(t, traces, metricFactor, task);
  if (distance > linalg::kNear * traces) return distance;
  std::optional<double> const near = metric.near->squared(linalg::multiply(metric.factor, f), task);
  return near ? *near : std::max(0.0, distance);
}

}  // namespace

StateFeatures measureState(gaussian::FactoredGaussian const& state,
                           std::optional<ReferenceMetric> const& metric, Task const& task) {
  StateFeatures features;
  double const referenceTrace = metric ? metric->trace : static_cast<double>(state.mean.size());
  gaussian::CovarianceFactor const& covariance = state.covariance;
  Matrix const& f = covariance.values();
  features.forms[0] = squaredNorm(state.mean);
  if (f.cols() == 0) {
    features.distance = referenceTrace + features.forms[0];
    if (metric) {
      features.metricForm = innerProduct(linalg::multiply(metric->values, state.mean), state.mean);
      features.distance = referenceTrace + features.metricForm;
    }
    return features;
  }
  if (!metric) {
    bool const formed = covariance.gram().size() != 0;
    ScaledTridiagonal const t = formed
                                    ? linalg::scaledTridiagonal(covariance.gram(), task)
                                    : linalg::scaledTridiagonal(smallGram(f, covariance.isTrapezoidal()), task);
    features.traces = powerTraces(t);
    Vector const once = linalg::multiplyTransposed(f, state.mean);
    Vector const twice = linalg::multiply(f, once);
    features.forms[1] = squaredNorm(once);
    features.forms[2] = squaredNorm(twice);
    features.forms[3] = squaredNorm(linalg::multiplyTransposed(f, twice));
    features.distance =
        features.forms[0] + distanceFromIdentity(t, features.traces[0] + referenceTrace, f, task);
    return features;
  }
  Matrix const metricFactor = linalg::multiply(metric->values, f);
  ScaledTridiagonal const t = linalg::scaledTridiagonal(smallGram(metricFactor, false), task);
  std::array<double, kLargestMomentDegree> const powers = powerTraces(t);
  features.metricTraces = {powers[0], powers[1]};
  features.traces[0] = linalg::innerProduct(f, f);
  Matrix gram = Matrix::zero(f.cols(), f.cols());
  linalg::addTransposedGram(f, gram);
  for (Index j = 1; j < gram.cols(); ++j) {
    for (Index i = 0; i < j; ++i) gram(i, j) = gram(j, i);
  }
  features.traces[1] = linalg::innerProduct(gram, gram);
  features.metricTrace = linalg::innerProduct(metricFactor, f);
  features.metricForm = innerProduct(linalg::multiply(metric->values, state.mean), state.mean);
  features.distance = features.metricForm + distanceFromMetric(t, features.metricTrace + referenceTrace,
                                                               metricFactor, *metric, f, task);
  return features;
}

}  // namespace madloop::limits
