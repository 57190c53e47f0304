#include "binding/frechet_sides.hpp"

namespace madloop::binding {

namespace {

struct ToCore {
  metrics::FrechetSide operator()(HeldMatrix const& matrix) const {
    return matrix.visit([](auto view) { return metrics::FrechetSide(view); });
  }
  metrics::FrechetSide operator()(HeldGaussian const& held) const { return held.view(); }
};

}  // namespace

HeldSide holdSide(Arguments const& arguments) {
  if (arguments.has("data")) return HeldMatrix(arguments);
  return HeldGaussian(arguments);
}

metrics::FrechetSide coreSide(HeldSide const& side) { return std::visit(ToCore{}, side); }

}  // namespace madloop::binding
