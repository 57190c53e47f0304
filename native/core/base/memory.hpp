// A hint to the C library's allocator.
#pragma once

#include <cstddef>
#include <cstdlib>

namespace madloop {

/// Keeps up to `bytes` of freed memory in the process for the next allocation. glibc returns the free end of
/// its heap to the system from 128 KiB on, so that a loop over a few matrices of that size may pay for its
/// pages anew in every turn (in a program that frees nothing larger, 20 of 175 us of a generation at d = 100).
/// It raises that threshold itself to twice the largest mapped block that was ever freed, up to 32 MiB each:
/// allocating and freeing one block, which touches a single page, is all it takes. Elsewhere this does nothing.
inline void keepFreedMemory(std::size_t bytes) {
  void* const block = std::malloc(bytes);
  if (block == nullptr) return;
  *static_cast<char volatile*>(block) = 0;  // an unused allocation would be optimised away
  std::free(block);
}

}  // namespace madloop
