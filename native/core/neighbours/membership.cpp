#include "core/neighbours/membership.hpp"

#include <algorithm>
#include <atomic>
#include <bit>

#include "core/neighbours/distance_tiles.hpp"
#include "core/neighbours/near_pairs.hpp"
#include "core/neighbours/resolved_distance.hpp"

namespace madloop::neighbours {

namespace {

template <class T>
using Counters = std::vector<std::atomic<T>>;

template <class T>
void increase(std::atomic<T>& counter, T amount) {
  counter.fetch_add(amount, std::memory_order_relaxed);
}

/// The balls of one set, and what is counted about them while tiles are searched.
class ManifoldCounts {
 public:
  /// `ranks` as in HalfSampling; without half-sampling it and the halves are empty.
  ManifoldCounts(FramedPoints const& centres, NeighbourRadii const& radii, std::size_t points,
                 std::span<std::size_t const> ks, std::span<std::uint32_t const> ranks,
                 std::span<std::uint32_t const> halvesOfPoints)
      : centres_(centres),
        radii_(radii),
        points_(points),
        ks_(ks),
        ranks_(ranks),
        halvesOfPoints_(halvesOfPoints),
        pointsInBall_(ks.size() * radii.points()),
        ballsAroundPoint_(ks.size() * points),
        occupiedInHalf_(ranks.empty() ? 0 : pointsInBall_.size()),
        coveredInHalf_(ranks.empty() ? 0 : ballsAroundPoint_.size()),
        pairsInHalf_(ranks.empty() ? 0 : ks.size() * kHalfSamples) {}

  [[nodiscard]] FramedPoints const& centres() const { return centres_; }
  [[nodiscard]] std::span<Radius const> radii(std::size_t ball) const { return radii_.of(ball); }

  /// Point p is in ball b for radii from this rank on.
  void count(std::uint32_t rank, std::uint32_t b, std::uint32_t p, std::vector<std::uint64_t>& pairsInHalf) {
    for (std::size_t q = 0; q < ks_.size(); ++q) {
      std::size_t const ball = q * radii_.points() + b;
      std::size_t const point = q * points_ + p;
      if (rank <= ks_[q]) {
        increase<std::uint32_t>(pointsInBall_[ball], 1);
        increase<std::uint32_t>(ballsAroundPoint_[point], 1);
      }
      if (ranks_.empty()) continue;
      std::uint32_t halves = 0;
      for (std::size_t r = 0; r < kHalfSamples; ++r)
        halves |= static_cast<std::uint32_t>(rank <= ranks_[ball * kHalfSamples + r]) << r;
      halves &= halvesOfPoints_[p];
      if (halves == 0) continue;
      occupiedInHalf_[ball].fetch_or(halves, std::memory_order_relaxed);
      coveredInHalf_[point].fetch_or(halves, std::memory_order_relaxed);
      for (; halves != 0; halves &= halves - 1)
        ++pairsInHalf[q * kHalfSamples + static_cast<std::size_t>(std::countr_zero(halves))];
    }
  }

  /// A place to count one tile's pairs, and their addition to those of all.
  [[nodiscard]] std::vector<std::uint64_t> noPairs() const {
    return std::vector<std::uint64_t>(pairsInHalf_.size());
  }
  void addPairs(std::vector<std::uint64_t> const& pairs) {
    for (std::size_t i = 0; i < pairs.size(); ++i) increase(pairsInHalf_[i], pairs[i]);
  }

  [[nodiscard]] Inclusions result() const {
    return {radii_.points(),         points_,
            values(pointsInBall_),   values(ballsAroundPoint_),
            values(occupiedInHalf_), values(coveredInHalf_),
            values(pairsInHalf_)};
  }

 private:
  template <class T>
  static std::vector<T> values(Counters<T> const& counters) {
    std::vector<T> result(counters.size());
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = counters[i].load(std::memory_order_relaxed);
    return result;
  }

  FramedPoints const& centres_;
  NeighbourRadii const& radii_;
  std::size_t points_;
  std::span<std::size_t const> ks_;
  std::span<std::uint32_t const> ranks_;
  std::span<std::uint32_t const> halvesOfPoints_;
  Counters<std::uint32_t> pointsInBall_;
  Counters<std::uint32_t> ballsAroundPoint_;
  Counters<std::uint32_t> occupiedInHalf_;
  Counters<std::uint32_t> coveredInHalf_;
  Counters<std::uint64_t> pairsInHalf_;
};

/// Decides, for one tile at a time, which of its pairs lie in which balls.
class PairDecider {
 public:
  PairDecider(Frame const& frame, Boundary boundary) : frame_(frame), boundary_(boundary), resolved_(frame) {}

  ResolvedCounts const& resolvedCounts() const { return counts_; }

