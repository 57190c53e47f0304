// The innermost part of a matrix product: a small tile of C += A B from packed panels of A and B, at the speed
// of the processor's multiply-adds.
//
// Every element of a tile is one chain of operations in the order of the inner index (fused multiply-adds where
// the build has them, as the x86-64-v3 level does), whatever the tile's shape and the width of the processor's
// vectors: so all implementations give the same bits.
#pragma once

#include <cstddef>

#include "core/base/dispatch.hpp"

namespace madloop::linalg {

/// One implementation for elements T, float or double.
template <class T>
struct TileProduct {
  /// The tile's shape; `rows` divides 24 and `columns` divides 32.
  std::size_t rows;
  std::size_t columns;
  /// c[i * stride + j] += sum over p < depth of a[p * rows + i] * b[p * columns + j], all i < rows, j <
  /// columns. The sum is taken first, from zero, in the order of p; with `accumulate` false c is overwritten by
  /// it. b is aligned to kPanelAlignment, a and c to T.
  void (*multiplyAdd)(T const* a, T const* b, std::size_t depth, T* c, std::size_t stride, bool accumulate);
};

/// Rounding errors in a chain of n products added up by it are those of n + kTileExtraRoundings sums: 0
/// with fused multiply-adds, where a product is not rounded.
#if defined(__FMA__)
constexpr std::size_t kTileExtraRoundings = 0;
#else
constexpr std::size_t kTileExtraRoundings = 1;
#endif

extern Kernel<TileProduct<float>> const tileProductFloat32;
extern Kernel<TileProduct<double>> const tileProductFloat64;

}  // namespace madloop::linalg
