#include "core/random/gamma.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "core/base/checked.hpp"
#include "core/base/elementary.hpp"
#include "core/base/error.hpp"
#include "core/random/normal.hpp"
#include "core/random/uniform.hpp"

namespace madloop::random {

namespace {

// A variate's blocks: 2i and 2i + 1 hold the two normals and the two uniforms of attempts 2i and 2i + 1, and
// the last one the uniform of the boost below shape 1.
constexpr std::uint64_t kAttemptPairs = kVariateBlocks / 2 - 1;
constexpr std::uint64_t kBoostBlock = kVariateBlocks - 1;

/// What Marsaglia & Tsang call d and c, for a shape >= 1.
struct Proposal {
  double d;
  double c;
};

/// Below shape 1 a variate of shape + 1 is drawn and boosted.
Proposal proposal(double shape) {
  double const d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3;
  return {d, 1 / std::sqrt(9 * d)};
}

/// The proposed variate is d times this (at most 0: outside the support).
double cubed(double t) { return (1 + t) * (1 + t) * (1 + t); }

/// Their squeeze: true for most attempts, and then acceptable() is true, too.
bool clearlyAcceptable(double t, double x, double uniform) {
  double const xSquared = x * x;
  return (t > -1) & (uniform < 1 - 0.0331 * (xSquared * xSquared));
}

/// log(uniform) < x^2/2 + d - d v + d log v with v = (1 + t)^3, t = c x. As 9 d c^2 = 1 the right side is 3 d
/// times the function above; taken literally it would lose d ulps to cancellation.
bool acceptable(double d, double t, double uniform) {
  return t > -1 && logarithm(uniform) < 3 * d * logOnePlusTail(t);
}

/// The factor U^(1/shape) that turns a gamma variate of shape + 1 into one of `shape` < 1.
double boost(double uniform, double shape) { return exponential(logarithm(uniform) / shape); }

double drawGamma(Stream const& stream, std::uint64_t firstBlock, double shape) {
  auto const [d, c] = proposal(shape);
  for (std::uint64_t pair = 0; pair < kAttemptPairs; ++pair) {
    NormalPair const normals = boxMuller(uniformPair(stream.block(firstBlock + 2 * pair)));
    UniformPair const uniforms = uniformPair(stream.block(firstBlock + 2 * pair + 1));
    for (int attempt = 0; attempt < 2; ++attempt) {
      double const x = attempt == 0 ? normals.first : normals.second;
      double const uniform = attempt == 0 ? uniforms.first : uniforms.second;
      double const t = c * x;
      if (clearlyAcceptable(t, x, uniform) || acceptable(d, t, uniform)) {
        double const gamma = d * cubed(t);
        return shape < 1 ? gamma * boost(uniformPair(stream.block(firstBlock + kBoostBlock)).first, shape)
                         : gamma;
      }
    }
  }
  throw Error(ErrorCode::internal, "gammaVariate: no attempt was accepted, shape " + std::to_string(shape));
}

void checkPositive(double value, char const* name) {
  if (!(value > 0 && value <= std::numeric_limits<double>::max())) {
    throwInvalidInput(std::string(name) + " must be positive and finite, got " + std::to_string(value));
  }
}

}  // namespace

double gammaVariate(Stream const& stream, std::uint64_t firstBlock, double shape) {
  checkPositive(shape, "gammaVariate: shape");
  checkBlocks(stream, firstBlock, kVariateBlocks);
  return drawGamma(stream, firstBlock, shape);
}

double chiSquare(Stream const& stream, std::uint64_t firstBlock, double dof) {
  checkPositive(dof, "chiSquare: dof");
  checkBlocks(stream, firstBlock, kVariateBlocks);
  return 2 * drawGamma(stream, firstBlock, dof / 2);
}

void fillChiSquares(Stream const& stream, std::uint64_t firstBlock, double const* dof, std::size_t count,
                    double* out) {
  checkBlocks(stream, firstBlock, checkedMultiply(count, kVariateBlocks, "fillChiSquares: blocks"));
  for (std::size_t j = 0; j < count; ++j) checkPositive(dof[j], "fillChiSquares: dof");

  // The first attempt of a whole batch in vector code; the few per cent that its squeeze does not settle one by
  // one.
  alignas(64) double forNormal0[kUniformBatch];
  alignas(64) double forNormal1[kUniformBatch];
  alignas(64) double uniform[kUniformBatch];
  alignas(64) double unused[kUniformBatch];
  alignas(64) double accepted[kUniformBatch];
  while (count > 0) {
    std::size_t const batch = std::min(kUniformBatch, count);
    fillUniformPairs(stream, firstBlock, kVariateBlocks, batch, forNormal0, forNormal1);
    fillUniformPairs(stream, firstBlock + 1, kVariateBlocks, batch, uniform, unused);
    for (std::size_t j = 0; j < batch; ++j) {
      auto const [d, c] = proposal(dof[j] / 2);
      double const x = boxMuller({forNormal0[j], forNormal1[j]}).first;
      double const t = c * x;
      accepted[j] = clearlyAcceptable(t, x, uniform[j]) ? 1.0 : 0.0;
      out[j] = d * cubed(t);
    }
    if (std::any_of(dof, dof + batch, [](double degrees) { return degrees / 2 < 1; })) {
      fillUniformPairs(stream, firstBlock + kBoostBlock, kVariateBlocks, batch, uniform, unused);
      for (std::size_t j = 0; j < batch; ++j) {
        double const shape = dof[j] / 2;
        out[j] = out[j] * (shape < 1 ? boost(uniform[j], shape) : 1.0);
      }
    }
    for (std::size_t j = 0; j < batch; ++j) {
      if (accepted[j] == 0) out[j] = drawGamma(stream, firstBlock + j * kVariateBlocks, dof[j] / 2);
      out[j] = 2 * out[j];
    }
    dof += batch;
    out += batch;
    count -= batch;
    firstBlock += batch * kVariateBlocks;
  }
}

}  // namespace madloop::random
