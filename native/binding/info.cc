// What this build of the addon is. The build systems define MADLOOP_VERSION (from package.json) and
// MADLOOP_VARIANT (the instruction-set level, one of those in src/engine/native.ts).

#include "binding/functions.hpp"
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
  object.Set("cuda", Napi::Boolean::New(env, false));
  return object;
}

}  // namespace madloop::binding
