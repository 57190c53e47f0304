#include "core/metrics/frechet_distance_infinity.hpp"

#include <algorithm>
#include <memory>

#include "binding/errors.hpp"
#include "binding/frechet_sides.hpp"
#include "binding/functions.hpp"
#include "binding/job.hpp"

namespace madloop::binding {

namespace {

class FrechetDistanceInfinityWork final : public Work {
 public:
  explicit FrechetDistanceInfinityWork(Arguments const& arguments)
      : reference_(holdSide(arguments.object("reference"))),
        generated_(holdSide(arguments.object("generated"))),
        points_(arguments.size("points")),
        groups_(arguments.size("groups")),
        extrapolated_(arguments.choice<metrics::Extrapolated>(
            "extrapolate",
            {{"generated", metrics::Extrapolated::generated}, {"both", metrics::Extrapolated::both}})),
        seed_(arguments.bigUint64("seed")),
        distances_(arguments.float64Array("distances", points_)) {}

  void run(Task& task) override {
    result_ = metrics::frechetDistanceInfinity(coreSide(reference_), coreSide(generated_), points_, groups_,
                                               extrapolated_, seed_, task);
    std::copy(result_.distances.begin(), result_.distances.end(), distances_.data());
  }

  Napi::Value result(Napi::Env env) override {
    Napi::Object object = Napi::Object::New(env);
    object.Set("distance", Napi::Number::New(env, result_.distance));
    object.Set("slope", Napi::Number::New(env, result_.slope));
    object.Set("rSquared", Napi::Number::New(env, result_.rSquared));
    object.Set("standardError", Napi::Number::New(env, result_.standardError));
    object.Set("lower", Napi::Number::New(env, result_.lower));
    object.Set("upper", Napi::Number::New(env, result_.upper));
    object.Set("heavyTails", Napi::Boolean::New(env, result_.heavyTails));
    object.Set("degreesOfFreedom", Napi::Number::New(env, result_.degreesOfFreedom));
    return object;
  }

 private:
  HeldSide reference_;
  HeldSide generated_;
  std::size_t points_;
  std::size_t groups_;
  metrics::Extrapolated extrapolated_;
  std::uint64_t seed_;
  HeldArray<double> distances_;
  metrics::FrechetDistanceInfinity result_;
};

}  // namespace

Napi::Value startFrechetDistanceInfinity(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&] {
    Arguments const arguments(info, "startFrechetDistanceInfinity");
    return startJob(info.Env(), arguments.size("threads"),
                    std::make_unique<FrechetDistanceInfinityWork>(arguments));
  });
}

}  // namespace madloop::binding
