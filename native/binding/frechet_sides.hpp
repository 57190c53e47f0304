// The sides of a Frechet distance as they come from JavaScript: samples, or Gaussians.
#pragma once

#include <variant>

#include "binding/matrices.hpp"
#include "core/metrics/frechet_sample.hpp"

namespace madloop::binding {

using HeldSide = std::variant<HeldMatrix, HeldGaussian>;

/// An object with `data` is a matrix, any other a Gaussian.
HeldSide holdSide(Arguments const& arguments);

/// The side for the core, where its values lie. Any thread.
metrics::FrechetSide coreSide(HeldSide const& side);

}  // namespace madloop::binding
