// Sums whose order depends on the count alone, never on the address of the data, the packet width of the
// build or the number of threads. Eigen's sum() over a Map depends on the address, so it is not used.
#pragma once

#include <array>
#include <cstddef>
#include <utility>

namespace madloop {

/// Sum of term(0) ... term(count - 1), in eight interleaved partial sums combined pairwise: fast, and with an
/// error that grows like count / 8 ulps in the worst case.
template <class Term>
double fixedOrderSum(std::size_t count, Term term) {
  constexpr std::size_t lanes = 8;
  std::array<double, lanes> partial{};
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) partial[lane] += term(i + lane);
  }
  for (std::size_t lane = 0; lane < lanes && i + lane < count; ++lane) partial[lane] += term(i + lane);
  return ((partial[0] + partial[4]) + (partial[2] + partial[6])) +
         ((partial[1] + partial[5]) + (partial[3] + partial[7]));
}

/// The rounded sum of two doubles, and exactly what rounding cut off it (Knuth; Moller 1965).
inline std::pair<double, double> exactSum(double a, double b) {
  double const sum = a + b;
  double const fromB = sum - a;
  return {sum, (a - (sum - fromB)) + (b - fromB)};
}

}  // namespace madloop
