// The autophagous loops of the paper (Alemohammad et al., ICLR 2024, sections 2 to 5) and their combinations
// for a Gaussian model, many replicates at once, on sufficient statistics.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/task.hpp"
#include "core/gaussian/divisor.hpp"
#include "core/loop/schedule.hpp"

namespace madloop::loop {

/// Combined: fixed real, fresh real and synthetic samples in any numbers; the others are special cases of it.
enum class LoopVariant { fullySynthetic, syntheticAugmentation, freshData, combined };
/// Which samples train a generation, beside the real ones: the latest synthetic samples, all so far, or a
/// random subset of fixed size of what 'accumulate' would train on, the real samples included.
enum class SyntheticPool { latest, accumulate, subsample };
enum class LoopEngine { moments, samples };

struct GaussianLoopParameters {
  LoopVariant variant = LoopVariant::freshData;
  std::size_t dim = 0;
  std::uint64_t initial = 0;              // n_ini: real samples behind generation 1, the fixed ones among them
  Schedule<std::uint64_t> real = 0;       // n_r per generation (the fixed set's size in synthetic augmentation)
  std::uint64_t realFixed = 0;            // combined: the same real samples in every generation
  Schedule<std::uint64_t> realFresh = 0;  // combined: new real samples in each later generation
  Schedule<std::uint64_t> synthetic = 0;  // n_s per generation; generation 1 has none, whatever its entry
  Schedule<double> lambda = 1;  // sampling bias of the synthetic samples of a generation: N(mu, lambda Sigma)
  std::uint64_t memory = 1;     // each synthetic sample draws one of the last min(memory, t - 1) models
  SyntheticPool pool = SyntheticPool::latest;
  std::uint64_t subsample = 0;  // with Pool::subsample: the size of the subset
  std::uint64_t generations = 1;
  std::uint64_t replicates = 1;
  std::uint64_t firstReplicate = 0;  // the run is that part of a larger one
  std::uint64_t seed = 0;
  LoopEngine engine = LoopEngine::moments;
  gaussian::CovarianceDivisor divisor = gaussian::CovarianceDivisor::unbiased;
  std::vector<double> referenceMean;        // empty: zero
  std::vector<double> referenceCovariance;  // dim x dim row-major; empty: identity
  bool series = false;                      // keep every replicate's values
};

/// The real samples that train a generation t after the first.
struct RealSamples {
  std::uint64_t fixed = 0;  // the first so many of generation 1, again
  std::uint64_t fresh = 0;  // new ones
};

RealSamples realSamples(GaussianLoopParameters const& parameters, std::uint64_t t);

/// What is recorded of each generation, in this order.
enum class LoopMetric : std::size_t { distance, meanNormSquared, trace, logDeterminant };
inline constexpr std::size_t kLoopMetricCount = 4;

struct GaussianLoopResult {
  // generations x kLoopMetricCount, row-major. logDeterminant is NaN where the covariance is singular in any
  // replicate; standard errors are NaN for one replicate.
  std::vector<double> mean;
  std::vector<double> standardError;
  // replicates x generations x kLoopMetricCount if asked for, else empty.
  std::vector<double> series;
};

/// Throws invalidInput, naming parameter, requirement and value, unless the parameters make sense: dim >= 1,
/// lambda in [0, 1], at least 2 training samples in every generation, initial = real in synthetic
/// augmentation, real >= 1 where the variant has real data, initial >= realFixed in the combined loop, a
/// subsample of at most what every generation has and engine 'samples' for it, 16 GiB of memory at most on that
/// many threads.
void checkGaussianLoop(GaussianLoopParameters const& parameters, std::size_t threads);

/// Runs the loop. Generation t = 1 is fitted to real data alone; generation t > 1 to its training set.
///
/// engine 'moments' draws the sufficient statistics themselves: for n draws from N(mu, S) the sample mean and
/// (n-1) covariance are independent, N(mu, S/n) and Wishart_d(S, n-1). Cost O(dim^3) a generation whatever the
/// sample counts. engine 'samples' draws every sample and has the same law; pool 'subsample' needs it, as the
/// statistics of a pool do not tell those of a part of it that shares samples with earlier parts.
/// Same bytes for any thread count. Each replicate has its own random streams (chain = replicate's
/// index, from firstReplicate on), so that a run can be computed in parts.
/// Errors: invalidInput for values out of range (see checkGaussianLoop); notPositiveSemidefinite for the
/// reference.
GaussianLoopResult simulateGaussianLoop(GaussianLoopParameters const& parameters, Task& task);

}  // namespace madloop::loop
