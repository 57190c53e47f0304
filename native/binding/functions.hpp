// The addon's functions, as listed in functions.def. Their JavaScript signatures are in
// src/engine/native-types.ts.
#pragma once

#include "binding/napi.hpp"

namespace madloop::binding {

#define MADLOOP_FUNCTION(name, file) Napi::Value name(Napi::CallbackInfo const& info);
#define MADLOOP_CLASS(name, file)
#include "binding/functions.def"
#undef MADLOOP_CLASS
#undef MADLOOP_FUNCTION

}  // namespace madloop::binding
