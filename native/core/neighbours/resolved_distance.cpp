#include "core/neighbours/resolved_distance.hpp"

#include <algorithm>

#include "core/base/sum.hpp"
#include "core/neighbours/exact_comparison.hpp"

namespace madloop::neighbours {

ResolvedDistances::ResolvedDistances(Frame const& frame)
    : frame_(frame),
      scaled_(frame.scaledCentre.size()),
      centre_(scaled_.size()),
      a_(scaled_.size()),
      b_(scaled_.size()) {}

void ResolvedDistances::setCentre(Points const& points, std::size_t index) {
  points.load(index, 1, centre_.data());
  for (std::size_t k = 0; k < scaled_.size(); ++k) scaled_[k] = frame_.scale * centre_[k];
}

Interval ResolvedDistances::squared(Points const& points, std::size_t index) const {
  double const sum = std::visit(
      [&](auto const& view) {
        auto const* const row = view.row(index);
        return fixedOrderSum(view.cols, [&](std::size_t k) {
          double const difference = scaled_[k] - frame_.scale * static_cast<double>(row[k]);
          return difference * difference;
        });
      },
      points.view());
  double const error = frame_.doubleRelativeError * sum + frame_.doubleAbsoluteError;
  return {std::max(0.0, sum - error), sum + error};
}

int ResolvedDistances::compare(Points const& setOfA, std::size_t a, Points const& setOfB, std::size_t b) {
  setOfA.load(a, 1, a_.data());
  setOfB.load(b, 1, b_.data());
  return compareSquaredDistances(centre_.data(), a_.data(), b_.data(), centre_.size());
}

}  // namespace madloop::neighbours
