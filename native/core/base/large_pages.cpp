#include "core/base/large_pages.hpp"

#if defined(__linux__)
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#endif

namespace madloop {

void preferLargePages([[maybe_unused]] void* data, [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(__linux__)
  constexpr std::size_t largePage = std::size_t{2} << 20;
  if (bytes < largePage) return;
  // From the small page on in which the array begins: a large one may begin there, where the mapping does.
  auto const smallPage = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  auto const address = reinterpret_cast<std::uintptr_t>(data);
  std::uintptr_t const begin = address / smallPage * smallPage;
  std::uintptr_t const end = (address + bytes + smallPage - 1) / smallPage * smallPage;
  ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
#endif
}

}  // namespace madloop
