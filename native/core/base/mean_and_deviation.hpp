// Mean and standard deviation of a few numbers.
#pragma once

#include <cmath>
#include <span>

#include "core/base/sum.hpp"

namespace madloop {

struct MeanAndDeviation {
  double mean;
  double standardDeviation;  // divisor n - 1: NaN for a single number
};

inline MeanAndDeviation meanAndDeviation(std::span<double const> values) {
  auto const n = static_cast<double>(values.size());
  double const mean = fixedOrderSum(values.size(), [&](std::size_t i) { return values[i]; }) / n;
  double const squares =
      fixedOrderSum(values.size(), [&](std::size_t i) { return (values[i] - mean) * (values[i] - mean); });
  return {mean, std::sqrt(squares / (n - 1))};
}

}  // namespace madloop
