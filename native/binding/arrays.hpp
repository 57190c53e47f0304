// Typed arrays whose memory the engine's threads read or fill while JavaScript runs on.
//
// Rules, each with the defect it prevents:
// 1. An array given to a job is either backed by a SharedArrayBuffer or is private to the package: a copy that
//    src/engine/snapshot.ts made, or an output nobody else has seen yet. A caller could transfer its own
//    ArrayBuffer away in mid-call, and its memory would be freed under the reading thread, whatever references
//    we hold.
// 2. A strong reference keeps the array alive until the job is destroyed, on the JavaScript thread.
// 3. A detached array reports length 0 with status "ok"; it is told apart by asking for its buffer's state.
#pragma once

#include <cstddef>
#include <string>
#include <variant>

#include "binding/napi.hpp"

namespace madloop::binding {

/// A typed array of T (float, double or std::uint32_t), held until destruction. Made and destroyed on the
/// JavaScript thread; data() may be used on any.
template <class T>
class HeldArray {
 public:
  /// `what` names the array in messages. Anything but a typed array of T with exactly `length` elements is
  /// invalidInput.
  HeldArray(Napi::Value const& value, std::size_t length, std::string const& what);
  /// The same of any length.
  HeldArray(Napi::Value const& value, std::string const& what);

  [[nodiscard]] T* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  Napi::ObjectReference reference_;
  T* data_ = nullptr;
  std::size_t size_ = 0;
};

using HeldRealArray = std::variant<HeldArray<float>, HeldArray<double>>;

/// A Float32Array or Float64Array of exactly `length` elements.
HeldRealArray holdRealArray(Napi::Value const& value, std::size_t length, std::string const& what);

}  // namespace madloop::binding
