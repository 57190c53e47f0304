// Tests of kernels with each instruction set that this processor runs.
#pragma once

#include <vector>

#include "core/base/dispatch.hpp"

namespace madloop::test {

/// Every set that this processor runs, the portable one first.
inline std::vector<InstructionSet> supportedInstructionSets() {
  std::vector<InstructionSet> sets;
  for (InstructionSet const set : {InstructionSet::portable, InstructionSet::avx2, InstructionSet::avx512}) {
    if (set <= supportedInstructionSet()) sets.push_back(set);
  }
  return sets;
}

/// While it lives, all kernels take implementations that need no more than `largest`.
class LimitedKernels {
 public:
  explicit LimitedKernels(InstructionSet largest) : before_(kernelLimit()) { limitKernels(largest); }
  LimitedKernels(LimitedKernels const&) = delete;
  LimitedKernels& operator=(LimitedKernels const&) = delete;
  ~LimitedKernels() { limitKernels(before_); }

 private:
  InstructionSet before_;
};

}  // namespace madloop::test
