#include "core/limits/limit_point_chain.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "core/base/error.hpp"
#include "core/base/parallel.hpp"
#include "core/limits/limit_point_controls.hpp"
#include "core/linalg/products.hpp"
#include "core/loop/gaussian_loop_chain.hpp"
#include "core/loop/part_drawing.hpp"
#include "core/random/normal.hpp"
#include "core/random/stream.hpp"

namespace madloop::limits {

using gaussian::CovarianceFactor;
using gaussian::FactoredGaussian;

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

/// `mean` and a draw from N(0, variance F F').
linalg::Vector drawMean(linalg::Vector mean, double variance, CovarianceFactor const& covariance,
                        random::Stream const& stream) {
  linalg::Vector normals(covariance.rank());
  random::fillNormals(stream, 0, normals.data(), static_cast<std::size_t>(normals.size()));
  linalg::addScaled(mean, std::sqrt(variance), covariance.times(std::move(normals)).data());
  return mean;
}

/// Wishart matrix of mean `source` whose eigenvalues vary by `spread`: E tr W^2 / tr (E W)^2 = 1 + (d + 1) / nu
/// for a multiple of the identity.
CovarianceFactor wishartAbout(FactoredGaussian const& source, double spread, loop::PartStreams const& streams) {
  auto const dim = static_cast<double>(source.covariance.dim());
  double const degrees = std::max(dim + 1, (dim + 1) / spread);
  if (!(degrees < 1e12)) return source.covariance;
  auto const count = static_cast<std::uint64_t>(degrees + 0.5);
  return loop::fitGaussian(loop::drawPartByMoments(source, 1, count + 1, streams), static_cast<double>(count))
      .covariance;
}

/// The chain's first models: Gaussians with the stationary first moments, exactly, and second moments of one
/// model near the stationary ones; about the fixed set in synthetic augmentation.
std::vector<FactoredGaussian> startingModels(LimitPointTheory const& theory, FactoredGaussian const& about,
                                             StartStreams& streams) {
  StationaryFirstMoments const& moments = theory.firstMoments();
  FactoredGaussian common = about;
  common.covariance.scale(std::sqrt(moments.covariance()));
  if (theory.commonSpread() > 0)
    common.covariance = wishartAbout(common, theory.commonSpread(), streams.next());

  std::uint64_t const memory = theory.loop().memory;
  double const shared = memory == 1 ? 0 : moments.meanCross;
  common.mean = drawMean(std::move(common.mean), shared, about.covariance, streams.next().mean);
  std::vector<FactoredGaussian> models;
  for (std::uint64_t i = 0; i < memory; ++i) {
    loop::PartStreams const own = streams.next();
    models.push_back({drawMean(common.mean, moments.mean - shared, about.covariance, own.mean),
                      wishartAbout(common, theory.spread() - theory.commonSpread(), own)});
  }
  return models;
}

FixedDataMoments measureFixedSet(FactoredGaussian const& fitted, std::optional<ReferenceMetric> const& metric,
                                 Task const& task) {
  StateFeatures const features = measureState(fitted, metric, task);
  return {features.distance, features.traces[0],   features.traces[1],
          features.forms[0], features.metricTrace, features.metricForm};
}

loop::GaussianLoopParameters chainParameters(StationaryLoop const& loop) {
  loop::GaussianLoopParameters parameters;
  parameters.variant = loop.variant;
  parameters.dim = loop.dim;
  parameters.real = static_cast<std::uint64_t>(loop.real);
  parameters.synthetic = static_cast<std::uint64_t>(loop.synthetic);
  parameters.lambda = loop.lambda;
  parameters.memory = loop.memory;
  parameters.divisor = loop.divisor;
  return parameters;
}

/// The metric of a covariance, dim x dim, row-major.
ReferenceMetric factorReference(std::size_t dim, std::vector<double> covariance, Task const& task) {
  loop::GaussianLoopParameters parameters;
  parameters.dim = dim;
  parameters.referenceCovariance = std::move(covariance);
  FactoredGaussian const reference = loop::loopReference(parameters, task, "limitPoint");
  linalg::Matrix const& factor = reference.covariance.values();
  if (factor.cols() == 0)
    throwInvalidInput("limitPoint: reference covariance must not be zero, got a matrix of zeros");
  return {reference.covariance.trace(), linalg::multiplyTransposed(factor, factor), factor,
          std::make_shared<linalg::NearDistances const>(factor)};
}

}  // namespace

