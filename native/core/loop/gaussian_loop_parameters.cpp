#include <algorithm>
#include <cmath>
#include <string>

#include "core/base/checked.hpp"
#include "core/loop/gaussian_loop.hpp"

namespace madloop::loop {

namespace {

/// Counts stay exact in a double.
constexpr std::uint64_t kLargestCount = std::uint64_t{1} << 53;
/// Generations and replicates are 32-bit words of the random counter.
constexpr std::uint64_t kLargestIndex = (std::uint64_t{1} << 32) - 1;
/// What one call may ask for in memory: beyond it a mistake is likelier than a wish.
constexpr std::size_t kLargestMemory = std::size_t{16} << 30;

void require(bool condition, std::string const& what, std::uint64_t value) {
  if (!condition) throwInvalidInput("simulateGaussianLoop: " + what + ", got " + std::to_string(value));
}

void checkCounts(GaussianLoopParameters const& p) {
  require(p.dim >= 1, "dim must be at least 1", p.dim);
  require(p.generations >= 1 && p.generations <= kLargestIndex, "generations must be from 1 to 2^32 - 1",
          p.generations);
  require(p.replicates >= 1 && p.replicates <= kLargestIndex, "replicates must be from 1 to 2^32 - 1",
          p.replicates);
  require(p.memory >= 1, "memory must be at least 1", p.memory);
  require(std::min(p.memory, p.generations) < (std::uint64_t{1} << 20), "memory must be below 2^20 models",
          p.memory);
  require(p.initial <= kLargestCount, "initial must be at most 2^53", p.initial);
  require(p.real <= kLargestCount, "real must be at most 2^53", p.real);
  require(p.realFixed <= kLargestCount, "realFixed must be at most 2^53", p.realFixed);
  require(p.realFresh <= kLargestCount, "realFresh must be at most 2^53", p.realFresh);
  require(p.synthetic <= kLargestCount, "synthetic must be at most 2^53", p.synthetic);
  require(p.initial >= 2, "initial must be at least 2 (a covariance needs two samples)", p.initial);
}

/// Samples that train generation 2.
std::uint64_t trainingSamples(GaussianLoopParameters const& p) {
  auto const [fixed, fresh] = realSamples(p);
  return fixed + fresh + p.synthetic;
}

void checkVariant(GaussianLoopParameters const& p) {
  switch (p.variant) {
    case LoopVariant::fullySynthetic:
      require(p.generations == 1 || p.synthetic >= 2,
              "synthetic must be at least 2 in the fully synthetic loop", p.synthetic);
      return;
    case LoopVariant::syntheticAugmentation:
      require(p.real >= 1, "real must be at least 1 in the synthetic augmentation loop", p.real);
      require(p.initial == p.real,
              "initial must equal real = " + std::to_string(p.real) + " in the synthetic augmentation loop",
              p.initial);
      return;
    case LoopVariant::freshData:
      require(p.real >= 1, "real must be at least 1 in the fresh data loop", p.real);
      require(p.generations == 1 || p.real + p.synthetic >= 2, "real + synthetic must be at least 2",
              p.real + p.synthetic);
      return;
    case LoopVariant::combined:
      require(p.initial >= p.realFixed,
              "initial must be at least realFixed = " + std::to_string(p.realFixed) + ", which is part of it",
              p.initial);
      require(p.generations == 1 || trainingSamples(p) >= 2,
              "realFixed + realFresh + synthetic must be at least 2", trainingSamples(p));
      return;
  }
}

void checkSubsample(GaussianLoopParameters const& p) {
  if (p.pool != SyntheticPool::subsample) return;
  require(p.subsample >= 2, "subsample must be at least 2", p.subsample);
  std::uint64_t const most = trainingSamples(p);
  require(p.generations == 1 || p.subsample <= most,
          "subsample must be at most all that generation 2 has, " + std::to_string(most), p.subsample);
  if (p.engine != LoopEngine::samples) {
    throwInvalidInput("simulateGaussianLoop: engine must be 'samples' with pool 'subsample', got 'moments'");
  }
}

/// The samples that pool 'subsample' keeps, with the chosen ones and everyone's place in the random order.
std::size_t subsampledMemory(GaussianLoopParameters const& p) {
  if (p.pool != SyntheticPool::subsample) return 0;
  std::size_t const synthetic = checkedMultiply(p.synthetic, p.generations - 1, "synthetic x generations");
  auto const [fixed, fresh] = realSamples(p);
  std::size_t const kept = checkedAdd(synthetic, fixed + fresh, "samples");
  std::size_t const columns = checkedAdd(checkedMultiply(kept, 2, "samples"), p.subsample, "samples");
  return checkedMultiply(checkedMultiply(columns, p.dim + 1, "samples x dim"), sizeof(double), "samples x dim");
}

void checkMemory(GaussianLoopParameters const& p, std::size_t threads) {
  std::size_t const matrix =
      checkedMultiply(checkedMultiply(p.dim, p.dim, "dim x dim"), sizeof(double), "dim x dim");
  std::size_t const models = std::min(p.memory, p.generations);
  std::size_t const replicate =
      checkedAdd(checkedMultiply(matrix, checkedAdd(2 * models, 8, "memory"), "dim x dim x memory"),
                 subsampledMemory(p), "memory");
  std::size_t const states =
      checkedMultiply(replicate, std::min<std::size_t>(threads, p.replicates), "dim x dim x memory x threads");
  std::size_t const generation = kLoopMetricCount * sizeof(double);
  std::size_t const history = checkedMultiply(p.generations, 2 * 64 * generation, "generations");
  std::size_t const series =
      p.series ? checkedMultiply(checkedMultiply(p.replicates, p.generations, "replicates x generations"),
                                 generation, "series")
               : 0;
  std::size_t const total = checkedAdd(checkedAdd(states, history, "memory"), series, "memory");
  if (total > kLargestMemory) {
    throwInvalidInput(
        "simulateGaussianLoop: dim, memory, generations, replicates and threads (with pool 'subsample' all "
        "samples, too) must together need at most 16 GiB, got " +
        std::to_string(total >> 30) + " GiB");
  }
}

void checkReference(GaussianLoopParameters const& p) {
  if (!p.referenceMean.empty() && p.referenceMean.size() != p.dim) {
    require(false, "reference mean must have dim = " + std::to_string(p.dim) + " values",
            p.referenceMean.size());
  }
  for (std::size_t i = 0; i < p.referenceMean.size(); ++i) {
    if (!std::isfinite(p.referenceMean[i]))
      throwInvalidInput("simulateGaussianLoop: reference mean must be finite, got a NaN or infinity at " +
                        std::to_string(i));
  }
  if (!p.referenceCovariance.empty() && p.referenceCovariance.size() != p.dim * p.dim) {
    require(false, "reference covariance must have dim * dim = " + std::to_string(p.dim * p.dim) + " values",
            p.referenceCovariance.size());
  }
}

}  // namespace

RealSamples realSamples(GaussianLoopParameters const& p) {
  switch (p.variant) {
    case LoopVariant::fullySynthetic:
      return {};
    case LoopVariant::syntheticAugmentation:
      return {.fixed = p.real, .fresh = 0};
    case LoopVariant::freshData:
      return {.fixed = 0, .fresh = p.real};
    case LoopVariant::combined:
      break;
  }
  return {.fixed = p.realFixed, .fresh = p.realFresh};
}

void checkGaussianLoop(GaussianLoopParameters const& p, std::size_t threads) {
  checkCounts(p);
  if (!(p.lambda >= 0 && p.lambda <= 1)) {
    throwInvalidInput("simulateGaussianLoop: lambda must be in [0, 1], got " + std::to_string(p.lambda));
  }
  checkVariant(p);
  checkSubsample(p);
  checkMemory(p, threads);
  checkReference(p);
}

}  // namespace madloop::loop
