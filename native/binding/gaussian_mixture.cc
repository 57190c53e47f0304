#include <algorithm>
#include <memory>
#include <optional>

#include "binding/errors.hpp"
#include "binding/functions.hpp"
#include "binding/job.hpp"
#include "binding/matrices.hpp"
#include "binding/mixtures.hpp"
#include "core/base/checked.hpp"
#include "core/mixture/fit_gaussian_mixture.hpp"
#include "core/mixture/mixture_density.hpp"
#include "core/mixture/mixture_sampling.hpp"

namespace madloop::binding {

using mixture::WeightBias;

namespace {

class MixtureFitWork final : public Work {
 public:
  explicit MixtureFitWork(Arguments const& arguments)
      : x_(arguments.object("x")),
        components_(arguments.size("components")),
        form_(covarianceForm(arguments, "form")),
        weights_(arguments.float64Array("weights", components_)),
        means_(arguments.float64Array("means", checkedMultiply(components_, x_.cols(), "components x dim"))),
        covariances_(
            arguments.float64Array("covariances", mixture::covarianceValues(form_, components_, x_.cols()))) {
    options_.components = components_;
    options_.form = form_;
    options_.regularisation = arguments.number("regularisation");
    options_.tolerance = arguments.number("tolerance");
    options_.maximumIterations = arguments.size("maximumIterations");
    options_.restarts = arguments.size("restarts");
    options_.seed = arguments.bigUint64("seed");
    if (options_.restarts == 0 || options_.restarts >= (std::uint64_t{1} << 32))
      throwInvalidInput("startMixtureFit: restarts must be from 1 to 2^32 - 1");
    if (arguments.has("rowWeights")) rowWeights_.emplace(arguments.float64Array("rowWeights", x_.rows()));
    if (!arguments.has("start")) return;
    start_.emplace(arguments.object("start"));
    if (start_->components() != components_ || start_->dim() != x_.cols() || start_->form() != form_)
      throwInvalidInput("startMixtureFit: start must have the components, dimension and form asked for");
  }

  void run(Task& task) override {
    std::optional<mixture::GaussianMixture> start;
    if (start_) {
      start = start_->copy();
      mixture::checkMixture(*start, "start");
    }
    if (rowWeights_) options_.weights.assign(rowWeights_->data(), rowWeights_->data() + rowWeights_->size());
    fit_ = x_.visit([&](auto x) { return mixture::fitGaussianMixture(x, options_, start, task); });
    mixture::GaussianMixture const& fitted = fit_.mixture;
    std::copy(fitted.weights.begin(), fitted.weights.end(), weights_.data());
    std::copy(fitted.means.begin(), fitted.means.end(), means_.data());
    std::copy(fitted.covariances.begin(), fitted.covariances.end(), covariances_.data());
  }

  Napi::Value result(Napi::Env env) override {
    Napi::Object object = Napi::Object::New(env);
    object.Set("logLikelihood", Napi::Number::New(env, fit_.logLikelihood));
    object.Set("iterations", Napi::Number::New(env, static_cast<double>(fit_.iterations)));
    object.Set("converged", Napi::Boolean::New(env, fit_.converged));
    return object;
  }

 private:
  HeldMatrix x_;
  std::size_t components_;
  mixture::CovarianceForm form_;
  HeldArray<double> weights_;
  HeldArray<double> means_;
  HeldArray<double> covariances_;
  mixture::MixtureFitOptions options_;
  std::optional<HeldArray<double>> rowWeights_;
  std::optional<HeldMixture> start_;
  mixture::MixtureFit fit_;
};

class MixtureSamplingWork final : public Work {
 public:
  explicit MixtureSamplingWork(Arguments const& arguments)
      : mixture_(arguments.object("mixture")),
        lambda_(arguments.number("lambda")),
        bias_(arguments.choice<WeightBias>("weightBias", {{"none", WeightBias::none},
                                                          {"weights", WeightBias::weights},
                                                          {"densities", WeightBias::densities}})),
        count_(arguments.size("count")),
        seed_(arguments.bigUint64("seed")),
        out_(arguments.float64Array("out", checkedMultiply(count_, mixture_.dim(), "count x dim"))) {
    if (bias_ == WeightBias::densities)
      logDensities_.emplace(arguments.float64Array("logDensities", mixture_.components()));
  }

  void run(Task& task) override {
    std::vector<double> logDensities;
    if (logDensities_)
      logDensities.assign(logDensities_->data(), logDensities_->data() + logDensities_->size());
    mixture::sampleMixture(mixture_.copy(), lambda_, bias_, logDensities, count_, seed_, out_.data(), task);
  }

  Napi::Value result(Napi::Env env) override { return env.Undefined(); }

 private:
  HeldMixture mixture_;
  double lambda_;
  WeightBias bias_;
  std::size_t count_;
  std::uint64_t seed_;
  HeldArray<double> out_;  // count x dim, row-major
  std::optional<HeldArray<double>> logDensities_;
};

class MixtureLogDensityWork final : public Work {
 public:
  explicit MixtureLogDensityWork(Arguments const& arguments)
      : mixture_(arguments.object("mixture")),
        x_(arguments.object("x")),
        out_(arguments.float64Array("out", x_.rows())) {}

  void run(Task& task) override {
    x_.visit([&](auto x) { mixture::mixtureLogDensity(mixture_.copy(), x, out_.data(), task); });
  }

  Napi::Value result(Napi::Env env) override { return env.Undefined(); }

 private:
  HeldMixture mixture_;
  HeldMatrix x_;
  HeldArray<double> out_;
};

}  // namespace

Napi::Value startMixtureFit(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&] {
    Arguments const arguments(info, "startMixtureFit");
    return startJob(info.Env(), arguments.size("threads"), std::make_unique<MixtureFitWork>(arguments));
  });
}

Napi::Value startMixtureSampling(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&] {
    Arguments const arguments(info, "startMixtureSampling");
    return startJob(info.Env(), arguments.size("threads"), std::make_unique<MixtureSamplingWork>(arguments));
  });
}

Napi::Value startMixtureLogDensity(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&] {
    Arguments const arguments(info, "startMixtureLogDensity");
    return startJob(info.Env(), arguments.size("threads"), std::make_unique<MixtureLogDensityWork>(arguments));
  });
}

}  // namespace madloop::binding
