// The unwinder that is linked into the addon (libgcc, statically) asks glibc for the exception tables of the
// code at an address: by _dl_find_object, which glibc has from 2.35 on, where the unwinder was compiled with
// such a one. Ours, which nothing but that unwinder sees, asks in the way of before, so that the addon loads
// with glibc 2.34 too. Source: GNU C Library manual, "Dynamic Linker Introspection"; dl_iterate_phdr(3).
#include <dlfcn.h>

#if defined(__GLIBC__) && defined(__LP64__)
#if __GLIBC_PREREQ(2, 35)
#include <elf.h>
#include <link.h>

#include <cstddef>
#include <cstdint>

namespace {

struct Search {
  std::uintptr_t address;
  dl_find_object* found;
};

/// Called for one loaded object after the other, until it returns something else than 0.
int examine(dl_phdr_info* object, std::size_t /*bytes*/, void* data) {
  auto const& [address, found] = *static_cast<Search const*>(data);
  bool isInside = false;
  std::uintptr_t tables = 0;
  std::uintptr_t begin = UINTPTR_MAX;
  std::uintptr_t end = 0;
  for (ElfW(Half) i = 0; i < object->dlpi_phnum; ++i) {
    ElfW(Phdr) const& segment = object->dlpi_phdr[i];
    std::uintptr_t const first = object->dlpi_addr + segment.p_vaddr;
    if (segment.p_type == PT_GNU_EH_FRAME) tables = first;
    if (segment.p_type != PT_LOAD) continue;
    std::uintptr_t const last = first + segment.p_memsz;
    isInside = isInside || (address >= first && address < last);
    if (first < begin) begin = first;
    if (last > end) end = last;
  }
  if (!isInside || tables == 0) return 0;
  *found = {};
  found->dlfo_map_start = reinterpret_cast<void*>(begin);
  found->dlfo_map_end = reinterpret_cast<void*>(end);
  found->dlfo_eh_frame = reinterpret_cast<void*>(tables);
  return 1;
}

}  // namespace

extern "C" int _dl_find_object(void* address, dl_find_object* found) noexcept {
  Search search{reinterpret_cast<std::uintptr_t>(address), found};
  return dl_iterate_phdr(examine, &search) == 1 ? 0 : -1;
}
#endif
#endif
