// The addon's functions, one source file a concept. Their JavaScript signatures are in
// src/engine/native-types.ts.
#pragma once

#include "binding/napi.hpp"

namespace madloop::binding {

Napi::Value startMoments(Napi::CallbackInfo const& info);               // moments.cc
Napi::Value mergeMoments(Napi::CallbackInfo const& info);               // moments.cc
Napi::Value startFrechetDistance(Napi::CallbackInfo const& info);       // frechet.cc
Napi::Value startFrechetInterval(Napi::CallbackInfo const& info);       // frechet_interval.cc
Napi::Value startFrechetInfinity(Napi::CallbackInfo const& info);       // frechet_infinity.cc
Napi::Value startKernelDistance(Napi::CallbackInfo const& info);        // kernel_distance.cc
Napi::Value startMatrixSquareRoot(Napi::CallbackInfo const& info);      // matrix_square_root.cc
Napi::Value startGaussianLoop(Napi::CallbackInfo const& info);          // gaussian_loop.cc
Napi::Value startMixtureFit(Napi::CallbackInfo const& info);            // gaussian_mixture.cc
Napi::Value startMixtureSampling(Napi::CallbackInfo const& info);       // gaussian_mixture.cc
Napi::Value startMixtureLogDensity(Napi::CallbackInfo const& info);     // gaussian_mixture.cc
Napi::Value startGaussianSampling(Napi::CallbackInfo const& info);      // gaussian_sampling.cc
Napi::Value startExpectedDistance(Napi::CallbackInfo const& info);      // expected_distance.cc
Napi::Value startEffectiveSampleSizes(Napi::CallbackInfo const& info);  // effective_sample_size.cc
Napi::Value startDeterministicLimits(Napi::CallbackInfo const& info);   // deterministic_limit.cc
Napi::Value startPrecisionRecall(Napi::CallbackInfo const& info);       // precision_recall.cc
Napi::Value startLimitPointChains(Napi::CallbackInfo const& info);      // limit_point.cc
Napi::Value multinomialUniform(Napi::CallbackInfo const& info);         // multinomial.cc
Napi::Value studentTails(Napi::CallbackInfo const& info);               // student_t.cc
Napi::Value studentHalfWidth(Napi::CallbackInfo const& info);           // student_t.cc
Napi::Value startFault(Napi::CallbackInfo const& info);                 // fault.cc
Napi::Value firstNonFinite(Napi::CallbackInfo const& info);             // finite.cc
Napi::Value preferLargePages(Napi::CallbackInfo const& info);           // large_pages.cc
Napi::Value buildInfo(Napi::CallbackInfo const& info);                  // info.cc
Napi::Value limitKernels(Napi::CallbackInfo const& info);               // info.cc

}  // namespace madloop::binding
