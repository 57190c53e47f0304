#include "core/checked_covariance.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <vector>

#include "core/base/finite.hpp"
#include "core/base/parallel.hpp"

namespace madloop {

namespace {

/// Edge of the tiles by which a matrix is compared with its transpose.
constexpr std::size_t kTile = 64;

std::string place(std::size_t i, std::size_t j) {
  return "[" + std::to_string(i) + "][" + std::to_string(j) + "]";
}

/// The largest entry in size; all must be finite.
template <class T>
double largestEntry(MatrixView<T> given, std::string const& argument, Task const& task) {
  std::vector<double> largest((given.rows + kTile - 1) / kTile, 0.0);
  parallelFor(task, largest.size(), [&](std::size_t tile) {
    for (std::size_t i = tile * kTile; i < std::min((tile + 1) * kTile, given.rows); ++i) {
      for (std::size_t j = 0; j < given.cols; ++j) {
        auto const value = static_cast<double>(given.row(i)[j]);
        if (!std::isfinite(value)) {
          throwNotFinite(argument, value, placeInMatrix(i, j));
        }
        largest[tile] = std::max(largest[tile], std::abs(value));
      }
    }
  });
  return largest.empty() ? 0 : *std::max_element(largest.begin(), largest.end());
}

}  // namespace

std::string messageNumber(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.17g", value);
  return text;
}

template <class T>
Matrix checkedCovariance(MatrixView<T> given, std::string const& argument, Task const& task) {
  std::size_t const dim = given.rows;
  // Rounding of a product of d terms in either order: 2 d eps of the largest entry at worst.
  double const eps = std::numeric_limits<T>::epsilon();
  double const tolerance = 2 * static_cast<double>(dim + 8) * eps * largestEntry(given, argument, task);
  Matrix covariance = freshMatrix(static_cast<Index>(dim), static_cast<Index>(dim));
  auto take = [&](std::size_t i, std::size_t j) {
    auto const lower = static_cast<double>(given.row(i)[j]);
    auto const upper = static_cast<double>(given.row(j)[i]);
    // Halves, since the sum or the difference of two entries may overflow.
    double const difference = 2 * std::abs(lower / 2 - upper / 2);
    if (difference > tolerance) {
      throw Error(ErrorCode::notPositiveSemidefinite, argument + " must be symmetric, got |" + place(j, i) +
                                                          " - " + place(i, j) +
                                                          "| = " + messageNumber(difference));
    }
    auto const row = static_cast<Index>(i);
    auto const column = static_cast<Index>(j);
    covariance(row, column) = covariance(column, row) = lower / 2 + upper / 2;
    if (i == j && lower < 0) {
      throw Error(ErrorCode::notPositiveSemidefinite, argument + " must be positive semidefinite, got " +
                                                          messageNumber(lower) + " at " + place(i, i));
    }
  };
  parallelFor(task, (dim + kTile - 1) / kTile, [&](std::size_t tile) {
    std::size_t const top = tile * kTile;
    for (std::size_t left = 0; left <= top; left += kTile) {
      for (std::size_t i = top; i < std::min(top + kTile, dim); ++i) {
        for (std::size_t j = left; j < std::min(left + kTile, i + 1); ++j) take(i, j);
      }
    }
  });
  return covariance;
}

template Matrix checkedCovariance<float>(MatrixView<float>, std::string const&, Task const&);
template Matrix checkedCovariance<double>(MatrixView<double>, std::string const&, Task const&);

}  // namespace madloop
