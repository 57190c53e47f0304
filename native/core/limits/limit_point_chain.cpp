#include "core/limits/limit_point_chain.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include "core/base/error.hpp"
#include "core/base/memory.hpp"
#include "core/base/parallel.hpp"
#include "core/limits/limit_point_controls.hpp"
#include "core/linalg/eigen_setup.hpp"
#include "core/loop/gaussian_loop_chain.hpp"
#include "core/random/normal.hpp"
#include "core/random/stream.hpp"

namespace madloop::limits {

using loop::GaussianState;

namespace {

/// The random numbers of a chain's start are those of generation 0, which no loop has. A part each for the
/// fixed set, for what all first models share, and for each of them.
class StartStreams {
 public:
  StartStreams(std::uint64_t key, std::uint32_t chain) : key_(key), chain_(chain) {}

  loop::PartStreams next() { return {stream(), stream(), stream()}; }

 private:
  random::Stream stream() { return random::Stream{key_, chain_, 0, part_++}; }

  std::uint64_t key_;
  std::uint32_t chain_;
  std::uint32_t part_ = 0;
};

Eigen::VectorXd standardNormals(random::Stream const& stream, linalg::Index count) {
  Eigen::VectorXd normals(count);
  random::fillNormals(stream, 0, normals.data(), static_cast<std::size_t>(count));
  return normals;
}

/// Wishart matrix of mean `source` whose eigenvalues vary by `spread`: E tr W^2 / tr (E W)^2 = 1 + (d + 1) / nu
/// for a multiple of the identity.
loop::CovarianceFactor wishartAbout(GaussianState const& source, double spread,
                                    loop::PartStreams const& streams) {
  auto const dim = static_cast<double>(source.covariance.values.rows());
  double const degrees = std::max(dim + 1, (dim + 1) / spread);
  if (!(degrees < 1e12)) return source.covariance;
  auto const count = static_cast<std::uint64_t>(degrees + 0.5);
  return loop::fitGaussian(loop::drawPartByMoments(source, 1, count + 1, streams), static_cast<double>(count))
      .covariance;
}

/// The chain's first models: Gaussians with the stationary first moments, exactly, and second moments of one
/// model near the stationary ones; about the fixed set in synthetic augmentation.
std::vector<GaussianState> startingModels(LimitPointCell const& cell, GaussianState const& about,
                                          StartStreams& streams) {
  StationaryFirstMoments const& moments = cell.firstMoments();
  GaussianState common = about;
  common.covariance.scale(std::sqrt(moments.covariance));
  common.covariance.identity = false;
  if (cell.commonSpread() > 0) common.covariance = wishartAbout(common, cell.commonSpread(), streams.next());

  std::uint64_t const memory = cell.parameters().memory;
  double const shared = memory == 1 ? 0 : moments.meanCross;
  linalg::Index const rank = about.covariance.values.cols();
  common.mean += std::sqrt(shared) * (about.covariance.values * standardNormals(streams.next().mean, rank));
  std::vector<GaussianState> models;
  for (std::uint64_t i = 0; i < memory; ++i) {
    loop::PartStreams const own = streams.next();
    models.push_back({common.mean + std::sqrt(moments.mean - shared) *
                                        (about.covariance.values * standardNormals(own.mean, rank)),
                      wishartAbout(common, cell.spread() - cell.commonSpread(), own)});
  }
  return models;
}

FixedSetFeatures measureFixedSet(GaussianState const& fitted, LimitPointCell const& cell, Task const& task) {
  StateFeatures const features = measureState(fitted, cell, task);
  return {features.distance, features.traces[0],   features.traces[1],
          features.forms[0], features.metricTrace, features.metricForm};
}

/// A cell whose reference is factored.
LimitPointCell prepareCell(loop::GaussianLoopParameters parameters, Task const& task) {
  if (parameters.referenceCovariance.empty()) return {parameters, std::nullopt};
  loop::LoopReference const reference = loop::makeLoopReference(parameters, task, "limitPoint");
  linalg::EigenMatrix const& factor = reference.state.covariance.values;
  if (factor.cols() == 0)
    throwInvalidInput("limitPoint: reference covariance must not be zero, got a matrix of zeros");
  parameters.dim = static_cast<std::size_t>(factor.cols());
  parameters.referenceMean.clear();
  parameters.referenceCovariance.clear();
  return {parameters, ReferenceMetric{reference.trace, factor.transpose() * factor}};
}

/// What all chains of a cell share.
struct PreparedCell {
  PreparedCell(LimitPointWork const& work, Task& task)
      : cell(prepareCell(work.parameters, task)),
        controls(cell, task),
        standard(loop::standardReference(cell.parameters().dim)) {
    if (work.width != chainWidth(controls.count())) {
      throw Error(ErrorCode::internal, "limit point chains: width must be " +
                                           std::to_string(chainWidth(controls.count())) + ", got " +
                                           std::to_string(work.width));
    }
  }

