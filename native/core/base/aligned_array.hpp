// Memory for packed panels, aligned as vector loads want it.
#pragma once

#include <cstddef>
#include <memory>
#include <new>

#include "core/base/large_pages.hpp"

namespace madloop {

constexpr std::size_t kPanelAlignment = 64;

/// `count` values of T, not initialised.
template <class T>
class AlignedArray {
 public:
  explicit AlignedArray(std::size_t count)
      : data_(static_cast<T*>(::operator new[](count * sizeof(T), kAlignment))) {
    preferLargePages(data_.get(), count * sizeof(T));
  }
  [[nodiscard]] T* get() const { return data_.get(); }

 private:
  static constexpr std::align_val_t kAlignment{kPanelAlignment};
  struct Free {
    void operator()(T* data) const { ::operator delete[](data, kAlignment); }
  };
  std::unique_ptr<T, Free> data_;
};

/// The least multiple of `step` that is not below `value`.
template <class Integer>
constexpr Integer roundUp(Integer value, Integer step) {
  return (value + step - 1) / step * step;
}

}  // namespace madloop
