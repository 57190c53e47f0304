// What this build of the addon is, and which kernels it takes. The build systems define MADLOOP_VERSION (from
// package.json) and MADLOOP_VARIANT (the instruction-set level, one of those in src/engine/native.ts).

#include <string>

#include "binding/arguments.hpp"
#include "binding/errors.hpp"
#include "binding/functions.hpp"
#include "core/base/dispatch.hpp"
#include "core/linalg/eigen_setup.hpp"

#if !defined(MADLOOP_VERSION) || !defined(MADLOOP_VARIANT)
#error "the build must define MADLOOP_VERSION and MADLOOP_VARIANT as string literals"
#endif

namespace madloop::binding {

Napi::Value buildInfo(Napi::CallbackInfo const& info) {
  Napi::Env const env = info.Env();
  Napi::Object object = Napi::Object::New(env);
  object.Set("version", Napi::String::New(env, MADLOOP_VERSION));
  object.Set("variant", Napi::String::New(env, MADLOOP_VARIANT));
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
