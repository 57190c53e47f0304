#include "core/mixture/mixture_density.hpp"

#include <algorithm>
#include <limits>

#include "core/base/elementary.hpp"
#include "core/base/finite.hpp"
#include "core/base/parallel.hpp"
#include "core/mixture/centre.hpp"
#include "core/mixture/whitened_components.hpp"

namespace madloop::mixture {

namespace {

/// Components taken at a time: their log-densities stay in the first-level cache.
constexpr std::size_t kChunk = 16;

/// log of a sum of exponentials, row by row, about the largest term so far.
struct LogSums {
  double largest[kTileRows];
  double sum[kTileRows];

  LogSums() {
    std::fill(largest, largest + kTileRows, kLogZero);
    std::fill(sum, sum + kTileRows, 0.0);
  }

  /// Adds `count` terms to each row: terms[k * kTileRows + row].
  void add(double const* terms, std::size_t count) {
    for (std::size_t i = 0; i < kTileRows; ++i) {
      double above = largest[i];
      for (std::size_t k = 0; k < count; ++k) above = std::max(above, terms[k * kTileRows + i]);
      sum[i] *= exponentialOrZero(largest[i] - above);
      largest[i] = above;
    }
    for (std::size_t k = 0; k < count; ++k) {
      for (std::size_t i = 0; i < kTileRows; ++i)
        sum[i] += exponentialOrZero(terms[k * kTileRows + i] - largest[i]);
    }
  }
};

}  // namespace

std::vector<double> centreOfMeans(GaussianMixture const& mixture) {
  std::vector<double> mean(mixture.dim, 0);
  for (std::size_t k = 0; k < mixture.components; ++k) {
    for (std::size_t j = 0; j < mixture.dim; ++j) mean[j] += mixture.weights[k] * mixture.mean(k)[j];
  }
  MatrixView<double> const means{mixture.means.data(), mixture.components, mixture.dim};
  return centreOf(means, mixture.weights, std::move(mean));
}

template <class T>
void mixtureLogDensity(GaussianMixture const& mixture, MatrixView<T> x, double* out, Task& task) {
  checkMixture(mixture, "mixture");
  if (x.cols != mixture.dim) {
    throwInvalidInput("x must have " + std::to_string(mixture.dim) + " columns, got " + std::to_string(x.cols));
  }
  std::vector<double> const centre = centreOfMeans(mixture);
  WhitenedComponents const components(mixture, centre.data(), false, task, "mixture: ");
  task.expect(x.rows);
  parallelForPieces(task, IndexRange{0, tileCount(x.rows)}, 1, [&](IndexRange tiles) {
    AlignedArray<double> const coordinates(mixture.dim * kTileRows);
    AlignedArray<double> const terms(kChunk * kTileRows);
    WhitenedComponents::Workspace workspace(components);
    Tile const tile = loadTile(x, tiles.begin, centre.data(), coordinates.get(), "x");
    workspace.take(tile);
    LogSums sums;
    for (std::size_t begin = 0; begin < mixture.components; begin += kChunk) {
      if (begin % 4096 == 0) task.throwIfCancelled();
      std::size_t const count = std::min(kChunk, mixture.components - begin);
      for (std::size_t k = 0; k < count; ++k)
        components.logDensities(begin + k, workspace, terms.get() + k * kTileRows);
      sums.add(terms.get(), count);
    }
    double* const values = out + tiles.begin * kTileRows;
    for (std::size_t i = 0; i < tile.rows; ++i) {
      // A distance whose square overflows leaves no term.
      values[i] =
          sums.sum[i] > 0 ? sums.largest[i] + logarithm(sums.sum[i]) : -std::numeric_limits<double>::infinity();
    }
    task.add(tile.rows);
  });
}

template void mixtureLogDensity<float>(GaussianMixture const&, MatrixView<float>, double*, Task&);
template void mixtureLogDensity<double>(GaussianMixture const&, MatrixView<double>, double*, Task&);

}  // namespace madloop::mixture
