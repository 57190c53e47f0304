#include "core/limits/limit_point_estimate.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "core/inference/student_t.hpp"
#include "core/limits/limit_point_chain.hpp"

namespace madloop::limits {

namespace {

/// Controls that vary by less than this part of their variance about the others (collinear ones at dim = 1,
/// say) are left out: their coefficients would be rounding.
constexpr double kCollinear = 1e-9;

/// Degrees of freedom of an interval, at most, where the distance has no fourth moment.
constexpr double kHeavyTailedDegrees = 6;

std::size_t triangle(std::size_t size) { return size * (size + 1) / 2; }

/// One group's part of the accumulator; z = (distance, controls), all sums over its chains.
template <class Double>
struct Group {
  Group(Double* start, std::size_t z)
      : chains(start),
        total(chains + 1),
        difference(total + z),
        products(difference + z),
        totalProducts(products + triangle(z)),
        differenceProducts(totalProducts + triangle(z)) {}

  static std::size_t length(std::size_t z) { return 1 + 2 * z + 3 * triangle(z); }

  Double* chains;              // how many
  Double* total;               // sums of z over recordings
  Double* difference;          // first half less second half
  Double* products;            // sums of z_i z_j over recordings
  Double* totalProducts;       // sums of products of chains' totals
  Double* differenceProducts;  // sums of products of chains' differences
};

/// Element (i, j), i >= j, of a packed lower triangle.
double at(double const* packed, std::size_t i, std::size_t j) { return packed[i * (i + 1) / 2 + j]; }

/// Coefficients of the regression of z_0 on the others, from sums of products of n observations; one for z_0 in
/// front, so that the residual is the inner product with z.
std::vector<double> regression(Group<double const> const& group, std::size_t size, double observations) {
  auto covariance = [&](std::size_t i, std::size_t j) {
    return at(group.products, i, j) / observations -
           group.total[i] / observations * (group.total[j] / observations);
  };
  // Cholesky, leaving out controls that those before them determine.
  std::vector<double> factor(triangle(size), 0.0);
  auto entry = [&](std::size_t i, std::size_t j) -> double& { return factor[i * (i + 1) / 2 + j]; };
  std::vector<bool> used(size, false);
  for (std::size_t i = 1; i < size; ++i) {
    double const variance = covariance(i, i);
    double pivot = variance;
    for (std::size_t k = 1; k < i; ++k) {
      if (!used[k]) continue;
      double value = covariance(i, k);
      for (std::size_t l = 1; l < k; ++l) value -= entry(i, l) * entry(k, l);
      entry(i, k) = value / entry(k, k);
      pivot -= entry(i, k) * entry(i, k);
    }
    used[i] = pivot > kCollinear * variance && pivot > 0;
    entry(i, i) = used[i] ? std::sqrt(pivot) : 1;
    if (!used[i]) {
      for (std::size_t k = 1; k < i; ++k) entry(i, k) = 0;
    }
  }
  std::vector<double> coefficients(size, 0.0);
  for (std::size_t i = 1; i < size; ++i) {
    if (!used[i]) continue;
    double value = covariance(i, 0);
    for (std::size_t k = 1; k < i; ++k) value -= entry(i, k) * coefficients[k];
    coefficients[i] = value / entry(i, i);
  }
  for (std::size_t i = size; i-- > 1;) {
    if (!used[i]) continue;
    double value = coefficients[i];
    for (std::size_t k = i + 1; k < size; ++k) value -= entry(k, i) * coefficients[k];
    coefficients[i] = value / entry(i, i);
  }
  for (double& coefficient : coefficients) coefficient = -coefficient;
  coefficients[0] = 1;
  return coefficients;
}

double linear(std::vector<double> const& weights, double const* values) {
  double sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) sum += weights[i] * values[i];
  return sum;
}

double quadratic(std::vector<double> const& weights, double const* packed) {
  double sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    double row = 0;
    for (std::size_t j = 0; j < i; ++j) row += weights[j] * *packed++;
    sum += weights[i] * (2 * row + weights[i] * *packed++);
  }
  return sum;
}

}  // namespace

