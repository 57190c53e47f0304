// The coordinates in which distances between points are first computed, in float32, with what is proved about
// their rounding errors.
//
// A point x becomes scale * (x - centre), rounded to float32: distances do not depend on the centre, and near
// it the rounding is smallest. Between two such points |x|^2 + |y|^2 - 2 x y needs one multiply-add a
// coordinate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/task.hpp"
#include "core/neighbours/points.hpp"

namespace madloop::neighbours {

/// Scaled squared distances: a true value lies in [lower, upper].
struct Interval {
  double lower;
  double upper;
};

struct Frame {
  std::vector<double> scaledCentre;  // scale * centre
  double scale = 1;                  // a power of two that brings coordinates to at most 1 in size

  /// The squared distance computed in float32 differs from scale^2 times the true one by at most
  /// relativeError * (|x|^2 + |y|^2) + absoluteError.
  double relativeError = 0;
  double absoluteError = 0;
  /// The squared distance summed up in float64 differs by at most this share of itself, and
  /// doubleAbsoluteError.
  double doubleRelativeError = 0;
  double doubleAbsoluteError = 0;

  /// Whether the data are few enough digits wide (integers below 2^10 at 16 columns, say) for float32 or
  /// float64 sums to be exact; the errors above are then 0.
  bool exactInFloat = false;
  bool exactInDouble = false;

  /// One coordinate of a point, as the tiles see it.
  template <class T>
  [[nodiscard]] float coordinate(T value, std::size_t column) const {
    return static_cast<float>(scale * static_cast<double>(value) - scaledCentre[column]);
  }
};

/// A set of points in a frame.
struct FramedPoints {
  Points points;
  std::vector<std::uint32_t> identities;  // equal for points that are equal: see identity.hpp
  std::vector<double> squaredNorms;       // sums of squares of each point's rounded coordinates
};

/// The inner sums of a tile run over this many columns at a time (the chain of roundings is as long).
constexpr std::size_t kTileDepth = 256;

/// A frame for one or more sets of points of the same dimension; `names` of the sets for messages. Errors: no
/// rows or columns, more rows than 32 bits count, NaN or infinity (named by row and column).
Frame makeFrame(std::span<Points const> sets, std::span<char const* const> names, Task& task);

/// The points with their squared norms in the frame.
FramedPoints inFrame(Points points, std::vector<std::uint32_t> identities, Frame const& frame,
                     Task const& task);

}  // namespace madloop::neighbours