  /// The smallest rank for which point p of `points`, at squared distance `squared` by float32, is in ball b; 0
  /// if none.
  std::uint32_t firstInside(ManifoldCounts const& balls, std::uint32_t b, FramedPoints const& points,
                            std::uint32_t p, Interval squared) {
    std::span<Radius const> const radii = balls.radii(b);
    Pair pair{balls, b, points, p, squared, false, false};
    std::size_t low = 0;
    std::size_t high = radii.size();
    while (low < high) {
      std::size_t const middle = high == radii.size() ? high - 1 : (low + high) / 2;  // mostly in none
      if (inside(pair, radii[middle])) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    if (pair.inDouble) ++counts_.inDouble;
    if (pair.exactly) ++counts_.exactly;
    return low < radii.size() ? radii[low].rank : 0;
  }

 private:
  struct Pair {
    ManifoldCounts const& balls;
    std::uint32_t ball;
    FramedPoints const& points;
    std::uint32_t point;
    Interval squared;
    bool inDouble;
    bool exactly;
  };

  bool inside(Pair& pair, Radius const& radius) {
    int order = compare(pair.squared, radius.squared);
    FramedPoints const& centres = pair.balls.centres();
    if (order == kOpen && pair.points.identities[pair.point] == centres.identities[radius.neighbour]) order = 0;
    if (order == kOpen && !pair.inDouble && !frame_.exactInFloat) {
      pair.inDouble = true;
      resolved_.setCentre(centres.points, pair.ball);
      pair.squared = resolved_.squared(pair.points.points, pair.point);
      order = compare(pair.squared, radius.squared);
    }
    if (order == kOpen && (frame_.exactInFloat || frame_.exactInDouble)) order = 0;
    if (order == kOpen) {
      pair.exactly = true;
      order = resolved_.compare(pair.points.points, pair.point, centres.points, radius.neighbour);
    }
    return boundary_ == Boundary::closed ? order <= 0 : order < 0;
  }

  static constexpr int kOpen = 2;

  static int compare(Interval a, Interval b) {
    if (a.upper < b.lower) return -1;
    if (a.lower > b.upper) return 1;
    return kOpen;
  }

  Frame const& frame_;
  Boundary boundary_;
  ResolvedDistances resolved_;
  ResolvedCounts counts_;
};

/// Searches tiles for the pairs near enough to lie in a ball of either set.
class MembershipTileSearch {
 public:
  MembershipTileSearch(FramedPoints const& x, FramedPoints const& y, ManifoldCounts& countsOfX,
                       ManifoldCounts& countsOfY, Frame const& frame, Boundary boundary)
      : x_(x),
        y_(y),
        countsOfX_(countsOfX),
        countsOfY_(countsOfY),
        frame_(frame),
        boundary_(boundary),
        rows_(bounds(x, countsOfX)),
        columns_(bounds(y, countsOfY)) {}

  void search(DistanceTile const& tile) {
    PairDecider decider(frame_, boundary_);
    std::vector<std::uint64_t> pairsOfX = countsOfX_.noPairs();
    std::vector<std::uint64_t> pairsOfY = countsOfY_.noPairs();
    NearPairBounds const rows = part(rows_, tile.rows);
    NearPairBounds columns = part(columns_, tile.columns);
    forEachNearPair(tile, rows, columns, [&](std::size_t row, std::size_t column, float product) {
      auto const i = static_cast<std::uint32_t>(row);
      auto const j = static_cast<std::uint32_t>(column);
      double const norms = x_.squaredNorms[i] + y_.squaredNorms[j];
      double const squared = norms - static_cast<double>(product);
      double const error = frame_.relativeError * norms + frame_.absoluteError;
      Interval const interval = {squared - error, squared + error};
      std::uint32_t const inX = decider.firstInside(countsOfX_, i, y_, j, interval);
      if (inX != 0) countsOfX_.count(inX, i, j, pairsOfX);
      std::uint32_t const inY = decider.firstInside(countsOfY_, j, x_, i, interval);
      if (inY != 0) countsOfY_.count(inY, j, i, pairsOfY);
    });
    countsOfX_.addPairs(pairsOfX);
    countsOfY_.addPairs(pairsOfY);
    increase<std::uint64_t>(inDouble_, decider.resolvedCounts().inDouble);
    increase<std::uint64_t>(exactly_, decider.resolvedCounts().exactly);
  }

  [[nodiscard]] ResolvedCounts resolvedCounts() const { return {inDouble_.load(), exactly_.load()}; }

 private:
  /// The limit of a point is the largest radius of its ball.
  [[nodiscard]] NearPairBounds bounds(FramedPoints const& points, ManifoldCounts const& balls) const {
    NearPairBounds result{lowerNorms(points, frame_), {}};
    for (std::size_t i = 0; i < points.points.rows(); ++i)
      result.limits.push_back(-roundedUp(balls.radii(i).back().squared.upper));
    return result;
  }

  static NearPairBounds part(NearPairBounds const& bounds, IndexRange range) {
    auto const begin = static_cast<std::ptrdiff_t>(range.begin);
    auto const end = static_cast<std::ptrdiff_t>(range.end);
    return {{bounds.norms.begin() + begin, bounds.norms.begin() + end},
            {bounds.limits.begin() + begin, bounds.limits.begin() + end}};
  }

  FramedPoints const& x_;
  FramedPoints const& y_;
  ManifoldCounts& countsOfX_;
  ManifoldCounts& countsOfY_;
  Frame const& frame_;
  Boundary boundary_;
  NearPairBounds rows_;
  NearPairBounds columns_;
  std::atomic<std::uint64_t> inDouble_{0};
  std::atomic<std::uint64_t> exactly_{0};
};

}  // namespace

Membership membership(FramedPoints const& x, NeighbourRadii const& radiiOfX, FramedPoints const& y,
                      NeighbourRadii const& radiiOfY, std::span<std::size_t const> ks,
                      HalfSampling const* halves, Frame const& frame, Boundary boundary, Task& task) {
  HalfSampling const none;
  HalfSampling const& sampling = halves != nullptr ? *halves : none;
  ManifoldCounts countsOfX(x, radiiOfX, y.points.rows(), ks, sampling.ranksOfX, sampling.halvesOfY.containing);
  ManifoldCounts countsOfY(y, radiiOfY, x.points.rows(), ks, sampling.ranksOfY, sampling.halvesOfX.containing);
  MembershipTileSearch search(x, y, countsOfX, countsOfY, frame, boundary);
  forEachDistanceTile(x, {0, x.points.rows()}, y, Pairs::all, frame, task,
                      [&](DistanceTile const& tile) { search.search(tile); });
  return {countsOfX.result(), countsOfY.result(), search.resolvedCounts()};
}

}  // namespace madloop::neighbours
