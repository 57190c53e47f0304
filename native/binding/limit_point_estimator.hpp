// The estimate of a limit point as an object of JavaScript's.
#pragma once

#include <memory>
#include <optional>

#include "binding/arguments.hpp"
#include "binding/napi.hpp"
#include "core/limits/limit_point_chain.hpp"
#include "core/limits/limit_point_estimator.hpp"

namespace madloop::binding {

/// Lives on the JavaScript thread, with the object that it is wrapped in. A job that runs chains shares them,
/// so that they outlive an object that is collected meanwhile; nothing else of this is seen by a job's thread.
class LimitPointEstimator final : public Napi::ObjectWrap<LimitPointEstimator> {
 public:
  static constexpr napi_type_tag kTypeTag{0x6d61646c6f6f7000ULL, 0x6c696d6974707400ULL};

  /// The class, for the addon's exports.
  static Napi::Function define(Napi::Env env);

  explicit LimitPointEstimator(Napi::CallbackInfo const& info);

  [[nodiscard]] std::shared_ptr<limits::LimitPointChains> const& chains() const { return chains_; }
  [[nodiscard]] limits::LimitPointSchedule const& schedule() const { return estimator_->schedule(); }

 private:
  void construct(Arguments const& arguments);

  Napi::Value next(Napi::CallbackInfo const& info);
  Napi::Value add(Napi::CallbackInfo const& info);
  Napi::Value result(Napi::CallbackInfo const& info);
  Napi::Value state(Napi::CallbackInfo const& info);
  Napi::Value width(Napi::CallbackInfo const& info);
  Napi::Value relativeError(Napi::CallbackInfo const& info);
  Napi::Value schedule(Napi::CallbackInfo const& info);

  std::shared_ptr<limits::LimitPointChains> chains_;
  std::optional<limits::LimitPointEstimator> estimator_;  // empty in the constructor alone
};

}  // namespace madloop::binding
