#include "core/limits/effective_sample_size.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "core/base/decimal.hpp"
#include "core/base/elementary.hpp"
#include "core/base/parallel.hpp"
#include "core/limits/deterministic_limit.hpp"
#include "core/limits/expected_distance.hpp"

namespace madloop::limits {

namespace {

constexpr double kFewest = 2;
constexpr double kMost = 1e15;
constexpr double kLogMost = 34.53877639491069;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The expected distance to a few per cent: its series in 1/k (k = n - 1) where k >= d; below, the k singular
/// values of a d x k Gaussian matrix are about sqrt(d) (1 - k/(8 d)) each.
double roughDistance(double d, double n) {
  double const k = n - 1;
  if (k >= d) return d / n + d * (d + 1) / (4 * k) + d * std::max(0.0, 2 * d * d + d - 7) / (64 * k * k);
  return d / n + 2 * d - 2 * std::sqrt(k * d) * (1 - k / (8 * d));
}

/// A point on the curve or near it.
struct Point {
  double samples = 0;
  double logSamples = 0;
  double logDistance = 0;
};

/// log(distance) as a function of log(n), which is nearly a line of slope -1; and its inverse.
class Curve {
 public:
  Curve(ReferenceCurve const& referenceCurve, Task const& task)
      : referenceCurve_(referenceCurve),
        task_(task),
        realFrom_(referenceCurve.deterministic ? kFewest : static_cast<double>(referenceCurve.dim) + 1) {}

  /// The n with that distance, or 0 or infinity.
  double samplesAt(double distance) {
    auto const d = static_cast<double>(referenceCurve_.dim);
    double low = kFewest;
    double high = kMost;
    while (high > 1.001 * low) {
      double const middle = std::sqrt(low * high);
      (roughDistance(d, middle) > distance ? low : high) = middle;
    }
    Point const rough{low, logarithm(low), logarithm(roughDistance(d, low))};
    double const ahead = 1.01 * low;
    slope_ = (logarithm(roughDistance(d, ahead)) - rough.logDistance) / (logarithm(ahead) - rough.logSamples);
    return search(rough, false, logarithm(distance));
  }

  /// The same, starting from the last solution, which must have been a number.
  double samplesNextTo(double samples, double itsDistance, double distance) {
    return search({samples, logarithm(samples), logarithm(itsDistance)}, true, logarithm(distance));
  }

 private:
  [[nodiscard]] Point at(double samples) const {
    double const distance =
        referenceCurve_.deterministic
            ? deterministicLimit({referenceCurve_.dim, samples, 0, 1, referenceCurve_.divisor}, task_).distance
            : expectedDistance(referenceCurve_.dim, samples, task_, referenceCurve_.divisor);
    return {samples, logarithm(samples), logarithm(distance)};
  }

  /// Secant steps, and bisection where a step leaves what is known to hold the solution. The first step takes
  /// slope_, the slope near `start`; the slope at the solution is left there.
  double search(Point start, bool startIsOnCurve, double target) {
    constexpr int budget = 200;
    constexpr double tolerance = 1e-12;
    Point low{0, -kInfinity, kInfinity};           // n too small
    Point high{kInfinity, kInfinity, -kInfinity};  // n too large
    double step = (target - start.logDistance) / slope_;
    double next = start.logSamples + step;
    for (int evaluation = 0; evaluation < budget; ++evaluation) {
      Point const here = at(nextSamples(next, low, high));
      if (here.logDistance == target) return here.samples;
      if (here.logDistance > target) {
        if (here.samples >= kMost) return kInfinity;
        low = here;
      } else {
        if (here.samples <= kFewest) return 0;
        high = here;
      }
      if (high.samples <= realFrom_ && high.samples - low.samples <= 1) {
        slope_ = (high.logDistance - low.logDistance) / (high.logSamples - low.logSamples);
        return exponential(low.logSamples + (target - low.logDistance) / slope_);
      }
      if (startIsOnCurve && here.samples != start.samples) {
        slope_ = (here.logDistance - start.logDistance) / (here.logSamples - start.logSamples);
      }
      double const lastStep = startIsOnCurve ? step : 1;
      step = (target - here.logDistance) / slope_;
      next = here.logSamples + step;
      double const samples = here.samples * exponential(step);
      // A secant step leaves about the product of the last two.
      bool const accurate = std::abs(step) * std::min(1.0, std::abs(lastStep)) <= tolerance;
      if (accurate && here.samples >= realFrom_ && samples >= realFrom_) return samples;
      if (!(next > low.logSamples && next < high.logSamples)) {
        next = 0.5 * (std::max(low.logSamples, 0.0) + std::min(high.logSamples, kLogMost));
      }
      start = here;
      startIsOnCurve = true;
    }
    throw Error(ErrorCode::noConvergence,
                "effectiveSampleSizes: no root for distance " + shortestDecimal(exponential(target)));
  }

  /// The number of samples to try next: in range, and below realFrom_ a whole number inside the bracket.
  [[nodiscard]] double nextSamples(double logSamples, Point const& low, Point const& high) const {
    double const samples = exponential(std::min(logSamples, kLogMost));
    if (samples >= realFrom_) return std::min(samples, kMost);
    double const largest = high.samples < kInfinity ? std::ceil(high.samples) - 1 : kMost;
    double const smallest = std::max(kFewest, std::floor(low.samples) + 1);
    return std::min(std::max(std::round(samples), smallest), largest);
  }

  ReferenceCurve referenceCurve_;
  Task const& task_;
  double realFrom_;  // where the curve begins to be one of real n
  double slope_ = -1;
};

SampleSizes convert(DistanceToConvert const& given, Task const& task) {
  if (!(given.distance > 0 && given.distance < kInfinity)) {
    throwInvalidInput("effectiveSampleSizes: distance must be positive and finite, got " +
                      shortestDecimal(given.distance));
  }
  Curve curve(given.referenceCurve, task);
  SampleSizes result;
  result.value = curve.samplesAt(given.distance);
  auto const end = [&](double distance) {
    if (std::isnan(distance)) return distance;
    if (!(distance > 0)) return kInfinity;
    if (!(distance < kInfinity)) return 0.0;
    if (!(result.value > 0 && result.value < kInfinity)) return curve.samplesAt(distance);
    return curve.samplesNextTo(result.value, given.distance, distance);
  };
  result.lower = end(given.upper);
  result.upper = end(given.lower);
  return result;
}

}  // namespace

std::vector<SampleSizes> effectiveSampleSizes(std::vector<DistanceToConvert> const& distances, Task& task) {
  task.expect(distances.size());
  std::vector<SampleSizes> results(distances.size());
  parallelFor(task, distances.size(), [&](std::size_t i) {
    results[i] = convert(distances[i], task);
    task.add(1);
  });
  return results;
}

}  // namespace madloop::limits
