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

void checkEntries(Schedule<std::uint64_t> const& counts, std::string const& name) {
  for (std::uint64_t const count : counts.entries())
    require(count <= kLargestCount, name + " must be at most 2^53", count);
}

void checkCounts(GaussianLoopParameters const& p) {
  require(p.dim >= 1, "dim must be at least 1", p.dim);
  require(p.generations >= 1 && p.generations <= kLargestIndex, "generations must be from 1 to 2^32 - 1",
          p.generations);
  require(p.replicates >= 1 && p.replicates <= kLargestIndex, "replicates must be from 1 to 2^32 - 1",
          p.replicates);
  require(p.firstReplicate <= kLargestIndex - p.replicates,
          "firstReplicate + replicates must be at most 2^32 - 1", p.firstReplicate);
  require(p.memory >= 1, "memory must be at least 1", p.memory);
  require(std::min(p.memory, p.generations) < (std::uint64_t{1} << 20), "memory must be below 2^20 models",
          p.memory);
  require(p.initial <= kLargestCount, "initial must be at most 2^53", p.initial);
  checkEntries(p.real, "real");
  require(p.realFixed <= kLargestCount, "realFixed must be at most 2^53", p.realFixed);
  checkEntries(p.realFresh, "realFresh");
  checkEntries(p.synthetic, "synthetic");
  require(p.initial >= 2, "initial must be at least 2 (a covariance needs two samples)", p.initial);
}

/// Calls use(t, counts) for the generations after the first, until no schedule changes any more.
template <class Use>
void forEachLaterGeneration(GaussianLoopParameters const& p, Use use) {
  std::uint64_t const constantFrom = std::max(
      {std::uint64_t{2}, p.real.constantFrom(), p.realFresh.constantFrom(), p.synthetic.constantFrom()});
  for (std::uint64_t t = 2; t <= std::min(p.generations, constantFrom); ++t) use(t);
}

/// The fewest samples that a generation after the first is trained on, or may be with pool 'subsample'.
std::uint64_t leastTrainingSamples(GaussianLoopParameters const& p) {
  std::uint64_t least = ~std::uint64_t{0};
  std::uint64_t pool = 0;
  forEachLaterGeneration(p, [&](std::uint64_t t) {
    auto const [fixed, fresh] = realSamples(p, t);
    std::uint64_t const before = p.pool == SyntheticPool::latest ? 0 : pool;
    pool = checkedAdd(before, p.synthetic.at(t), "synthetic samples");
    least = std::min(least, fixed + fresh + pool);
  });
  return least;
}

void checkVariant(GaussianLoopParameters const& p) {
  std::uint64_t const least = leastTrainingSamples(p);
  switch (p.variant) {
    case LoopVariant::fullySynthetic:
      forEachLaterGeneration(p, [&](std::uint64_t t) {
        require(p.synthetic.at(t) >= 2, "synthetic must be at least 2 in the fully synthetic loop",
                p.synthetic.at(t));
      });
      return;
    case LoopVariant::syntheticAugmentation:
      for (std::uint64_t const real : p.real.entries()) {
        require(real >= 1, "real must be at least 1 in the synthetic augmentation loop", real);
        require(p.initial == real,
                "initial must equal real = " + std::to_string(real) + " in the synthetic augmentation loop",
                p.initial);
      }
      return;
    case LoopVariant::freshData:
      for (std::uint64_t const real : p.real.entries())
        require(real >= 1, "real must be at least 1 in the fresh data loop", real);
      require(least >= 2, "real + synthetic must be at least 2", least);
      return;
    case LoopVariant::combined:
      require(p.initial >= p.realFixed,
              "initial must be at least realFixed = " + std::to_string(p.realFixed) + ", which is part of it",
              p.initial);
      require(least >= 2, "realFixed + realFresh + synthetic must be at least 2", least);
      return;
  }
}

void checkSubsample(GaussianLoopParameters const& p) {
  if (p.pool != SyntheticPool::subsample) return;
  require(p.subsample >= 2, "subsample must be at least 2", p.subsample);
  std::uint64_t const most = leastTrainingSamples(p);
  require(p.subsample <= most, "subsample must be at most all that a generation has, " + std::to_string(most),
          p.subsample);
  if (p.engine != LoopEngine::samples) {
    throwInvalidInput("simulateGaussianLoop: engine must be 'samples' with pool 'subsample', got 'moments'");
  }
}

/// The samples that pool 'subsample' keeps, with the chosen ones and everyone's place in the random order.
std::size_t subsampledMemory(GaussianLoopParameters const& p) {
  if (p.pool != SyntheticPool::subsample) return 0;
  std::size_t synthetic = 0;
  std::size_t real = 0;
  std::uint64_t last = 1;
  forEachLaterGeneration(p, [&](std::uint64_t t) {
    auto const [fixed, fresh] = realSamples(p, t);
    real = std::max(real, checkedAdd(fixed, fresh, "samples"));
    synthetic = checkedAdd(synthetic, p.synthetic.at(t), "samples");
    last = t;
  });
  std::size_t const rest =
      checkedMultiply(p.synthetic.at(last), p.generations - last, "synthetic x generations");
  std::size_t const kept = checkedAdd(checkedAdd(synthetic, rest, "samples"), real, "samples");
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

RealSamples realSamples(GaussianLoopParameters const& p, std::uint64_t t) {
  switch (p.variant) {
    case LoopVariant::fullySynthetic:
      return {};
    case LoopVariant::syntheticAugmentation:
      return {.fixed = p.real.at(1), .fresh = 0};
    case LoopVariant::freshData:
      return {.fixed = 0, .fresh = p.real.at(t)};
    case LoopVariant::combined:
      break;
  }
  return {.fixed = p.realFixed, .fresh = p.realFresh.at(t)};
}

void checkGaussianLoop(GaussianLoopParameters const& p, std::size_t threads) {
  checkCounts(p);
  for (double const lambda : p.lambda.entries()) {
    if (!(lambda >= 0 && lambda <= 1))
      throwInvalidInput("simulateGaussianLoop: lambda must be in [0, 1], got " + std::to_string(lambda));
  }
  checkVariant(p);
  checkSubsample(p);
  checkMemory(p, threads);
  checkReference(p);
}

}  // namespace madloop::loop
