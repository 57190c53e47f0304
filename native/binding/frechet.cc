#include "core/metrics/frechet.hpp"

#include <memory>
#include <utility>
#include <variant>

#include "binding/errors.hpp"
#include "binding/frechet_sides.hpp"
#include "binding/functions.hpp"
#include "binding/job.hpp"

namespace madloop::binding {

namespace {

class FrechetWork final : public Work {
 public:
  explicit FrechetWork(Arguments const& arguments)
      : a_(holdSide(arguments.object("a"))), b_(holdSide(arguments.object("b"))) {}

  void run(Task& task) override {
    auto const* const first = std::get_if<HeldGaussian>(&a_);
    auto const* const second = std::get_if<HeldGaussian>(&b_);
    if (first != nullptr && second != nullptr) {
      result_ = metrics::frechetDistance(first->view(), second->view(), task);
      return;
    }
    gaussian::FactoredGaussian a = metrics::factorSide(coreSide(a_), task, "a");
    gaussian::FactoredGaussian b = metrics::factorSide(coreSide(b_), task, "b");
    result_ = metrics::frechetDistance(std::move(a), std::move(b), task);
  }

  Napi::Value result(Napi::Env env) override {
    Napi::Object object = Napi::Object::New(env);
    object.Set("distance", Napi::Number::New(env, result_.distance));
    object.Set("meanTerm", Napi::Number::New(env, result_.meanTerm));
    object.Set("covarianceTerm", Napi::Number::New(env, result_.covarianceTerm));
    object.Set("errorBound", Napi::Number::New(env, result_.errorBound));
    return object;
  }

 private:
  HeldSide a_;
  HeldSide b_;
  metrics::FrechetDistance result_;
};

}  // namespace

Napi::Value startFrechetDistance(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&] {
    Arguments const arguments(info, "startFrechetDistance");
    return startJob(info.Env(), arguments.size("threads"), std::make_unique<FrechetWork>(arguments));
  });
}

}  // namespace madloop::binding
