// The check of a covariance that a caller gives.
#pragma once

#include <string>

#include "core/base/task.hpp"
#include "core/base/view.hpp"
#include "core/linalg/matrix.hpp"

namespace madloop::gaussian {

/// Symmetric part, in float64, of a square matrix given row-major, after checking it: finite, symmetric up to
/// the rounding of T, diagonal not negative. Errors: invalidInput for a NaN or infinity,
/// notPositiveSemidefinite for the rest, with the place; `argument` names the matrix.
template <class T>
linalg::Matrix checkedCovariance(MatrixView<T> given, std::string const& argument, Task const& task);

/// A number in a message.
std::string messageNumber(double value);

}  // namespace madloop::gaussian
