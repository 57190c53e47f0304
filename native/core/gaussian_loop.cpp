#include "core/gaussian_loop.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>
#include <vector>

#include "core/base/checked.hpp"
#include "core/base/memory.hpp"
#include "core/base/parallel.hpp"
#include "core/base/sum.hpp"
#include "core/frechet.hpp"
#include "core/gaussian_loop_statistics.hpp"
#include "core/gaussian_part.hpp"
#include "core/linalg/nuclear_norm.hpp"
#include "core/linalg/trace_square_root.hpp"
#include "core/linalg/trapezoidal.hpp"
#include "core/random/binomial.hpp"
#include "core/random/elementary.hpp"
#include "core/random/permutation.hpp"
#include "core/random/stream.hpp"

namespace madloop {

namespace {

/// Domain of streamKey: "gaussian loop".
constexpr std::uint64_t kDomain = 0x6761757373'6c6f6fULL;

/// What a part of a generation is for; with the number of the source model it makes the stream's part.
enum class Purpose : std::uint32_t { mean, scatter, rows, choice, subset };
enum class Source : std::uint32_t { real, synthetic };
constexpr std::uint32_t kGroupBits = 20;

/// The real distribution, with its mean as the origin: the loop commutes with shifts, and nothing recorded
/// depends on where the origin is, but differences of large means would lose their digits.
struct Reference {
  GaussianState state;
  double trace = 0;
};

/// log det F F^T from the pivots of a Cholesky decomposition; NaN for a singular product.
double logDeterminantOfFactor(FactoredGaussian const& gaussian) {
  if (gaussian.factor.cols() < gaussian.factor.rows()) return std::numeric_limits<double>::quiet_NaN();
  return fixedOrderSum(static_cast<std::size_t>(gaussian.pivots.size()),
                       [&](std::size_t i) { return 2 * logarithm(gaussian.pivots[static_cast<Index>(i)]); });
}

Reference makeReference(GaussianLoopParameters const& p, Task const& task) {
  auto const dim = static_cast<Index>(p.dim);
  Reference reference;
  reference.state.mean = Vector::Zero(dim);
  CovarianceFactor& covariance = reference.state.covariance;
  if (p.referenceCovariance.empty()) {
    covariance.values = Matrix::Identity(dim, dim);
    covariance.trapezoidal = true;
    covariance.identity = true;
    covariance.logDeterminant = 0;
    reference.trace = static_cast<double>(p.dim);
    return reference;
  }
  Moments const moments{2, p.dim, std::vector<double>(p.dim, 0.0), p.referenceCovariance};
  FactoredGaussian factored = factorMoments(moments, task, "reference");
  if (!std::isfinite(factored.trace)) {
    throwInvalidInput(
        "simulateGaussianLoop: reference covariance must have a finite trace, got one that overflows");
  }
  covariance.logDeterminant = logDeterminantOfFactor(factored);
  covariance.values = std::move(factored.factor);
  covariance.trapezoidal = factored.triangular;
  reference.trace = factored.trace;
  return reference;
}

/// One replicate of the loop: its definition on sufficient statistics.
class Replicate {
 public:
  Replicate(GaussianLoopParameters const& parameters, Reference const& reference, std::uint64_t key,
            std::uint32_t chain, Task const& task)
      : p_(parameters), reference_(reference), key_(key), chain_(chain), task_(task) {}

  /// Fits the next generation and returns what is recorded of it.
  LoopRecord next() {
    ++t_;
    task_.throwIfCancelled();
    GaussianPart training = t_ == 1 ? initialSet() : trainingSet();
    double const divisor = p_.divisor == CovarianceDivisor::unbiased ? training.count - 1 : training.count;
    models_.insert(models_.begin(), fitGaussian(std::move(training), divisor));
    if (models_.size() > p_.memory) models_.pop_back();
    return record(models_.front());
  }