std::size_t limitPointAccumulatorLength(std::size_t controls) {
  return 2 * Group<double>::length(controls + 1);
}

void addLimitPointChains(std::size_t controls, double* accumulator, double const* sums, std::size_t first,
                         std::size_t count) {
  std::size_t const size = controls + 1;
  std::array<Group<double>, 2> groups{Group<double>(accumulator, size),
                                      Group<double>(accumulator + Group<double>::length(size), size)};
  for (std::size_t chain = 0; chain < count; ++chain, sums += chainWidth(controls)) {
    Group<double>& group = groups[(first + chain) % 2];
    double const* const early = sums;
    double const* const late = sums + size;
    double const* const products = sums + 2 * size;
    *group.chains += 1;
    std::size_t k = 0;
    for (std::size_t i = 0; i < size; ++i) {
      double const total = early[i] + late[i];
      double const difference = early[i] - late[i];
      group.total[i] += total;
      group.difference[i] += difference;
      for (std::size_t j = 0; j <= i; ++j, ++k) {
        group.products[k] += products[k];
        group.totalProducts[k] += total * (early[j] + late[j]);
        group.differenceProducts[k] += difference * (early[j] - late[j]);
      }
    }
  }
}

LimitPointEstimate estimateLimitPoint(LimitPointSchedule const& schedule, std::size_t controls, bool heavyTails,
                                      double const* accumulator) {
  std::size_t const size = controls + 1;
  std::array<Group<double const>, 2> const groups{
      Group<double const>(accumulator, size),
      Group<double const>(accumulator + Group<double const>::length(size), size)};
  auto const recordings = static_cast<double>(schedule.recordings);
  double const chains = *groups[0].chains + *groups[1].chains;

  std::vector<double> plain(size, 0.0);
  plain[0] = 1;
  double residual = 0;
  double squares = 0;
  double plainSquares = 0;
  double difference = 0;
  double differenceSquares = 0;
  for (std::size_t g = 0; g < 2; ++g) {
    Group<double const> const& group = groups[g];
    Group<double const> const& other = groups[1 - g];
    double const n = *group.chains;
    std::vector<double> const weights = regression(other, size, *other.chains * recordings);
    auto deviations = [n](std::vector<double> const& w, double const* total, double const* products) {
      double const sum = linear(w, total);
      return std::max(0.0, quadratic(w, products) - sum * (sum / n));
    };
    residual += linear(weights, group.total);
    squares += deviations(weights, group.total, group.totalProducts);
    plainSquares += deviations(plain, group.total, group.totalProducts);
    difference += linear(weights, group.difference);
    differenceSquares += deviations(weights, group.difference, group.differenceProducts);
  }
  // What is left of the squares after such a reduction is rounding.
  squares = std::max(squares, 1e-14 * plainSquares);
  double const degrees = chains - 2;
  LimitPointEstimate estimate;
  estimate.distance = schedule.centre + residual / (chains * recordings);
  estimate.standardError = std::sqrt(squares / degrees / chains) / recordings;
  double const widthDegrees = heavyTails ? std::min(kHeavyTailedDegrees, degrees) : degrees;
  double const half = inference::studentHalfWidth(widthDegrees) * estimate.standardError;
  estimate.lower = estimate.distance - half;
  estimate.upper = estimate.distance + half;
  estimate.varianceReduction = squares > 0 ? plainSquares / squares : 1;
  estimate.varianceOfMean = plainSquares / degrees / (recordings * recordings);
  estimate.drift =
      differenceSquares > 0 ? difference / chains / std::sqrt(differenceSquares / degrees / chains) : 0;
  return estimate;
}

}  // namespace madloop::limits
