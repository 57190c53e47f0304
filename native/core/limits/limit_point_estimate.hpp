// The estimate of a limit point from its chains: regression on control variates, with cross-fitting.
#pragma once

#include <cstddef>

#include "core/limits/limit_point_theory.hpp"

namespace madloop::limits {

/// Doubles that hold everything about a limit point's finished chains, however many they are.
std::size_t limitPointAccumulatorLength(std::size_t controls);

/// Adds the sums of chains first, first + 1, ... (count x chainWidth(controls) numbers). The same bytes for any
/// split of the chains into calls, in order.
void addLimitPointChains(std::size_t controls, double* accumulator, double const* sums, std::size_t first,
                         std::size_t count);

struct LimitPointEstimate {
  double distance = 0;
  double standardError = 0;
  double lower = 0;              // lower end of the 95 % interval
  double upper = 0;              // its upper end
  double varianceReduction = 1;  // by how much the controls reduce the variance of a chain's mean
  double varianceOfMean = 0;  // the variance, without controls, of the mean over a chain's recorded distances
  double drift = 0;           // (first half - second half of the recordings) / its standard error
};

/// The chains form two groups, of even and of odd number. The coefficients of the controls are those of the
/// regression over all recorded states of one group, and are used for the other: so they are independent of
/// what they are multiplied with, whose expectation is zero, and the estimate has no bias from them. The
/// standard error is that of independent chains' means about their group's mean. Student's interval has chains
/// - 2 degrees of freedom; with heavy tails (LimitPointTheory) 6 at most: so wide that of 400 estimates from
/// 400 and from 1,200 chains 95 to 98 % were in it where 90 to 95 % would have been (n_r = 2 and 3 at d = 1).
/// Needs two chains in each group.
LimitPointEstimate estimateLimitPoint(LimitPointSchedule const& schedule, std::size_t controls, bool heavyTails,
                                      double const* accumulator);

}  // namespace madloop::limits
