#include "core/base/finite.hpp"

#include <cstddef>
#include <span>

#include "binding/errors.hpp"
#include "binding/functions.hpp"

namespace madloop::binding {

Napi::Value firstNonFinite(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    // Straight from the array, whose buffer may be a SharedArrayBuffer.
    napi_typedarray_type type = napi_int8_array;
    std::size_t length = 0;
    void* data = nullptr;
    bool const isArray =
        info.Length() > 0 && info[0].IsTypedArray() &&
        napi_get_typedarray_info(info.Env(), info[0], &type, &length, &data, nullptr, nullptr) == napi_ok;
    if (!isArray || (type != napi_float64_array && type != napi_float32_array))
      throwInvalidInput("firstNonFinite: needs a Float32Array or Float64Array");
    std::size_t const index = type == napi_float64_array
                                  ? madloop::firstNonFinite(std::span(static_cast<double const*>(data), length))
                                  : madloop::firstNonFinite(std::span(static_cast<float const*>(data), length));
    return Napi::Number::New(info.Env(), index == length ? -1 : static_cast<double>(index));
  });
}

}  // namespace madloop::binding
