#include "core/limits/effective_sample_size.hpp"

#include <memory>
#include <vector>

#include "binding/arguments.hpp"
#include "binding/errors.hpp"
#include "binding/functions.hpp"
#include "binding/job.hpp"

namespace madloop::binding {

using gaussian::CovarianceDivisor;

namespace {

/// Many distances at once: a column an array.
class EffectiveSampleSizesWork final : public Work {
 public:
  explicit EffectiveSampleSizesWork(Arguments const& arguments)
      : distances_(arguments.size("count")),
        samples_(column(arguments, "samples")),
        samplesLower_(column(arguments, "samplesLower")),
        samplesUpper_(column(arguments, "samplesUpper")) {
    HeldArray<double> const dim = column(arguments, "dim");
    HeldArray<double> const mle = column(arguments, "mle");
    HeldArray<double> const deterministic = column(arguments, "deterministic");
    HeldArray<double> const distance = column(arguments, "distance");
    HeldArray<double> const lower = column(arguments, "lower");
    HeldArray<double> const upper = column(arguments, "upper");
    for (std::size_t i = 0; i < distances_.size(); ++i) {
      limits::ReferenceCurve const referenceCurve{
          arguments.sizeAt(dim, i, "dim"),
          mle.data()[i] != 0 ? CovarianceDivisor::mle : CovarianceDivisor::unbiased,
          deterministic.data()[i] != 0,
      };
      distances_[i] = {referenceCurve, distance.data()[i], lower.data()[i], upper.data()[i]};
    }
  }

  void run(Task& task) override {
    std::vector<limits::SampleSizes> const sizes = limits::effectiveSampleSizes(distances_, task);
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      samples_.data()[i] = sizes[i].value;
      samplesLower_.data()[i] = sizes[i].lower;
      samplesUpper_.data()[i] = sizes[i].upper;
    }
  }

  Napi::Value result(Napi::Env env) override { return env.Undefined(); }

 private:
  [[nodiscard]] HeldArray<double> column(Arguments const& arguments, char const* name) const {
    return arguments.float64Array(name, distances_.size());
  }

  std::vector<limits::DistanceToConvert> distances_;
  HeldArray<double> samples_;
  HeldArray<double> samplesLower_;
  HeldArray<double> samplesUpper_;
};

}  // namespace

Napi::Value startEffectiveSampleSizes(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&] {
    Arguments const arguments(info, "startEffectiveSampleSizes");
    return startJob(info.Env(), arguments.size("threads"),
                    std::make_unique<EffectiveSampleSizesWork>(arguments));
  });
}

}  // namespace madloop::binding
