#include "core/limits/expected_distance.hpp"

#include <memory>

#include "binding/arguments.hpp"
#include "binding/errors.hpp"
#include "binding/functions.hpp"
#include "binding/job.hpp"

namespace madloop::binding {

using gaussian::CovarianceDivisor;

namespace {

class ExpectedDistanceWork final : public Work {
 public:
  explicit ExpectedDistanceWork(Arguments const& arguments)
      : dim_(arguments.size("dim")),
        samples_(arguments.number("samples")),
        divisor_(arguments.choice<CovarianceDivisor>(
            "divisor", {{"unbiased", CovarianceDivisor::unbiased}, {"mle", CovarianceDivisor::mle}})) {}

  void run(Task& task) override { result_ = limits::expectedDistance(dim_, samples_, task, divisor_); }

  Napi::Value result(Napi::Env env) override { return Napi::Number::New(env, result_); }

 private:
  std::size_t dim_;
  double samples_;
  CovarianceDivisor divisor_;
  double result_ = 0;
};

}  // namespace

Napi::Value startExpectedDistance(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&] {
    Arguments const arguments(info, "startExpectedDistance");
    return startJob(info.Env(), arguments.size("threads"), std::make_unique<ExpectedDistanceWork>(arguments));
  });
}

}  // namespace madloop::binding
