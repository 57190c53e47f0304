#include "core/random/softmax_choice.hpp"

#include <algorithm>

#include "core/base/elementary.hpp"
#include "core/random/uniform.hpp"

namespace madloop::random {

namespace {

/// exp((score - highest) / temperature): 1 for the highest, infinite ones too, and 0 where it underflows.
double weightOf(double score, double highest, double temperature) {
  return score == highest ? 1 : exponential((score - highest) / temperature);
}

/// The first index at which the sum of weights exceeds a share of their total that is below 1.
std::size_t choose(std::span<double const> scores, double temperature, double share) {
  double const highest = *std::max_element(scores.begin(), scores.end());
  double total = 0;
  for (double const score : scores) total += weightOf(score, highest, temperature);
  // The same sums once more: the last one is the total itself, so that the search ends.
  double const wanted = share * total;
  double sum = 0;
  std::size_t i = 0;
  for (; i + 1 < scores.size(); ++i) {
    sum += weightOf(scores[i], highest, temperature);
    if (sum > wanted) break;
  }
  return i;
}

}  // namespace

void softmaxChoices(Stream const& stream, std::span<double const> scores, std::size_t group, double temperature,
                    std::span<std::uint32_t> choices) {
  checkBlocks(stream, 0, choices.size());
  for (std::size_t i = 0; i < choices.size(); ++i) {
    double const share = uniformPair(stream.block(i)).first;
    choices[i] =
        static_cast<std::uint32_t>(i * group + choose(scores.subspan(i * group, group), temperature, share));
  }
}

}  // namespace madloop::random
