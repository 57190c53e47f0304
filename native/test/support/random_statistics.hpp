// Statistics for the tests of core/random. Every acceptance region is that of |z| <= 4.5 for a normal
// statistic: a correct generator fails one such check with probability 6.8e-6. Streams are fixed, so a run
// repeats exactly.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace madloop::test {

inline constexpr double kMaximumZ = 4.5;
inline constexpr double kFalseAlarm = 6.8e-6;  // P(|z| > 4.5)

/// Mean of samples that are added one by one, with its standard error.
class SampleMean {
 public:
  void add(double value) {
    count_ += 1;
    double const delta = value - mean_;
    mean_ += delta / count_;
    squares_ += delta * (value - mean_);
  }
  [[nodiscard]] double mean() const { return mean_; }
  [[nodiscard]] double standardError() const { return std::sqrt(squares_ / (count_ - 1) / count_); }
  /// Distance of the mean from its exact value, in standard errors estimated from the sample.
  [[nodiscard]] double z(double exact) const { return (mean_ - exact) / standardError(); }

 private:
  double count_ = 0;
  double mean_ = 0;
  double squares_ = 0;
};

/// Regularised lower incomplete gamma function P(a, x): the series, or the continued fraction of Q = 1 - P
/// (Abramowitz & Stegun 6.5.29 and 6.5.31, the latter by Lentz's method).
inline double incompleteGamma(double a, double x) {
  if (x <= 0) return 0;
  double const front = std::exp(a * std::log(x) - x - std::lgamma(a));
  if (x < a + 1) {
    double term = 1 / a;
    double sum = term;
    for (double n = a + 1; term > 1e-17 * sum; n += 1) {
      term *= x / n;
      sum += term;
    }
    return front * sum;
  }
  double b = x + 1 - a;
  double c = 1e300;
  double d = 1 / b;
  double fraction = d;
  for (int i = 1; i < 100000; ++i) {
    double const step = -i * (i - a);
    b += 2;
    d = 1 / (step * d + b);
    c = b + step / c;
    fraction *= d * c;
    if (std::fabs(d * c - 1) < 1e-16) break;
  }
  return 1 - front * fraction;
}

/// P(X > x) for X chi-square.
inline double chiSquareTail(double degrees, double x) { return 1 - incompleteGamma(degrees / 2, x / 2); }

/// sqrt(n) times the Kolmogorov-Smirnov distance of the sample from `cdf`, over every `step`-th order statistic
/// (the others lie within step/n of one that is looked at). Sorts the sample.
template <class Cdf>
double kolmogorovSmirnov(std::vector<double>& sample, std::size_t step, Cdf cdf) {
  std::sort(sample.begin(), sample.end());
  auto const n = static_cast<double>(sample.size());
  double distance = 0;
  for (std::size_t i = 0; i < sample.size(); i += step) {
    double const p = cdf(sample[i]);
    auto const below = static_cast<double>(i);
    distance = std::max({distance, p - below / n, (below + 1) / n - p});
  }
  return distance * std::sqrt(n);
}

/// P(sqrt(n) D > k) is about 2 exp(-2 k^2); this k makes it kFalseAlarm.
inline double kolmogorovSmirnovLimit() { return std::sqrt(-0.5 * std::log(kFalseAlarm / 2)); }

/// Probability of a Poisson count at least this far out, on the side it lies on.
inline double poissonTail(double mean, double count) {
  // P(N >= c) = P(c, mean) and P(N <= c) = 1 - P(c + 1, mean) in terms of the incomplete gamma function.
  return count >= mean ? (count == 0 ? 1 : incompleteGamma(count, mean)) : 1 - incompleteGamma(count + 1, mean);
}

/// Pearson's chi-square of counts against probabilities that sum to 1 (cells with fewer than 10 expected are
/// joined with their right neighbours), as the probability of a worse fit.
inline double goodnessOfFit(std::vector<double> const& counts, std::vector<double> const& probabilities,
                            double draws) {
  double statistic = 0;
  double cells = 0;
  double observed = 0;
  double expected = 0;
  double expectedLeft = draws;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    observed += counts[i];
    expected += draws * probabilities[i];
    if (i + 1 < counts.size() && (expected < 10 || expectedLeft - expected < 10)) continue;
    statistic += (observed - expected) * (observed - expected) / expected;
    cells += 1;
    expectedLeft -= expected;
    observed = expected = 0;
  }
  return chiSquareTail(cells - 1, statistic);
}

/// FNV-1a over the bits of the values: one number that differs if any bit does.
class Checksum {
 public:
  void add(std::uint64_t bits) {
    for (int byte = 0; byte < 8; ++byte) hash_ = (hash_ ^ ((bits >> (8 * byte)) & 0xFF)) * 0x100000001B3U;
  }
  void add(double value) { add(std::bit_cast<std::uint64_t>(value)); }
  [[nodiscard]] std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0xCBF29CE484222325U;
};

}  // namespace madloop::test
