// Where the time of one generation of the fresh data loop goes, at d = 100 on one core: its stages one by one,
// on matrices like those of the loop at n_r = 100, n_s = 900. Best of several rounds.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <utility>
#include <vector>

#include "core/base/task.hpp"
#include "core/linalg/cholesky.hpp"
#include "core/linalg/eigen_setup.hpp"
#include "core/linalg/matrix.hpp"
#include "core/linalg/products.hpp"
#include "core/linalg/symmetric_eigenvalues.hpp"
#include "core/linalg/trace_square_root.hpp"
#include "core/linalg/trapezoidal.hpp"
#include "core/loop/gaussian_part.hpp"
#include "core/loop/part_drawing.hpp"
#include "core/random/normal.hpp"
#include "core/random/wishart.hpp"

namespace {

using madloop::linalg::Index;
using madloop::linalg::Matrix;
using madloop::random::Stream;

constexpr Index dim = 100;
constexpr std::uint64_t real = 100;
constexpr std::uint64_t synthetic = 900;

double volatile sink = 0;  // keeps results alive

/// Times body(i), i = 0, 1, ..., and prints the fastest round. Rounds are shorter than the slices in which an
/// operating system hands out a processor, so that the fastest is one that nothing interrupted.
template <class Body>
void measure(char const* what, Body body) {
  constexpr int rounds = 100;
  constexpr std::uint32_t calls = 10;
  double best = 1e300;
  for (int round = 0; round < rounds; ++round) {
    auto const start = std::chrono::steady_clock::now();
    for (std::uint32_t call = 0; call < calls; ++call) body(call);
    std::chrono::duration<double, std::micro> const elapsed = std::chrono::steady_clock::now() - start;
    best = std::min(best, elapsed.count() / calls);
  }
  std::printf("%-46s %12.3f us\n", what, best);
}

Matrix bartlett(std::uint32_t chain, std::uint64_t dof) {
  Matrix factor(dim, std::min<Index>(dim, static_cast<Index>(dof)));
  madloop::random::bartlettFactor(Stream{.key = 1, .chain = chain}, static_cast<std::size_t>(dim), dof,
                                  factor.data());
  return factor;
}

}  // namespace

int main() {
  madloop::linalg::fixEigenBlocking();
  madloop::Task const task;
  Matrix const realFactor = bartlett(0, real - 1);
  Matrix const syntheticFactor = bartlett(1, synthetic - 1);

  // A covariance as the loop has it, and its Cholesky factor.
  Matrix gram = Matrix::zero(dim, dim);
  madloop::linalg::addTrapezoidalGram(realFactor, gram);
  madloop::linalg::addTrapezoidalGram(syntheticFactor, gram);
  madloop::linalg::scale(gram, 1 / static_cast<double>(real + synthetic - 1));
  Matrix root = gram;
  madloop::linalg::choleskyInPlace(root);
  Matrix const product = madloop::linalg::multiplyTrapezoidal(root, syntheticFactor);

  Matrix scratch(dim, dim);
  madloop::linalg::Vector normals(dim);
  measure("random numbers", [&](std::uint32_t call) {
    auto const rows = static_cast<std::size_t>(dim);
    madloop::random::bartlettFactor(Stream{.key = 2, .chain = call, .part = 0}, rows, real - 1, scratch.data());
    madloop::random::bartlettFactor(Stream{.key = 2, .chain = call, .part = 1}, rows, synthetic - 1,
                                    scratch.data());
    madloop::random::fillNormals(Stream{.key = 2, .chain = call, .part = 2}, 0, normals.data(), rows);
    madloop::random::fillNormals(Stream{.key = 2, .chain = call, .part = 3}, 0, normals.data(), rows);
    sink = scratch(dim - 1, 0) + normals[0];
  });
  measure("product of triangles", [&](std::uint32_t) {
    sink = madloop::linalg::multiplyTrapezoidal(root, syntheticFactor)(dim - 1, 0);
  });
  measure("two Gram matrices of triangles", [&](std::uint32_t) {
    scratch.fill(0);
    madloop::linalg::addTrapezoidalGram(realFactor, scratch);
    madloop::linalg::addTrapezoidalGram(product, scratch);
    sink = scratch(dim - 1, 0);
  });
  measure("Cholesky factor", [&](std::uint32_t) {
    scratch = gram;
    madloop::linalg::choleskyInPlace(scratch);
    sink = scratch(dim - 1, 0);
  });
  measure("reduction to tridiagonal form",
          [&](std::uint32_t) { sink = madloop::linalg::tridiagonalise(gram, 1, task).diagonal[dim - 1]; });
  measure("reduction and trace of the square root",
          [&](std::uint32_t) { sink = madloop::linalg::traceSquareRoot(gram, task).value; });

  // All of it, as gaussian_loop.cpp does it for one generation.
  madloop::gaussian::FactoredGaussian const reference =
      madloop::gaussian::standardGaussian(static_cast<std::size_t>(dim));
  madloop::gaussian::FactoredGaussian model = reference;
  measure("one generation", [&](std::uint32_t call) {
    auto streams = [&](std::uint32_t part) {
      return madloop::loop::PartStreams{Stream{.key = 3, .chain = call, .part = part},
                                        Stream{.key = 3, .chain = call, .part = part + 1},
                                        Stream{.key = 3, .chain = call, .part = part + 2}};
    };
    std::vector<madloop::loop::GaussianPart> parts;
    parts.push_back(madloop::loop::drawPartByMoments(reference, 1, real, streams(0)));
    parts.push_back(madloop::loop::drawPartByMoments(model, 1, synthetic, streams(3)));
    model = madloop::loop::fitGaussian(madloop::loop::mergeParts(std::move(parts)), real + synthetic - 1);
    sink = madloop::linalg::traceSquareRoot(model.covariance.gram(), task).value;
  });
  return 0;
}
