// Standard normal numbers.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "core/base/elementary.hpp"
#include "core/random/stream.hpp"
#include "core/random/uniform.hpp"

namespace madloop::random {

struct NormalPair {
  double first;
  double second;
};

/// Two independent standard normals from two independent uniforms in (0, 1). (Box & Muller 1958.)
/// The smallest uniform, 2^-53, bounds them by 8.57.
inline NormalPair boxMuller(UniformPair uniforms) {
  double const radius = std::sqrt(-2 * logarithm(uniforms.first));
  double sine;
  double cosine;
  sinCosTurn(uniforms.second, sine, cosine);
  return {radius * cosine, radius * sine};
}

/// `count` standard normals: out[2i] and out[2i + 1] come from block firstBlock + i, and an odd count drops the
/// last. A value depends on its block alone, not on where the fill starts or ends.
/// Errors: internal for blocks beyond the stream's.
void fillNormals(Stream const& stream, std::uint64_t firstBlock, double* out, std::size_t count);

}  // namespace madloop::random
