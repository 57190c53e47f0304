#include "core/mixture/exponentials.hpp"

#include <cstddef>

#include "core/mixture/row_tiles.hpp"
#include "core/mixture/whitened_components.hpp"

namespace madloop::mixture {

namespace {

// Inlined always: in a function for another processor nothing may be left that is shared with the rest of the
// program.
#if defined(__GNUC__)
#define MADLOOP_INLINED [[gnu::always_inline]] inline
#else
#define MADLOOP_INLINED inline
#endif

MADLOOP_INLINED void loop(double* terms, double const* largest, double* sum) {
  for (std::size_t i = 0; i < kTileRows; ++i) {
    terms[i] = exponentialOrZero(terms[i] - largest[i]);
    sum[i] += terms[i];
  }
}

void portable(double* terms, double const* largest, double* sum) { loop(terms, largest, sum); }

#if defined(__AVX2__) && defined(__GNUC__) && !defined(__clang__)

__attribute__((target("avx512f,avx512dq,avx512vl,prefer-vector-width=512"))) void avx512(double* terms,
                                                                                         double const* largest,
                                                                                         double* sum) {
  loop(terms, largest, sum);
}

AddExponentials fastest() {
  bool const wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                    __builtin_cpu_supports("avx512vl");
  return wide ? avx512 : portable;
}

#else

AddExponentials fastest() { return portable; }

#endif

}  // namespace

AddExponentials addExponentials() {
  static AddExponentials const chosen = fastest();
  return chosen;
}

AddExponentials portableAddExponentials() { return portable; }

}  // namespace madloop::mixture
