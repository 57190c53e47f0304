#include "core/loop/gaussian_loop.hpp"

#include <algorithm>
#include <vector>

#include "core/base/checked.hpp"
#include "core/base/parallel.hpp"
#include "core/base/sum.hpp"
#include "core/linalg/nuclear_norm.hpp"
#include "core/linalg/trace_square_root.hpp"
#include "core/linalg/trapezoidal.hpp"
#include "core/loop/gaussian_loop_chain.hpp"
#include "core/loop/gaussian_loop_statistics.hpp"
#include "core/random/stream.hpp"

namespace madloop::loop {

namespace {

/// Domain of streamKey: "gaussian loop".
constexpr std::uint64_t kDomain = 0x6761757373'6c6f6fULL;

/// tr (S_ref^(1/2) S S_ref^(1/2))^(1/2), with an absolute error below `tolerance`.
double nuclearNormWithReference(CovarianceFactor const& covariance, CovarianceFactor const& reference,
                                double tolerance, Task const& task) {
  linalg::EigenMatrix const& f = covariance.values;
  if (!reference.identity) return linalg::nuclearNorm(reference.values.transpose() * f, tolerance, task).value;
  if (f.cols() < f.rows() || (covariance.gram.size() == 0 && !covariance.trapezoidal))
    return linalg::nuclearNorm(f, tolerance, task).value;
  linalg::EigenMatrix formed;
  if (covariance.gram.size() == 0) {
    formed = linalg::EigenMatrix::Zero(f.rows(), f.rows());
    linalg::addTrapezoidalGram(f, formed);
  }
  linalg::BoundedValue const fast =
      linalg::traceSquareRoot(covariance.gram.size() == 0 ? formed : covariance.gram, task);
  return fast.errorBound <= tolerance ? fast.value : linalg::singularValueSum(f, task).value;
}

LoopRecord record(GaussianState const& model, LoopReference const& reference, Task const& task) {
  LoopRecord values{};
  double const trace = model.covariance.trace();
  double const meanTerm = fixedOrderSum(static_cast<std::size_t>(model.mean.size()), [&](std::size_t i) {
    double const value = model.mean[static_cast<linalg::Index>(i)];
    return value * value;
  });
  double const traces = trace + reference.trace;
  double const covarianceTerm =
      std::max(0.0, traces - 2 * nuclearNormWithReference(model.covariance, reference.state.covariance,
                                                          1e-10 * traces, task));
  values[static_cast<std::size_t>(LoopMetric::distance)] = meanTerm + covarianceTerm;
  values[static_cast<std::size_t>(LoopMetric::meanNormSquared)] = meanTerm;
  values[static_cast<std::size_t>(LoopMetric::trace)] = trace;
  values[static_cast<std::size_t>(LoopMetric::logDeterminant)] = model.covariance.logDeterminant;
  return values;
}

}  // namespace

GaussianLoopResult simulateGaussianLoop(GaussianLoopParameters const& parameters, Task& task) {
  checkGaussianLoop(parameters, task.threads());
  task.expect(checkedMultiply(parameters.replicates, parameters.generations, "replicates x generations"));
  LoopReference const reference = makeLoopReference(parameters, task, "simulateGaussianLoop");
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
