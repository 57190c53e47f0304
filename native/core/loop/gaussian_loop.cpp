#include "core/loop/gaussian_loop.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/checked.hpp"
#include "core/base/parallel.hpp"
#include "core/base/sum.hpp"
#include "core/linalg/nuclear_norm.hpp"
#include "core/linalg/products.hpp"
#include "core/linalg/root_differences.hpp"
#include "core/linalg/symmetric_eigenvalues.hpp"
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

/// Distances from the real distribution.
class LoopDistance {
 public:
  explicit LoopDistance(CovarianceFactor const& reference) : reference_(reference), near_(reference.values()) {}

  /// tr (S + R - 2 (S R)^(1/2)) of a model's S from the reference's R, with an error below 1e-10 of their
  /// traces, and of order eps times the root of the traces times the distance where S is near R.
  [[nodiscard]] double of(CovarianceFactor const& covariance, Task const& task) const {
    double const traces = covariance.trace() + reference_.trace();
    return reference_.isIdentity() ? fromIdentity(covariance, traces, task)
                                   : fromReference(covariance, traces, task);
  }

 private:
  static double fromIdentity(CovarianceFactor const& covariance, double traces, Task const& task) {
    linalg::Matrix const& f = covariance.values();
    bool const formed = covariance.gram().size() != 0;
    if (covariance.rank() < covariance.dim() || !(formed || covariance.isTrapezoidal()))
      return std::max(0.0, traces - 2 * linalg::nuclearNorm(f, kTolerance * traces, task).value);
    linalg::ScaledTridiagonal const reduced = formed
                                                  ? linalg::scaledTridiagonal(covariance.gram(), task)
                                                  : linalg::scaledTridiagonal(linalg::trapezoidalGram(f), task);
    linalg::BoundedValue const fast = linalg::traceSquareRoot(reduced, task);
    double const root =
        fast.errorBound <= kTolerance * traces ? fast.value : linalg::singularValueSum(f, task).value;
    double const distance = traces - 2 * root;
    return distance > linalg::kNear * traces ? distance : linalg::squaredRootDifferences(reduced, task);
  }

  [[nodiscard]] double fromReference(CovarianceFactor const& covariance, double traces,
                                     Task const& task) const {
    linalg::Matrix product = linalg::multiplyTransposed(reference_.values(), covariance.values());
    double const distance =
        traces - 2 * linalg::nuclearNorm(std::move(product), kTolerance * traces, task).value;
    if (distance > linalg::kNear * traces) return distance;
    std::optional<double> const near = near_.squared(covariance.values(), task);
    return near ? *near : std::max(0.0, distance);
  }

  /// Error of tr (S R)^(1/2), as a part of the traces.
  static constexpr double kTolerance = 1e-10;

  CovarianceFactor const& reference_;
  linalg::NearDistances near_;
};

LoopRecord record(FactoredGaussian const& model, LoopDistance const& distance, Task const& task) {
  LoopRecord values{};
  double const meanTerm = fixedOrderSum(static_cast<std::size_t>(model.mean.size()), [&](std::size_t i) {
    double const value = model.mean[static_cast<linalg::Index>(i)];
    return value * value;
  });
  values[static_cast<std::size_t>(LoopMetric::distance)] = meanTerm + distance.of(model.covariance, task);
  values[static_cast<std::size_t>(LoopMetric::meanNormSquared)] = meanTerm;
  values[static_cast<std::size_t>(LoopMetric::trace)] = model.covariance.trace();
  values[static_cast<std::size_t>(LoopMetric::logDeterminant)] = model.covariance.logDeterminant();
  return values;
}

}  // namespace

GaussianLoopResult simulateGaussianLoop(GaussianLoopParameters const& parameters, Task& task) {
  checkGaussianLoop(parameters, task.threads());
  task.expect(checkedMultiply(parameters.replicates, parameters.generations, "replicates x generations"));
  FactoredGaussian const reference = loopReference(parameters, task, "simulateGaussianLoop");
  LoopDistance const distance(reference.covariance);
  std::uint64_t const key = random::streamKey(parameters.seed, kDomain);

  LoopStatistics statistics(parameters.replicates, parameters.generations, parameters.series, task);
  parallelFor(task, statistics.groups(), [&](std::size_t group) {
    for (std::uint64_t chain = statistics.begin(group); chain < statistics.end(group); ++chain) {
      auto const index = static_cast<std::uint32_t>(parameters.firstReplicate + chain);
      GaussianLoopChain replicate(parameters, reference, key, index, task);
      for (std::uint64_t t = 0; t < parameters.generations; ++t) {
        statistics.add(group, chain, t, record(replicate.next(), distance, task));
        task.add(1);
      }
    }
    statistics.finish(group, task);
  });
  return statistics.result(task);
}

}  // namespace madloop::loop
