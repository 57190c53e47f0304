// C++ exceptions as JavaScript errors.
//
// The binding makes plain Error objects that carry a `code`; src/engine/job.ts turns these into MadloopError,
// so that there is one error class and it lives in JavaScript.
#pragma once

#include <exception>

#include "binding/napi.hpp"

namespace madloop::binding {

/// The Error object for any exception: an Error with `code` for what the core throws and for lack of memory or
/// threads, ERR_INTERNAL for everything else. A Napi::Error (thrown by JavaScript) passes through unchanged.
Napi::Value errorFrom(Napi::Env env, std::exception_ptr const& exception);

/// Runs a binding function's body, and throws whatever leaves it as a JavaScript error.
template <class Body>
Napi::Value guarded(Napi::Env env, Body body) {
  std::exception_ptr caught;
  try {
    return body();
  } catch (Napi::Error const&) {
    throw;
  } catch (...) {
    caught = std::current_exception();
  }
  throw Napi::Error(env, errorFrom(env, caught));
}

}  // namespace madloop::binding
