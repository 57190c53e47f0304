#include "core/base/dispatch.hpp"

#include <algorithm>
#include <atomic>
#include <string>

#include "core/base/error.hpp"

namespace madloop {

namespace {

InstructionSet detected() {
#if defined(__x86_64__) && defined(__GNUC__)
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return InstructionSet::portable;
  bool const wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                    __builtin_cpu_supports("avx512vl");
  return wide ? InstructionSet::avx512 : InstructionSet::avx2;
#else
  return InstructionSet::portable;
#endif
}

std::atomic<InstructionSet>& limit() {
  static std::atomic<InstructionSet> largest = supportedInstructionSet();
  return largest;
}

/// Filled before main() or while the addon is loaded, and only read afterwards.
std::vector<AnyKernel const*>& registered() {
  static std::vector<AnyKernel const*> list;
  return list;
}

}  // namespace

InstructionSet supportedInstructionSet() {
  static InstructionSet const supported = detected();
  return supported;
}

void limitKernels(InstructionSet largest) {
  if (largest > supportedInstructionSet()) {
    throwInvalidInput("limitKernels: this processor does not run " + std::string(instructionSetName(largest)));
  }
  limit().store(largest, std::memory_order_relaxed);
}

void limitKernels(std::string_view largest) {
  for (InstructionSet const set : {InstructionSet::portable, InstructionSet::avx2, InstructionSet::avx512}) {
    if (instructionSetName(set) == largest) return limitKernels(set);
  }
  throwInvalidInput("limitKernels: the kernels must be portable, avx2 or avx512, got '" + std::string(largest) +
                    "'");
}

InstructionSet kernelLimit() { return limit().load(std::memory_order_relaxed); }

AnyKernel::AnyKernel(std::string_view name) : name_(name) { registered().push_back(this); }

std::vector<AnyKernel const*> kernels() {
  std::vector<AnyKernel const*> list = registered();
  std::sort(list.begin(), list.end(), [](auto* a, auto* b) { return a->name() < b->name(); });
  return list;
}

}  // namespace madloop
