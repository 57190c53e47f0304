#include "binding/job.hpp"

#include <utility>

#include "binding/environment.hpp"
#include "binding/errors.hpp"

namespace madloop::binding {

Job::Job(Napi::Env env, Environment& environment, std::size_t threads, std::unique_ptr<Work> work)
    : environment_(environment),
      task_(std::make_shared<Task>(threads)),
      work_(std::move(work)),
      deferred_(Napi::Promise::Deferred::New(env)) {}

Job::~Job() {
  if (thread_.joinable()) thread_.join();
}

Napi::Object Job::handle(Napi::Env env) const {
  Napi::Object handle = Napi::Object::New(env);
  handle.Set("promise", deferred_.Promise());
  handle.Set("cancel", Napi::Function::New(
                           env, [task = task_](Napi::CallbackInfo const&) { task->cancel(); }, "cancel"));
  handle.Set("progress",
             Napi::Function::New(
                 env,
                 [task = task_](Napi::CallbackInfo const& info) -> Napi::Value {
                   Napi::Object progress = Napi::Object::New(info.Env());
                   progress.Set("done", Napi::Number::New(info.Env(), static_cast<double>(task->done())));
                   progress.Set("total", Napi::Number::New(info.Env(), static_cast<double>(task->total())));
                   return progress;
                 },
                 "progress"));
  return handle;
}

void Job::start() {
  thread_ = std::thread([this] { runOnThread(); });
}

void Job::runOnThread() noexcept {
  try {
    work_->run(*task_);
  } catch (...) {
    error_ = std::current_exception();
  }
  task_->workers().dismiss();  // JavaScript may keep the task for ever
  environment_.complete(*this);
}

void Job::settle(Napi::Env env) {
  thread_.join();
  if (!error_) {
    try {
      deferred_.Resolve(work_->result(env));
      return;
    } catch (...) {
      error_ = std::current_exception();
    }
  }
  deferred_.Reject(errorFrom(env, error_));
}

Napi::Value startJob(Napi::Env env, std::size_t threads, std::unique_ptr<Work> work) {
  return Environment::of(env).start(env, threads, std::move(work));
}

}  // namespace madloop::binding
