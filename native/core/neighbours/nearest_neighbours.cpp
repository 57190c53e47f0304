#include "core/neighbours/nearest_neighbours.hpp"

#include <algorithm>
#include <limits>
#include <mutex>

#include "core/base/error.hpp"
#include "core/base/parallel.hpp"
#include "core/base/spin.hpp"
#include "core/neighbours/distance_tiles.hpp"
#include "core/neighbours/near_pairs.hpp"
#include "core/neighbours/resolved_distance.hpp"

namespace madloop::neighbours {

namespace {

constexpr std::size_t kStripBytes = std::size_t{64} << 20;
/// Lists that share a lock.
constexpr std::size_t kLockedPoints = 128;

/// A point that may be among the nearest, with bounds of its squared distance rounded outward to float32.
struct Candidate {
  std::uint32_t index;
  float lower;
  float upper;
};

struct Resolved {
  std::uint32_t index;
  Interval squared;
};

/// The candidates of every point of a strip, each list with room for `capacity`.
class CandidateLists {
 public:
  CandidateLists(FramedPoints const& x, Frame const& frame, IndexRange strip, std::size_t k)
      : x_(x),
        frame_(frame),
        strip_(strip),
        k_(k),
        capacity_(capacityFor(k)),
        candidates_(strip.size() * capacity_),
        counts_(strip.size(), 0),
        nearest_(strip.size() * k, std::numeric_limits<float>::infinity()),
        locks_((strip.size() + kLockedPoints - 1) / kLockedPoints) {}

  static std::size_t capacityFor(std::size_t k) { return 2 * k + 22; }

  [[nodiscard]] IndexRange strip() const { return strip_; }

  /// Minus the distances beyond which a point is not among the nearest of point i, i in `range`.
  void readLimits(IndexRange range, float* out) {
    for (std::size_t i = range.begin; i < range.end;) {
      std::size_t const local = i - strip_.begin;
      std::size_t const end = std::min(range.end, strip_.begin + (local / kLockedPoints + 1) * kLockedPoints);
      std::lock_guard const lock(locks_[local / kLockedPoints]);
      for (; i < end; ++i) *out++ = -threshold(i - strip_.begin);
    }
  }

  /// Offers a candidate to point i and returns its new limit; `resolved` is the calling thread's own.
  float offer(std::size_t i, Candidate const& candidate, ResolvedDistances& resolved) {
    std::size_t const local = i - strip_.begin;
    std::lock_guard const lock(locks_[local / kLockedPoints]);
    if (candidate.lower > threshold(local)) return -threshold(local);
    std::uint32_t& count = counts_[local];
    candidates_[local * capacity_ + count++] = candidate;
    if (candidate.upper < threshold(local)) replaceLargest(local, candidate.upper);
    if (count == capacity_) {
      prune(local);
      if (count > k_ + (capacity_ - k_) / 2) resolve(i, resolved);
    }
    return -threshold(local);
  }

  /// The k nearest of point i in order. For one thread at a time a point, once all candidates were offered.
  std::vector<Resolved> nearest(std::size_t i, ResolvedDistances& resolved) {
    prune(i - strip_.begin);
    return nearestOf(i, resolved);
  }

 private:
  /// The k-th smallest upper bound of all candidates offered: none beyond it is among the k nearest.
  [[nodiscard]] float threshold(std::size_t local) const { return nearest_[local * k_]; }

  /// Puts `upper` in the place of the largest of the k smallest upper bounds, which are a heap.
  void replaceLargest(std::size_t local, float upper) {
    float* const heap = nearest_.data() + local * k_;
    std::size_t hole = 0;
    for (std::size_t child = 1; child < k_; child = 2 * hole + 1) {
      if (child + 1 < k_ && heap[child + 1] > heap[child]) ++child;
      if (heap[child] <= upper) break;
      heap[hole] = heap[child];
      hole = child;
    }
    heap[hole] = upper;
  }

