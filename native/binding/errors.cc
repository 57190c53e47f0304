#include "binding/errors.hpp"

#include <new>
#include <string>
#include <system_error>

#include "core/base/error.hpp"

namespace madloop::binding {

namespace {

char const* codeName(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalidInput:
      return "ERR_INVALID_INPUT";
    case ErrorCode::notPositiveSemidefinite:
      return "ERR_NOT_POSITIVE_SEMIDEFINITE";
    case ErrorCode::aborted:
      return "ERR_ABORTED";
    case ErrorCode::noVariance:
      return "ERR_NO_VARIANCE";
    case ErrorCode::noConvergence:
      return "ERR_NO_CONVERGENCE";
    case ErrorCode::internal:
      return "ERR_INTERNAL";
  }
  return "ERR_INTERNAL";
}

Napi::Value makeError(Napi::Env env, char const* code, std::string const& message) {
  Napi::Error const error = Napi::Error::New(env, message);
  error.Set("code", Napi::String::New(env, code));
  return error.Value();
}

}  // namespace

Napi::Value errorFrom(Napi::Env env, std::exception_ptr const& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (Napi::Error const& error) {
    return error.Value();
  } catch (Error const& error) {
    return makeError(env, codeName(error.code()), error.what());
  } catch (std::bad_alloc const&) {
    return makeError(env, "ERR_OUT_OF_MEMORY", "the engine could not get the memory that this call needs");
  } catch (std::length_error const& error) {
    // A std::vector that was asked for more than it can ever hold.
    return makeError(env, "ERR_OUT_OF_MEMORY",
                     std::string("this call needs more memory than can be addressed: ") + error.what());
  } catch (std::system_error const& error) {
    return makeError(env, "ERR_OUT_OF_THREADS", std::string("the system gave no thread: ") + error.what());
  } catch (std::exception const& error) {
    return makeError(env, "ERR_INTERNAL",
                     std::string("unexpected error in the engine, please report it: ") + error.what());
  } catch (...) {
    return makeError(env, "ERR_INTERNAL", "unexpected error of unknown type in the engine, please report it");
  }
}

}  // namespace madloop::binding
