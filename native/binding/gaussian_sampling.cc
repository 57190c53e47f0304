#include "core/gaussian/gaussian_sampling.hpp"

#include <memory>

#include "binding/errors.hpp"
#include "binding/functions.hpp"
#include "binding/job.hpp"
#include "binding/matrices.hpp"
#include "core/base/checked.hpp"
#include "core/gaussian/gaussian_factor.hpp"

namespace madloop::binding {

namespace {

class GaussianSamplingWork final : public Work {
 public:
  explicit GaussianSamplingWork(Arguments const& arguments)
      : gaussian_(arguments.object("gaussian")),
        lambda_(arguments.number("lambda")),
        count_(arguments.size("count")),
        seed_(arguments.bigUint64("seed")),
        out_(arguments.float64Array("out", checkedMultiply(count_, gaussian_.dim(), "count x dim"))) {}

  void run(Task& task) override {
    gaussian::sampleGaussian(gaussian::factorMoments(gaussian_.view(), task, "moments"), lambda_, count_, seed_,
                             out_.data(), task);
  }

  Napi::Value result(Napi::Env env) override { return env.Undefined(); }

 private:
  HeldGaussian gaussian_;
  double lambda_;
  std::size_t count_;
  std::uint64_t seed_;
  HeldArray<double> out_;  // count x dim, row-major
};

}  // namespace

Napi::Value startGaussianSampling(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&] {
    Arguments const arguments(info, "startGaussianSampling");
    return startJob(info.Env(), arguments.size("threads"), std::make_unique<GaussianSamplingWork>(arguments));
  });
}

}  // namespace madloop::binding
