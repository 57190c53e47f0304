// The rate of Eigen's matrix product on one core, as the engine builds it: what the matrix part of a generation
// could run at if all of it were products. The fastest of many rounds, each shorter than the slices in which an
// operating system hands out a processor.
#include <algorithm>
#include <chrono>
#include <cstdio>

#include "core/linalg/eigen.hpp"

namespace {

using madloop::Index;
using madloop::Matrix;

void measure(Index dim, int products) {
  Matrix const a = Matrix::Constant(dim, dim, 0.5);
  Matrix const b = Matrix::Constant(dim, dim, 0.25);
  Matrix c = Matrix::Zero(dim, dim);
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

}  // namespace

int main() {
  madloop::fixEigenBlocking();
  measure(100, 20);
  measure(512, 1);
  return 0;
}
