#include "core/metrics/kernel_distance.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include "binding/errors.hpp"
#include "binding/functions.hpp"
#include "binding/job.hpp"
#include "binding/matrices.hpp"

namespace madloop::binding {

namespace {

class KernelDistanceWork final : public Work {
 public:
  explicit KernelDistanceWork(Arguments const& arguments)
      : a_(arguments.object("a")),
        b_(arguments.object("b")),
        kernel_{arguments.size("degree"), arguments.number("gamma"), arguments.number("coef0")},
        blocks_{arguments.size("blockSize"), arguments.size("blocks"), arguments.boolean("disjoint")},
        seed_(arguments.bigUint64("seed")),
        estimates_(arguments.float64Array("estimates", blocks_.count)) {}

  void run(Task& task) override {
    std::vector<double> const estimates = a_.visit([&](auto a) {
      return b_.visit([&](auto b) { return metrics::kernelDistances(a, b, kernel_, blocks_, seed_, task); });
    });
    std::copy(estimates.begin(), estimates.end(), estimates_.data());
    summary_ = metrics::summarize(estimates);
  }

  Napi::Value result(Napi::Env env) override {
    Napi::Object object = Napi::Object::New(env);
    object.Set("mean", Napi::Number::New(env, summary_.mean));
    object.Set("standardDeviation", Napi::Number::New(env, summary_.standardDeviation));
    object.Set("standardError", Napi::Number::New(env, summary_.standardError));
    object.Set("halfWidth", Napi::Number::New(env, summary_.halfWidth));
    return object;
  }

 private:
  HeldMatrix a_;
  HeldMatrix b_;
  metrics::PolynomialKernel kernel_;
  metrics::KernelBlocks blocks_;
  std::uint64_t seed_;
  HeldArray<double> estimates_;
  metrics::KernelSummary summary_;
};

}  // namespace

Napi::Value startKernelDistance(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&] {
    Arguments const arguments(info, "startKernelDistance");
    return startJob(info.Env(), arguments.size("threads"), std::make_unique<KernelDistanceWork>(arguments));
  });
}

}  // namespace madloop::binding