  /// Drops what lies beyond the k-th smallest upper bound.
  void prune(std::size_t local) {
    Candidate* const list = candidates_.data() + local * capacity_;
    counts_[local] = static_cast<std::uint32_t>(
        std::remove_if(list, list + counts_[local],
                       [limit = threshold(local)](Candidate const& c) { return c.lower > limit; }) -
        list);
  }

  /// Leaves only the k nearest of the candidates: those it drops are beaten by k others.
  void resolve(std::size_t i, ResolvedDistances& resolved) {
    std::vector<Resolved> const kept = nearestOf(i, resolved);
    std::size_t const local = i - strip_.begin;
    Candidate* const list = candidates_.data() + local * capacity_;
    float* const heap = nearest_.data() + local * k_;
    float const limit = threshold(local);
    for (std::size_t c = 0; c < kept.size(); ++c) {
      list[c] = {kept[c].index, roundedDown(kept[c].squared.lower), roundedUp(kept[c].squared.upper)};
      heap[c] = std::min(limit, list[c].upper);
    }
    counts_[local] = static_cast<std::uint32_t>(kept.size());
    std::make_heap(heap, heap + k_);
  }

  /// The k nearest of the candidates (all, if fewer) in the order of exact distances, then of indices.
  std::vector<Resolved> nearestOf(std::size_t i, ResolvedDistances& resolved) {
    std::size_t const local = i - strip_.begin;
    Candidate const* const list = candidates_.data() + local * capacity_;
    resolved.setCentre(x_.points, i);
    std::vector<Resolved> result(counts_[local]);
    for (std::size_t c = 0; c < result.size(); ++c) result[c] = {list[c].index, {list[c].lower, list[c].upper}};
    if (!frame_.exactInFloat) resolveDistances(result, resolved);
    bool const exact = frame_.exactInFloat || frame_.exactInDouble;
    auto const nearer = [&](Resolved const& a, Resolved const& b) {
      if (a.squared.upper < b.squared.lower) return true;
      if (b.squared.upper < a.squared.lower) return false;
      bool const same = exact || x_.identities[a.index] == x_.identities[b.index];
      int const order = same ? 0 : resolved.compare(x_.points, a.index, x_.points, b.index);
      return order == 0 ? a.index < b.index : order < 0;
    };
    std::size_t const kept = std::min(k_, result.size());
    std::partial_sort(result.begin(), result.begin() + static_cast<std::ptrdiff_t>(kept), result.end(), nearer);
    result.resize(kept);
    return result;
  }

  /// Distances in float64, computed once for equal points.
  void resolveDistances(std::vector<Resolved>& points, ResolvedDistances const& resolved) const {
    auto const identity = [&](Resolved const& point) { return x_.identities[point.index]; };
    std::sort(points.begin(), points.end(),
              [&](Resolved const& a, Resolved const& b) { return identity(a) < identity(b); });
    for (std::size_t c = 0; c < points.size(); ++c) {
      bool const repeated = c > 0 && identity(points[c]) == identity(points[c - 1]);
      points[c].squared = repeated ? points[c - 1].squared : resolved.squared(x_.points, points[c].index);
    }
  }

  FramedPoints const& x_;
  Frame const& frame_;
  IndexRange strip_;
  std::size_t k_;
  std::size_t capacity_;
  std::vector<Candidate> candidates_;
  std::vector<std::uint32_t> counts_;
  std::vector<float> nearest_;  // the k smallest upper bounds of every point
  std::vector<SpinLock> locks_;
};

/// Finds the pairs of a tile that may matter and offers them.
class NeighbourTileSearch {
 public:
  NeighbourTileSearch(FramedPoints const& x, Frame const& frame, CandidateLists& lists)
      : x_(x), frame_(frame), lists_(lists), norms_(lowerNorms(x, frame)) {}

