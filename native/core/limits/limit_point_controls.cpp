#include "core/limits/limit_point_controls.hpp"

#include <algorithm>

#include "core/base/sum.hpp"
#include "core/limits/expected_distance.hpp"
#include "core/linalg/norms.hpp"
#include "core/linalg/products.hpp"

namespace madloop::limits {

using linalg::Index;
using linalg::Matrix;

namespace {

constexpr std::size_t kForms = kLargestMomentDegree;  // the first factor that is a quadratic form

bool hasFixedSet(LimitPointTheory const& theory) { return !theory.loop().freshData(); }

/// Whether the distance of the Gaussian fitted to the fixed set is a control: where its expectation is quick.
bool hasFixedDistance(LimitPointTheory const& theory) {
  return hasFixedSet(theory) && !theory.hasReference() && theory.loop().dim <= 1000 &&
         theory.loop().real <= 1e15;
}

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

std::vector<ControlProduct> controlProducts(LimitPointTheory const& theory) {
  if (theory.hasAllMoments() && !theory.hasReference()) return productsOfDegree(theory.controlDegree());
  std::vector<ControlProduct> products = productsOfDegree(1);
  if (theory.hasSecondMoments()) products.push_back({{1}, 1});
  return products;
}

}  // namespace

std::size_t LimitPointControls::count(LimitPointTheory const& theory) {
  std::size_t count = controlProducts(theory).size();
  if (theory.hasReference()) count += theory.hasSecondMoments() ? std::size_t{4} : std::size_t{3};
  if (hasFixedSet(theory)) count += theory.hasReference() ? std::size_t{5} : std::size_t{3};
  return count + (hasFixedDistance(theory) ? 1 : 0);
}

LimitPointControls::LimitPointControls(LimitPointTheory const& theory, Matrix const* metric, Task const& task)
    : theory_(theory), products_(controlProducts(theory)) {
  auto const dim = static_cast<double>(theory.loop().dim);
  if (metric != nullptr) {
    Matrix const& b = *metric;
    Matrix const square = linalg::multiply(b, b);
    metricTrace_ = fixedOrderSum(
        theory.loop().dim, [&](std::size_t i) { return b(static_cast<Index>(i), static_cast<Index>(i)); });
    metricSquare_ = linalg::innerProduct(b, b);
    metricFourth_ = linalg::innerProduct(square, square);
  }
  if (hasFixedDistance(theory)) fixedDistance_ = expectedDistance(theory.loop().dim, theory.loop().real, task);
  if (!theory.hasAllMoments()) {
    centres_[0] = dim * theory.firstMoments().covariance();
    centres_[kForms] = dim * (theory.firstMoments().mean + (hasFixedSet(theory) ? 1 / theory.loop().real : 0));
    return;
  }
  for (std::size_t i = 0; i < theory.controlDegree(); ++i) {
    StateMonomial trace;
    trace.traces[i] = 1;
    centres_[i] = theory.moments()[trace];
    StateMonomial form;
    form.forms[i] = 1;
    centres_[kForms + i] = theory.moments()[form];
  }
  if (theory.hasSecondMoments()) {
    // E Sigma_ij Sigma_kl = x delta_ij delta_kl + y (delta_ik delta_jl + delta_il delta_jk) by symmetry.
    double const square = centres_[1];                              // x d + y (d^2 + d)
    double const trace = theory.moments()[StateMonomial{{2}, {}}];  // x d^2 + 2 y d
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
    expectation += outside * theory_.moments()[inside];
  }
  return expectation;
}

void LimitPointControls::evaluate(StateFeatures const& state, FixedDataMoments const& fixedSet,
                                  double* out) const {
  for (ControlProduct const& product : products_) {
    double value = 1;
    for (std::size_t i = 0; i < product.size; ++i) {
      std::size_t const factor = product.factors[i];
      value *= (factor < kForms ? state.traces[factor] : state.forms[factor - kForms]) - centres_[factor];
    }
    *out++ = value - product.expectation;
  }
  double const real = theory_.loop().real;
  if (theory_.hasReference()) {
    StationaryFirstMoments const& first = theory_.firstMoments();
    *out++ = state.metricTrace - first.covariance() * metricTrace_;
    *out++ = state.metricForm - (first.mean + (hasFixedSet(theory_) ? 1 / real : 0)) * metricTrace_;
    *out++ = state.metricTraces[0] - first.covariance() * metricSquare_;
    if (theory_.hasSecondMoments()) {
      *out++ = state.metricTraces[1] - pairProduct_ * metricFourth_ -
               pairSquare_ * (metricSquare_ * metricSquare_ + metricFourth_);
    }
  }
  if (!hasFixedSet(theory_)) return;
  auto const dim = static_cast<double>(theory_.loop().dim);
  *out++ = fixedSet.trace - dim;
  *out++ = fixedSet.squareTrace - dim * (real + dim) / (real - 1);
  *out++ = fixedSet.meanSquare - dim / real;
  if (theory_.hasReference()) {
    *out++ = fixedSet.metricTrace - metricTrace_;
    *out++ = fixedSet.metricForm - metricTrace_ / real;
  }
  if (hasFixedDistance(theory_)) *out++ = fixedSet.distance - fixedDistance_;
}

}  // namespace madloop::limits
