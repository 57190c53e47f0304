// A Gaussian mixture as it comes from JavaScript.
#pragma once

#include <cstddef>

#include "binding/arguments.hpp"
#include "binding/arrays.hpp"
#include "binding/matrices.hpp"
#include "core/mixture/gaussian_mixture.hpp"

namespace madloop::binding {

/// The member `name`: 'full', 'tied', 'diagonal' or 'spherical'.
mixture::CovarianceForm covarianceForm(Arguments const& arguments, char const* name);

/// { form, weights, means, covariances }: means is a matrix of components x dim, the arrays as GaussianMixture.
class HeldMixture {
 public:
  explicit HeldMixture(Arguments const& arguments);

  [[nodiscard]] std::size_t components() const noexcept { return means_.rows(); }
  [[nodiscard]] std::size_t dim() const noexcept { return means_.cols(); }
  [[nodiscard]] mixture::CovarianceForm form() const noexcept { return form_; }

  /// A copy for the core. Any thread.
  [[nodiscard]] mixture::GaussianMixture copy() const;

 private:
  mixture::CovarianceForm form_;
  HeldMatrix means_;
  HeldArray<double> weights_;
  HeldArray<double> covariances_;
};

}  // namespace madloop::binding
