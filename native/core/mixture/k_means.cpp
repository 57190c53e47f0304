#include "core/mixture/k_means.hpp"

#include <algorithm>
#include <limits>

#include "core/base/aligned_array.hpp"
#include "core/base/elementary.hpp"
#include "core/base/sum.hpp"
#include "core/random/uniform.hpp"

namespace madloop::mixture {

namespace {

constexpr int kLloydSteps = 20;

/// out[i] = squared distance of the tile's row i from a point.
void squaredDistances(Tile const& tile, double const* point, double* out) {
  std::fill(out, out + kTileRows, 0.0);
  for (std::size_t j = 0; j < tile.dim; ++j) {
    double const* const x = tile.coordinate(j);
    double const centre = point[j];
    for (std::size_t i = 0; i < kTileRows; ++i) out[i] += (x[i] - centre) * (x[i] - centre);
  }
}

/// Squared distances from the nearest of some centres, times the rows' weights, row by row and summed by tile.
struct Potential {
  explicit Potential(RowTiles const& rows)
      : nearest(rows.count() * kTileRows, std::numeric_limits<double>::infinity()), sums(rows.count()) {}

  [[nodiscard]] double total() const {
    return fixedOrderSum(sums.size(), [&](std::size_t t) { return sums[t]; });
  }

  std::vector<double> nearest;  // by tile and row
  std::vector<double> sums;     // by tile
};

/// Work that is worth a thread: 2^17 elements take some 50 us.
std::size_t tilesInPiece(std::size_t dim) {
  return std::max<std::size_t>(1, (std::size_t{1} << 17) / (dim * kTileRows));
}

/// after = before with one more centre.
void addCentre(RowTiles const& rows, double const* centre, Potential const& before, Potential& after,
               Task const& task) {
  parallelForPieces(task, IndexRange{0, rows.count()}, tilesInPiece(rows.dim()), [&](IndexRange tiles) {
    alignas(kPanelAlignment) double distances[kTileRows];
    for (std::size_t t = tiles.begin; t < tiles.end; ++t) {
      Tile const tile = rows.tile(t);
      squaredDistances(tile, centre, distances);
      for (std::size_t i = 0; tile.weights != nullptr && i < kTileRows; ++i) distances[i] *= tile.weights[i];
      double const* const old = before.nearest.data() + t * kTileRows;
      double* const now = after.nearest.data() + t * kTileRows;
      for (std::size_t i = 0; i < kTileRows; ++i) now[i] = distances[i] < old[i] ? distances[i] : old[i];
      after.sums[t] = fixedOrderSum(tile.rows, [&](std::size_t i) { return now[i]; });
    }
  });
}

/// The row at which the running sum of the potential passes `target`.
std::size_t rowAt(RowTiles const& rows, Potential const& potential, double target) {
  std::size_t last = 0;
  for (std::size_t t = 0; t < rows.count(); ++t) {
    if (target >= potential.sums[t] && t + 1 < rows.count()) {
      target -= potential.sums[t];
      continue;
    }
    for (std::size_t i = 0; i < rows.tile(t).rows; ++i) {
      double const share = potential.nearest[t * kTileRows + i];
      if (share > 0) last = t * kTileRows + i;
      if (target < share) return last;
      target -= share;
    }
  }
  return last;  // rounding left something of the target
}

/// The row at which the running sum of the weights passes `target`, which is below their sum, rows.rows().
std::size_t rowAt(RowTiles const& rows, double target) {
  if (rows.tile(0).weights == nullptr) return static_cast<std::size_t>(target);
  std::size_t last = 0;
  for (std::size_t t = 0; t < rows.count(); ++t) {
    Tile const tile = rows.tile(t);
    for (std::size_t i = 0; i < tile.rows; ++i) {
      if (tile.weights[i] > 0) last = t * kTileRows + i;
      if (target < tile.weights[i]) return last;
      target -= tile.weights[i];
    }
  }
  return last;  // rounding left something of the target
}

void copyRow(RowTiles const& rows, std::size_t i, double* out) {
  for (std::size_t j = 0; j < rows.dim(); ++j) out[j] = rows.value(i, j);
}

std::vector<double> seedCentres(RowTiles const& rows, std::size_t count, random::Stream const& stream,
                                Task const& task) {
  std::size_t const dim = rows.dim();
  std::size_t const trials = 2 + static_cast<std::size_t>(logarithm(static_cast<double>(count)));
  std::vector<double> centres(count * dim);
  Potential potential(rows);
  Potential candidate(rows);
  Potential best(rows);
  std::uint64_t block = 0;
  auto const uniform = [&] { return random::uniformPair(stream.block(block++)).first; };

  std::size_t const first = rowAt(rows, uniform() * static_cast<double>(rows.rows()));
  copyRow(rows, first, centres.data());
  addCentre(rows, centres.data(), potential, best, task);
  std::swap(potential, best);
  std::vector<double> point(dim);
  for (std::size_t k = 1; k < count; ++k) {
    task.throwIfCancelled();
    double const total = potential.total();
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t trial = 0; trial < trials; ++trial) {
      copyRow(rows, rowAt(rows, potential, uniform() * total), point.data());
      addCentre(rows, point.data(), potential, candidate, task);
      double const reached = candidate.total();
      if (!(reached < least)) continue;
      least = reached;
      std::swap(best, candidate);
      std::copy(point.begin(), point.end(), centres.begin() + static_cast<std::ptrdiff_t>(k * dim));
    }
    std::swap(potential, best);
  }
  return centres;
}

/// What one of Lloyd's steps finds in a group of tiles.
struct Assignment {
  std::vector<double> sums;    // count x dim
  std::vector<double> counts;  // count
  bool changed = false;
};

Assignment assignRows(RowTiles const& rows, IndexRange tiles, Clusters& clusters, std::size_t count) {
  std::size_t const dim = rows.dim();
  Assignment result{std::vector<double>(count * dim), std::vector<double>(count), false};
  alignas(kPanelAlignment) double distances[kTileRows];
  alignas(kPanelAlignment) double least[kTileRows];
  alignas(kPanelAlignment) double nearest[kTileRows];  // doubles, so that the comparison loop vectorises
  for (std::size_t t = tiles.begin; t < tiles.end; ++t) {
    Tile const tile = rows.tile(t);
    std::fill(least, least + kTileRows, std::numeric_limits<double>::infinity());
    std::fill(nearest, nearest + kTileRows, 0.0);
    for (std::size_t k = 0; k < count; ++k) {
      squaredDistances(tile, clusters.centres.data() + k * dim, distances);
      auto const label = static_cast<double>(k);
      for (std::size_t i = 0; i < kTileRows; ++i) {
        bool const closer = distances[i] < least[i];
        nearest[i] = closer ? label : nearest[i];
        least[i] = closer ? distances[i] : least[i];
      }
    }
    for (std::size_t i = 0; i < tile.rows; ++i) {
      auto const label = static_cast<std::size_t>(nearest[i]);
      std::size_t& before = clusters.labels[t * kTileRows + i];
      result.changed = result.changed || label != before;
      before = label;
      double const weight = tile.weight(i);
      result.counts[label] += weight;
      for (std::size_t j = 0; j < dim; ++j) result.sums[label * dim + j] += weight * tile.coordinate(j)[i];
    }
  }
  return result;
}

}  // namespace

