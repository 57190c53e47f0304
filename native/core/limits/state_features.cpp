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

/// sum (lambda^(1/2) - 1)^2 over the eigenvalues of scale T, each from lambda - 1: where all are near 1, their
/// sum is much smaller than the traces that it is the difference of.
double squaredRootDifferences(ScaledTridiagonal t, Task const& task) {
  linalg::Tridiagonal& shifted = t.matrix;
  for (Index i = 0; i < shifted.diagonal.size(); ++i) shifted.diagonal[i] = shifted.diagonal[i] * t.scale - 1;
  for (Index i = 0; i < shifted.subdiagonal.size(); ++i) shifted.subdiagonal[i] *= t.scale;
  Vector const differences = linalg::tridiagonalEigenvalues(t.matrix, task);
  return fixedOrderSum(static_cast<std::size_t>(differences.size()), [&](std::size_t i) {
    double const difference = std::max(-1.0, differences[static_cast<Index>(i)]);
    double const root = difference / (1 + std::sqrt(1 + difference));
    return root * root;
  });
}

/// Below this fraction of the traces, tr S + d - 2 tr S^(1/2) is left with too few digits.
constexpr double kCancellation = 1e-4;

/// tr (I + S - 2 S^(1/2)) for S with the eigenvalues of t and, beyond those, zeros; `f` is a factor of S.
double covarianceDistance(ScaledTridiagonal const& t, double trace, double referenceTrace, bool identityMetric,
                          Matrix const& f, Task const& task) {
  double const traces = trace + referenceTrace;
  linalg::BoundedValue const fast = linalg::traceSquareRoot(t, task);
  double const root = fast.errorBound <= 1e-10 * traces ? fast.value : linalg::singularValueSum(f, task).value;
  double const distance = traces - 2 * root;
  if (!identityMetric || distance > kCancellation * traces) return std::max(0.0, distance);
  return squaredRootDifferences(t, task);
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
        features.forms[0] + covarianceDistance(t, features.traces[0], referenceTrace, true, f, task);
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
  features.distance = features.metricForm +
                      covarianceDistance(t, features.metricTrace, referenceTrace, false, metricFactor, task);
  return features;
}

}  // namespace madloop::limits
