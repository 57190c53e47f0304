#include "core/limits/limit_point_controls.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/sum.hpp"
#include "core/limits/expected_distance.hpp"
#include "core/linalg/nuclear_norm.hpp"
#include "core/linalg/symmetric_eigenvalues.hpp"
#include "core/linalg/trace_square_root.hpp"
#include "core/linalg/trapezoidal.hpp"

namespace madloop::limits {

using linalg::Index;
using Matrix = linalg::EigenMatrix;
using linalg::ScaledTridiagonal;

namespace {

double squaredNorm(Eigen::VectorXd const& v) {
  return fixedOrderSum(static_cast<std::size_t>(v.size()), [&](std::size_t i) {
    double const value = v[static_cast<Index>(i)];
    return value * value;
  });
}

/// sum_ij a_ij b_ij of two matrices of the same shape.
double innerProduct(Matrix const& a, Matrix const& b) {
  return fixedOrderSum(static_cast<std::size_t>(a.size()),
                       [&](std::size_t i) { return a.data()[i] * b.data()[i]; });
}

/// Lower triangle of F F', or of F' F where that is smaller or F has no zeros to skip: the same eigenvalues but
/// for zeros.
Matrix smallGram(Matrix const& f, bool trapezoidal) {
  if (f.cols() < f.rows() || !trapezoidal) {
    Matrix gram = Matrix::Zero(f.cols(), f.cols());
    gram.selfadjointView<Eigen::Lower>().rankUpdate(f.transpose());
    return gram;
  }
  Matrix gram = Matrix::Zero(f.rows(), f.rows());
  linalg::addTrapezoidalGram(f, gram);
  return gram;
}

/// tr (scale T)^k for k = 1 to 4, from the bands of T^2.
std::array<double, largestMomentDegree> powerTraces(ScaledTridiagonal const& t) {
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
  t.matrix.diagonal = (t.matrix.diagonal * t.scale).array() - 1;
  t.matrix.subdiagonal *= t.scale;
  Eigen::VectorXd const differences = linalg::tridiagonalEigenvalues(t.matrix, task);
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

StateFeatures measureState(loop::GaussianState const& state, LimitPointCell const& cell, Task const& task) {
  StateFeatures features;
  loop::CovarianceFactor const& covariance = state.covariance;
  Matrix const& f = covariance.values;
  features.forms[0] = squaredNorm(state.mean);
  if (f.cols() == 0) {
    features.distance = cell.referenceTrace() + features.forms[0];
    if (cell.metric()) {
      features.metricForm = state.mean.dot(cell.metric()->values * state.mean);
      features.distance = cell.referenceTrace() + features.metricForm;
    }
    return features;
  }
  bool const formed = covariance.gram.size() != 0;
  if (!cell.metric()) {
    ScaledTridiagonal const t =
        linalg::scaledTridiagonal(formed ? covariance.gram : smallGram(f, covariance.trapezoidal), task);
    features.traces = powerTraces(t);
    Eigen::VectorXd const once = f.transpose() * state.mean;
    Eigen::VectorXd const twice = f * once;
    features.forms[1] = squaredNorm(once);
    features.forms[2] = squaredNorm(twice);
    features.forms[3] = squaredNorm(f.transpose() * twice);
    features.distance =
        features.forms[0] + covarianceDistance(t, features.traces[0], cell.referenceTrace(), true, f, task);
    return features;
  }
  Matrix const metricFactor = cell.metric()->values * f;
  ScaledTridiagonal const t = linalg::scaledTridiagonal(smallGram(metricFactor, false), task);
  std::array<double, largestMomentDegree> const powers = powerTraces(t);
  features.metricTraces = {powers[0], powers[1]};
  features.traces[0] = innerProduct(f, f);
  Matrix gram = Matrix::Zero(f.cols(), f.cols());
  gram.selfadjointView<Eigen::Lower>().rankUpdate(f.transpose());
  gram.triangularView<Eigen::StrictlyUpper>() = gram.transpose();
  features.traces[1] = innerProduct(gram, gram);
  features.metricTrace = innerProduct(metricFactor, f);
  Eigen::VectorXd const metricMean = cell.metric()->values * state.mean;
  features.metricForm = fixedOrderSum(static_cast<std::size_t>(metricMean.size()), [&](std::size_t i) {
    return metricMean[static_cast<Index>(i)] * state.mean[static_cast<Index>(i)];
  });
  features.distance = features.metricForm + covarianceDistance(t, features.metricTrace, cell.referenceTrace(),
                                                               false, metricFactor, task);
  return features;
}

namespace {

constexpr std::size_t kForms = largestMomentDegree;  // the first factor that is a quadratic form

bool hasFixedSet(LimitPointCell const& cell) {
  return cell.parameters().variant == loop::LoopVariant::syntheticAugmentation;
}

/// Whether the distance of the Gaussian fitted to the fixed set is a control: where its expectation is quick.
bool hasFixedDistance(LimitPointCell const& cell) {
  return hasFixedSet(cell) && !cell.metric() && cell.parameters().dim <= 1000 &&
         cell.parameters().real <= 1'000'000'000'000'000;
}

bool hasSecondMoments(LimitPointCell const& cell) { return cell.hasAllMoments() && cell.controlDegree() >= 2; }

/// All products of factors whose degrees add up to `degree` at most, single factors first.
std::vector<ControlProduct> productsOfDegree(std::size_t degree) {
  auto degreeOf = [](std::size_t factor) { return factor % kForms + 1; };
  std::vector<ControlProduct> products;
  for (std::size_t size = 1; size <= std::min<std::size_t>(degree, 3); ++size) {
    for (std::size_t a = 0; a < 2 * kForms; ++a) {
      if (size == 1 && degreeOf(a) <= degree) products.push_back({{a}, 1});
      for (std::size_t b = a; size >= 2 && b < 2 * kForms; ++b) {
        std::size_t const two = degreeOf(a) + degreeOf(b);
        if (size == 2 && two <= degree) products.push_back({{a, b}, 2});
        for (std::size_t c = b; size == 3 && c < 2 * kForms; ++c) {
          if (two + degreeOf(c) <= degree) products.push_back({{a, b, c}, 3});
        }
      }
    }
  }
  return products;
}

std::vector<ControlProduct> controlProducts(LimitPointCell const& cell) {
  if (cell.hasAllMoments() && !cell.metric()) return productsOfDegree(cell.controlDegree());
  std::vector<ControlProduct> products = productsOfDegree(1);
  if (hasSecondMoments(cell)) products.push_back({{1}, 1});
  return products;
}

}  // namespace

std::size_t LimitPointControls::count(LimitPointCell const& cell) {
  std::size_t count = controlProducts(cell).size();
  if (cell.metric()) count += hasSecondMoments(cell) ? std::size_t{4} : std::size_t{3};
  if (hasFixedSet(cell)) count += cell.metric() ? std::size_t{5} : std::size_t{3};
  return count + (hasFixedDistance(cell) ? 1 : 0);
}

LimitPointControls::LimitPointControls(LimitPointCell const& cell, Task& task)
    : cell_(cell), products_(controlProducts(cell)) {
  auto const dim = static_cast<double>(cell.parameters().dim);
  if (cell.metric()) {
    Matrix const& b = cell.metric()->values;
    Matrix const square = b * b;
    metricTrace_ = fixedOrderSum(
        cell.parameters().dim, [&](std::size_t i) { return b(static_cast<Index>(i), static_cast<Index>(i)); });
    metricSquare_ = innerProduct(b, b);
    metricFourth_ = innerProduct(square, square);
  }
  if (hasFixedDistance(cell))
    fixedDistance_ = expectedDistance(cell.parameters().dim, static_cast<double>(cell.parameters().real), task);
  if (!cell.hasAllMoments()) {
    centres_[0] = dim * cell.firstMoments().covariance;
    centres_[kForms] = dim * (cell.firstMoments().mean +
                              (hasFixedSet(cell) ? 1 / static_cast<double>(cell.parameters().real) : 0));
    return;
  }
  for (std::size_t i = 0; i < cell.controlDegree(); ++i) {
    StateMonomial trace;
    trace.traces[i] = 1;
    centres_[i] = cell.moments()[trace];
    StateMonomial form;
    form.forms[i] = 1;
    centres_[kForms + i] = cell.moments()[form];
  }
  if (hasSecondMoments(cell)) {
    // E Sigma_ij Sigma_kl = x delta_ij delta_kl + y (delta_ik delta_jl + delta_il delta_jk) by symmetry.
    double const square = centres_[1];                            // x d + y (d^2 + d)
    double const trace = cell.moments()[StateMonomial{{2}, {}}];  // x d^2 + 2 y d
    pairSquare_ = dim > 1 ? (dim * square - trace) / (dim * (dim - 1) * (dim + 2)) : 0;
    pairProduct_ = (trace - 2 * dim * pairSquare_) / (dim * dim);
  }
  for (ControlProduct& product : products_) product.expectation = centredExpectation(product);
}

/// E prod (x_i - E x_i) = sum over subsets of prod_in x_i times prod_out (-E x_i).
double LimitPointControls::centredExpectation(ControlProduct const& product) const {
  if (product.size == 1) return 0;
  double expectation = 0;
  for (std::size_t subset = 0; subset < (std::size_t{1} << product.size); ++subset) {
    StateMonomial inside;
    double outside = 1;
    for (std::size_t i = 0; i < product.size; ++i) {
      std::size_t const factor = product.factors[i];
      if ((subset >> i & 1) == 0) {
        outside *= -centres_[factor];
      } else {
        ++(factor < kForms ? inside.traces[factor] : inside.forms[factor - kForms]);
      }
    }
    expectation += outside * cell_.moments()[inside];
  }
  return expectation;
}

void LimitPointControls::evaluate(StateFeatures const& state, FixedSetFeatures const& fixedSet,
                                  double* out) const {
  for (ControlProduct const& product : products_) {
    double value = 1;
    for (std::size_t i = 0; i < product.size; ++i) {
      std::size_t const factor = product.factors[i];
      value *= (factor < kForms ? state.traces[factor] : state.forms[factor - kForms]) - centres_[factor];
    }
    *out++ = value - product.expectation;
  }
  auto const real = static_cast<double>(cell_.parameters().real);
  if (cell_.metric()) {
    StationaryFirstMoments const& first = cell_.firstMoments();
    *out++ = state.metricTrace - first.covariance * metricTrace_;
    *out++ = state.metricForm - (first.mean + (hasFixedSet(cell_) ? 1 / real : 0)) * metricTrace_;
    *out++ = state.metricTraces[0] - first.covariance * metricSquare_;
    if (hasSecondMoments(cell_)) {
      *out++ = state.metricTraces[1] - pairProduct_ * metricFourth_ -
               pairSquare_ * (metricSquare_ * metricSquare_ + metricFourth_);
    }
  }
  if (!hasFixedSet(cell_)) return;
  auto const dim = static_cast<double>(cell_.parameters().dim);
  *out++ = fixedSet.trace - dim;
  *out++ = fixedSet.squareTrace - dim * (real + dim) / (real - 1);
  *out++ = fixedSet.meanSquare - dim / real;
  if (cell_.metric()) {
    *out++ = fixedSet.metricTrace - metricTrace_;
    *out++ = fixedSet.metricForm - metricTrace_ / real;
  }
  if (hasFixedDistance(cell_)) *out++ = fixedSet.distance - fixedDistance_;
}

}  // namespace madloop::limits