Clusters kMeans(RowTiles const& rows, std::size_t count, random::Stream const& stream, Task const& task) {
  std::size_t const dim = rows.dim();
  Clusters clusters{seedCentres(rows, count, stream, task), std::vector<std::size_t>(rows.rows(), count)};
  std::size_t const groups = tileGroups(rows.count(), count * (dim + 1));
  std::vector<Assignment> parts(groups);
  for (int step = 0; step < kLloydSteps; ++step) {
    parallelFor(task, groups, [&](std::size_t g) {
      parts[g] = assignRows(rows, tileGroup(rows.count(), groups, g), clusters, count);
    });
    Assignment& all = parts[0];
    for (std::size_t g = 1; g < groups; ++g) {
      for (std::size_t i = 0; i < all.sums.size(); ++i) all.sums[i] += parts[g].sums[i];
      for (std::size_t k = 0; k < count; ++k) all.counts[k] += parts[g].counts[k];
      all.changed = all.changed || parts[g].changed;
    }
    if (!all.changed) break;
    for (std::size_t k = 0; k < count; ++k) {
      if (all.counts[k] == 0) continue;
      for (std::size_t j = 0; j < dim; ++j)
        clusters.centres[k * dim + j] = all.sums[k * dim + j] / all.counts[k];
    }
  }
  return clusters;
}

}  // namespace madloop::mixture
