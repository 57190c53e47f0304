#include "binding/mixtures.hpp"

namespace madloop::binding {

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
      covariances_(
          arguments.float64Array("covariances", covarianceValues(form_, means_.rows(), means_.cols()))) {}

GaussianMixture HeldMixture::copy() const {
  GaussianMixture mixture;
  mixture.components = components();
  mixture.dim = dim();
  mixture.form = form_;
  mixture.weights.assign(weights_.data(), weights_.data() + weights_.size());
  means_.visit([&](auto view) { mixture.means.assign(view.data, view.data + view.rows * view.cols); });
  mixture.covariances.assign(covariances_.data(), covariances_.data() + covariances_.size());
  return mixture;
}

}  // namespace madloop::binding
