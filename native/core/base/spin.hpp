// Short waits between threads.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#endif

namespace madloop {

/// Asks done() again and again for some 30 us, the longest that a wait for another thread takes while both have
/// a processor; returns the last answer. Whoever waits longer should give its processor away.
template <class Condition>
bool spinUntil(Condition const& done) {
  constexpr int spins = 2000;
  for (int i = 0; i < spins; ++i) {
    if (done()) return true;
#if defined(__x86_64__) && defined(__GNUC__)
    _mm_pause();
#endif
  }
  return done();
}

}  // namespace madloop