  LimitPointCell cell;
  LimitPointControls controls;
  loop::LoopReference standard;
};

void simulateChain(PreparedCell const& prepared, LimitPointWork const& work, std::uint64_t index,
                   Task const& task) {
  LimitPointCell const& cell = prepared.cell;
  loop::GaussianLoopParameters const& parameters = cell.parameters();
  auto const number = static_cast<std::uint32_t>(work.first + index);
  StartStreams streams(work.key, number);

  GaussianState about = prepared.standard.state;
  loop::GaussianPart fixedReal;
  FixedSetFeatures fixedSet;
  if (parameters.variant == loop::LoopVariant::syntheticAugmentation) {
    fixedReal = loop::drawPartByMoments(prepared.standard.state, 1, parameters.real, streams.next());
    about = loop::fitGaussian(fixedReal, fixedReal.count - 1);
    fixedSet = measureFixedSet(about, cell, task);
  }
  loop::GaussianLoopChain chain(parameters, prepared.standard, work.key, number, task);
  chain.startFrom(startingModels(cell, about, streams), std::move(fixedReal));

  std::size_t const size = prepared.controls.count() + 1;
  std::vector<double> z(size);
  double* const sums = work.sums + index * work.width;
  double* const products = sums + 2 * size;
  std::fill(sums, sums + work.width, 0.0);
  for (std::uint64_t t = 0; t < work.schedule.burnIn; ++t) chain.next();
  for (std::uint64_t recording = 0; recording < work.schedule.recordings; ++recording) {
    for (std::uint64_t t = 1; t < work.schedule.stride; ++t) chain.next();
    StateFeatures const features = measureState(chain.next(), cell, task);
    z[0] = features.distance - work.schedule.centre;
    prepared.controls.evaluate(features, fixedSet, z.data() + 1);
    double* const half = sums + (recording < work.schedule.recordings / 2 ? 0 : size);
    std::size_t k = 0;
    for (std::size_t i = 0; i < size; ++i) {
      half[i] += z[i];
      for (std::size_t j = 0; j <= i; ++j) products[k++] += z[i] * z[j];
    }
  }
}

}  // namespace

void simulateLimitPointChains(std::vector<LimitPointWork> const& work, Task& task) {
  linalg::fixEigenBlocking();
  std::vector<std::unique_ptr<PreparedCell>> cells(work.size());
  parallelFor(task, work.size(),
              [&](std::size_t i) { cells[i] = std::make_unique<PreparedCell>(work[i], task); });

  // One unit of progress is about a microsecond.
  std::vector<double> seconds(work.size());
  std::size_t largestDim = 1;
  for (std::size_t i = 0; i < work.size(); ++i) {
    seconds[i] = cells[i]->cell.seconds(work[i].schedule);
    largestDim = std::max(largestDim, work[i].parameters.dim);
  }
  std::vector<std::size_t> order(work.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return seconds[a] > seconds[b]; });
  std::vector<std::size_t> firstChain(work.size() + 1, 0);
  for (std::size_t i = 0; i < order.size(); ++i) firstChain[i + 1] = firstChain[i] + work[order[i]].count;
  auto units = [&](std::size_t i) { return static_cast<std::uint64_t>(1 + 1e6 * seconds[i]); };
  for (std::size_t i = 0; i < work.size(); ++i) task.expect(units(i) * work[i].count);

  keepFreedMemory(16 * largestDim * largestDim * sizeof(double));
  parallelFor(task, firstChain.back(), [&](std::size_t chain) {
    auto const place = static_cast<std::size_t>(std::upper_bound(firstChain.begin(), firstChain.end(), chain) -
                                                firstChain.begin() - 1);
    std::size_t const i = order[place];
    simulateChain(*cells[i], work[i], chain - firstChain[place], task);
    task.add(units(i));
  });
}

}  // namespace madloop::limits