/// What all chains of a limit point share and takes a while to compute: the reference's factor, and the
/// expectations of the controls.
class LimitPointChains::Prepared {
 public:
  Prepared(LimitPointTheory planned, std::vector<double> referenceCovariance, Task const& task)
      : metric_(metricOf(planned, std::move(referenceCovariance), task)),
        theory_(inRank(std::move(planned), metric_)),
        parameters_(chainParameters(theory_.loop())),
        controls_(theory_, metric_ ? &metric_->values : nullptr, task) {}

  [[nodiscard]] std::size_t dim() const { return parameters_.dim; }

  /// Fills `sums`, chainWidth() numbers, and reports `units` of progress on the way.
  void simulate(std::uint64_t key, LimitPointSchedule const& schedule, std::uint32_t number,
                FactoredGaussian const& standard, double* sums, std::uint64_t units, Task& task) const;

 private:
  static std::optional<ReferenceMetric> metricOf(LimitPointTheory const& planned,
                                                 std::vector<double> covariance, Task const& task) {
    if (!planned.hasReference()) return std::nullopt;
    return factorReference(planned.loop().dim, std::move(covariance), task);
  }

  /// In as many dimensions as the reference's covariance has ranks.
  static LimitPointTheory inRank(LimitPointTheory planned, std::optional<ReferenceMetric> const& metric) {
    StationaryLoop loop = planned.loop();
    if (metric) loop.dim = static_cast<std::size_t>(metric->values.rows());
    if (loop.dim == planned.loop().dim) return planned;
    LimitPointTheory theory(loop, metric->trace, planned.controlDegree());
    if (LimitPointControls::count(theory) != LimitPointControls::count(planned))
      throw Error(ErrorCode::internal, "limit point chains: other controls than were planned");
    return theory;
  }

  std::optional<ReferenceMetric> metric_;
  LimitPointTheory theory_;
  loop::GaussianLoopParameters parameters_;
  LimitPointControls controls_;
};

void LimitPointChains::Prepared::simulate(std::uint64_t key, LimitPointSchedule const& schedule,
                                          std::uint32_t number, FactoredGaussian const& standard, double* sums,
                                          std::uint64_t units, Task& task) const {
  StartStreams streams(key, number);
  FactoredGaussian about = standard;
  loop::GaussianPart fixedReal;
  FixedDataMoments fixedSet;
  if (!theory_.loop().freshData()) {
    fixedReal = loop::drawPartByMoments(standard, 1, loop::realSamples(parameters_, 1).fixed, streams.next());
    about = loop::fitGaussian(fixedReal, fixedReal.count - 1);
    fixedSet = measureFixedSet(about, metric_, task);
  }
  loop::GaussianLoopChain chain(parameters_, standard, key, number, task);
  chain.startFrom(startingModels(theory_, about, streams), std::move(fixedReal));
  // A chain may take minutes: progress is reported after every generation.
  std::uint64_t generations = 0;
  std::uint64_t reported = 0;
  auto const next = [&]() -> FactoredGaussian const& {
    FactoredGaussian const& fitted = chain.next();
    generations += 1;
    auto const done = static_cast<double>(generations) / static_cast<double>(schedule.generations());
    auto const due = static_cast<std::uint64_t>(done * static_cast<double>(units));
    task.add(due - reported);
    reported = due;
    return fitted;
  };

  std::size_t const size = controls_.count() + 1;
  std::vector<double> z(size);
  double* const products = sums + 2 * size;
  std::fill(sums, sums + chainWidth(controls_.count()), 0.0);
  for (std::uint64_t t = 0; t < schedule.burnIn; ++t) next();
  for (std::uint64_t recording = 0; recording < schedule.recordings; ++recording) {
    for (std::uint64_t t = 1; t < schedule.stride; ++t) next();
    StateFeatures const features = measureState(next(), metric_, task);
    z[0] = features.distance - schedule.centre;
    controls_.evaluate(features, fixedSet, z.data() + 1);
    double* const half = sums + (recording < schedule.recordings / 2 ? 0 : size);
    std::size_t k = 0;
    for (std::size_t i = 0; i < size; ++i) {
      half[i] += z[i];
      for (std::size_t j = 0; j <= i; ++j) products[k++] += z[i] * z[j];
    }
  }
}

