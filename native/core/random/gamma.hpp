// Gamma and chi-square variates by rejection. Each variate owns kVariateBlocks blocks of its stream, however
// many it uses, so it never shifts its neighbours.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/random/stream.hpp"

namespace madloop::random {

/// Blocks reserved for one variate of a rejection method (also of binomial.hpp). Every attempt here succeeds
/// with probability > 0.6, so a run out of blocks has probability below 2^-40000.
inline constexpr std::uint64_t kVariateBlocks = std::uint64_t{1} << 16;

/// Gamma with the given shape > 0 and scale 1 (mean and variance `shape`), from blocks firstBlock ...
/// firstBlock + kVariateBlocks - 1. A shape far below 0.01 can give 0, by underflow.
/// Marsaglia & Tsang 2000 ("A simple method for generating gamma variables", ACM TOMS 26).
/// Errors: invalidInput for a shape that is not positive and finite; internal for blocks beyond the stream's.
double gammaVariate(Stream const& stream, std::uint64_t firstBlock, double shape);

/// Chi-square with dof > 0 degrees of freedom (not necessarily an integer): 2 gammaVariate(dof/2).
double chiSquare(Stream const& stream, std::uint64_t firstBlock, double dof);

/// out[j] = chiSquare(stream, firstBlock + j kVariateBlocks, dof[j]) for j < count, bit for bit but faster.
void fillChiSquares(Stream const& stream, std::uint64_t firstBlock, double const* dof, std::size_t count,
                    double* out);

}  // namespace madloop::random
