#include "core/metrics/kernel_distance.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include "binding/errors.hpp"
#include "binding/functions.hpp"
#include "binding/job.hpp"
#include "binding/matrices.hpp"
#include "core/metrics/heavy_tails.hpp"

namespace madloop::binding {

namespace {

class KernelDistanceWork final : public Work {
 public:
  explicit KernelDistanceWork(Arguments const& arguments)
      : a_(arguments.object("a")),
        b_(arguments.object("b")),
        kernel_{arguments.size("degree"), arguments.number("gamma"), arguments.number("coef0")},
        blocks_{arguments.size("rowsOfA"), arguments.size("blocks"), arguments.boolean("disjoint"),
                arguments.size("rowsOfB")},
        jackknifed_(arguments.boolean("jackknife")),
        seed_(arguments.bigUint64("seed")),
        estimates_(arguments.float64Array("estimates", blocks_.count)) {}

  void run(Task& task) override {
    a_.visit([&](auto a) { b_.visit([&](auto b) { estimate(a, b, task); }); });
  }

  Napi::Value result(Napi::Env env) override {
    Napi::Object object = Napi::Object::New(env);
    object.Set("mean", Napi::Number::New(env, summary_.mean));
    object.Set("standardDeviation", Napi::Number::New(env, summary_.standardDeviation));
    object.Set("standardError", Napi::Number::New(env, summary_.standardError));
    object.Set("lower", Napi::Number::New(env, summary_.lower));
    object.Set("upper", Napi::Number::New(env, summary_.upper));
    object.Set("heavyTails", Napi::Boolean::New(env, heavyTails_));
    return object;
  }

 private:
  template <class A, class B>
  void estimate(MatrixView<A> a, MatrixView<B> b, Task& task) {
    metrics::KernelEstimates const found =
        jackknifed_ ? metrics::jackknifedKernelDistances(a, b, kernel_, blocks_, seed_, task)
                    : metrics::kernelDistances(a, b, kernel_, blocks_, seed_, task);
    summary_ = metrics::summarize(found);
    heavyTails_ = metrics::heavyTails(a, task, "a") || metrics::heavyTails(b, task, "b");
    std::copy(found.estimates.begin(), found.estimates.end(), estimates_.data());
  }

  HeldMatrix a_;
  HeldMatrix b_;
  metrics::PolynomialKernel kernel_;
  metrics::KernelBlocks blocks_;
  bool jackknifed_;
  std::uint64_t seed_;
  HeldArray<double> estimates_;
  metrics::KernelSummary summary_;
  bool heavyTails_ = false;
};

}  // namespace

Napi::Value startKernelDistance(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&] {
    Arguments const arguments(info, "startKernelDistance");
    return startJob(info.Env(), arguments.size("threads"), std::make_unique<KernelDistanceWork>(arguments));
  });
}

}  // namespace madloop::binding
