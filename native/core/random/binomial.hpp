// Binomial and equal-probability multinomial variates, each from blocks of its own (gamma.hpp, kVariateBlocks).
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/random/stream.hpp"

namespace madloop::random {

/// Number of successes in `trials` <= 2^53 trials of the given success probability, from blocks firstBlock ...
/// firstBlock + kVariateBlocks - 1. Exact in law up to float64: the probabilities that decide carry a relative
/// error of about 1e-13, growing to 1e-7 at 2^53 trials (BinomialLogProbability). Probability 0 and 1 are
/// exact.
///
/// With p the smaller of success and failure probability: inversion where trials * p < 10; else the transformed
/// rejection BTRS of Hormann 1993 ("The generation of binomial random variates", J. Stat. Comput. Simul. 46)
/// with log-probabilities from Stirling errors and deviances (Loader 2000), which do not cancel for large
/// trials. Errors: invalidInput for a probability outside [0, 1] or trials > 2^53; internal for blocks beyond
/// the stream's.
std::uint64_t binomial(Stream const& stream, std::uint64_t firstBlock, std::uint64_t trials,
                       double probability);

/// counts[0 ... cells - 1]: how often each of `cells` equally likely outcomes occurred in `trials` trials. Cell
/// i is binomial(trials left, 1/(cells - i)) from blocks firstBlock + i kVariateBlocks on. Errors: as binomial;
/// invalidInput for 0 cells with trials > 0.
void multinomialUniform(Stream const& stream, std::uint64_t firstBlock, std::uint64_t trials, std::size_t cells,
                        std::uint64_t* counts);

}  // namespace madloop::random
