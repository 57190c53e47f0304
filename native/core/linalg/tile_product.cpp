#include "core/linalg/tile_product.hpp"

#include <cmath>

#if defined(__FMA__) && defined(__GNUC__)
#define MADLOOP_WIDE_KERNELS 1
#include <immintrin.h>
#endif

namespace madloop::linalg {

namespace {

template <class T>
T multiplyAddScalar(T a, T b, T c) {
#if defined(__FMA__)
  return std::fma(a, b, c);
#else
  return a * b + c;
#endif
}

/// 4 x 8: what the compiler makes of plain loops.
template <class T>
void portableKernel(T const* a, T const* b, std::size_t depth, T* c, std::size_t stride, bool accumulate) {
  constexpr std::size_t rows = 4;
  constexpr std::size_t columns = 8;
  T sums[rows][columns] = {};
  for (std::size_t p = 0; p < depth; ++p, a += rows, b += columns) {
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t j = 0; j < columns; ++j) sums[i][j] = multiplyAddScalar(a[i], b[j], sums[i][j]);
    }
  }
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      T* const out = c + i * stride + j;
      *out = accumulate ? *out + sums[i][j] : sums[i][j];
    }
  }
}

#if defined(MADLOOP_WIDE_KERNELS)

// Two vectors of columns and as many rows as leave registers for them. Functions for a processor that the build
// does not ask for hold intrinsics alone (core/base/dispatch.hpp says why).

void avx2Kernel(float const* a, float const* b, std::size_t depth, float* c, std::size_t stride,
                bool accumulate) {
  __m256 sums[6][2];
  for (auto& row : sums) row[0] = row[1] = _mm256_setzero_ps();
  for (std::size_t p = 0; p < depth; ++p, a += 6, b += 16) {
    __m256 const left = _mm256_load_ps(b);
    __m256 const right = _mm256_load_ps(b + 8);
    for (int i = 0; i < 6; ++i) {
      __m256 const factor = _mm256_broadcast_ss(a + i);
      sums[i][0] = _mm256_fmadd_ps(factor, left, sums[i][0]);
      sums[i][1] = _mm256_fmadd_ps(factor, right, sums[i][1]);
    }
  }
  for (auto& row : sums) {
    if (accumulate) {
      row[0] = _mm256_add_ps(_mm256_loadu_ps(c), row[0]);
      row[1] = _mm256_add_ps(_mm256_loadu_ps(c + 8), row[1]);
    }
    _mm256_storeu_ps(c, row[0]);
    _mm256_storeu_ps(c + 8, row[1]);
    c += stride;
  }
}

void avx2Kernel(double const* a, double const* b, std::size_t depth, double* c, std::size_t stride,
                bool accumulate) {
  __m256d sums[6][2];
  for (auto& row : sums) row[0] = row[1] = _mm256_setzero_pd();
  for (std::size_t p = 0; p < depth; ++p, a += 6, b += 8) {
    __m256d const left = _mm256_load_pd(b);
    __m256d const right = _mm256_load_pd(b + 4);
    for (int i = 0; i < 6; ++i) {
      __m256d const factor = _mm256_broadcast_sd(a + i);
      sums[i][0] = _mm256_fmadd_pd(factor, left, sums[i][0]);
      sums[i][1] = _mm256_fmadd_pd(factor, right, sums[i][1]);
    }
  }
  for (auto& row : sums) {
    if (accumulate) {
      row[0] = _mm256_add_pd(_mm256_loadu_pd(c), row[0]);
      row[1] = _mm256_add_pd(_mm256_loadu_pd(c + 4), row[1]);
    }
    _mm256_storeu_pd(c, row[0]);
    _mm256_storeu_pd(c + 4, row[1]);
    c += stride;
  }
}

#define MADLOOP_AVX512 __attribute__((target("avx512f")))

MADLOOP_AVX512 void avx512Kernel(float const* a, float const* b, std::size_t depth, float* c,
                                 std::size_t stride, bool accumulate) {
  __m512 sums[12][2];
  for (int i = 0; i < 12; ++i) sums[i][0] = sums[i][1] = _mm512_setzero_ps();
  for (std::size_t p = 0; p < depth; ++p, a += 12, b += 32) {
    __m512 const left = _mm512_load_ps(b);
    __m512 const right = _mm512_load_ps(b + 16);
    for (int i = 0; i < 12; ++i) {
      __m512 const factor = _mm512_set1_ps(a[i]);
      sums[i][0] = _mm512_fmadd_ps(factor, left, sums[i][0]);
      sums[i][1] = _mm512_fmadd_ps(factor, right, sums[i][1]);
    }
  }
  for (int i = 0; i < 12; ++i) {
    if (accumulate) {
      sums[i][0] = _mm512_add_ps(_mm512_loadu_ps(c), sums[i][0]);
      sums[i][1] = _mm512_add_ps(_mm512_loadu_ps(c + 16), sums[i][1]);
    }
    _mm512_storeu_ps(c, sums[i][0]);
    _mm512_storeu_ps(c + 16, sums[i][1]);
    c += stride;
  }
}

MADLOOP_AVX512 void avx512Kernel(double const* a, double const* b, std::size_t depth, double* c,
                                 std::size_t stride, bool accumulate) {
  __m512d sums[12][2];
  for (int i = 0; i < 12; ++i) sums[i][0] = sums[i][1] = _mm512_setzero_pd();
  for (std::size_t p = 0; p < depth; ++p, a += 12, b += 16) {
    __m512d const left = _mm512_load_pd(b);
    __m512d const right = _mm512_load_pd(b + 8);
    for (int i = 0; i < 12; ++i) {
      __m512d const factor = _mm512_set1_pd(a[i]);
      sums[i][0] = _mm512_fmadd_pd(factor, left, sums[i][0]);
      sums[i][1] = _mm512_fmadd_pd(factor, right, sums[i][1]);
    }
  }
  for (int i = 0; i < 12; ++i) {
    if (accumulate) {
      sums[i][0] = _mm512_add_pd(_mm512_loadu_pd(c), sums[i][0]);
      sums[i][1] = _mm512_add_pd(_mm512_loadu_pd(c + 8), sums[i][1]);
    }
    _mm512_storeu_pd(c, sums[i][0]);
    _mm512_storeu_pd(c + 8, sums[i][1]);
    c += stride;
  }
}

#endif

}  // namespace

#if defined(MADLOOP_WIDE_KERNELS)
Kernel<TileProduct<float>> const tileProductFloat32("tile product, float32",
                                                    {{InstructionSet::portable, {4, 8, portableKernel<float>}},
                                                     {InstructionSet::avx2, {6, 16, avx2Kernel}},
                                                     {InstructionSet::avx512, {12, 32, avx512Kernel}}});
Kernel<TileProduct<double>> const tileProductFloat64("tile product, float64",
                                                     {{InstructionSet::portable,
                                                       {4, 8, portableKernel<double>}},
                                                      {InstructionSet::avx2, {6, 8, avx2Kernel}},
                                                      {InstructionSet::avx512, {12, 16, avx512Kernel}}});
#else
Kernel<TileProduct<float>> const tileProductFloat32("tile product, float32", {{InstructionSet::portable,
                                                                               {4, 8, portableKernel<float>}}});
Kernel<TileProduct<double>> const tileProductFloat64("tile product, float64",
                                                     {{InstructionSet::portable,
                                                       {4, 8, portableKernel<double>}}});
#endif

}  // namespace madloop::linalg
