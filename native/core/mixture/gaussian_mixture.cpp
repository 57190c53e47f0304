#include "core/mixture/gaussian_mixture.hpp"

#include <cmath>

#include "core/base/checked.hpp"
#include "core/base/finite.hpp"
#include "core/base/sum.hpp"
#include "core/gaussian/checked_covariance.hpp"

namespace madloop::mixture {

namespace {

void checkSize(std::size_t size, std::size_t expected, std::string const& what) {
  if (size != expected) {
    throwInvalidInput(what + " must have " + std::to_string(expected) + " values, got " + std::to_string(size));
  }
}

void checkFinite(std::vector<double> const& values, std::string const& what) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) throwNotFinite(what, values[i], std::to_string(i));
  }
}

/// Weights given with six digits still count.
constexpr double kWeightRounding = 1e-6;

}  // namespace

std::size_t covarianceValues(CovarianceForm form, std::size_t components, std::size_t dim) {
  char const* const what = "covariances";
  switch (form) {
    case CovarianceForm::full:
      return checkedMultiply(components, checkedMultiply(dim, dim, what), what);
    case CovarianceForm::tied:
      return checkedMultiply(dim, dim, what);
    case CovarianceForm::diagonal:
      return checkedMultiply(components, dim, what);
    case CovarianceForm::spherical:
      return components;
  }
  throw Error(ErrorCode::internal, "covarianceValues: unknown form");
}

void checkMixture(GaussianMixture const& mixture, std::string const& argument) {
  auto const [components, dim] = std::pair{mixture.components, mixture.dim};
  if (components == 0 || dim == 0) throwInvalidInput(argument + " must have a component and a dimension");
  checkSize(mixture.weights.size(), components, argument + ".weights");
  checkSize(mixture.means.size(), checkedMultiply(components, dim, "means"), argument + ".means");
  checkSize(mixture.covariances.size(), covarianceValues(mixture.form, components, dim),
            argument + ".covariances");
  checkFinite(mixture.weights, argument + ".weights");
  checkFinite(mixture.means, argument + ".means");
  checkFinite(mixture.covariances, argument + ".covariances");
  for (double const weight : mixture.weights) {
    if (weight < 0)
      throwInvalidInput(argument + ".weights must not be negative, got " + gaussian::messageNumber(weight));
  }
  double const sum = fixedOrderSum(components, [&](std::size_t k) { return mixture.weights[k]; });
  if (!(std::abs(sum - 1) <= kWeightRounding))
    throwInvalidInput(argument + ".weights must sum to 1, got " + gaussian::messageNumber(sum));
  if (mixture.form != CovarianceForm::diagonal && mixture.form != CovarianceForm::spherical) return;
  for (std::size_t i = 0; i < mixture.covariances.size(); ++i) {
    if (mixture.covariances[i] < 0) {
      throw Error(ErrorCode::notPositiveSemidefinite, argument + ".covariances must not be negative, got " +
                                                          gaussian::messageNumber(mixture.covariances[i]) +
                                                          " at " + std::to_string(i));
    }
  }
}

}  // namespace madloop::mixture
