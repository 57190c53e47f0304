#include "binding/arguments.hpp"

#include <cmath>

#include "core/base/error.hpp"

namespace madloop::binding {

namespace {

constexpr double kLargestExactInteger = 9007199254740992.0;  // 2^53: every integer up to here is a double

}  // namespace

Arguments::Arguments(Napi::CallbackInfo const& info, char const* function) : function_(function) {
  if (info.Length() < 1 || !info[0].IsObject())
    throwInvalidInput(function_ + ": the argument must be an object");
  object_ = info[0].As<Napi::Object>();
}

Napi::Value Arguments::get(char const* name) const { return object_.Get(name); }

void Arguments::fail(char const* name, std::string const& problem) const {
  throwInvalidInput(function_ + ": " + name + " " + problem);
}

bool Arguments::has(char const* name) const { return !get(name).IsUndefined(); }

double Arguments::number(char const* name) const {
  Napi::Value const value = get(name);
  if (!value.IsNumber()) fail(name, "must be a number");
  return value.As<Napi::Number>().DoubleValue();
}

std::size_t Arguments::size(char const* name) const { return toSize(number(name), name); }

std::size_t Arguments::sizeAt(HeldArray<double> const& array, std::size_t index, char const* name) const {
  return toSize(array.data()[index], name);
}

std::size_t Arguments::toSize(double value, char const* name) const {
  if (!(value >= 0 && value <= kLargestExactInteger && std::trunc(value) == value)) {
    fail(name, "must be an integer from 0 to 2^53, got " + std::to_string(value));
  }
  return static_cast<std::size_t>(value);
}

std::uint64_t Arguments::bigUint64(char const* name) const {
  Napi::Value const value = get(name);
  if (!value.IsBigInt()) fail(name, "must be a BigInt");
  bool lossless = false;
  std::uint64_t const result = value.As<Napi::BigInt>().Uint64Value(&lossless);
  if (!lossless) fail(name, "must be in [0, 2^64)");
  return result;
}

bool Arguments::boolean(char const* name) const {
  Napi::Value const value = get(name);
  if (!value.IsBoolean()) fail(name, "must be a boolean");
  return value.As<Napi::Boolean>().Value();
}

std::string Arguments::string(char const* name) const {
  Napi::Value const value = get(name);
  if (!value.IsString()) fail(name, "must be a string");
  return value.As<Napi::String>().Utf8Value();
}

HeldArray<double> Arguments::float64Array(char const* name, std::size_t length) const {
  return HeldArray<double>(get(name), length, function_ + ": " + name);
}

HeldArray<double> Arguments::float64Array(char const* name) const {
  return HeldArray<double>(get(name), function_ + ": " + name);
}

HeldArray<std::uint32_t> Arguments::uint32Array(char const* name) const {
  return HeldArray<std::uint32_t>(get(name), function_ + ": " + name);
}

HeldRealArray Arguments::realArray(char const* name, std::size_t length) const {
  return holdRealArray(get(name), length, function_ + ": " + name);
}

Arguments Arguments::object(char const* name) const {
  Napi::Value const value = get(name);
  if (!value.IsObject()) fail(name, "must be an object");
  return Arguments(value.As<Napi::Object>(), function_ + ": " + name);
}

std::vector<Arguments> Arguments::list(char const* name) const {
  Napi::Value const value = get(name);
  if (!value.IsArray()) fail(name, "must be an array");
  auto const array = value.As<Napi::Array>();
  std::vector<Arguments> items;
  for (std::uint32_t i = 0; i < array.Length(); ++i) {
    Napi::Value const item = array.Get(i);
    if (!item.IsObject()) fail(name, "must hold objects");
    items.push_back(Arguments(item.As<Napi::Object>(), function_ + ": " + name));
  }
  return items;
}

}  // namespace madloop::binding
