#include "core/random/binomial.hpp"

#include <cmath>
#include <string>

#include "core/base/checked.hpp"
#include "core/base/elementary.hpp"
#include "core/base/error.hpp"
#include "core/random/binomial_probability.hpp"
#include "core/random/gamma.hpp"
#include "core/random/uniform.hpp"

namespace madloop::random {

namespace {

constexpr std::uint64_t kMaximumTrials = std::uint64_t{1} << 53;  // every count is a double
constexpr double kInversionBelow = 10;  // mean up to which inversion is used; BTRS needs 10

/// Sequential search from 0 for p <= 1/2 and trials * p < 10. One uniform an attempt.
std::uint64_t invert(Stream const& stream, std::uint64_t firstBlock, std::uint64_t trials, double p) {
  auto const n = static_cast<double>(trials);
  double const odds = p / (1 - p);
  double const probabilityOfZero = exponential(n * logOnePlus(-p));
  // Beyond 100 the probability is below 1e-60 and the search has met a uniform that the rounded sum of all
  // probabilities does not reach (chance about 1e-16): draw again.
  std::uint64_t const searchEnd = trials < 100 ? trials : 100;
  for (std::uint64_t attempt = 0; attempt < kVariateBlocks; ++attempt) {
    double uniform = uniformPair(stream.block(firstBlock + attempt)).first;
    double probability = probabilityOfZero;
    for (std::uint64_t k = 0; k <= searchEnd; ++k) {
      if (uniform < probability) return k;
      uniform -= probability;
      probability *= odds * (n - static_cast<double>(k)) / static_cast<double>(k + 1);
    }
  }
  throw Error(ErrorCode::internal, "binomial: no attempt was accepted");
}

/// BTRS for p <= 1/2 and trials * p >= 10; letters as in the paper. One block an attempt.
std::uint64_t transformedRejection(Stream const& stream, std::uint64_t firstBlock, std::uint64_t trials,
                                   double p) {
  auto const n = static_cast<double>(trials);
  double const deviation = std::sqrt(n * p * (1 - p));
  double const b = 1.15 + 2.53 * deviation;
  double const a = -0.0873 + 0.0248 * b + 0.01 * p;
  double const alpha = (2.83 + 5.1 / b) * deviation;
  double const boxHeight = 0.92 - 4.2 / b;
  double const mode = std::floor((n + 1) * p);
  double const centre = (n * p - mode) + 0.5;  // c - mode: small, so that adding to it keeps all digits
  BinomialLogProbability const logProbability(n, p);

  for (std::uint64_t attempt = 0; attempt < kVariateBlocks; ++attempt) {
    UniformPair const uniforms = uniformPair(stream.block(firstBlock + attempt));
    double const u = uniforms.first - 0.5;
    double const v = uniforms.second;
    double const distanceToEdge = 0.5 - std::fabs(u);  // at least 2^-53
    double const k = mode + std::floor((2 * a / distanceToEdge + b) * u + centre);
    if (!(k >= 0 && k <= n)) continue;
    bool const insideBox = distanceToEdge >= 0.07 && v <= boxHeight;
    if (insideBox || logarithm(v * alpha / (a / (distanceToEdge * distanceToEdge) + b)) <=
                         logProbability(k) - logProbability(mode)) {
      return static_cast<std::uint64_t>(k);
    }
  }
  throw Error(ErrorCode::internal, "binomial: no attempt was accepted");
}

std::uint64_t drawBinomial(Stream const& stream, std::uint64_t firstBlock, std::uint64_t trials, double p) {
  if (trials == 0 || p == 0) return 0;
  return static_cast<double>(trials) * p < kInversionBelow
             ? invert(stream, firstBlock, trials, p)
             : transformedRejection(stream, firstBlock, trials, p);
}

}  // namespace

std::uint64_t binomial(Stream const& stream, std::uint64_t firstBlock, std::uint64_t trials,
                       double probability) {
  if (!(probability >= 0 && probability <= 1)) {
    throwInvalidInput("binomial: probability must lie in [0, 1], got " + std::to_string(probability));
  }
  if (trials > kMaximumTrials) {
    throwInvalidInput("binomial: trials must be at most 2^53, got " + std::to_string(trials));
  }
  checkBlocks(stream, firstBlock, kVariateBlocks);
  // 1 - probability is exact above 1/2.
  return probability <= 0.5 ? drawBinomial(stream, firstBlock, trials, probability)
                            : trials - drawBinomial(stream, firstBlock, trials, 1 - probability);
}

void multinomialUniform(Stream const& stream, std::uint64_t firstBlock, std::uint64_t trials, std::size_t cells,
                        std::uint64_t* counts) {
  if (cells == 0 && trials > 0) throwInvalidInput("multinomialUniform: cells must be positive, got 0");
  checkBlocks(stream, firstBlock, checkedMultiply(cells, kVariateBlocks, "multinomialUniform: blocks"));
  for (std::size_t i = 0; i < cells; ++i) {
    counts[i] = binomial(stream, firstBlock + i * kVariateBlocks, trials, 1 / static_cast<double>(cells - i));
    trials -= counts[i];
  }
}

}  // namespace madloop::random
