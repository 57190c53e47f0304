#include "core/mixture/exponentials.hpp"

#include <cstddef>

#include "core/mixture/row_tiles.hpp"
#include "core/mixture/whitened_components.hpp"

namespace madloop::mixture {

namespace {

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
#define MADLOOP_WIDE_EXPONENTIALS 1

__attribute__((target("avx512f,avx512dq,avx512vl,prefer-vector-width=512"))) void avx512(double* terms,
                                                                                         double const* largest,
                                                                                         double* sum) {
  loop(terms, largest, sum);
}

#endif

}  // namespace

#if defined(MADLOOP_WIDE_EXPONENTIALS)
Kernel<AddExponentials> const addExponentials("exponentials", {{InstructionSet::portable, portable},
                                                               {InstructionSet::avx512, avx512}});
#else
Kernel<AddExponentials> const addExponentials("exponentials", {{InstructionSet::portable, portable}});
#endif

}  // namespace madloop::mixture
