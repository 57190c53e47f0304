#include "core/inference/student_t.hpp"

#include "binding/arguments.hpp"
#include "binding/errors.hpp"
#include "binding/functions.hpp"

namespace madloop::binding {

Napi::Value studentTails(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    Arguments const arguments(info, "studentTails");
    return Napi::Number::New(info.Env(),
                             inference::studentTails(arguments.number("degrees"), arguments.number("t")));
  });
}

Napi::Value studentHalfWidth(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    Arguments const arguments(info, "studentHalfWidth");
    return Napi::Number::New(
        info.Env(), inference::studentHalfWidth(arguments.number("degrees"), arguments.number("tails")));
  });
}

}  // namespace madloop::binding
