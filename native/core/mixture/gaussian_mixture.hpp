// A mixture of Gaussians: sum over k of weight_k N(mean_k, covariance_k).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace madloop::mixture {

/// What the covariances of the components may be.
enum class CovarianceForm {
  full,       // one matrix a component: components x dim x dim values
  tied,       // one matrix for all: dim x dim
  diagonal,   // variances: components x dim
  spherical,  // one variance a component: components
};

struct GaussianMixture {
  std::size_t components = 0;
  std::size_t dim = 0;
  CovarianceForm form = CovarianceForm::full;
  std::vector<double> weights;      // components; a component of weight 0 is never used
  std::vector<double> means;        // components x dim, row-major
  std::vector<double> covariances;  // as `form` says; matrices row-major and symmetric

  [[nodiscard]] double const* mean(std::size_t k) const { return means.data() + k * dim; }
};

/// Number of values in GaussianMixture::covariances. Throws invalidInput where it does not fit in 64 bits.
std::size_t covarianceValues(CovarianceForm form, std::size_t components, std::size_t dim);

/// Throws invalidInput unless sizes agree, everything is finite and the weights are not negative and sum to 1
/// (up to 1e-6); notPositiveSemidefinite for a negative variance on a diagonal. Matrices are looked at more
/// closely where they are factored. `argument` names the mixture.
void checkMixture(GaussianMixture const& mixture, std::string const& argument);

}  // namespace madloop::mixture
