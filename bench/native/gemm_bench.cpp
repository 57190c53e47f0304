// The rates of Eigen's matrix product and of the kernel of our own products on one core, as the engine builds
// them: what the matrix part of a generation, or of a Frechet distance, could run at if all of it were
// products. The fastest of many rounds, each shorter than the slices in which an operating system hands out a
// processor.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>

#include "core/base/aligned_array.hpp"
#include "core/linalg/eigen.hpp"
#include "core/linalg/eigen_setup.hpp"
#include "core/linalg/tile_product.hpp"

namespace {

using madloop::linalg::EigenMatrix;
using madloop::linalg::Index;

void measure(Index dim, int products) {
  EigenMatrix const a = EigenMatrix::Constant(dim, dim, 0.5);
  EigenMatrix const b = EigenMatrix::Constant(dim, dim, 0.25);
  EigenMatrix c = EigenMatrix::Zero(dim, dim);
  constexpr int rounds = 60;
  double best = 1e300;
  for (int round = 0; round < rounds; ++round) {
    auto const start = std::chrono::steady_clock::now();
    for (int product = 0; product < products; ++product) c.noalias() += a * b;
    std::chrono::duration<double> const elapsed = std::chrono::steady_clock::now() - start;
    best = std::min(best, elapsed.count() / products);
  }
  double volatile sink = c(0, 0);  // keeps the products alive
  static_cast<void>(sink);
  double const flops = 2.0 * static_cast<double>(dim * dim * dim);
  char name[64];
  std::snprintf(name, sizeof name, "matrix product, dimension %d", static_cast<int>(dim));
  std::printf("%-46s %12.2f GFlop/s\n", name, flops / best / 1e9);
}

/// Tiles of 256 products an entry, from panels that stay in the first-level cache.
void measureKernel() {
  madloop::linalg::TileProduct<double> const& kernel = madloop::linalg::tileProductFloat64.chosen();
  constexpr std::size_t depth = 256;
  madloop::AlignedArray<double> const a(kernel.rows * depth);
  madloop::AlignedArray<double> const b(kernel.columns * depth);
  std::fill_n(a.get(), kernel.rows * depth, 0.5);
  std::fill_n(b.get(), kernel.columns * depth, 0.25);
  madloop::AlignedArray<double> const c(kernel.rows * kernel.columns);
  constexpr int rounds = 60;
  constexpr int tiles = 2000;
  double best = 1e300;
  for (int round = 0; round < rounds; ++round) {
    auto const start = std::chrono::steady_clock::now();
    for (int tile = 0; tile < tiles; ++tile)
      kernel.multiplyAdd(a.get(), b.get(), depth, c.get(), kernel.columns, tile > 0);
    std::chrono::duration<double> const elapsed = std::chrono::steady_clock::now() - start;
    best = std::min(best, elapsed.count() / tiles);
  }
  double volatile sink = c.get()[0];  // keeps the products alive
  static_cast<void>(sink);
  double const flops = 2.0 * static_cast<double>(kernel.rows * kernel.columns * depth);
  std::printf("%-46s %12.2f GFlop/s\n", "kernel of our products, float64", flops / best / 1e9);
}

}  // namespace

int main() {
  madloop::linalg::fixEigenBlocking();
  measure(100, 20);
  measure(512, 1);
  measureKernel();
  return 0;
}
