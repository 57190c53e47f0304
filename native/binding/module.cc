// Registration, and nothing else.

#include "binding/environment.hpp"
#include "binding/functions.hpp"
#include "binding/limit_point_estimator.hpp"
#include "binding/napi.hpp"
#include "core/base/memory.hpp"
#include "core/linalg/eigen_setup.hpp"

namespace {

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  using namespace madloop::binding;
  // What holds for the whole process, once for all calls.
  madloop::linalg::fixEigenBlocking();
  madloop::keepFreedMemory(std::size_t{32} << 20);  // the matrices that a generation has in use up to d = 500
  Environment::attach(env);
#define MADLOOP_FUNCTION(name, file) exports.Set(#name, Napi::Function::New<name>(env, #name));
#define MADLOOP_CLASS(name, file) exports.Set(#name, name::define(env));
#include "binding/functions.def"
#undef MADLOOP_CLASS
#undef MADLOOP_FUNCTION
  return exports;
}

}  // namespace

NODE_API_MODULE(NODE_GYP_MODULE_NAME, initialize)
