// JavaScript values as C++ values, with every check spelled out.
//
// node-api's own number conversions wrap and truncate in silence (2^32 becomes 0, NaN becomes 0, 1.9 becomes
// 1), so they are not used anywhere. The TypeScript layer has checked its caller's values before it calls the
// addon and words the errors for people; the checks here make sure that nothing else can get in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "binding/arrays.hpp"
#include "binding/napi.hpp"

namespace madloop::binding {

/// The one object that a binding function takes. Each member is read by name; a wrong kind or value is an
/// invalidInput error that names function and member.
class Arguments {
 public:
  /// The first argument of a call; `function` is the name for messages.
  Arguments(Napi::CallbackInfo const& info, char const* function);

  [[nodiscard]] bool has(char const* name) const;
  /// An integer in [0, 2^53].
  [[nodiscard]] std::size_t size(char const* name) const;
  /// A BigInt in [0, 2^64).
  [[nodiscard]] std::uint64_t bigUint64(char const* name) const;
  [[nodiscard]] double number(char const* name) const;
  [[nodiscard]] bool boolean(char const* name) const;
  [[nodiscard]] std::string string(char const* name) const;

  /// A string that must be one of the given words, as the value that stands beside it.
  template <class Value>
  [[nodiscard]] Value choice(char const* name,
                             std::initializer_list<std::pair<std::string_view, Value>> words) const {
    std::string const word = string(name);
    for (auto const& [candidate, value] : words) {
      if (candidate == word) return value;
    }
    fail(name, "must be one of the known words, got '" + word + "'");
  }

  /// A Float64Array of exactly `length` elements.
  [[nodiscard]] HeldArray<double> float64Array(char const* name, std::size_t length) const;
  /// A Float64Array of any length.
  [[nodiscard]] HeldArray<double> float64Array(char const* name) const;
  /// A Uint32Array of any length.
  [[nodiscard]] HeldArray<std::uint32_t> uint32Array(char const* name) const;
  /// Element `index` of an array that `name` names, as an integer in [0, 2^53].
  [[nodiscard]] std::size_t sizeAt(HeldArray<double> const& array, std::size_t index, char const* name) const;
  /// A Float32Array or Float64Array of exactly `length` elements.
  [[nodiscard]] HeldRealArray realArray(char const* name, std::size_t length) const;
  /// A member that is an instance of T, a wrapped class with a static `kTypeTag`.
  template <class T>
  [[nodiscard]] T& instance(char const* name) const {
    Napi::Value const value = get(name);
    if (!value.IsObject() || !value.As<Napi::Object>().CheckTypeTag(&T::kTypeTag))
      fail(name, "must be an object of the engine's");
    return *T::Unwrap(value.As<Napi::Object>());
  }
  /// A member that is itself such an object.
  [[nodiscard]] Arguments object(char const* name) const;
  /// An array of such objects.
  [[nodiscard]] std::vector<Arguments> list(char const* name) const;

 private:
  Arguments(Napi::Object object, std::string function) : object_(object), function_(std::move(function)) {}

  [[nodiscard]] Napi::Value get(char const* name) const;
  [[nodiscard]] std::size_t toSize(double value, char const* name) const;
  [[noreturn]] void fail(char const* name, std::string const& problem) const;

  Napi::Object object_;
  std::string function_;
};

}  // namespace madloop::binding