LimitPointChains::LimitPointChains(LimitPointTheory theory, std::vector<double> referenceCovariance,
                                   std::uint64_t key)
    : theory_(std::move(theory)),
      key_(key),
      width_(chainWidth(LimitPointControls::count(theory_))),
      referenceCovariance_(std::move(referenceCovariance)) {
  std::size_t const dim = theory_.hasReference() ? theory_.loop().dim : 0;
  if (referenceCovariance_.size() != dim * dim)
    throw Error(ErrorCode::internal, "limit point chains: the covariance must be that of the reference");
}

LimitPointChains::~LimitPointChains() = default;

LimitPointChains::Prepared const& LimitPointChains::prepared(Task const& task) {
  std::lock_guard const lock(mutex_);
  if (!prepared_) {
    prepared_ = std::make_unique<Prepared const>(theory_, referenceCovariance_, task);
    referenceCovariance_ = {};
  }
  return *prepared_;
}

void simulateLimitPointChains(std::vector<LimitPointWork> const& work, Task& task) {
  // Each once, whatever its number of items: nobody waits for another's.
  std::vector<LimitPointChains*> distinct;
  for (LimitPointWork const& item : work) distinct.push_back(item.chains);
  std::sort(distinct.begin(), distinct.end(), std::less<>());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  parallelFor(task, distinct.size(), [&](std::size_t i) { (void)distinct[i]->prepared(task); });
  std::vector<LimitPointChains::Prepared const*> prepared;
  std::map<std::size_t, FactoredGaussian> standards;  // by dimension
  for (LimitPointWork const& item : work) {
    prepared.push_back(&item.chains->prepared(task));
    std::size_t const dim = prepared.back()->dim();
    if (!standards.contains(dim)) standards.emplace(dim, gaussian::standardGaussian(dim));
  }

  // One unit of progress is about a microsecond.
  std::vector<double> seconds(work.size());
  for (std::size_t i = 0; i < work.size(); ++i) seconds[i] = work[i].chains->theory().seconds(work[i].schedule);
  std::vector<std::size_t> order(work.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return seconds[a] > seconds[b]; });
  std::vector<std::size_t> firstChain(work.size() + 1, 0);
  for (std::size_t i = 0; i < order.size(); ++i) firstChain[i + 1] = firstChain[i] + work[order[i]].count;
  auto units = [&](std::size_t i) { return static_cast<std::uint64_t>(1 + 1e6 * seconds[i]); };
  for (std::size_t i = 0; i < work.size(); ++i) task.expect(units(i) * work[i].count);

  parallelFor(task, firstChain.back(), [&](std::size_t chain) {
    auto const place = static_cast<std::size_t>(std::upper_bound(firstChain.begin(), firstChain.end(), chain) -
                                                firstChain.begin() - 1);
    std::size_t const i = order[place];
    std::uint64_t const index = chain - firstChain[place];
    prepared[i]->simulate(work[i].chains->key(), work[i].schedule,
                          static_cast<std::uint32_t>(work[i].first + index), standards.at(prepared[i]->dim()),
                          work[i].sums + index * work[i].chains->width(), units(i), task);
  });
}

}  // namespace madloop::limits
