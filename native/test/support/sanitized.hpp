// Whether a sanitizer makes every instruction many times slower. Laws that take very many repetitions to be
// seen, the largest of several sizes or scales, references of larger matrices (the test's own code, in one
// thread), and one thread's result against that of several are then left to the optimised build; other cases
// run the same code.
#pragma once

namespace madloop::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

}  // namespace madloop::test
