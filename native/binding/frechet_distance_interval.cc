#include "core/metrics/frechet_distance_interval.hpp"

#include <memory>

#include "binding/errors.hpp"
#include "binding/frechet_sides.hpp"
#include "binding/functions.hpp"
#include "binding/job.hpp"

namespace madloop::binding {

namespace {

class FrechetDistanceIntervalWork final : public Work {
 public:
  explicit FrechetDistanceIntervalWork(Arguments const& arguments)
      : a_(holdSide(arguments.object("a"))),
        b_(holdSide(arguments.object("b"))),
        groups_(arguments.size("groups")),
        seed_(arguments.bigUint64("seed")) {}

  void run(Task& task) override {
    result_ = metrics::frechetDistanceInterval(coreSide(a_), coreSide(b_), groups_, seed_, task);
  }

  Napi::Value result(Napi::Env env) override {
    Napi::Object object = Napi::Object::New(env);
    object.Set("distance", Napi::Number::New(env, result_.whole.distance));
    object.Set("meanTerm", Napi::Number::New(env, result_.whole.meanTerm));
    object.Set("covarianceTerm", Napi::Number::New(env, result_.whole.covarianceTerm));
    object.Set("errorBound", Napi::Number::New(env, result_.whole.errorBound));
    object.Set("wasserstein2", Napi::Number::New(env, result_.whole.wasserstein2));
    object.Set("standardError", Napi::Number::New(env, result_.standardError));
    object.Set("standardErrorA", Napi::Number::New(env, result_.standardErrorA));
    object.Set("standardErrorB", Napi::Number::New(env, result_.standardErrorB));
    object.Set("lower", Napi::Number::New(env, result_.lower));
    object.Set("upper", Napi::Number::New(env, result_.upper));
    object.Set("heavyTails", Napi::Boolean::New(env, result_.heavyTails));
    object.Set("degreesOfFreedom", Napi::Number::New(env, result_.degreesOfFreedom));
    object.Set("bias", Napi::Number::New(env, result_.bias));
    return object;
  }

 private:
  HeldSide a_;
  HeldSide b_;
  std::size_t groups_;
  std::uint64_t seed_;
  metrics::FrechetDistanceInterval result_;
};

}  // namespace

Napi::Value startFrechetDistanceInterval(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&] {
    Arguments const arguments(info, "startFrechetDistanceInterval");
    return startJob(info.Env(), arguments.size("threads"),
                    std::make_unique<FrechetDistanceIntervalWork>(arguments));
  });
}

}  // namespace madloop::binding