  void search(DistanceTile const& tile) {
    NearPairBounds rows = bounds(tile.rows);
    NearPairBounds columns = bounds(tile.columns);
    ResolvedDistances resolved(frame_);
    forEachNearPair(tile, rows, columns, [&](std::size_t i, std::size_t j, float product) {
      bool const shared = j >= lists_.strip().begin && j < lists_.strip().end;
      if (i == j || (shared && j < i)) return;  // the pair comes (or came) the other way round
      double const norms = x_.squaredNorms[i] + x_.squaredNorms[j];
      double const squared = norms - static_cast<double>(product);
      double const error = frame_.relativeError * norms + frame_.absoluteError;
      float const lower = roundedDown(std::max(0.0, squared - error));
      float const upper = roundedUp(squared + error);
      float& rowLimit = rows.limits[i - tile.rows.begin];
      rowLimit = lists_.offer(i, {static_cast<std::uint32_t>(j), lower, upper}, resolved);
      if (!shared) return;
      float& columnLimit = columns.limits[j - tile.columns.begin];
      columnLimit = lists_.offer(j, {static_cast<std::uint32_t>(i), lower, upper}, resolved);
    });
  }

 private:
  /// The bounds of a range of points; those outside the strip have no list, and nothing is near to them.
  [[nodiscard]] NearPairBounds bounds(IndexRange range) const {
    NearPairBounds result;
    result.norms.assign(norms_.begin() + static_cast<std::ptrdiff_t>(range.begin),
                        norms_.begin() + static_cast<std::ptrdiff_t>(range.end));
    result.limits.assign(range.size(), std::numeric_limits<float>::infinity());
    IndexRange const shared = {std::max(range.begin, lists_.strip().begin),
                               std::min(range.end, lists_.strip().end)};
    if (shared.begin < shared.end)
      lists_.readLimits(shared, result.limits.data() + (shared.begin - range.begin));
    return result;
  }

  FramedPoints const& x_;
  Frame const& frame_;
  CandidateLists& lists_;
  std::vector<float> norms_;
};

/// Points whose candidates are held at a time.
std::size_t stripLength(std::size_t k) {
  std::size_t const bytes = CandidateLists::capacityFor(k) * sizeof(Candidate);
  return std::max<std::size_t>(1024, kStripBytes / bytes);
}

}  // namespace

std::uint64_t neighbourRadiiProgress(std::size_t points, std::size_t depth) {
  std::uint64_t total = 0;
  forPieces(IndexRange{0, points}, stripLength(depth),
            [&](IndexRange strip) { total += distanceTileProgress(strip, points, Pairs::oncePerPair); });
  return total;
}

NeighbourRadii neighbourRadii(FramedPoints const& x, Frame const& frame, std::size_t depth,
                              ChooseRanks const& choose, Task& task) {
  NeighbourRadii result;
  forPieces(IndexRange{0, x.points.rows()}, stripLength(depth), [&](IndexRange strip) {
    CandidateLists lists(x, frame, strip, depth);
    NeighbourTileSearch search(x, frame, lists);
    forEachDistanceTile(x, strip, x, Pairs::oncePerPair, frame, task,
                        [&](DistanceTile const& tile) { search.search(tile); });

    std::vector<std::vector<Radius>> radii(strip.size());
    parallelForPieces(task, strip, 64, [&](IndexRange rows) {
      ResolvedDistances resolved(frame);
      std::vector<std::uint32_t> indices;
      std::vector<std::uint32_t> ranks;
      for (std::size_t i = rows.begin; i < rows.end; ++i) {
        task.throwIfCancelled();
        std::vector<Resolved> const nearest = lists.nearest(i, resolved);
        // Each point has that many others: fewer are left only where distances contradict each other.
        if (nearest.size() < depth)
          throwInvalidInput(
              "precisionRecall: samples in shared memory must be left alone until the call settles");
        indices.clear();
        ranks.clear();
        for (Resolved const& neighbour : nearest) indices.push_back(neighbour.index);
        choose(i, indices, ranks);
        std::sort(ranks.begin(), ranks.end());
        ranks.erase(std::unique(ranks.begin(), ranks.end()), ranks.end());
        for (std::uint32_t const rank : ranks)
          radii[i - strip.begin].push_back({rank, nearest[rank - 1].index, nearest[rank - 1].squared});
      }
    });
    for (std::vector<Radius> const& own : radii) result.append(own);
  });
  return result;
}

}  // namespace madloop::neighbours
