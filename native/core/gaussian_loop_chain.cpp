#include "core/gaussian_loop_chain.hpp"

#include <cmath>
#include <iterator>
#include <limits>
#include <string>
#include <utility>

#include "core/base/error.hpp"
#include "core/base/sum.hpp"
#include "core/frechet.hpp"
#include "core/random/binomial.hpp"
#include "core/random/elementary.hpp"
#include "core/random/stream.hpp"

namespace madloop {

namespace {

/// What a part of a generation is for; with the number of the source model it makes the stream's part.
enum class Purpose : std::uint32_t { mean, scatter, rows, choice };
enum class Source : std::uint32_t { real, synthetic };
constexpr std::uint32_t kGroupBits = 20;

/// Where a chain's random numbers of one generation are.
struct GenerationStreams {
  std::uint64_t key;
  std::uint32_t chain;
  std::uint32_t generation;

  [[nodiscard]] Stream of(Purpose purpose, Source source, std::uint32_t group) const {
    std::uint32_t const kind = 2 * static_cast<std::uint32_t>(purpose) + static_cast<std::uint32_t>(source);
    return Stream{key, chain, generation, (kind << kGroupBits) | group};
  }

  [[nodiscard]] PartStreams ofPart(Source source, std::uint32_t group) const {
    return {of(Purpose::mean, source, group), of(Purpose::scatter, source, group),
            of(Purpose::rows, source, group)};
  }
};

GaussianPart draw(GaussianLoopParameters const& p, GaussianState const& source, double lambda,
                  std::uint64_t count, PartStreams const& streams, Task const& task) {
  return p.engine == LoopEngine::moments ? drawPartByMoments(source, lambda, count, streams)
                                         : drawPartBySamples(source, lambda, count, streams, task);
}

/// log det F F^T from the pivots of a Cholesky decomposition; NaN for a singular product.
double logDeterminantOfFactor(FactoredGaussian const& gaussian) {
  if (gaussian.factor.cols() < gaussian.factor.rows()) return std::numeric_limits<double>::quiet_NaN();
  return fixedOrderSum(static_cast<std::size_t>(gaussian.pivots.size()),
                       [&](std::size_t i) { return 2 * logarithm(gaussian.pivots[static_cast<Index>(i)]); });
}

}  // namespace

LoopReference standardReference(std::size_t dim) {
  auto const size = static_cast<Index>(dim);
  LoopReference reference;
  reference.state.mean = Vector::Zero(size);
  CovarianceFactor& covariance = reference.state.covariance;
  covariance.values = Matrix::Identity(size, size);
  covariance.trapezoidal = true;
  covariance.identity = true;
  covariance.logDeterminant = 0;
  reference.trace = static_cast<double>(dim);
  return reference;
}

LoopReference makeLoopReference(GaussianLoopParameters const& p, Task const& task, std::string const& where) {
  if (p.referenceCovariance.empty()) return standardReference(p.dim);
  LoopReference reference;
  reference.state.mean = Vector::Zero(static_cast<Index>(p.dim));
  Moments const moments{2, p.dim, std::vector<double>(p.dim, 0.0), p.referenceCovariance};
  FactoredGaussian factored = factorMoments(moments, task, "reference");
  if (!std::isfinite(factored.trace)) {
    throwInvalidInput(where + ": reference covariance must have a finite trace, got one that overflows");
  }
  CovarianceFactor& covariance = reference.state.covariance;
  covariance.logDeterminant = logDeterminantOfFactor(factored);
  covariance.values = std::move(factored.factor);
  covariance.trapezoidal = factored.triangular;
  reference.trace = factored.trace;
  return reference;
}

void GaussianLoopChain::startFrom(std::vector<GaussianState> models, GaussianPart fixedReal) {
  t_ = 1;
  models_ = std::move(models);
  fixedReal_ = std::move(fixedReal);
}

GaussianState const& GaussianLoopChain::next() {
  ++t_;
  task_.throwIfCancelled();
  GaussianPart training = t_ == 1 ? drawReal(p_.initial) : trainingSet();
  if (t_ == 1 && p_.variant == LoopVariant::syntheticAugmentation) fixedReal_ = training;
  double const divisor = p_.divisor == CovarianceDivisor::unbiased ? training.count - 1 : training.count;
  models_.insert(models_.begin(), fitGaussian(std::move(training), divisor));
  if (models_.size() > p_.memory) models_.pop_back();
  return models_.front();
}

GaussianPart GaussianLoopChain::trainingSet() {
  std::vector<GaussianPart> parts;
  if (p_.variant == LoopVariant::syntheticAugmentation) parts.push_back(fixedReal_);
  if (p_.variant == LoopVariant::freshData) parts.push_back(drawReal(p_.real));
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

GaussianPart GaussianLoopChain::drawReal(std::uint64_t count) const {
  GenerationStreams const streams{key_, chain_, static_cast<std::uint32_t>(t_)};
  return draw(p_, reference_.state, 1, count, streams.ofPart(Source::real, 0), task_);
}

/// Each synthetic sample comes from one of the remembered models, chosen uniformly: multinomial counts.
std::vector<GaussianPart> GaussianLoopChain::drawSynthetic() const {
  GenerationStreams const streams{key_, chain_, static_cast<std::uint32_t>(t_)};
  std::vector<std::uint64_t> counts(models_.size(), p_.synthetic);
  if (models_.size() > 1) {
    multinomialUniform(streams.of(Purpose::choice, Source::synthetic, 0), 0, p_.synthetic, counts.size(),
                       counts.data());
  }
  std::vector<GaussianPart> parts;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0)
      parts.push_back(draw(p_, models_[i], p_.lambda, counts[i],
                           streams.ofPart(Source::synthetic, static_cast<std::uint32_t>(i)), task_));
  }
  return parts;
}

}  // namespace madloop
