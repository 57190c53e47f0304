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
  exports.Set("startMoments", Napi::Function::New<startMoments>(env, "startMoments"));
  exports.Set("mergeMoments", Napi::Function::New<mergeMoments>(env, "mergeMoments"));
  exports.Set("startFrechetDistance", Napi::Function::New<startFrechetDistance>(env, "startFrechetDistance"));
  exports.Set("startFrechetInterval", Napi::Function::New<startFrechetInterval>(env, "startFrechetInterval"));
  exports.Set("startFrechetInfinity", Napi::Function::New<startFrechetInfinity>(env, "startFrechetInfinity"));
  exports.Set("startKernelDistance", Napi::Function::New<startKernelDistance>(env, "startKernelDistance"));
  exports.Set("startMatrixSquareRoot",
              Napi::Function::New<startMatrixSquareRoot>(env, "startMatrixSquareRoot"));
  exports.Set("startGaussianLoop", Napi::Function::New<startGaussianLoop>(env, "startGaussianLoop"));
  exports.Set("startGaussianSampling",
              Napi::Function::New<startGaussianSampling>(env, "startGaussianSampling"));
  exports.Set("startMixtureFit", Napi::Function::New<startMixtureFit>(env, "startMixtureFit"));
  exports.Set("startMixtureSampling", Napi::Function::New<startMixtureSampling>(env, "startMixtureSampling"));
  exports.Set("startMixtureLogDensity",
              Napi::Function::New<startMixtureLogDensity>(env, "startMixtureLogDensity"));
  exports.Set("startExpectedDistance",
              Napi::Function::New<startExpectedDistance>(env, "startExpectedDistance"));
  exports.Set("startEffectiveSampleSizes",
              Napi::Function::New<startEffectiveSampleSizes>(env, "startEffectiveSampleSizes"));
  exports.Set("startDeterministicLimits",
              Napi::Function::New<startDeterministicLimits>(env, "startDeterministicLimits"));
  exports.Set("startPrecisionRecall", Napi::Function::New<startPrecisionRecall>(env, "startPrecisionRecall"));
  exports.Set("LimitPointEstimator", LimitPointEstimator::define(env));
  exports.Set("startLimitPointChains",
              Napi::Function::New<startLimitPointChains>(env, "startLimitPointChains"));
  exports.Set("multinomialUniform", Napi::Function::New<multinomialUniform>(env, "multinomialUniform"));
  exports.Set("studentTails", Napi::Function::New<studentTails>(env, "studentTails"));
  exports.Set("studentHalfWidth", Napi::Function::New<studentHalfWidth>(env, "studentHalfWidth"));
  exports.Set("startFault", Napi::Function::New<startFault>(env, "startFault"));
  exports.Set("firstNonFinite", Napi::Function::New<firstNonFinite>(env, "firstNonFinite"));
  exports.Set("preferLargePages", Napi::Function::New<preferLargePages>(env, "preferLargePages"));
  exports.Set("buildInfo", Napi::Function::New<buildInfo>(env, "buildInfo"));
  exports.Set("limitKernels", Napi::Function::New<limitKernels>(env, "limitKernels"));
  return exports;
}

}  // namespace

NODE_API_MODULE(NODE_GYP_MODULE_NAME, initialize)
