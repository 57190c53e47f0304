#include "core/neighbours/near_masks.hpp"

#if defined(__AVX2__) && defined(__GNUC__)
#define MADLOOP_WIDE_MASKS 1
#include <immintrin.h>
#endif

namespace madloop::neighbours {

namespace {

void portable(float const* products, float const* norms, float const* limits, std::size_t groups, float norm,
              float limit, std::uint16_t* masks) {
  for (std::size_t g = 0; g < groups; ++g) {
    unsigned mask = 0;
    for (std::size_t l = 0; l < kMaskedPairs; ++l) {
      std::size_t const j = kMaskedPairs * g + l;
      float const closeness = (products[j] - norms[j]) - norm;
      mask |= static_cast<unsigned>(closeness >= limit || closeness >= limits[j]) << l;
    }
    masks[g] = static_cast<std::uint16_t>(mask);
  }
}

#if defined(MADLOOP_WIDE_MASKS)

void avx2(float const* products, float const* norms, float const* limits, std::size_t groups, float norm,
          float limit, std::uint16_t* masks) {
  __m256 const norm8 = _mm256_set1_ps(norm);
  __m256 const limit8 = _mm256_set1_ps(limit);
  for (std::size_t g = 0; g < groups; ++g) {
    int mask = 0;
    for (int half = 0; half < 2; ++half) {
      std::size_t const j = kMaskedPairs * g + 8 * static_cast<std::size_t>(half);
      __m256 const closeness =
          _mm256_sub_ps(_mm256_sub_ps(_mm256_loadu_ps(products + j), _mm256_loadu_ps(norms + j)), norm8);
      __m256 const near = _mm256_or_ps(_mm256_cmp_ps(closeness, limit8, _CMP_GE_OQ),
                                       _mm256_cmp_ps(closeness, _mm256_loadu_ps(limits + j), _CMP_GE_OQ));
      mask |= _mm256_movemask_ps(near) << (8 * half);
    }
    masks[g] = static_cast<std::uint16_t>(mask);
  }
}

__attribute__((target("avx512f"))) void avx512(float const* products, float const* norms, float const* limits,
                                               std::size_t groups, float norm, float limit,
                                               std::uint16_t* masks) {
  __m512 const norm16 = _mm512_set1_ps(norm);
  __m512 const limit16 = _mm512_set1_ps(limit);
  for (std::size_t g = 0; g < groups; ++g, products += 16, norms += 16, limits += 16) {
    __m512 const closeness =
        _mm512_sub_ps(_mm512_sub_ps(_mm512_loadu_ps(products), _mm512_loadu_ps(norms)), norm16);
    masks[g] = static_cast<std::uint16_t>(_mm512_cmp_ps_mask(closeness, limit16, _CMP_GE_OQ) |
                                          _mm512_cmp_ps_mask(closeness, _mm512_loadu_ps(limits), _CMP_GE_OQ));
  }
}

#endif

}  // namespace

#if defined(MADLOOP_WIDE_MASKS)
Kernel<NearMasks> const nearMasks("near masks", {{InstructionSet::portable, portable},
                                                 {InstructionSet::avx2, avx2},
                                                 {InstructionSet::avx512, avx512}});
#else
Kernel<NearMasks> const nearMasks("near masks", {{InstructionSet::portable, portable}});
#endif

}  // namespace madloop::neighbours
