#include "core/metrics/precision_recall.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "binding/errors.hpp"
#include "binding/functions.hpp"
#include "binding/job.hpp"
#include "binding/matrices.hpp"
#include "core/base/checked.hpp"

namespace madloop::binding {

namespace {

constexpr std::size_t kMetrics = 4;
constexpr std::size_t kNumbersOfMetric = 4;  // value, standard error, interval

/// Where every sample's numbers go: k's x rows values each.
class SampleArrays {
 public:
  SampleArrays(Arguments const& arguments, std::size_t ks, std::size_t real, std::size_t generated)
      : realRadius_(arguments.float64Array("realRadius", checkedMultiply(ks, real, "k's x rows"))),
        generatedRadius_(
            arguments.float64Array("generatedRadius", checkedMultiply(ks, generated, "k's x rows"))),
        realBallsAroundGenerated_(arguments.float64Array("realBallsAroundGenerated", generatedRadius_.size())),
        generatedBallsAroundReal_(arguments.float64Array("generatedBallsAroundReal", realRadius_.size())),
        generatedInRealBall_(arguments.float64Array("generatedInRealBall", realRadius_.size())) {}

  void fill(metrics::ManifoldSamples const& samples) const {
    copy(samples.realRadius, realRadius_);
    copy(samples.generatedRadius, generatedRadius_);
    copy(samples.realBallsAroundGenerated, realBallsAroundGenerated_);
    copy(samples.generatedBallsAroundReal, generatedBallsAroundReal_);
    copy(samples.generatedInRealBall, generatedInRealBall_);
  }

 private:
  template <class T>
  static void copy(std::vector<T> const& from, HeldArray<double> const& to) {
    std::copy(from.begin(), from.end(), to.data());
  }

  HeldArray<double> realRadius_;
  HeldArray<double> generatedRadius_;
  HeldArray<double> realBallsAroundGenerated_;
  HeldArray<double> generatedBallsAroundReal_;
  HeldArray<double> generatedInRealBall_;
};

class PrecisionRecallWork final : public Work {
 public:
  explicit PrecisionRecallWork(Arguments const& arguments)
      : real_(arguments.object("real")),
        generated_(arguments.object("generated")),
        kCount_(arguments.size("kCount")),
        ks_(arguments.float64Array("ks", kCount_)),
        metrics_(arguments.float64Array(
            "metrics", checkedMultiply(kCount_, kMetrics * kNumbersOfMetric, "k's x metrics x numbers"))) {
    options_.boundary = arguments.choice<neighbours::Boundary>(
        "boundary", {{"closed", neighbours::Boundary::closed}, {"open", neighbours::Boundary::open}});
    options_.standardErrors = arguments.boolean("standardErrors");
    options_.seed = arguments.bigUint64("seed");
    options_.samples = arguments.has("samples");
    checkKs();
    if (options_.samples)
      samples_.emplace(arguments.object("samples"), kCount_, real_.rows(), generated_.rows());
  }

  void run(Task& task) override {
    std::vector<std::size_t> ks;
    for (std::size_t q = 0; q < kCount_; ++q) ks.push_back(static_cast<std::size_t>(ks_.data()[q]));
    auto const points = [](HeldMatrix const& matrix) {
      return matrix.visit([](auto view) { return neighbours::Points(view); });
    };
    metrics::PrecisionRecall const result =
        metrics::precisionRecall(points(real_), points(generated_), ks, options_, task);
    double* out = metrics_.data();
    for (metrics::ManifoldMetrics const& ofK : result.metrics) {
      for (metrics::MetricEstimate const* metric : {&ofK.precision, &ofK.recall, &ofK.density, &ofK.coverage}) {
        for (double const number : {metric->value, metric->standardError, metric->lower, metric->upper})
          *out++ = number;
      }
    }
    if (samples_) samples_->fill(result.samples);
    resolved_ = result.resolved;
  }

  Napi::Value result(Napi::Env env) override {
    Napi::Object object = Napi::Object::New(env);
    object.Set("inDouble", Napi::Number::New(env, static_cast<double>(resolved_.inDouble)));
    object.Set("exactly", Napi::Number::New(env, static_cast<double>(resolved_.exactly)));
    return object;
  }

 private:
  /// What the core relies on: ascending k's from 1, below both numbers of rows; equal dimensions.
  void checkKs() const {
    double previous = 0;
    for (std::size_t q = 0; q < kCount_; ++q) {
      double const k = ks_.data()[q];
      if (!(k > previous && k < static_cast<double>(std::min(real_.rows(), generated_.rows()))))
        throwInvalidInput("startPrecisionRecall: ks must ascend from 1 to below the number of rows");
      previous = k;
    }
    if (kCount_ == 0 || real_.cols() != generated_.cols() || real_.cols() == 0)
      throwInvalidInput(
          "startPrecisionRecall: there must be a k, and real and generated must have the same columns");
  }

  HeldMatrix real_;
  HeldMatrix generated_;
  std::size_t kCount_;
  HeldArray<double> ks_;
  HeldArray<double> metrics_;
  metrics::PrecisionRecallOptions options_;
  std::optional<SampleArrays> samples_;
  neighbours::ResolvedCounts resolved_;
};

}  // namespace

Napi::Value startPrecisionRecall(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&] {
    Arguments const arguments(info, "startPrecisionRecall");
    return startJob(info.Env(), arguments.size("threads"), std::make_unique<PrecisionRecallWork>(arguments));
  });
}

}  // namespace madloop::binding
