// The core's tests. MADLOOP_KERNELS=portable, avx2 or avx512 limits the kernels, as for the addon.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdlib>

#include "core/base/dispatch.hpp"
#include "core/linalg/eigen_setup.hpp"
#include "test/support/threads_label.hpp"

int main(int count, char** arguments) {
  if (char const* const largest = std::getenv("MADLOOP_KERNELS")) madloop::limitKernels(largest);
  madloop::linalg::fixEigenBlocking();
  int const failure = doctest::Context(count, arguments).run();
  return failure != 0 ? failure : (madloop::test::mislabelledCases() != 0 ? 1 : 0);
}
