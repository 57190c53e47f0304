// For the tests of the binding: a job that does no mathematics and goes wrong in a chosen way. What a job
// throws, how long it runs and when it is stopped can so be tested without any engine code. Not part of the
// public API.

#include <chrono>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>

#include "binding/arguments.hpp"
#include "binding/errors.hpp"
#include "binding/functions.hpp"
#include "binding/job.hpp"

namespace madloop::binding {

namespace {

[[noreturn]] void raise(std::string const& kind) {
  if (kind == "bad_alloc") throw std::bad_alloc();
  if (kind == "int") throw 42;
  if (kind == "madloop") throw Error(ErrorCode::noConvergence, "fault: a core error");
  throw std::runtime_error("fault: " + kind);
}

/// Reports `steps` steps of one millisecond each, then throws `kind`, or returns if that is "none".
class FaultWork final : public Work {
 public:
  explicit FaultWork(Arguments const& arguments)
      : kind_(arguments.string("kind")),
        steps_(arguments.size("steps")),
        throwInResult_(arguments.boolean("inResult")) {}

  void run(Task& task) override {
    task.expect(steps_);
    for (std::size_t step = 0; step < steps_; ++step) {
      task.throwIfCancelled();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      task.add(1);
    }
    if (!throwInResult_ && kind_ != "none") raise(kind_);
  }

  Napi::Value result(Napi::Env env) override {
    if (kind_ == "napi") throw Napi::Error::New(env, "fault: a JavaScript error");
    if (throwInResult_ && kind_ != "none") raise(kind_);
    return Napi::Number::New(env, static_cast<double>(steps_));
  }

 private:
  std::string kind_;
  std::size_t steps_;
  bool throwInResult_;
};

}  // namespace

Napi::Value startFault(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&] {
    Arguments const arguments(info, "startFault");
    if (arguments.has("atStart")) raise(arguments.string("kind"));
    return startJob(info.Env(), arguments.size("threads"), std::make_unique<FaultWork>(arguments));
  });
}

}  // namespace madloop::binding
