#include "core/metrics/precision_recall.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include "core/base/mean_and_deviation.hpp"
#include "core/inference/score_interval.hpp"
#include "core/inference/student_t.hpp"
#include "core/neighbours/distance_tiles.hpp"
#include "core/neighbours/identity.hpp"

namespace madloop::metrics {

using neighbours::HalfSamples;
using neighbours::kHalfSamples;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// The estimate of one set's manifold: the radii of its balls, and the ranks of those of its halves.
struct ManifoldEstimate {
  neighbours::NeighbourRadii radii;
  std::vector<std::uint32_t> halfRanks;
};

std::size_t searchDepth(std::size_t rows, std::span<std::size_t const> ks, bool standardErrors) {
  return std::min(rows - 1, standardErrors ? neighbours::halfSampleDepth(ks.back()) : ks.back());
}

ManifoldEstimate estimateManifold(neighbours::FramedPoints const& points, neighbours::Frame const& frame,
                                  std::span<std::size_t const> ks, HalfSamples const* halves, Task& task) {
  std::size_t const rows = points.points.rows();
  ManifoldEstimate manifold;
  if (halves != nullptr) manifold.halfRanks.resize(ks.size() * rows * kHalfSamples);
  auto const choose = [&](std::size_t i, std::span<std::uint32_t const> nearest,
                          std::vector<std::uint32_t>& ranks) {
    for (std::size_t q = 0; q < ks.size(); ++q) {
      ranks.push_back(static_cast<std::uint32_t>(ks[q]));
      if (halves == nullptr) continue;
      std::uint32_t* const own = manifold.halfRanks.data() + (q * rows + i) * kHalfSamples;
      neighbours::halfSampleRanks(*halves, i, nearest, ks[q], own);
      std::copy_if(own, own + kHalfSamples, std::back_inserter(ranks),
                   [](std::uint32_t rank) { return rank != 0; });
    }
  };
  manifold.radii =
      neighbours::neighbourRadii(points, frame, searchDepth(rows, ks, halves != nullptr), choose, task);
  return manifold;
}

std::size_t countNonZero(std::vector<std::uint32_t> const& counts, std::size_t q, std::size_t stride) {
  auto const first = counts.begin() + static_cast<std::ptrdiff_t>(q * stride);
  return static_cast<std::size_t>(std::count_if(first, first + static_cast<std::ptrdiff_t>(stride),
                                                [](std::uint32_t count) { return count != 0; }));
}

/// The share of each half's members (of `stride` in all) that have the half's bit set.
std::vector<double> sharesInHalves(std::vector<std::uint32_t> const& bits, std::size_t q, std::size_t stride,
                                   HalfSamples const& halves) {
  std::array<std::size_t, kHalfSamples> counts{};
  for (std::size_t i = 0; i < stride; ++i) {
    for (std::size_t r = 0; r < kHalfSamples; ++r) counts[r] += bits[q * stride + i] >> r & 1;
  }
  std::vector<double> shares;
  for (std::size_t const count : counts)
    shares.push_back(static_cast<double>(count) / static_cast<double>(halves.size));
  return shares;
}

MetricEstimate plain(double value) { return {value, kNaN, kNaN, kNaN}; }

/// Half the width of a symmetric 95 % interval, in standard errors.
double halfWidth() { return inference::studentHalfWidth(kHalfSamples - 1); }

/// A metric that scatters about its expectation p as the mean of independent trials does, with the variance
/// p - curvature p^2 each: a proportion (curvature 1), or a mean count as Poisson's (curvature 0).
///
/// How many trials it is worth is read off the halves at their own mean, which may be far from the value:
/// larger balls fill the surroundings of a line, say, so that halves are nearer to 1 and scatter less than the
/// whole. There are at most `most` trials, as the effective size of a survey's sample is cut at its size (Korn
/// & Graubard 1998); as many as the smaller sample has points where halves do not scatter. The standard error
/// is not below the halves' standard deviation either.
///
/// The interval is the score interval: it keeps its width where the value is 0 or 1.
MetricEstimate estimate(double value, double curvature, std::vector<double> const& inHalves, double most,
                        std::size_t smallest) {
  auto const variance = [&](double p) { return p - curvature * p * p; };
  auto const [mean, scatter] = meanAndDeviation(inHalves);
  bool const scattered = scatter > 1e-12 * mean;  // by more than rounding
  double const implied = scattered ? variance(mean) / (scatter * scatter) : static_cast<double>(smallest);
  double const trials = std::min(implied, most);
  double const width = halfWidth() * halfWidth() / trials;
  auto const [lower, upper] = inference::scoreIntervalOfTrials(value, width, curvature);
  return {value, std::max(scatter, std::sqrt(variance(value) / trials)), lower, upper};
}

/// Metrics of the points of one set and the balls of the other, for ks[q].
struct Manifold {
  neighbours::Inclusions const& inclusions;
  std::size_t q;
  std::size_t k;
  HalfSamples const* halvesOfBalls;  // null without standard errors
  HalfSamples const* halvesOfPoints;