 private:
  /// The real samples behind generation 1, the fixed ones first.
  GaussianPart initialSet() {
    if (p_.realFixed == 0) return drawReal(p_.initial, 0);
    fixedReal_ = drawReal(p_.realFixed, 0);
    if (p_.pool == SyntheticPool::subsample) keep(realSamples(p_.realFixed));
    if (p_.initial == p_.realFixed) return fixedReal_;
    return mergeParts({fixedReal_, drawReal(p_.initial - p_.realFixed, 1)});
  }

  GaussianPart trainingSet() {
    if (p_.pool == SyntheticPool::subsample) return subsample();
    std::vector<GaussianPart> parts;
    if (p_.realFixed > 0) parts.push_back(fixedReal_);
    if (p_.realFresh > 0) parts.push_back(drawReal(p_.realFresh, 0));
    if (p_.synthetic == 0) return mergeParts(std::move(parts));

    std::vector<GaussianPart> batch = drawSynthetic();
    if (p_.pool == SyntheticPool::accumulate) {
      if (pool_.count > 0) batch.push_back(std::move(pool_));
      pool_ = mergeParts(std::move(batch));
      parts.push_back(pool_);
    } else {
      std::move(batch.begin(), batch.end(), std::back_inserter(parts));
    }
    return mergeParts(std::move(parts));
  }

  /// Some of all fixed real, fresh real and synthetic samples so far, without replacement: here samples
  /// themselves are kept, as statistics would not tell which of them were drawn before.
  GaussianPart subsample() {
    if (p_.synthetic > 0) {
      for (SyntheticGroup const& group : syntheticGroups())
        keep(drawSamples(*group.model, p_.lambda, group.count, streams(Source::synthetic, group.number)));
    }
    std::size_t const kept = kept_.size();
    if (p_.realFresh > 0) keep(realSamples(p_.realFresh));
    Eigen::Map<Matrix const> const all(kept_.data(), static_cast<Index>(p_.dim),
                                       static_cast<Index>(kept_.size() / p_.dim));
    Matrix chosen(all.rows(), static_cast<Index>(p_.subsample));
    Index column = 0;
    for (std::size_t const i : randomOrder(stream(Purpose::subset, Source::synthetic, 0),
                                           static_cast<std::size_t>(all.cols()), p_.subsample)) {
      chosen.col(column++) = all.col(static_cast<Index>(i));
    }
    kept_.resize(kept);
    return partOfSamples(std::move(chosen), task_);
  }

  Matrix realSamples(std::uint64_t count) const {
    return drawSamples(reference_.state, 1, count, streams(Source::real, 0));
  }

  void keep(Matrix const& samples) {
    kept_.insert(kept_.end(), samples.data(), samples.data() + samples.size());
  }

  GaussianPart drawReal(std::uint64_t count, std::uint32_t group) const {
    return draw(reference_.state, 1, count, Source::real, group);
  }

  /// Synthetic samples of one generation that come from one model.
  struct SyntheticGroup {
    GaussianState const* model;
    std::uint64_t count;
    std::uint32_t number;
  };

  /// Each synthetic sample comes from one of the remembered models, chosen uniformly: multinomial counts.
  std::vector<SyntheticGroup> syntheticGroups() const {
    std::vector<std::uint64_t> counts(models_.size(), p_.synthetic);
    if (models_.size() > 1) {
      multinomialUniform(stream(Purpose::choice, Source::synthetic, 0), 0, p_.synthetic, counts.size(),
                         counts.data());
    }
    std::vector<SyntheticGroup> groups;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (counts[i] > 0) groups.push_back({&models_[i], counts[i], static_cast<std::uint32_t>(i)});
    }
    return groups;
  }

  std::vector<GaussianPart> drawSynthetic() const {
    std::vector<GaussianPart> parts;
    for (SyntheticGroup const& group : syntheticGroups())
      parts.push_back(draw(*group.model, p_.lambda, group.count, Source::synthetic, group.number));
    return parts;
  }

  GaussianPart draw(GaussianState const& source, double lambda, std::uint64_t count, Source kind,
                    std::uint32_t group) const {
    PartStreams const own = streams(kind, group);
    return p_.engine == LoopEngine::moments ? drawPartByMoments(source, lambda, count, own)
                                            : drawPartBySamples(source, lambda, count, own, task_);
  }

