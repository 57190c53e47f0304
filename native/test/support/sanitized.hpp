// Whether a sanitizer makes every instruction many times slower. Laws that take very many repetitions to be
// seen, and the largest of several sizes or scales, are then left to the optimised build; other cases run the
// same code.
#pragma once

namespace madloop::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

}  // namespace madloop::test
