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

FactoredGaussian factorSide(HeldSide const& side, Task& task, char const* argument) {
  if (auto const* gaussian = std::get_if<HeldGaussian>(&side))
    return factorMoments(gaussian->view(), task, argument);
  return madloop::factorSide(coreSide(side), task, argument);
}

}  // namespace madloop::binding