  PartStreams streams(Source kind, std::uint32_t group) const {
    return {stream(Purpose::mean, kind, group), stream(Purpose::scatter, kind, group),
            stream(Purpose::rows, kind, group)};
  }

  Stream stream(Purpose purpose, Source source, std::uint32_t group) const {
    std::uint32_t const kind = 2 * static_cast<std::uint32_t>(purpose) + static_cast<std::uint32_t>(source);
    return Stream{key_, chain_, static_cast<std::uint32_t>(t_), (kind << kGroupBits) | group};
  }

  LoopRecord record(GaussianState const& model) const {
    LoopRecord values{};
    double const trace = model.covariance.trace();
    double const meanTerm = fixedOrderSum(p_.dim, [&](std::size_t i) {
      double const value = model.mean[static_cast<Index>(i)];
      return value * value;
    });
    double const traces = trace + reference_.trace;
    double const covarianceTerm =
        std::max(0.0, traces - 2 * nuclearNormWithReference(model.covariance, 1e-10 * traces));
    values[static_cast<std::size_t>(LoopMetric::distance)] = meanTerm + covarianceTerm;
    values[static_cast<std::size_t>(LoopMetric::meanNormSquared)] = meanTerm;
    values[static_cast<std::size_t>(LoopMetric::trace)] = trace;
    values[static_cast<std::size_t>(LoopMetric::logDeterminant)] = model.covariance.logDeterminant;
    return values;
  }

  /// tr (S_ref^(1/2) S S_ref^(1/2))^(1/2), with an absolute error below `tolerance`.
  double nuclearNormWithReference(CovarianceFactor const& covariance, double tolerance) const {
    Matrix const& f = covariance.values;
    if (!reference_.state.covariance.identity)
      return nuclearNorm(reference_.state.covariance.values.transpose() * f, tolerance, task_).value;
    if (f.cols() < f.rows() || (covariance.gram.size() == 0 && !covariance.trapezoidal))
      return nuclearNorm(f, tolerance, task_).value;
    Matrix formed;
    if (covariance.gram.size() == 0) {
      formed = Matrix::Zero(f.rows(), f.rows());
      addTrapezoidalGram(f, formed);
    }
    BoundedValue const fast = traceSquareRoot(covariance.gram.size() == 0 ? formed : covariance.gram, task_);
    return fast.errorBound <= tolerance ? fast.value : singularValueSum(f, task_).value;
  }

  GaussianLoopParameters const& p_;
  Reference const& reference_;
  std::uint64_t const key_;
  std::uint32_t const chain_;
  Task const& task_;
  std::uint64_t t_ = 0;
  std::vector<GaussianState> models_;  // latest first, at most p_.memory
  GaussianPart fixedReal_;             // the real samples that every generation sees
  GaussianPart pool_;                  // accumulate: all synthetic samples so far
  std::vector<double> kept_;           // subsample: the fixed real samples and all synthetic ones so far
};

}  // namespace

GaussianLoopResult simulateGaussianLoop(GaussianLoopParameters const& parameters, Task& task) {
  fixEigenBlocking();
  checkGaussianLoop(parameters, task.threads());
  task.expect(checkedMultiply(parameters.replicates, parameters.generations, "replicates x generations"));
  Reference const reference = makeReference(parameters, task);
  std::uint64_t const key = streamKey(parameters.seed, kDomain);

  keepFreedMemory(16 * parameters.dim * parameters.dim *
                  sizeof(double));  // what a generation has in use, and more

  LoopStatistics statistics(parameters.replicates, parameters.generations, parameters.series);
  parallelFor(task, statistics.groups(), [&](std::size_t group) {
    for (std::uint64_t chain = statistics.begin(group); chain < statistics.end(group); ++chain) {
      Replicate replicate(parameters, reference, key, static_cast<std::uint32_t>(chain), task);
      for (std::uint64_t t = 0; t < parameters.generations; ++t) {
        statistics.add(group, chain, t, replicate.next());
        task.add(1);
      }
    }
  });
  return statistics.result();
}

}  // namespace madloop
