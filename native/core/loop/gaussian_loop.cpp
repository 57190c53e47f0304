#include "core/loop/gaussian_loop.hpp"

#include <algorithm>
#include <vector>

#include "core/base/checked.hpp"
#include "core/base/parallel.hpp"
#include "core/base/sum.hpp"
#include "core/linalg/nuclear_norm.hpp"
#include "core/linalg/products.hpp"
#include "core/linalg/trace_square_root.hpp"
#include "core/linalg/trapezoidal.hpp"
#include "core/loop/gaussian_loop_chain.hpp"
#include "core/loop/gaussian_loop_statistics.hpp"
#include "core/random/stream.hpp"

namespace madloop::loop {

using gaussian::CovarianceFactor;
using gaussian::FactoredGaussian;

namespace {

/// Domain of streamKey: "gaussian loop".
constexpr std::uint64_t kDomain = 0x6761757373'6c6f6fULL;

/// tr (S_ref^(1/2) S S_ref^(1/2))^(1/2), with an absolute error below `tolerance`.
double nuclearNormWithReference(CovarianceFactor const& covariance, CovarianceFactor const& reference,
                                double tolerance, Task const& task) {
  linalg::Matrix const& f = covariance.values();
  if (!reference.isIdentity())
    return linalg::nuclearNorm(linalg::multiplyTransposed(reference.values(), f), tolerance, task).value;
  bool const formed = covariance.gram().size() != 0;
  if (covariance.rank() < covariance.dim() || !(formed || covariance.isTrapezoidal()))
    return linalg::nuclearNorm(f, tolerance, task).value;
  linalg::BoundedValue const fast = formed ? linalg::traceSquareRoot(covariance.gram(), task)
                                           : linalg::traceSquareRoot(linalg::trapezoidalGram(f), task);
  return fast.errorBound <= tolerance ? fast.value : linalg::singularValueSum(f, task).value;
}

LoopRecord record(FactoredGaussian const& model, FactoredGaussian const& reference, Task const& task) {
  LoopRecord values{};
  double const trace = model.covariance.trace();
  double const meanTerm = fixedOrderSum(static_cast<std::size_t>(model.mean.size()), [&](std::size_t i) {
    double const value = model.mean[static_cast<linalg::Index>(i)];
    return value * value;
  });
  double const traces = trace + reference.covariance.trace();
  double const covarianceTerm = std::max(
      0.0, traces - 2 * nuclearNormWithReference(model.covariance, reference.covariance, 1e-10 * traces, task));
  values[static_cast<std::size_t>(LoopMetric::distance)] = meanTerm + covarianceTerm;
  values[static_cast<std::size_t>(LoopMetric::meanNormSquared)] = meanTerm;
  values[static_cast<std::size_t>(LoopMetric::trace)] = trace;
  values[static_cast<std::size_t>(LoopMetric::logDeterminant)] = model.covariance.logDeterminant();
  return values;
}

}  // namespace

GaussianLoopResult simulateGaussianLoop(GaussianLoopParameters const& parameters, Task& task) {
  checkGaussianLoop(parameters, task.threads());
  task.expect(checkedMultiply(parameters.replicates, parameters.generations, "replicates x generations"));
  FactoredGaussian const reference = loopReference(parameters, task, "simulateGaussianLoop");
  std::uint64_t const key = random::streamKey(parameters.seed, kDomain);

  LoopStatistics statistics(parameters.replicates, parameters.generations, parameters.series);
  parallelFor(task, statistics.groups(), [&](std::size_t group) {
    for (std::uint64_t chain = statistics.begin(group); chain < statistics.end(group); ++chain) {
      GaussianLoopChain replicate(parameters, reference, key, static_cast<std::uint32_t>(chain), task);
      for (std::uint64_t t = 0; t < parameters.generations; ++t) {
        statistics.add(group, chain, t, record(replicate.next(), reference, task));
        task.add(1);
      }
    }
  });
  return statistics.result();
}

}  // namespace madloop::loop
