#include "binding/frechet_sides.hpp"

namespace madloop::binding {

namespace {

struct ToCore {
  metrics::FrechetSide operator()(HeldMatrix const& matrix) const {
    return matrix.visit([](auto view) { return metrics::FrechetSide(view); });
  }
  metrics::FrechetSide operator()(HeldGaussian const& held) const { return held.copy(); }
};

}  // namespace

HeldSide holdSide(Arguments const& arguments) {
  if (arguments.has("data")) return HeldMatrix(arguments);
  return HeldGaussian(arguments);
}

metrics::FrechetSide coreSide(HeldSide const& side) { return std::visit(ToCore{}, side); }

gaussian::FactoredGaussian factorSide(HeldSide const& side, Task& task, char const* argument) {
  if (auto const* held = std::get_if<HeldGaussian>(&side))
    return gaussian::factorMoments(held->view(), task, argument);
  return metrics::factorSide(coreSide(side), task, argument);
}

}  // namespace madloop::binding
