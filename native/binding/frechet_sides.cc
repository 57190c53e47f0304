#include "binding/frechet_sides.hpp"

namespace madloop::binding {

namespace {

struct ToCore {
  FrechetSide operator()(HeldMatrix const& matrix) const {
    return matrix.visit([](auto view) { return FrechetSide(view); });
  }
  FrechetSide operator()(HeldGaussian const& gaussian) const { return gaussian.copy(); }
};

}  // namespace

HeldSide holdSide(Arguments const& arguments) {
  if (arguments.has("data")) return HeldMatrix(arguments);
  return HeldGaussian(arguments);
}

FrechetSide coreSide(HeldSide const& side) { return std::visit(ToCore{}, side); }

}  // namespace madloop::binding
