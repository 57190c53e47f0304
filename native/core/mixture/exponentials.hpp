// The exponentials behind posterior probabilities: most of the work of a step of expectation-maximisation.
#pragma once

#include "core/base/dispatch.hpp"

namespace madloop::mixture {

/// terms[i] becomes e^(terms[i] - largest[i]) (0 below e^-700) and is added to sum[i], for the kTileRows rows
/// of a tile; terms[i] <= largest[i]. All aligned to kPanelAlignment.
using AddExponentials = void (*)(double* terms, double const* largest, double* sum);

/// No element's operations depend on another's, so that every implementation gives the same bits.
extern Kernel<AddExponentials> const addExponentials;

}  // namespace madloop::mixture
