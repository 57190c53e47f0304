// The exponentials behind posterior probabilities: most of the work of a step of expectation-maximisation.
#pragma once

namespace madloop::mixture {

/// terms[i] becomes e^(terms[i] - largest[i]) (0 below e^-700) and is added to sum[i], for the kTileRows rows
/// of a tile; terms[i] <= largest[i]. All aligned to kPanelAlignment.
using AddExponentials = void (*)(double* terms, double const* largest, double* sum);

/// The fastest that this processor runs. Every one gives the same bits: no element's operations depend on
/// another's.
AddExponentials addExponentials();

/// The plain one that every build has: for tests.
AddExponentials portableAddExponentials();

}  // namespace madloop::mixture
