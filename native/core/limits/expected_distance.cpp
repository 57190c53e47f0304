#include "core/limits/expected_distance.hpp"

#include <cmath>
#include <string>

#include "core/base/decimal.hpp"
#include "core/limits/laguerre_ensemble.hpp"

namespace madloop::limits {

namespace {

constexpr std::size_t kLargestDim = 10'000;
constexpr double kLargestSamples = 1e15;  // below 2^53, so that samples - 1 is exact for integers

void check(std::size_t dim, double samples) {
  if (dim < 1 || dim > kLargestDim) {
    throwInvalidInput("expectedDistance: dim must be from 1 to " + std::to_string(kLargestDim) + ", got " +
                      std::to_string(dim));
  }
  if (!(samples >= 2 && samples <= kLargestSamples)) {
    throwInvalidInput("expectedDistance: samples must be from 2 to " + shortestDecimal(kLargestSamples) +
                      ", got " + shortestDecimal(samples));
  }
  if (samples < static_cast<double>(dim) + 1 && samples != std::floor(samples)) {
    throwInvalidInput("expectedDistance: samples must be an integer or at least dim + 1 = " +
                      std::to_string(dim + 1) + ", got " + shortestDecimal(samples));
  }
}

}  // namespace

double expectedDistance(std::size_t dim, double samples, Task const& task,
                        gaussian::CovarianceDivisor divisor) {
  check(dim, samples);
  auto const d = static_cast<double>(dim);
  double const k = samples - 1;

  // X^T X and X X^T have the same non-zero eigenvalues: those of the smaller one are taken, the others are 0.
  bool const singular = k < d;
  std::size_t const count = singular ? static_cast<std::size_t>(k) : dim;
  double const excess = singular ? d - k : k - d;
  LaguerreQuadrature const spectrum = laguerreQuadrature(count, excess, task);

  // sqrt(x/k) - 1 is (offset - centre)/sqrt(k). The centre may cancel: its error, eps sqrt(k), counts only
  // times the mean deviation, about d/(4 sqrt(k)), because the sum of squares is next to its least value.
  double const root = std::sqrt(divisor == gaussian::CovarianceDivisor::mle ? samples : k);
  double const centre = root - spectrum.origin;
  double sum = 0;
  for (std::size_t i = 0; i < spectrum.mass.size(); ++i) {
    double const deviation = (spectrum.offset[i] - centre) / root;
    sum += spectrum.mass[i] * deviation * deviation;
  }
  return d / samples + (singular ? excess : 0) + sum;
}

}  // namespace madloop::limits
