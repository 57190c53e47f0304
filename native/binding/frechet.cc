#include "core/metrics/frechet_scale.hpp"

#include <memory>

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

  void run(Task& task) override { result_ = metrics::frechetDistance(coreSide(a_), coreSide(b_), task); }

  Napi::Value result(Napi::Env env) override {
    Napi::Object object = Napi::Object::New(env);
    object.Set("distance", Napi::Number::New(env, result_.distance));
    object.Set("meanTerm", Napi::Number::New(env, result_.meanTerm));
    object.Set("covarianceTerm", Napi::Number::New(env, result_.covarianceTerm));
    object.Set("errorBound", Napi::Number::New(env, result_.errorBound));
    object.Set("wasserstein2", Napi::Number::New(env, result_.wasserstein2));
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