  /// Precision, or recall with the roles exchanged.
  [[nodiscard]] MetricEstimate coveredPoints() const {
    return proportion(inclusions.ballsAroundPoint, inclusions.coveredInHalf, inclusions.points, halvesOfPoints);
  }

  /// Coverage.
  [[nodiscard]] MetricEstimate occupiedBalls() const {
    return proportion(inclusions.pointsInBall, inclusions.occupiedInHalf, inclusions.balls, halvesOfBalls);
  }

  [[nodiscard]] MetricEstimate density() const {
    auto const first = inclusions.ballsAroundPoint.begin() + static_cast<std::ptrdiff_t>(q * inclusions.points);
    std::vector<double> const counts(first, first + static_cast<std::ptrdiff_t>(inclusions.points));
    double const pairs = fixedOrderSum(counts.size(), [&](std::size_t i) { return counts[i]; });
    double const value = pairs / (static_cast<double>(k) * static_cast<double>(inclusions.points));
    if (halvesOfBalls == nullptr) return plain(value);
    std::vector<double> inHalves;
    for (std::size_t r = 0; r < kHalfSamples; ++r)
      inHalves.push_back(static_cast<double>(inclusions.pairsInHalf[q * kHalfSamples + r]) /
                         (static_cast<double>(k) * static_cast<double>(halvesOfPoints->size)));
    // Given the balls, the points are independent: their counts alone scatter so much.
    double const deviation = meanAndDeviation(counts).standardDeviation / static_cast<double>(k);
    double const most = deviation > 0 ? value * static_cast<double>(inclusions.points) / (deviation * deviation)
                                      : std::numeric_limits<double>::infinity();
    MetricEstimate result = estimate(value, 0, inHalves, most, smallest());
    // A few large balls can carry a density, and its error is known less well than a proportion's: the interval
    // has no side shorter than a symmetric one's.
    double const side = halfWidth() * result.standardError;
    result.lower = std::max(0.0, value - side);
    result.upper = std::max(result.upper, value + side);
    return result;
  }

 private:
  [[nodiscard]] std::size_t smallest() const { return std::min(inclusions.balls, inclusions.points); }

  /// The share of those, of `members` in all, whose count is above 0, or whose bit is set in a half.
  [[nodiscard]] MetricEstimate proportion(std::vector<std::uint32_t> const& counts,
                                          std::vector<std::uint32_t> const& bits, std::size_t members,
                                          HalfSamples const* halves) const {
    double const value = static_cast<double>(countNonZero(counts, q, members)) / static_cast<double>(members);
    if (halves == nullptr) return plain(value);
    return estimate(value, 1, sharesInHalves(bits, q, members, *halves), static_cast<double>(members),
                    smallest());
  }
};

/// Radii as distances in the data's own units.
void appendRadii(neighbours::NeighbourRadii const& radii, std::size_t k, neighbours::Frame const& frame,
                 std::vector<double>& out) {
  for (std::size_t i = 0; i < radii.points(); ++i) {
    std::span<neighbours::Radius const> const own = radii.of(i);
    auto const radius =
        std::find_if(own.begin(), own.end(), [&](neighbours::Radius const& r) { return r.rank == k; });
    // Between equal points, bounds hold nothing but what underflow may have left out.
    bool const none = radius->squared.upper < std::numeric_limits<double>::min();
    double const squared = none ? 0 : (radius->squared.lower + radius->squared.upper) / 2;
    out.push_back(std::sqrt(squared) / frame.scale);
  }
}

}  // namespace

