#include "core/loop/gaussian_loop_chain.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>
#include <utility>

#include "core/base/error.hpp"
#include "core/base/view.hpp"
#include "core/gaussian/gaussian_factor.hpp"
#include "core/random/binomial.hpp"
#include "core/random/permutation.hpp"
#include "core/random/stream.hpp"

namespace madloop::loop {

using gaussian::FactoredGaussian;
using linalg::Index;

namespace {

/// What a part of a generation is for; with the number of the source model it makes the stream's part.
enum class Purpose : std::uint32_t { mean, scatter, rows, choice, subset };
enum class Source : std::uint32_t { real, synthetic };
constexpr std::uint32_t kGroupBits = 20;

GaussianPart draw(GaussianLoopParameters const& p, FactoredGaussian const& source, double lambda,
                  std::uint64_t count, PartStreams const& streams, Task const& task) {
  return p.engine == LoopEngine::moments ? drawPartByMoments(source, lambda, count, streams)
                                         : drawPartBySamples(source, lambda, count, streams, task);
}

void append(std::vector<double>& kept, linalg::Matrix const& samples) {
  kept.insert(kept.end(), samples.data(), samples.data() + samples.size());
}

}  // namespace

/// Where a chain's random numbers of one generation are.
struct GaussianLoopChain::Streams {
  std::uint64_t key;
  std::uint32_t chain;
  std::uint32_t generation;

  [[nodiscard]] random::Stream of(Purpose purpose, Source source, std::uint32_t group) const {
    std::uint32_t const kind = 2 * static_cast<std::uint32_t>(purpose) + static_cast<std::uint32_t>(source);
    return random::Stream{key, chain, generation, (kind << kGroupBits) | group};
  }

  [[nodiscard]] PartStreams ofPart(Source source, std::uint32_t group) const {
    return {of(Purpose::mean, source, group), of(Purpose::scatter, source, group),
            of(Purpose::rows, source, group)};
  }
};

FactoredGaussian loopReference(GaussianLoopParameters const& p, Task const& task, std::string const& where) {
  if (p.referenceCovariance.empty()) return gaussian::standardGaussian(p.dim);
  MatrixView<double> const covariance{p.referenceCovariance.data(), p.dim, p.dim};
  FactoredGaussian reference{linalg::Vector::zero(static_cast<Index>(p.dim)),
                             gaussian::factorCovariance(covariance, task, "reference.covariance")};
  if (!std::isfinite(reference.covariance.trace())) {
    throwInvalidInput(where + ": reference covariance must have a finite trace, got one that overflows");
  }
  return reference;
}

void GaussianLoopChain::startFrom(std::vector<FactoredGaussian> models, GaussianPart fixedReal) {
  t_ = 1;
  models_ = std::move(models);
  fixedReal_ = std::move(fixedReal);
}

FactoredGaussian const& GaussianLoopChain::next() {
  ++t_;
  task_.throwIfCancelled();
  GaussianPart training = t_ == 1 ? initialSet() : trainingSet();
  double const divisor =
      p_.divisor == gaussian::CovarianceDivisor::unbiased ? training.count - 1 : training.count;
  models_.insert(models_.begin(), fitGaussian(std::move(training), divisor));
  if (models_.size() > p_.memory) models_.pop_back();
  return models_.front();
}

/// The real samples behind generation 1, the fixed ones first.
GaussianPart GaussianLoopChain::initialSet() {
  std::uint64_t const fixed = real().fixed;
  if (fixed == 0) return drawReal(p_.initial, 0);
  fixedReal_ = drawReal(fixed, 0);
  if (p_.pool == SyntheticPool::subsample) keepReal(fixed);
  if (p_.initial == fixed) return fixedReal_;
  return mergeParts({fixedReal_, drawReal(p_.initial - fixed, 1)});
}

GaussianPart GaussianLoopChain::trainingSet() {
  if (p_.pool == SyntheticPool::subsample) return subsample();
  std::vector<GaussianPart> parts;
  RealSamples const samples = real();
  if (samples.fixed > 0) parts.push_back(fixedReal_);
  if (samples.fresh > 0) parts.push_back(drawReal(samples.fresh, 0));

  std::vector<GaussianPart> batch;
  if (p_.synthetic.at(t_) > 0) batch = drawSynthetic();
  if (p_.pool == SyntheticPool::accumulate) {
    if (pool_.count > 0) batch.push_back(std::move(pool_));
    if (!batch.empty()) {
      pool_ = mergeParts(std::move(batch));
      parts.push_back(pool_);
    }
  } else {
    std::move(batch.begin(), batch.end(), std::back_inserter(parts));
  }
  return mergeParts(std::move(parts));
}

/// Some of all fixed real, fresh real and synthetic samples so far, without replacement: here samples
/// themselves are kept, as statistics would not tell which of them were drawn before.
GaussianPart GaussianLoopChain::subsample() {
  keepSynthetic();
  std::size_t const kept = kept_.size();
  keepReal(real().fresh);
  std::size_t const count = kept_.size() / p_.dim;
  linalg::Matrix chosen(static_cast<Index>(p_.dim), static_cast<Index>(p_.subsample));
  random::Stream const subset = streams().of(Purpose::subset, Source::synthetic, 0);
  double* next = chosen.data();
  for (std::size_t const i : random::randomOrder(subset, count, p_.subsample))
    next = std::copy_n(kept_.data() + i * p_.dim, p_.dim, next);
  kept_.resize(kept);
  return partOfSamples(std::move(chosen), task_);
}

GaussianPart GaussianLoopChain::drawReal(std::uint64_t count, std::uint32_t group) const {
  return draw(p_, reference_, 1, count, streams().ofPart(Source::real, group), task_);
}

std::vector<GaussianPart> GaussianLoopChain::drawSynthetic() const {
  std::vector<std::uint64_t> const counts = syntheticCounts();
  std::vector<GaussianPart> parts;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0)
      parts.push_back(draw(p_, models_[i], p_.lambda.at(t_), counts[i],
                           streams().ofPart(Source::synthetic, static_cast<std::uint32_t>(i)), task_));
  }
  return parts;
}

void GaussianLoopChain::keepReal(std::uint64_t count) {
  append(kept_, drawSamples(reference_, 1, count, streams().ofPart(Source::real, 0)));
}

void GaussianLoopChain::keepSynthetic() {
  std::vector<std::uint64_t> const counts = syntheticCounts();
  for (std::size_t i = 0; i < counts.size(); ++i) {
    append(kept_, drawSamples(models_[i], p_.lambda.at(t_), counts[i],
                              streams().ofPart(Source::synthetic, static_cast<std::uint32_t>(i))));
  }
}

/// How many synthetic samples come from each remembered model: each is chosen uniformly, so multinomial counts.
std::vector<std::uint64_t> GaussianLoopChain::syntheticCounts() const {
  std::uint64_t const synthetic = p_.synthetic.at(t_);
  std::vector<std::uint64_t> counts(models_.size(), synthetic);
  if (models_.size() > 1) {
    random::multinomialUniform(streams().of(Purpose::choice, Source::synthetic, 0), 0, synthetic, counts.size(),
                               counts.data());
  }
  return counts;
}

GaussianLoopChain::Streams GaussianLoopChain::streams() const {
  return {key_, chain_, static_cast<std::uint32_t>(t_)};
}

}  // namespace madloop::loop
