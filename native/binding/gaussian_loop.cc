#include "core/loop/gaussian_loop.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "binding/arguments.hpp"
#include "binding/errors.hpp"
#include "binding/functions.hpp"
#include "binding/job.hpp"
#include "core/base/checked.hpp"

namespace madloop::binding {

using gaussian::CovarianceDivisor;
using loop::LoopVariant;
using loop::SyntheticPool;

namespace {

/// Counts of samples by generation.
loop::Schedule<std::uint64_t> readCounts(Arguments const& arguments, char const* name) {
  HeldArray<double> const array = arguments.float64Array(name);
  std::vector<std::uint64_t> entries;
  for (std::size_t i = 0; i < array.size(); ++i) entries.push_back(arguments.sizeAt(array, i, name));
  return loop::Schedule<std::uint64_t>(std::move(entries));
}

/// Numbers by generation.
loop::Schedule<double> readNumbers(Arguments const& arguments, char const* name) {
  HeldArray<double> const array = arguments.float64Array(name);
  return loop::Schedule<double>(std::vector<double>(array.data(), array.data() + array.size()));
}

loop::GaussianLoopParameters readParameters(Arguments const& arguments) {
  loop::GaussianLoopParameters parameters;
  parameters.variant =
      arguments.choice<LoopVariant>("variant", {{"fully-synthetic", LoopVariant::fullySynthetic},
                                                {"synthetic-augmentation", LoopVariant::syntheticAugmentation},
                                                {"fresh-data", LoopVariant::freshData},
                                                {"combined", LoopVariant::combined}});
  parameters.dim = arguments.size("dim");
  parameters.initial = arguments.size("initial");
  parameters.real = readCounts(arguments, "real");
  if (parameters.variant == LoopVariant::combined) {
    parameters.realFixed = arguments.size("realFixed");
    parameters.realFresh = readCounts(arguments, "realFresh");
  }
  parameters.synthetic = readCounts(arguments, "synthetic");
  parameters.lambda = readNumbers(arguments, "lambda");
  parameters.memory = arguments.size("memory");
  parameters.pool = arguments.choice<SyntheticPool>("pool", {{"latest", SyntheticPool::latest},
                                                             {"accumulate", SyntheticPool::accumulate},
                                                             {"subsample", SyntheticPool::subsample}});
  if (parameters.pool == SyntheticPool::subsample) parameters.subsample = arguments.size("subsample");
  parameters.generations = arguments.size("generations");
  parameters.replicates = arguments.size("replicates");
  parameters.firstReplicate = arguments.size("firstReplicate");
  parameters.seed = arguments.bigUint64("seed");
  parameters.engine = arguments.choice<loop::LoopEngine>(
      "engine", {{"moments", loop::LoopEngine::moments}, {"samples", loop::LoopEngine::samples}});
  parameters.divisor = arguments.choice<CovarianceDivisor>(
      "divisor", {{"unbiased", CovarianceDivisor::unbiased}, {"mle", CovarianceDivisor::mle}});
  parameters.series = arguments.has("series");
  return parameters;
}

/// Every replicate's values, one array (replicates x generations, row-major) a metric, in LoopMetric's order.
class SeriesArrays {
 public:
  SeriesArrays(Arguments const& arguments, std::size_t length)
      : arrays_{arguments.float64Array("distance", length), arguments.float64Array("meanNormSquared", length),
                arguments.float64Array("trace", length), arguments.float64Array("logDeterminant", length)} {}

  void fill(std::vector<double> const& interleaved) const {
    for (std::size_t metric = 0; metric < loop::kLoopMetricCount; ++metric) {
      double* const array = arrays_[metric].data();
      for (std::size_t i = 0; i < arrays_[metric].size(); ++i)
        array[i] = interleaved[i * loop::kLoopMetricCount + metric];
    }
  }

 private:
  std::array<HeldArray<double>, loop::kLoopMetricCount> arrays_;
};

class GaussianLoopWork final : public Work {
 public:
  explicit GaussianLoopWork(Arguments const& arguments)
      : parameters_(readParameters(arguments)),
        mean_(arguments.float64Array("mean", tableLength())),
        standardError_(arguments.float64Array("standardError", tableLength())) {
    if (parameters_.series) {
      std::size_t const length =
          checkedMultiply(parameters_.replicates, parameters_.generations, "replicates x generations");
      series_.emplace(arguments.object("series"), length);
    }
    if (arguments.has("referenceMean")) {
      referenceMean_.emplace(arguments.float64Array("referenceMean", parameters_.dim));
      referenceCovariance_.emplace(arguments.float64Array(
          "referenceCovariance", checkedMultiply(parameters_.dim, parameters_.dim, "dim x dim")));
    }
  }

  void run(Task& task) override {
    if (referenceMean_) {
      parameters_.referenceMean.assign(referenceMean_->data(), referenceMean_->data() + referenceMean_->size());
      parameters_.referenceCovariance.assign(referenceCovariance_->data(),
                                             referenceCovariance_->data() + referenceCovariance_->size());
    }
    loop::GaussianLoopResult const result = loop::simulateGaussianLoop(parameters_, task);
    std::copy(result.mean.begin(), result.mean.end(), mean_.data());
    std::copy(result.standardError.begin(), result.standardError.end(), standardError_.data());
    if (series_) series_->fill(result.series);
  }

  Napi::Value result(Napi::Env env) override { return env.Undefined(); }

 private:
  [[nodiscard]] std::size_t tableLength() const {
    return checkedMultiply(parameters_.generations, loop::kLoopMetricCount, "generations x metrics");
  }

  loop::GaussianLoopParameters parameters_;
  HeldArray<double> mean_;           // generations x kLoopMetricCount
  HeldArray<double> standardError_;  // likewise
  std::optional<SeriesArrays> series_;
  std::optional<HeldArray<double>> referenceMean_;
  std::optional<HeldArray<double>> referenceCovariance_;
};

}  // namespace

Napi::Value startGaussianLoop(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&] {
    Arguments const arguments(info, "startGaussianLoop");
    return startJob(info.Env(), arguments.size("threads"), std::make_unique<GaussianLoopWork>(arguments));
  });
}

}  // namespace madloop::binding
