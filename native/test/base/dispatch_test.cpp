#include "core/base/dispatch.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "test/support/instruction_sets.hpp"
#include "test/support/matrices.hpp"

using namespace madloop;

TEST_CASE("every kernel of the program is in the list, by name") {
  std::vector<std::string_view> names;
  for (AnyKernel const* const kernel : kernels()) names.push_back(kernel->name());
  CHECK(names == std::vector<std::string_view>{"exponentials", "near masks", "tile product, float32",
                                               "tile product, float64"});
}

TEST_CASE("a kernel takes the widest implementation within the limit") {
  Kernel<int> const kernel("of this test", {{InstructionSet::portable, 1}, {InstructionSet::avx512, 3}});
  for (InstructionSet const set : test::supportedInstructionSets()) {
    test::LimitedKernels const limited(set);
    CHECK(kernel.chosen() == (set == InstructionSet::avx512 ? 3 : 1));
    CHECK((kernel.chosenSet() == InstructionSet::avx512) == (set == InstructionSet::avx512));
  }
  CHECK(kernel.portable() == 1);
  CHECK(kernel.supported().size() == (supportedInstructionSet() == InstructionSet::avx512 ? 2 : 1));
}

TEST_CASE("a limit is a known instruction set that the processor runs") {
  InstructionSet const before = kernelLimit();
  CHECK(test::errorOf([] { limitKernels("sse2"); }) ==
        "limitKernels: the kernels must be portable, avx2 or avx512, got 'sse2'");
  CHECK(kernelLimit() == before);
  limitKernels("portable");
  CHECK(kernelLimit() == InstructionSet::portable);
  limitKernels(before);
  if (supportedInstructionSet() < InstructionSet::avx512)
    CHECK(test::errorOf([] { limitKernels("avx512"); }) == "limitKernels: this processor does not run avx512");
}
