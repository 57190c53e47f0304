// Tells which x86-64 level (1 to 4, as in the psABI) this processor and operating system support. A file of its
// own, built for the baseline, so that it runs on every processor; the loader asks it which build of the addon
// to load.
#define NAPI_VERSION 8
#include <node_api.h>
#include <stdbool.h>
#include <stdint.h>

#if defined(_MSC_VER)
#include <intrin.h>
#else
#include <cpuid.h>
#endif

typedef struct {
  uint32_t eax, ebx, ecx, edx;
} Registers;

static Registers cpuid(uint32_t leaf) {
  Registers r = {0, 0, 0, 0};
#if defined(_MSC_VER)
  int values[4];
  __cpuid(values, (int)(leaf & 0x80000000u));
  if ((uint32_t)values[0] < leaf) return r;
  __cpuidex(values, (int)leaf, 0);
  r.eax = (uint32_t)values[0];
  r.ebx = (uint32_t)values[1];
  r.ecx = (uint32_t)values[2];
  r.edx = (uint32_t)values[3];
#else
  __get_cpuid_count(leaf, 0, &r.eax, &r.ebx, &r.ecx, &r.edx);
#endif
  return r;
}

/// The register state that the operating system saves (XCR0). Only where CPUID says OSXSAVE.
static uint64_t savedState(void) {
#if defined(_MSC_VER)
  return _xgetbv(0);
#else
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return ((uint64_t)high << 32) | low;
#endif
}

static bool hasAll(uint32_t value, uint32_t bits) { return (value & bits) == bits; }

static uint32_t bit(int position) { return UINT32_C(1) << position; }

static int x86Level(void) {
  Registers const features = cpuid(1);
  Registers const extended = cpuid(7);
  Registers const amd = cpuid(0x80000001u);

  uint32_t const sse3 = bit(0), ssse3 = bit(9), cx16 = bit(13), sse41 = bit(19), sse42 = bit(20),
                 popcnt = bit(23);
  uint32_t const lahf = bit(0);
  if (!hasAll(features.ecx, sse3 | ssse3 | cx16 | sse41 | sse42 | popcnt) || !hasAll(amd.ecx, lahf)) return 1;

  uint32_t const fma = bit(12), movbe = bit(22), osxsave = bit(27), avx = bit(28), f16c = bit(29);
  uint32_t const bmi1 = bit(3), avx2 = bit(5), bmi2 = bit(8);
  uint32_t const lzcnt = bit(5);
  if (!hasAll(features.ecx, fma | movbe | osxsave | avx | f16c) || !hasAll(extended.ebx, bmi1 | avx2 | bmi2) ||
      !hasAll(amd.ecx, lzcnt)) {
    return 2;
  }
  uint32_t const state = (uint32_t)savedState();
  uint32_t const sseAndAvxState = bit(1) | bit(2);
  if (!hasAll(state, sseAndAvxState)) return 2;

  uint32_t const avx512 = bit(16) | bit(17) | bit(28) | bit(30) | bit(31);  // F, DQ, CD, BW, VL
  uint32_t const avx512State = bit(5) | bit(6) | bit(7);
  if (!hasAll(extended.ebx, avx512) || !hasAll(state, avx512State)) return 3;
  return 4;
}

NAPI_MODULE_INIT(/* napi_env env, napi_value exports */) {
  napi_value level;
  if (napi_create_int32(env, x86Level(), &level) == napi_ok) {
    napi_set_named_property(env, exports, "x86Level", level);
  }
  return exports;
}
