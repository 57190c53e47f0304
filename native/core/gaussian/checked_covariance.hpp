// The check of a covariance that a caller gives.
#pragma once

#include <limits>
#include <string>

#include "core/base/task.hpp"
#include "core/base/view.hpp"
#include "core/linalg/matrix.hpp"

namespace madloop::gaussian {

/// How well the entries of a covariance are known.
struct EntryAccuracy {
  /// Unit of rounding of the type in which they were stored or computed.
  double eps = std::numeric_limits<double>::epsilon();
  /// The largest error of an entry that a mean of their size explains, in formulas of one pass.
  double fromMean = 0;
};

/// Symmetric part, in float64, of a square matrix given row-major, after checking it: finite, symmetric up to
/// what its accuracy says, diagonal not negative. Errors: invalidInput for a NaN or infinity,
/// notPositiveSemidefinite for the rest, with the place; `argument` names the matrix.
template <class T>
linalg::Matrix checkedCovariance(MatrixView<T> given, std::string const& argument, EntryAccuracy accuracy,
                                 Task const& task);

/// Throws notPositiveSemidefinite for these eigenvalues.
[[noreturn]] void throwIndefinite(std::string const& argument, double smallest, double largest);

/// What to do about a covariance that is not one by so little that rounding may be why; empty where it may not.
std::string adviceOnRounding(double excess, double largest);

/// A number in a message.
std::string messageNumber(double value);

}  // namespace madloop::gaussian