PrecisionRecall precisionRecall(neighbours::Points const& real, neighbours::Points const& generated,
                                std::span<std::size_t const> ks, PrecisionRecallOptions const& options,
                                Task& task) {
  bool const sampled = options.standardErrors && ks.back() < std::min(real.rows(), generated.rows()) / 2;
  task.expect(real.rows() + generated.rows() +
              neighbours::neighbourRadiiProgress(real.rows(), searchDepth(real.rows(), ks, sampled)) +
              neighbours::neighbourRadiiProgress(generated.rows(), searchDepth(generated.rows(), ks, sampled)) +
              neighbours::distanceTileProgress({0, real.rows()}, generated.rows(), neighbours::Pairs::all));

  std::array<neighbours::Points, 2> const sets = {real, generated};
  std::array<char const*, 2> const names = {"real", "generated"};
  neighbours::Frame const frame = neighbours::makeFrame(sets, names, task);
  std::vector<std::vector<std::uint32_t>> identities = neighbours::identifyPoints(sets, task);
  neighbours::FramedPoints const x = neighbours::inFrame(real, std::move(identities[0]), frame, task);
  neighbours::FramedPoints const y = neighbours::inFrame(generated, std::move(identities[1]), frame, task);

  neighbours::HalfSampling halves;
  if (sampled) {
    halves.halvesOfX = neighbours::drawHalfSamples(real.rows(), options.seed, 0);
    halves.halvesOfY = neighbours::drawHalfSamples(generated.rows(), options.seed, 1);
  }
  ManifoldEstimate manifoldOfX = estimateManifold(x, frame, ks, sampled ? &halves.halvesOfX : nullptr, task);
  ManifoldEstimate manifoldOfY = estimateManifold(y, frame, ks, sampled ? &halves.halvesOfY : nullptr, task);
  halves.ranksOfX = std::move(manifoldOfX.halfRanks);
  halves.ranksOfY = std::move(manifoldOfY.halfRanks);
  neighbours::Membership const found =
      neighbours::membership(x, manifoldOfX.radii, y, manifoldOfY.radii, ks, sampled ? &halves : nullptr, frame,
                             options.boundary, task);

  PrecisionRecall result;
  result.resolved = found.resolved;
  HalfSamples const* const halvesOfX = sampled ? &halves.halvesOfX : nullptr;
  HalfSamples const* const halvesOfY = sampled ? &halves.halvesOfY : nullptr;
  for (std::size_t q = 0; q < ks.size(); ++q) {
    Manifold const ofReal = {found.inBallsOfX, q, ks[q], halvesOfX, halvesOfY};
    Manifold const ofGenerated = {found.inBallsOfY, q, ks[q], halvesOfY, halvesOfX};
    result.metrics.push_back(
        {ks[q], ofReal.coveredPoints(), ofGenerated.coveredPoints(), ofReal.density(), ofReal.occupiedBalls()});
  }
  if (options.samples) {
    for (std::size_t const k : ks) {
      appendRadii(manifoldOfX.radii, k, frame, result.samples.realRadius);
      appendRadii(manifoldOfY.radii, k, frame, result.samples.generatedRadius);
    }
    result.samples.realBallsAroundGenerated = found.inBallsOfX.ballsAroundPoint;
    result.samples.generatedBallsAroundReal = found.inBallsOfY.ballsAroundPoint;
    result.samples.generatedInRealBall = found.inBallsOfX.pointsInBall;
  }
  return result;
}

}  // namespace madloop::metrics
