// Large pages for large arrays: an operating system hands out fresh memory page by page at the first touch, and
// with pages of 4 KiB that can take longer than a pass over the array (0.1 s for 32 MiB in a virtual machine).
#pragma once

#include <cstddef>

namespace madloop {

/// Asks for pages of 2 MiB for what lies between data and data + bytes, before it is first touched. Advice:
/// where the system has none to give, or for less than one such page, nothing happens. The contents stay as
/// they are.
void preferLargePages(void* data, std::size_t bytes) noexcept;

}  // namespace madloop
