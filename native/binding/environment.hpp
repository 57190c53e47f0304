// What the addon keeps for each Node environment (the main thread, each worker): its running jobs. There is no
// process-wide state; an addon loaded in several workers is several of these.
#pragma once

#include <cstddef>
#include <memory>
#include <unordered_map>

#include "binding/job.hpp"
#include "binding/napi.hpp"

namespace madloop::binding {

class Environment {
 public:
  /// Makes the environment's state and registers its cleanup hook. Call once, when the module is loaded.
  static void attach(Napi::Env env);
  static Environment& of(Napi::Env env);

  /// Starts a job and returns its handle. While any job runs, the event loop is kept alive.
  Napi::Object start(Napi::Env env, std::size_t threads, std::unique_ptr<Work> work);

  /// Called by a job's thread when its work has ended, as the last thing it does.
  void complete(Job& job);

 private:
  explicit Environment(Napi::Env env);

  static void settle(Napi::Env env, Napi::Function callback, Environment* environment, Job* job);
  using Completions = Napi::TypedThreadSafeFunction<Environment, Job, &Environment::settle>;

  void finish(Napi::Env env, Job& job);
  void stop() noexcept;

  Completions completions_;
  std::unordered_map<Job*, std::unique_ptr<Job>> jobs_;
};

}  // namespace madloop::binding
