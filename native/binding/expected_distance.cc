#include "core/expected_distance.hpp"

#include <memory>

#include "binding/arguments.hpp"
#include "binding/errors.hpp"
#include "binding/functions.hpp"
#include "binding/job.hpp"

namespace madloop::binding {

namespace {

class ExpectedDistanceWork final : public Work {
 public:
  explicit ExpectedDistanceWork(Arguments const& arguments)
      : dim_(arguments.size("dim")), samples_(arguments.number("samples")) {}

  void run(Task& task) override { result_ = expectedDistance(dim_, samples_, task); }

  Napi::Value result(Napi::Env env) override { return Napi::Number::New(env, result_); }

 private:
  std::size_t dim_;
  double samples_;
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
