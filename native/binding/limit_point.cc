#include <algorithm>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "binding/errors.hpp"
#include "binding/functions.hpp"
#include "binding/job.hpp"
#include "binding/limit_point_estimator.hpp"
#include "core/base/checked.hpp"
#include "core/random/stream.hpp"

namespace madloop::binding {

using gaussian::CovarianceDivisor;

namespace {

/// Domain of streamKey: "limitpt".
constexpr std::uint64_t kDomain = 0x6c696d'69747074ULL;

limits::StationaryLoop readLoop(Arguments const& arguments) {
  limits::StationaryLoop loop;
  loop.variant = arguments.choice<loop::LoopVariant>(
      "variant", {{"synthetic-augmentation", loop::LoopVariant::syntheticAugmentation},
                  {"fresh-data", loop::LoopVariant::freshData}});
  loop.dim = arguments.size("dim");
  loop.real = static_cast<double>(arguments.size("real"));
  loop.synthetic = static_cast<double>(arguments.size("synthetic"));
  loop.lambda = arguments.number("lambda");
  loop.memory = arguments.size("memory");
  loop.divisor = arguments.choice<CovarianceDivisor>(
      "divisor", {{"unbiased", CovarianceDivisor::unbiased}, {"mle", CovarianceDivisor::mle}});
  return loop;
}

std::optional<double> traceOf(std::vector<double> const& covariance, std::size_t dim) {
  if (covariance.empty()) return std::nullopt;
  double sum = 0;
  for (std::size_t i = 0; i < dim; ++i) sum += covariance[i * (dim + 1)];
  return sum;
}

Napi::Object numbers(Napi::Env env, std::initializer_list<std::pair<char const*, double>> members) {
  Napi::Object object = Napi::Object::New(env);
  for (auto const& [name, value] : members) object.Set(name, Napi::Number::New(env, value));
  return object;
}

class LimitPointChainsWork final : public Work {
 public:
  explicit LimitPointChainsWork(Arguments const& arguments) {
    for (Arguments const& item : arguments.list("work")) {
      auto const& estimator = item.instance<LimitPointEstimator>("estimator");
      std::size_t const count = item.size("count");
      std::size_t const length = checkedMultiply(count, estimator.chains()->width(), "count x width");
      chains_.push_back(estimator.chains());
      sums_.push_back(item.float64Array("sums", length));
      work_.push_back(
          {chains_.back().get(), estimator.schedule(), item.size("first"), count, sums_.back().data()});
    }
  }

  void run(Task& task) override { limits::simulateLimitPointChains(work_, task); }

  Napi::Value result(Napi::Env env) override { return env.Undefined(); }

 private:
  std::vector<std::shared_ptr<limits::LimitPointChains>> chains_;
  std::vector<HeldArray<double>> sums_;
  std::vector<limits::LimitPointWork> work_;
};

}  // namespace

Napi::Function LimitPointEstimator::define(Napi::Env env) {
  return DefineClass(
      env, "LimitPointEstimator",
      {InstanceMethod<&LimitPointEstimator::next>("next"), InstanceMethod<&LimitPointEstimator::add>("add"),
       InstanceMethod<&LimitPointEstimator::result>("result"),
       InstanceMethod<&LimitPointEstimator::state>("state"),
       InstanceAccessor<&LimitPointEstimator::width>("width"),
       InstanceAccessor<&LimitPointEstimator::relativeError>("relativeError"),
       InstanceAccessor<&LimitPointEstimator::schedule>("schedule")});
}

LimitPointEstimator::LimitPointEstimator(Napi::CallbackInfo const& info)
    : Napi::ObjectWrap<LimitPointEstimator>(info) {
  (void)guarded(info.Env(), [&]() -> Napi::Value {
    construct(Arguments(info, "LimitPointEstimator"));
    info.This().As<Napi::Object>().TypeTag(&kTypeTag);
    return info.Env().Undefined();
  });
}

void LimitPointEstimator::construct(Arguments const& arguments) {
  limits::StationaryLoop const loop = readLoop(arguments);
  std::vector<double> covariance;
  if (arguments.has("referenceCovariance")) {
    HeldArray<double> const given =
        arguments.float64Array("referenceCovariance", checkedMultiply(loop.dim, loop.dim, "dim x dim"));
    covariance.assign(given.data(), given.data() + given.size());
  }
  limits::LimitPointTheory theory(loop, traceOf(covariance, loop.dim));
  estimator_.emplace(theory, arguments.number("relativeError"));
  if (arguments.has("state")) {
    HeldArray<double> const state = arguments.float64Array("state");
    estimator_->restore({state.data(), state.data() + state.size()});
  }
  chains_ = std::make_shared<limits::LimitPointChains>(std::move(theory), std::move(covariance),
                                                       random::streamKey(arguments.bigUint64("seed"), kDomain));
}

Napi::Value LimitPointEstimator::next(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    std::optional<limits::WantedChains> const wanted = estimator_->next();
    if (!wanted) return info.Env().Undefined();
    return numbers(info.Env(), {{"first", static_cast<double>(wanted->first)},
                                {"count", static_cast<double>(wanted->count)},
                                {"seconds", wanted->seconds}});
  });
}

Napi::Value LimitPointEstimator::add(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    Arguments const arguments(info, "LimitPointEstimator.add");
    HeldArray<double> const sums = arguments.float64Array("sums");
    estimator_->add(arguments.size("first"), std::span(sums.data(), sums.size()));
    return info.Env().Undefined();
  });
}

Napi::Value LimitPointEstimator::result(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    limits::LimitPoint const& limit = estimator_->result();
    return numbers(info.Env(), {{"distance", limit.distance},
                                {"standardError", limit.standardError},
                                {"lower", limit.lower},
                                {"upper", limit.upper},
                                {"generations", static_cast<double>(limit.generations)},
                                {"chains", static_cast<double>(limit.chains)},
                                {"burnIn", static_cast<double>(limit.burnIn)},
                                {"relaxationTime", limit.relaxationTime},
                                {"controls", static_cast<double>(limit.controls)},
                                {"varianceReduction", limit.varianceReduction},
                                {"heavyTails", limit.heavyTails ? 1.0 : 0.0}});
  });
}

Napi::Value LimitPointEstimator::state(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    std::vector<double> const values = estimator_->state();
    Napi::Float64Array state = Napi::Float64Array::New(info.Env(), values.size());
    std::copy(values.begin(), values.end(), state.Data());
    return state;
  });
}

Napi::Value LimitPointEstimator::width(Napi::CallbackInfo const& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(estimator_->width()));
}

Napi::Value LimitPointEstimator::relativeError(Napi::CallbackInfo const& info) {
  std::optional<double> const reached = estimator_->relativeError();
  return reached ? Napi::Number::New(info.Env(), *reached) : info.Env().Null();
}

Napi::Value LimitPointEstimator::schedule(Napi::CallbackInfo const& info) {
  limits::LimitPointSchedule const& schedule = estimator_->schedule();
  return numbers(info.Env(), {{"burnIn", static_cast<double>(schedule.burnIn)},
                              {"stride", static_cast<double>(schedule.stride)},
                              {"recordings", static_cast<double>(schedule.recordings)},
                              {"centre", schedule.centre}});
}

Napi::Value startLimitPointChains(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&] {
    Arguments const arguments(info, "startLimitPointChains");
    return startJob(info.Env(), arguments.size("threads"), std::make_unique<LimitPointChainsWork>(arguments));
  });
}

}  // namespace madloop::binding
