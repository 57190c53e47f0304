// One long computation, off the JavaScript thread.
//
// Lifetimes, each with the defect it prevents:
// 1. A job runs on a thread of its own, not on libuv's pool: four busy pool threads would stall fs and dns, and
//    queued async work cannot be stopped when a worker is terminated.
// 2. The Environment owns its jobs. A job is made, settled and destroyed on the JavaScript thread; its thread
//    sees only the work, the Task and Environment::complete().
// 3. The job's thread is joined before the job is destroyed: on completion, or by the environment's cleanup
//    hook, which cancels every job first. The core polls Task::throwIfCancelled every few milliseconds, so
//    worker.terminate() waits no longer than that.
// 4. No JavaScript runs in the cleanup hook: promises of cancelled jobs stay pending, as Node's own do.
#pragma once

#include <cstddef>
#include <exception>
#include <memory>
#include <thread>

#include "binding/napi.hpp"
#include "core/base/task.hpp"

namespace madloop::binding {

class Environment;

/// What a job does. Constructed and destroyed on the JavaScript thread, where it may hold references.
class Work {
 public:
  Work() = default;
  Work(Work const&) = delete;
  Work& operator=(Work const&) = delete;
  virtual ~Work() = default;

  /// On the job's thread: no JavaScript. May throw anything.
  virtual void run(Task& task) = 0;
  /// On the JavaScript thread, after run() returned: what the promise resolves to.
  virtual Napi::Value result(Napi::Env env) = 0;
};

class Job {
 public:
  Job(Napi::Env env, Environment& environment, std::size_t threads, std::unique_ptr<Work> work);
  Job(Job const&) = delete;
  Job& operator=(Job const&) = delete;
  ~Job();

  /// { promise, cancel(), progress() } for JavaScript.
  [[nodiscard]] Napi::Object handle(Napi::Env env) const;

  /// Starts the thread; throws std::system_error if there is none to be had.
  void start();
  void cancel() noexcept { task_->cancel(); }
  /// Resolves or rejects the promise, once run() has ended.
  void settle(Napi::Env env);

 private:
  void runOnThread() noexcept;

  Environment& environment_;
  std::shared_ptr<Task> task_;  // shared with the handle's functions, which JavaScript may keep for ever
  std::unique_ptr<Work> work_;
  Napi::Promise::Deferred deferred_;
  std::exception_ptr error_;
  std::thread thread_;
};

/// Starts the work on up to `threads` threads and returns its handle.
Napi::Value startJob(Napi::Env env, std::size_t threads, std::unique_ptr<Work> work);

}  // namespace madloop::binding
