// What this build of the addon is, and which kernels it takes.

#include <string>

#include "binding/arguments.hpp"
#include "binding/errors.hpp"
#include "binding/functions.hpp"
#include "binding/version.hpp"
#include "core/base/dispatch.hpp"
#include "core/linalg/eigen_setup.hpp"

namespace madloop::binding {

Napi::Value buildInfo(Napi::CallbackInfo const& info) {
  Napi::Env const env = info.Env();
  Napi::Object object = Napi::Object::New(env);
  object.Set("version", Napi::String::New(env, builtVersion));
  object.Set("variant", Napi::String::New(env, builtVariant));
  object.Set("eigen", Napi::String::New(env, linalg::eigenVersion()));
  Napi::Object chosen = Napi::Object::New(env);
  for (AnyKernel const* const kernel : kernels())
    chosen.Set(std::string(kernel->name()), std::string(instructionSetName(kernel->chosenSet())));
  object.Set("kernels", chosen);
  return object;
}

Napi::Value limitKernels(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    madloop::limitKernels(Arguments(info, "limitKernels").string("largest"));
    return info.Env().Undefined();
  });
}

}  // namespace madloop::binding
