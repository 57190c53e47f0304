#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "binding/arguments.hpp"
#include "binding/errors.hpp"
#include "binding/functions.hpp"
#include "binding/job.hpp"
#include "core/base/checked.hpp"
#include "core/limits/limit_point_cell.hpp"
#include "core/limits/limit_point_chain.hpp"
#include "core/limits/limit_point_controls.hpp"
#include "core/limits/limit_point_estimate.hpp"
#include "core/random/stream.hpp"

namespace madloop::binding {

using gaussian::CovarianceDivisor;

namespace {

/// Domain of streamKey: "limitpt".
constexpr std::uint64_t kDomain = 0x6c696d'69747074ULL;

loop::GaussianLoopParameters readLoop(Arguments const& arguments) {
  loop::GaussianLoopParameters parameters;
  parameters.variant = arguments.choice<loop::LoopVariant>(
      "variant", {{"synthetic-augmentation", loop::LoopVariant::syntheticAugmentation},
                  {"fresh-data", loop::LoopVariant::freshData}});
  parameters.dim = arguments.size("dim");
  parameters.real = arguments.size("real");
  parameters.synthetic = arguments.size("synthetic");
  parameters.lambda = arguments.number("lambda");
  parameters.memory = arguments.size("memory");
  parameters.divisor = arguments.choice<CovarianceDivisor>(
      "divisor", {{"unbiased", CovarianceDivisor::unbiased}, {"mle", CovarianceDivisor::mle}});
  return parameters;
}

limits::LimitPointSchedule readSchedule(Arguments const& arguments) {
  limits::LimitPointSchedule schedule;
  schedule.burnIn = arguments.size("burnIn");
  schedule.stride = arguments.size("stride");
  schedule.recordings = arguments.size("recordings");
  schedule.centre = arguments.number("centre");
  return schedule;
}

class LimitPointChainsWork final : public Work {
 public:
  explicit LimitPointChainsWork(Arguments const& arguments) {
    for (Arguments const& item : arguments.list("work")) {
      limits::LimitPointWork work;
      work.parameters = readLoop(item);
      work.key = random::streamKey(item.bigUint64("seed"), kDomain);
      work.schedule = readSchedule(item);
      work.first = item.size("first");
      work.count = item.size("count");
      work.width = limits::chainWidth(item.size("controls"));
      sums_.push_back(item.float64Array("sums", checkedMultiply(work.count, work.width, "count x width")));
      work.sums = sums_.back().data();
      std::size_t const dim = work.parameters.dim;
      references_.emplace_back();
      if (item.has("referenceCovariance"))
        references_.back().emplace(
            item.float64Array("referenceCovariance", checkedMultiply(dim, dim, "dim x dim")));
      work_.push_back(std::move(work));
    }
  }

  void run(Task& task) override {
    for (std::size_t i = 0; i < work_.size(); ++i) {
      if (references_[i])
        work_[i].parameters.referenceCovariance.assign(references_[i]->data(),
                                                       references_[i]->data() + references_[i]->size());
    }
    limits::simulateLimitPointChains(work_, task);
  }

  Napi::Value result(Napi::Env env) override { return env.Undefined(); }

 private:
  std::vector<limits::LimitPointWork> work_;
  std::vector<HeldArray<double>> sums_;
  std::vector<std::optional<HeldArray<double>>> references_;
};

}  // namespace

Napi::Value planLimitPoint(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    Arguments const arguments(info, "planLimitPoint");
    std::optional<limits::ReferenceMetric> metric;
    if (arguments.has("referenceTrace"))
      metric = limits::ReferenceMetric{arguments.number("referenceTrace"), {}};
    limits::LimitPointCell const cell(readLoop(arguments), std::move(metric));
    limits::LimitPointSchedule const schedule = cell.schedule(arguments.number("relativeError"));
    std::size_t const controls = limits::LimitPointControls::count(cell);
    Napi::Object plan = Napi::Object::New(info.Env());
    auto set = [&](char const* name, double value) { plan.Set(name, Napi::Number::New(info.Env(), value)); };
    set("burnIn", static_cast<double>(schedule.burnIn));
    set("stride", static_cast<double>(schedule.stride));
    set("recordings", static_cast<double>(schedule.recordings));
    set("centre", schedule.centre);
    set("controls", static_cast<double>(controls));
    set("width", static_cast<double>(limits::chainWidth(controls)));
    set("accumulatorLength", static_cast<double>(limits::limitPointAccumulatorLength(controls)));
    set("relaxationTime", cell.relaxationTime());
    set("seconds", cell.seconds(schedule));
    return plan;
  });
}

Napi::Value startLimitPointChains(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&] {
    Arguments const arguments(info, "startLimitPointChains");
    return startJob(info.Env(), arguments.size("threads"), std::make_unique<LimitPointChainsWork>(arguments));
  });
}

Napi::Value addLimitPointChains(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    Arguments const arguments(info, "addLimitPointChains");
    std::size_t const controls = arguments.size("controls");
    std::size_t const count = arguments.size("count");
    HeldArray<double> const accumulator =
        arguments.float64Array("accumulator", limits::limitPointAccumulatorLength(controls));
    HeldArray<double> const sums =
        arguments.float64Array("sums", checkedMultiply(count, limits::chainWidth(controls), "count x width"));
    limits::addLimitPointChains(controls, accumulator.data(), sums.data(), arguments.size("first"), count);
    return info.Env().Undefined();
  });
}

Napi::Value estimateLimitPoint(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    Arguments const arguments(info, "estimateLimitPoint");
    std::size_t const controls = arguments.size("controls");
    HeldArray<double> const accumulator =
        arguments.float64Array("accumulator", limits::limitPointAccumulatorLength(controls));
    limits::LimitPointEstimate const estimate =
        limits::estimateLimitPoint(readSchedule(arguments), controls, accumulator.data());
    Napi::Object result = Napi::Object::New(info.Env());
    auto set = [&](char const* name, double value) { result.Set(name, Napi::Number::New(info.Env(), value)); };
    set("distance", estimate.distance);
    set("standardError", estimate.standardError);
    set("low", estimate.low);
    set("high", estimate.high);
    set("varianceReduction", estimate.varianceReduction);
    set("varianceOfMean", estimate.varianceOfMean);
    set("drift", estimate.drift);
    return result;
  });
}

}  // namespace madloop::binding
