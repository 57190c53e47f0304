#include "core/metrics/frechet_distance_interval.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "core/inference/jackknife.hpp"
#include "core/inference/score_interval.hpp"
#include "core/metrics/frechet_scale.hpp"

namespace madloop::metrics {

namespace {

constexpr std::size_t kFewestRows = 4;  // half of them still have a covariance

void checkGroups(FrechetSide const& side, std::size_t groups, char const* argument) {
  if (!sampled(side)) return;
  std::size_t const rows = rowsOf(side);
  if (rows < kFewestRows) {
    throwInvalidInput(std::string(argument) + " must have at least " + std::to_string(kFewestRows) +
                      " rows to have an error, got " + std::to_string(rows));
  }
  if (groups < 2 || groups > rows) {
    throwInvalidInput("groups must be from 2 to the rows of " + std::string(argument) + ", " +
                      std::to_string(rows) + ", got " + std::to_string(groups));
  }
}

void expectWork(FrechetSide const& side, std::size_t groups, std::size_t dim, Task& task) {
  if (sampled(side)) task.expect(rowsOf(side) + groups * distanceWork(dim));
}

/// The jackknife over one side, whose moments are freed before the other's are made. No error for moments.
inference::Jackknife withoutEachGroup(FrechetSide const& side, gaussian::FactoredGaussian const& own,
                                      gaussian::FactoredGaussian const& other, double whole, std::size_t groups,
                                      std::uint64_t seed, std::uint32_t part, Task& task) {
  if (!sampled(side)) return {};
  auto const dim = static_cast<std::size_t>(own.mean.size());
  auto const sample = groupRows(side, own, groups, seed, part, task);
  std::vector<double> without(groups);
  evaluateEach(task, groups, dim, [&](std::size_t j, Task& inner) {
    without[j] = frechetDistance(sample->factor({0, groups, j}, inner), other, inner).distance;
    task.add(distanceWork(dim));
  });
  return inference::jackknife(whole, without, sample->sizes());
}

}  // namespace

FrechetDistanceInterval frechetDistanceInterval(FrechetSide const& givenA, FrechetSide const& givenB,
                                                std::size_t groups, std::uint64_t seed, Task& task) {
  ScaledSides const sides(givenA, givenB, task);
  FrechetSide const& a = sides.a();
  FrechetSide const& b = sides.b();
  checkGroups(a, groups, "a");
  checkGroups(b, groups, "b");
  expectWork(a, groups, colsOf(a), task);
  expectWork(b, groups, colsOf(b), task);
  gaussian::FactoredGaussian const wholeA = factorSide(a, task, "a");
  gaussian::FactoredGaussian const wholeB = factorSide(b, task, "b");
  FrechetDistanceInterval result;
  FrechetDistance const whole = frechetDistance(wholeA, wholeB, task);
  result.whole = sides.restored(whole);
  double const distance = whole.distance;
  inference::Jackknife const fromA = withoutEachGroup(a, wholeA, wholeB, distance, groups, seed, 0, task);
  inference::Jackknife const fromB = withoutEachGroup(b, wholeB, wholeA, distance, groups, seed, 1, task);

  std::vector<inference::VariancePart> parts;
  if (sampled(a)) parts.push_back({fromA.variance, static_cast<double>(groups - 1)});
  if (sampled(b)) parts.push_back({fromB.variance, static_cast<double>(groups - 1)});
  inference::StandardError const error = inference::standardError(parts);
  result.standardError = sides.restoredSquare(error.value);
  result.standardErrorA = sides.restoredSquare(std::sqrt(fromA.variance));
  result.standardErrorB = sides.restoredSquare(std::sqrt(fromB.variance));
  double const bias = fromA.bias + fromB.bias;
  // By chance a distance is far below what it is expected to be at least, its bias: it tells nothing then of
  // how it would scatter.
  inference::Interval const interval =
      inference::scoreInterval(distance, error.halfWidth, std::max(distance, std::abs(bias) / 4));
  result.lower = sides.restoredSquare(std::max(0.0, interval.lower));
  result.upper = sides.restoredSquare(interval.upper);
  result.heavyTails = heavyTails(a, task, "a") || heavyTails(b, task, "b");
  result.degreesOfFreedom = error.degreesOfFreedom;
  result.bias = sides.restoredSquare(bias);
  return result;
}

}  // namespace madloop::metrics
