#include "core/random/wishart.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/checked.hpp"
#include "core/random/gamma.hpp"
#include "core/random/normal.hpp"

namespace madloop::random {

namespace {

constexpr std::uint64_t kChiSquareBlocks = kStreamBlocks / 2;  // where they start

}  // namespace

void bartlettFactor(Stream const& stream, std::size_t rows, std::uint64_t dof, double* out) {
  std::size_t const cols = std::min<std::uint64_t>(rows, dof);
  if (cols == 0) return;

  // All normals in one fill, packed at the front of `out`: column j has rows - 1 - j of them.
  std::size_t packed = checkedMultiply(rows, cols, "bartlettFactor: rows x columns") - cols * (cols + 1) / 2;
  if (packed / 2 >= kChiSquareBlocks) {
    throw Error(ErrorCode::internal, "bartlettFactor: the normals would run into the chi-squares");
  }
  fillNormals(stream, 0, out, packed);
  // Then each column to its place, from the last to the first: a column's place never lies before its packed
  // numbers, so what is still to be moved is never overwritten.
  for (std::size_t j = cols; j-- > 0;) {
    double* const column = out + j * rows;
    packed -= rows - 1 - j;
    std::copy_backward(out + packed, out + packed + (rows - 1 - j), column + rows);
    std::fill(column, column + j, 0.0);
  }

  constexpr std::size_t batch = 64;
  double chiSquares[batch];
  double degrees[batch];
  for (std::size_t start = 0; start < cols; start += batch) {
    std::size_t const count = std::min(batch, cols - start);
    for (std::size_t i = 0; i < count; ++i) degrees[i] = static_cast<double>(dof - start - i);
    fillChiSquares(stream, kChiSquareBlocks + start * kVariateBlocks, degrees, count, chiSquares);
    for (std::size_t i = 0; i < count; ++i) out[(start + i) * (rows + 1)] = std::sqrt(chiSquares[i]);
  }
}

}  // namespace madloop::random
