#include "core/base/large_pages.hpp"

#include <cstddef>

#include "binding/errors.hpp"
#include "binding/functions.hpp"

namespace madloop::binding {

Napi::Value preferLargePages(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    if (info.Length() > 0 && info[0].IsTypedArray()) {
      auto const array = info[0].As<Napi::TypedArray>();
      auto* const memory = static_cast<std::byte*>(array.ArrayBuffer().Data());
      madloop::preferLargePages(memory + array.ByteOffset(), array.ByteLength());
    }
    return info.Env().Undefined();
  });
}

}  // namespace madloop::binding
