// One of several by their scores, at a temperature.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/random/stream.hpp"

namespace madloop::random {

/// The index of one of each `group` consecutive scores, chosen independently with probability proportional to
/// exp(score / temperature), by the inverse of the distribution function. Where some are infinite these, all
/// alike. Scores are no NaNs, the temperature is above 0, and scores.size() = group * choices.size().
void softmaxChoices(Stream const& stream, std::span<double const> scores, std::size_t group, double temperature,
                    std::span<std::uint32_t> choices);

}  // namespace madloop::random
