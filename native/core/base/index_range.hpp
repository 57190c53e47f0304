// Consecutive indices, and how they are cut into pieces: by size alone, so that results never depend on the
// number of threads.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>

namespace madloop {

/// The indices from begin to end - 1.
template <class Integer>
struct Range {
  Integer begin = 0;
  Integer end = 0;
  [[nodiscard]] constexpr Integer size() const { return end - begin; }
};

using IndexRange = Range<std::size_t>;

/// How many pieces of `length` indices a range has, the last one shorter.
template <class Integer>
constexpr Integer pieceCount(Range<Integer> range, std::type_identity_t<Integer> length) {
  return (range.size() + length - 1) / length;
}

/// The piece of `length` indices that starts with `begin`, shorter at the end of the range.
template <class Integer>
constexpr Range<Integer> pieceFrom(Integer begin, Range<Integer> range, std::type_identity_t<Integer> length) {
  return {begin, std::min(range.end, begin + length)};
}

/// Calls body(piece) for one piece after the other.
template <class Integer, class Body>
void forPieces(Range<Integer> range, std::type_identity_t<Integer> length, Body const& body) {
  for (Integer begin = range.begin; begin < range.end; begin += length) body(pieceFrom(begin, range, length));
}

}  // namespace madloop
