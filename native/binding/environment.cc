#include "binding/environment.hpp"

#include <utility>

namespace madloop::binding {

Environment::Environment(Napi::Env env) {
  constexpr std::size_t unlimitedQueue = 0;
  // The environment itself; jobs borrow its reference and are joined before it goes.
  constexpr std::size_t initialThreads = 1;
  completions_ = Completions::New(env, "madloop jobs", unlimitedQueue, initialThreads, this);
  // An idle engine must not keep the process alive; start() takes the reference while jobs run.
  completions_.Unref(env);
}

void Environment::attach(Napi::Env env) {
  auto* environment = new Environment(env);
  env.SetInstanceData<Environment>(environment);  // owns it from here, and outlives every cleanup hook
  // Hooks run in the reverse order of registration. The thread-safe function has just registered its own, so
  // this one comes first: no job's thread is left when that function closes.
  env.AddCleanupHook([](Environment* self) { self->stop(); }, environment);
}

Environment& Environment::of(Napi::Env env) { return *env.GetInstanceData<Environment>(); }

Napi::Object Environment::start(Napi::Env env, std::size_t threads, std::unique_ptr<Work> work) {
  auto owned = std::make_unique<Job>(env, *this, threads, std::move(work));
  Job& job = *owned;
  Napi::Object handle = job.handle(env);
  jobs_.emplace(&job, std::move(owned));
  try {
    job.start();
  } catch (...) {
    jobs_.erase(&job);
    throw;
  }
  if (jobs_.size() == 1) completions_.Ref(env);
  return handle;
}

void Environment::complete(Job& job) { completions_.NonBlockingCall(&job); }

void Environment::settle(Napi::Env env, Napi::Function, Environment* environment, Job* job) {
  // Node empties the queue with a null environment after the cleanup hooks: the job is gone by then.
  if (static_cast<napi_env>(env) == nullptr) return;
  environment->finish(env, *job);
}

void Environment::finish(Napi::Env env, Job& job) {
  auto const found = jobs_.find(&job);
  found->second->settle(env);
  jobs_.erase(found);
  if (jobs_.empty()) completions_.Unref(env);
}

void Environment::stop() noexcept {
  for (auto const& entry : jobs_) entry.second->cancel();
  jobs_.clear();  // joins
}

}  // namespace madloop::binding
