#include "binding/arrays.hpp"

#include <cstdint>

#include "core/base/error.hpp"

namespace madloop::binding {

namespace {

struct TypedArrayInfo {
  napi_typedarray_type type;
  void* data;
  std::size_t length;
};

TypedArrayInfo inspect(Napi::Value const& value, std::string const& what) {
  if (!value.IsTypedArray()) throwInvalidInput(what + " must be a typed array");
  TypedArrayInfo info{};
  napi_value buffer = nullptr;
  std::size_t byteOffset = 0;
  if (napi_get_typedarray_info(value.Env(), value, &info.type, &info.length, &info.data, &buffer,
                               &byteOffset) != napi_ok) {
    throw Napi::Error::New(value.Env());
  }
  bool detached = false;  // stays false for a SharedArrayBuffer, which cannot be detached
  if (napi_is_detached_arraybuffer(value.Env(), buffer, &detached) == napi_ok && detached) {
    throwInvalidInput(what + " must not be detached: its buffer was transferred");
  }
  return info;
}

template <class T>
constexpr napi_typedarray_type arrayType = napi_float64_array;
template <>
constexpr napi_typedarray_type arrayType<float> = napi_float32_array;
template <>
constexpr napi_typedarray_type arrayType<std::uint32_t> = napi_uint32_array;

template <class T>
constexpr char const* arrayTypeName = "Float64Array";
template <>
constexpr char const* arrayTypeName<float> = "Float32Array";
template <>
constexpr char const* arrayTypeName<std::uint32_t> = "Uint32Array";

}  // namespace

template <class T>
HeldArray<T>::HeldArray(Napi::Value const& value, std::string const& what) {
  TypedArrayInfo const info = inspect(value, what);
  if (info.type != arrayType<T>) throwInvalidInput(what + " must be a " + arrayTypeName<T>);
  reference_ = Napi::Persistent(value.As<Napi::Object>());
  data_ = static_cast<T*>(info.data);
  size_ = info.length;
}

template <class T>
HeldArray<T>::HeldArray(Napi::Value const& value, std::size_t length, std::string const& what)
    : HeldArray(value, what) {
  if (size_ != length) {
    throwInvalidInput(what + " must have length " + std::to_string(length) + ", got " + std::to_string(size_));
  }
}

template class HeldArray<float>;
template class HeldArray<double>;
template class HeldArray<std::uint32_t>;

HeldRealArray holdRealArray(Napi::Value const& value, std::size_t length, std::string const& what) {
  if (inspect(value, what).type == napi_float32_array) return HeldArray<float>(value, length, what);
  return HeldArray<double>(value, length, what);
}

}  // namespace madloop::binding
