#include "core/gaussian/moments.hpp"

#include <algorithm>
#include <memory>

#include "binding/errors.hpp"
#include "binding/functions.hpp"
#include "binding/job.hpp"
#include "binding/matrices.hpp"
#include "core/base/checked.hpp"

namespace madloop::binding {

namespace {

class MomentsWork final : public Work {
 public:
  explicit MomentsWork(Arguments const& arguments)
      : x_(arguments.object("x")),
        mean_(arguments.float64Array("mean", x_.cols())),
        covariance_(
            arguments.float64Array("covariance", checkedMultiply(x_.cols(), x_.cols(), "cols x cols"))) {}

  void run(Task& task) override {
    gaussian::Moments const result = x_.visit([&](auto view) { return gaussian::moments(view, task, "x"); });
    std::copy(result.mean.begin(), result.mean.end(), mean_.data());
    std::copy(result.covariance.begin(), result.covariance.end(), covariance_.data());
  }

  Napi::Value result(Napi::Env env) override { return env.Undefined(); }

 private:
  HeldMatrix x_;
  HeldArray<double> mean_;
  HeldArray<double> covariance_;
};

}  // namespace

Napi::Value startMoments(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&] {
    Arguments const arguments(info, "startMoments");
    return startJob(info.Env(), arguments.size("threads"), std::make_unique<MomentsWork>(arguments));
  });
}

Napi::Value mergeMoments(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    Arguments const arguments(info, "mergeMoments");
    HeldGaussian const a(arguments.object("a"));
    HeldGaussian const b(arguments.object("b"));
    HeldArray<double> const mean = arguments.float64Array("mean", a.dim());
    HeldArray<double> const covariance =
        arguments.float64Array("covariance", checkedMultiply(a.dim(), a.dim(), "dim x dim"));
    gaussian::Moments const merged =
        gaussian::mergeMoments(a.copy(arguments.size("countA")), b.copy(arguments.size("countB")));
    std::copy(merged.mean.begin(), merged.mean.end(), mean.data());
    std::copy(merged.covariance.begin(), merged.covariance.end(), covariance.data());
    return info.Env().Undefined();
  });
}

}  // namespace madloop::binding
