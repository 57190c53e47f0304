#include "core/frechet.hpp"

#include <memory>
#include <utility>
#include <variant>

#include "binding/errors.hpp"
#include "binding/functions.hpp"
#include "binding/job.hpp"
#include "binding/matrices.hpp"

namespace madloop::binding {

namespace {

using Side = std::variant<HeldMatrix, HeldGaussian>;

Side holdSide(Arguments const& arguments) {
  if (arguments.has("data")) return HeldMatrix(arguments);
  return HeldGaussian(arguments);
}

struct Factor {
  Task& task;
  char const* argument;

  FactoredGaussian operator()(HeldMatrix const& matrix) const {
    return matrix.visit([&](auto view) { return factorData(view, task, argument); });
  }
  FactoredGaussian operator()(HeldGaussian const& gaussian) const {
    return factorMoments(gaussian.copy(), task, argument);
  }
};

class FrechetWork final : public Work {
 public:
  explicit FrechetWork(Arguments const& arguments)
      : a_(holdSide(arguments.object("a"))), b_(holdSide(arguments.object("b"))) {}

  void run(Task& task) override {
    FactoredGaussian a = std::visit(Factor{task, "a"}, a_);
    FactoredGaussian b = std::visit(Factor{task, "b"}, b_);
    result_ = frechetDistance(std::move(a), std::move(b), task);
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
  Side a_;
  Side b_;
  FrechetDistance result_;
};

}  // namespace

Napi::Value startFrechetDistance(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&] {
    Arguments const arguments(info, "startFrechetDistance");
    return startJob(info.Env(), arguments.size("threads"), std::make_unique<FrechetWork>(arguments));
  });
}

}  // namespace madloop::binding
