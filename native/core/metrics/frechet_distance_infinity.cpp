#include "core/metrics/frechet_distance_infinity.hpp"

#include <cmath>
#include <limits>
#include <string>

#include "core/base/sum.hpp"
#include "core/inference/jackknife.hpp"
#include "core/inference/score_interval.hpp"
#include "core/metrics/frechet.hpp"
#include "core/metrics/frechet_scale.hpp"

namespace madloop::metrics {

namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

/// Subset `index` of the k = `subsets` runs of groups that make up the sample, perhaps without one group.
struct Subset {
  std::size_t subsets = 0;
  std::size_t index = 0;
  std::size_t without = kNone;

  [[nodiscard]] GroupRange range(std::size_t groups) const {
    return {groups * index / subsets, groups * (index + 1) / subsets, without};
  }
};

/// All subsets of all sizes, and after them those subsets again without each of their groups.
std::vector<Subset> allSubsets(std::size_t points, std::size_t groups) {
  std::vector<Subset> subsets;
  for (std::size_t k = 1; k <= points; ++k) {
    for (std::size_t i = 0; i < k; ++i) subsets.push_back({k, i, kNone});
  }
  for (std::size_t k = 1; k <= points; ++k) {
    for (std::size_t i = 0; i < k; ++i) {
      GroupRange const range = Subset{k, i, kNone}.range(groups);
      for (std::size_t g = range.first; g < range.last; ++g) subsets.push_back({k, i, g});
    }
  }
  return subsets;
}

/// Distances of the subsets, by size and place, and what a size's mean becomes without a group.
class SubsetDistances {
 public:
  SubsetDistances(GroupedSample const& sample, std::size_t points)
      : sample_(sample),
        groups_(sample.sizes().size()),
        distances_(points),
        without_(points, std::vector<double>(groups_)) {
    for (std::size_t k = 1; k <= points; ++k) distances_[k - 1].resize(k);
  }

  /// Different subsets may be set from different threads.
  void set(Subset const& subset, double distance) {
    if (subset.without == kNone) {
      distances_[subset.subsets - 1][subset.index] = distance;
    } else {
      without_[subset.subsets - 1][subset.without] = distance;
    }
  }

  /// Mean distance over the k subsets, weighted by rows; `without` a group or kNone.
  [[nodiscard]] double mean(std::size_t k, std::size_t without) const {
    double const rows = static_cast<double>(sample_.rows({0, groups_, without}));
    double sum = 0;
    for (std::size_t i = 0; i < k; ++i) {
      GroupRange const range = Subset{k, i, without}.range(groups_);
      bool const changed = without >= range.first && without < range.last;
      double const distance = changed ? without_[k - 1][without] : distances_[k - 1][i];
      sum += static_cast<double>(sample_.rows(range)) / rows * distance;
    }
    return sum;
  }

 private:
  GroupedSample const& sample_;
  std::size_t groups_;
  std::vector<std::vector<double>> distances_;  // [k - 1][subset]
  std::vector<std::vector<double>> without_;    // [k - 1][group]: of the subset that holds it
};

/// Least-squares line through the points (k, values[k - 1]).
struct Line {
  double intercept = 0;
  double slope = 0;
  double rSquared = 0;
};

Line fitLine(std::vector<double> const& values) {
  std::size_t const count = values.size();
  auto const n = static_cast<double>(count);
  double const middle = (n + 1) / 2;
  auto const centred = [&](std::size_t i) { return static_cast<double>(i + 1) - middle; };
  double const mean = fixedOrderSum(count, [&](std::size_t i) { return values[i]; }) / n;
  double const xx = fixedOrderSum(count, [&](std::size_t i) { return centred(i) * centred(i); });
  double const xy = fixedOrderSum(count, [&](std::size_t i) { return centred(i) * (values[i] - mean); });
  double const yy =
      fixedOrderSum(count, [&](std::size_t i) { return (values[i] - mean) * (values[i] - mean); });
  Line line;
  line.slope = xy / xx;
  line.intercept = mean - line.slope * middle;
  // Points that are all the same lie on a line.
  line.rSquared = yy > 0 ? xy / xx * (xy / yy) : 1;
  return line;
}

void checkCut(FrechetSide const& side, std::size_t points, std::size_t groups, std::string const& argument) {
  if (!sampled(side)) throwInvalidInput(argument + " must be a sample (rows), got moments");
  std::size_t const rows = rowsOf(side);
  if (rows / 2 < groups) {
    throwInvalidInput(argument + " must have at least 2 rows for each of " + std::to_string(groups) +
                      " groups, got " + std::to_string(rows));
  }
  // With no more rows than columns the distance is no longer anything like linear in 1 / rows.
  if (rows / points <= colsOf(side)) {
    throwInvalidInput(argument + " must have more than points x cols = " + std::to_string(points) + " x " +
                      std::to_string(colsOf(side)) + " rows to extrapolate from, got " + std::to_string(rows));
  }
}

}  // namespace

