#include "core/inference/jackknife.hpp"

#include <cmath>

#include "core/base/sum.hpp"
#include "core/inference/student_t.hpp"

namespace madloop::inference {

Jackknife jackknife(double whole, std::vector<double> const& without, std::vector<std::size_t> const& sizes) {
  auto const groups = static_cast<double>(sizes.size());
  double const rows = fixedOrderSum(sizes.size(), [&](std::size_t j) { return static_cast<double>(sizes[j]); });
  auto const rest = [&](std::size_t j) { return 1 - static_cast<double>(sizes[j]) / rows; };
  Jackknife result;
  // sum_j (1 - m_j / n) = g - 1: the bias is a weighted sum of changes, each of which is small.
  result.bias = fixedOrderSum(sizes.size(), [&](std::size_t j) { return rest(j) * (without[j] - whole); });
  // The pseudo-value of group j is whole + (h_j - 1) (whole - without_j) with h_j = n / m_j; the estimate from
  // all of them is whole - bias.
  result.variance = fixedOrderSum(sizes.size(),
                                  [&](std::size_t j) {
                                    double const others = rows / static_cast<double>(sizes[j]) - 1;
                                    double const deviation = others * (whole - without[j]) + result.bias;
                                    return deviation * deviation / others;
                                  }) /
                    groups;
  return result;
}

StandardError standardError(std::vector<VariancePart> const& parts) {
  double variance = 0;
  double denominator = 0;
  double degrees = 0;
  for (VariancePart const& part : parts) {
    variance += part.variance;
    degrees += part.degreesOfFreedom;
  }
  StandardError result;
  result.value = std::sqrt(variance);
  for (VariancePart const& part : parts) {
    double const share = part.variance / variance;
    denominator += share * share / part.degreesOfFreedom;
  }
  // Without any variance there is nothing to weight by.
  result.degreesOfFreedom = variance > 0 ? 1 / denominator : degrees;
  result.halfWidth = variance > 0 ? studentHalfWidth(result.degreesOfFreedom) * result.value : 0;
  return result;
}

}  // namespace madloop::inference
