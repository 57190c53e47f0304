#include "binding/mixtures.hpp"

namespace madloop::binding {

using mixture::CovarianceForm;

CovarianceForm covarianceForm(Arguments const& arguments, char const* name) {
  return arguments.choice<CovarianceForm>(name, {{"full", CovarianceForm::full},
                                                 {"tied", CovarianceForm::tied},
                                                 {"diagonal", CovarianceForm::diagonal},
                                                 {"spherical", CovarianceForm::spherical}});
}

HeldMixture::HeldMixture(Arguments const& arguments)
    : form_(covarianceForm(arguments, "form")),
      means_(arguments.object("means")),
      weights_(arguments.float64Array("weights", means_.rows())),
      covariances_(arguments.float64Array("covariances",
                                          mixture::covarianceValues(form_, means_.rows(), means_.cols()))) {}

mixture::GaussianMixture HeldMixture::copy() const {
  mixture::GaussianMixture result;
  result.components = components();
  result.dim = dim();
  result.form = form_;
  result.weights.assign(weights_.data(), weights_.data() + weights_.size());
  means_.visit([&](auto view) { result.means.assign(view.data, view.data + view.rows * view.cols); });
  result.covariances.assign(covariances_.data(), covariances_.data() + covariances_.size());
  return result;
}

}  // namespace madloop::binding