FrechetDistanceInfinity frechetDistanceInfinity(FrechetSide const& givenReference,
                                                FrechetSide const& givenGenerated, std::size_t points,
                                                std::size_t groups, Extrapolated extrapolated,
                                                std::uint64_t seed, Task& task) {
  ScaledSides const sides(givenReference, givenGenerated, task);
  FrechetSide const& reference = sides.a();
  FrechetSide const& generated = sides.b();
  bool const both = extrapolated == Extrapolated::both;
  if (points < 2) throwInvalidInput("points must be at least 2, got " + std::to_string(points));
  if (groups / 2 < points) {
    throwInvalidInput("groups must be at least twice points, got " + std::to_string(groups) + " groups and " +
                      std::to_string(points) + " points");
  }
  checkCut(generated, points, groups, "generated");
  if (both) checkCut(reference, points, groups, "reference");

  std::size_t const dim = colsOf(generated);
  std::vector<Subset> const subsets = allSubsets(points, groups);
  task.expect(rowsOf(generated) + (both ? rowsOf(reference) : 0) + subsets.size() * distanceWork(dim));
  gaussian::FactoredGaussian const wholeReference = factorSide(reference, task, "reference");
  std::unique_ptr<GroupedSample> const referenceGroups =
      both ? groupRows(reference, wholeReference, groups, seed, 0, task) : nullptr;
  std::unique_ptr<GroupedSample> const sample =
      groupRows(generated, factorSide(generated, task, "generated"), groups, seed, 1, task);

  SubsetDistances distances(*sample, points);
  evaluateEach(task, subsets.size(), dim, [&](std::size_t i, Task& inner) {
    GroupRange const range = subsets[i].range(groups);
    gaussian::FactoredGaussian const subset = sample->factor(range, inner);
    double const distance = both
                                ? frechetDistance(referenceGroups->factor(range, inner), subset, inner).distance
                                : frechetDistance(wholeReference, subset, inner).distance;
    distances.set(subsets[i], distance);
    task.add(distanceWork(dim));
  });

  // k / rows is 1 over the mean size of the k subsets, with or without a group: weighted by their rows,
  // distances that are linear in 1 / (rows of a subset) have a mean that is linear in it, even where subsets
  // differ in size.
  auto const lineWithout = [&](std::size_t group) {
    std::vector<double> values(points);
    for (std::size_t k = 1; k <= points; ++k) values[k - 1] = distances.mean(k, group);
    return fitLine(values);
  };
  auto const rows = static_cast<double>(rowsOf(generated));
  Line const line = lineWithout(kNone);
  std::vector<double> without(groups);
  for (std::size_t j = 0; j < groups; ++j) without[j] = lineWithout(j).intercept;
  inference::StandardError const error =
      inference::standardError({{inference::jackknife(line.intercept, without, sample->sizes()).variance,
                                 static_cast<double>(groups - 1)}});

  FrechetDistanceInfinity result;
  result.distance = sides.restoredSquare(line.intercept);
  result.slope = sides.restoredSquare(line.slope * rows);
  result.rSquared = line.rSquared;
  result.standardError = sides.restoredSquare(error.value);
  double const plain = distances.mean(1, kNone);
  // Where the populations are equal the intercept scatters as much as the bias that it is freed of.
  inference::Interval const interval =
      inference::scoreInterval(line.intercept, error.halfWidth, plain + 2 * std::abs(plain - line.intercept));
  result.lower = sides.restoredSquare(interval.lower);
  result.upper = sides.restoredSquare(interval.upper);
  result.heavyTails =
      heavyTails(generated, task, "generated") || (both && heavyTails(reference, task, "reference"));
  result.degreesOfFreedom = error.degreesOfFreedom;
  for (std::size_t k = 1; k <= points; ++k)
    result.distances.push_back(sides.restoredSquare(distances.mean(k, kNone)));
  return result;
}

}  // namespace madloop::metrics
