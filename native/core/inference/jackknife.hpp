// What a statistic of a sample would be without one group of rows, and what that says about its error.
#pragma once

#include <cstddef>
#include <vector>

namespace madloop::inference {

/// What leaving rows out says about a statistic.
struct Jackknife {
  double bias = 0;  // as an estimate of its value on infinitely many rows
  double variance = 0;
};

/// The delete-group jackknife: `whole` is the statistic of all rows, without[j] that of all rows but the
/// sizes[j] of group j. Groups of unequal size are weighted (Busing, Meijer & van der Leeden 1999, "Delete-m
/// jackknife for unequal m"); with equal ones these are the formulas of Quenouille and Tukey. At least 2
/// groups.
Jackknife jackknife(double whole, std::vector<double> const& without, std::vector<std::size_t> const& sizes);

/// Half the width of the 95 % interval of a value with these independent parts of variance (none negative),
/// each estimated with its own degrees of freedom: t sqrt(sum), where t has the degrees of freedom of Welch and
/// Satterthwaite, (sum v)^2 / sum (v^2 / degrees).
struct StandardError {
  double value = 0;
  double degreesOfFreedom = 0;
  double halfWidth = 0;
};
struct VariancePart {
  double variance = 0;
  double degreesOfFreedom = 0;
};
StandardError standardError(std::vector<VariancePart> const& parts);

}  // namespace madloop::inference
