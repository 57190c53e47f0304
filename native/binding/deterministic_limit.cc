#include "core/limits/deterministic_limit.hpp"

#include <memory>
#include <vector>

#include "binding/arguments.hpp"
#include "binding/errors.hpp"
#include "binding/functions.hpp"
#include "binding/job.hpp"
#include "core/base/parallel.hpp"
#include "core/limits/stationary_moments.hpp"

namespace madloop::binding {

using gaussian::CovarianceDivisor;

namespace {

/// Many loops at once: a column an array.
class DeterministicLimitsWork final : public Work {
 public:
  explicit DeterministicLimitsWork(Arguments const& arguments)
      : loops_(arguments.size("count")),
        distance_(column(arguments, "distance")),
        dispersion_(column(arguments, "dispersion")),
        relaxationTime_(column(arguments, "relaxationTime")) {
    HeldArray<double> const dim = column(arguments, "dim");
    HeldArray<double> const real = column(arguments, "real");
    HeldArray<double> const synthetic = column(arguments, "synthetic");
    HeldArray<double> const lambda = column(arguments, "lambda");
    HeldArray<double> const mle = column(arguments, "mle");
    for (std::size_t i = 0; i < loops_.size(); ++i) {
      loops_[i] = {arguments.sizeAt(dim, i, "dim"), real.data()[i], synthetic.data()[i], lambda.data()[i],
                   mle.data()[i] != 0 ? CovarianceDivisor::mle : CovarianceDivisor::unbiased};
    }
  }

  void run(Task& task) override {
    task.expect(loops_.size());
    parallelFor(task, loops_.size(), [&](std::size_t i) {
      limits::DeterministicLimit const limit = limits::deterministicLimit(loops_[i], task);
      distance_.data()[i] = limit.distance;
      dispersion_.data()[i] = limit.dispersion;
      relaxationTime_.data()[i] = limits::relaxationTime(loops_[i]);
      task.add(1);
    });
  }

  Napi::Value result(Napi::Env env) override { return env.Undefined(); }

 private:
  [[nodiscard]] HeldArray<double> column(Arguments const& arguments, char const* name) const {
    return arguments.float64Array(name, loops_.size());
  }

  std::vector<limits::StationaryLoop> loops_;
  HeldArray<double> distance_;
  HeldArray<double> dispersion_;
  HeldArray<double> relaxationTime_;
};

}  // namespace

Napi::Value startDeterministicLimits(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&] {
    Arguments const arguments(info, "startDeterministicLimits");
    return startJob(info.Env(), arguments.size("threads"),
                    std::make_unique<DeterministicLimitsWork>(arguments));
  });
}

}  // namespace madloop::binding
