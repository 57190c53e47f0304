#include "core/gaussian/checked_covariance.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <vector>

#include "core/base/finite.hpp"
#include "core/base/parallel.hpp"

namespace madloop::gaussian {

using linalg::Index;

namespace {

/// Edge of the tiles by which a matrix is compared with its transpose.
constexpr std::size_t kTile = 64;

std::string place(std::size_t i, std::size_t j) {
  return "[" + std::to_string(i) + "][" + std::to_string(j) + "]";
}

/// Entries of a row that are looked at side by side.
constexpr std::size_t kRunning = 16;

template <class T>
void throwFirstNotFinite(T const* row, std::size_t cols, std::size_t i, std::string const& argument) {
  for (std::size_t j = 0; j < cols; ++j) {
    auto const value = static_cast<double>(row[j]);
    if (!std::isfinite(value)) throwNotFinite(argument, value, placeInMatrix(i, j));
  }
}

/// The largest entry in size; all must be finite.
template <class T>
double largestEntry(MatrixView<T> given, std::string const& argument, Task const& task) {
  IndexRange const all{0, given.rows};
  std::vector<double> largest(pieceCount(all, kTile), 0.0);
  parallelForPieces(task, all, kTile, [&](IndexRange rows) {
    double& largestHere = largest[rows.begin / kTile];
    for (std::size_t i = rows.begin; i < rows.end; ++i) {
      T const* const row = given.row(i);
      // Several running maxima need not wait for each other.
      std::array<double, kRunning> most{};
      std::array<double, kRunning> zeros{};
      std::size_t const whole = given.cols / kRunning * kRunning;
      auto add = [&](std::size_t k, T entry) {
        double const value = std::abs(static_cast<double>(entry));
        most[k] = most[k] < value ? value : most[k];
        zeros[k] += value * 0;  // NaN from an infinity or a NaN on
      };
      for (std::size_t j = 0; j < whole; j += kRunning) {
        for (std::size_t k = 0; k < kRunning; ++k) add(k, row[j + k]);
      }
      for (std::size_t j = whole; j < given.cols; ++j) add(j - whole, row[j]);
      for (std::size_t k = 0; k < kRunning; ++k) {
        if (std::isnan(zeros[k])) throwFirstNotFinite(row, given.cols, i, argument);
        largestHere = std::max(largestHere, most[k]);
      }
    }
  });
  return largest.empty() ? 0 : *std::max_element(largest.begin(), largest.end());
}

/// Names the first entry below the diagonal that differs from its counterpart.
template <class T>
[[noreturn]] void throwAsymmetric(MatrixView<T> given, std::string const& argument, double tolerance,
                                  double largest) {
  for (std::size_t i = 0; i < given.rows; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      auto const lower = static_cast<double>(given.row(i)[j]);
      auto const upper = static_cast<double>(given.row(j)[i]);
      double const difference = 2 * std::abs(lower / 2 - upper / 2);
      if (!(difference > tolerance)) continue;
      throw Error(ErrorCode::notPositiveSemidefinite,
                  argument + " must be symmetric, got |" + place(j, i) + " - " + place(i, j) +
                      "| = " + messageNumber(difference) + adviceOnRounding(difference, largest));
    }
  }
  throw Error(ErrorCode::internal, "throwAsymmetric: " + argument + " is symmetric");
}

}  // namespace

std::string messageNumber(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.17g", value);
  return text;
}

std::string adviceOnRounding(double excess, double largest) {
  // Rounding in half precision, or in single precision of a formula of one pass, does no more.
  constexpr double kRounding = 1e-2;
  if (!(excess < kRounding * largest)) return "";
  return ": if that is rounding of a covariance computed in single precision, give it as float32; else compute "
         "it in float64 in two passes, or replace it by its symmetric part without negative eigenvalues";
}

void throwIndefinite(std::string const& argument, double smallest, double largest) {
  throw Error(ErrorCode::notPositiveSemidefinite,
              argument + " must be positive semidefinite, got smallest eigenvalue " + messageNumber(smallest) +
                  " (largest " + messageNumber(largest) + ")" + adviceOnRounding(-smallest, largest));
}

template <class T>
linalg::Matrix checkedCovariance(MatrixView<T> given, std::string const& argument, EntryAccuracy accuracy,
                                 Task const& task) {
  std::size_t const dim = given.rows;
  double const largest = largestEntry(given, argument, task);
  // Entries of which half the digits are gone are none.
  accuracy.fromMean = std::min(accuracy.fromMean, std::sqrt(accuracy.eps) * largest);
  linalg::Matrix covariance(static_cast<Index>(dim), static_cast<Index>(dim));
  IndexRange const all{0, dim};
  std::vector<double> asymmetry(pieceCount(all, kTile), 0.0);
  // The mean of a tile below the diagonal and its transpose above, in both places. Rows of both are read, and
  // columns written, as a whole: 64 steps of a row's length would all fall into the same few sets of a cache.
  using TileBuffer = std::array<std::array<double, kTile + 1>, kTile>;
  auto take = [&](std::size_t top, std::size_t left, TileBuffer& below, TileBuffer& mean) {
    std::size_t const rows = std::min(kTile, dim - top);
    std::size_t const columns = std::min(kTile, dim - left);
    for (std::size_t i = 0; i < rows; ++i) {
      T const* const from = given.row(top + i) + left;
      for (std::size_t j = 0; j < columns; ++j) below[j][i] = static_cast<double>(from[j]);
    }
    double& largestDifference = asymmetry[top / kTile];
    for (std::size_t j = 0; j < columns; ++j) {
      T const* const above = given.row(left + j) + top;
      double largestHere = 0;
      for (std::size_t i = 0; i < rows; ++i) {
        // Halves, since the sum or the difference of two entries may overflow.
        double const half = below[j][i] / 2;
        double const otherHalf = static_cast<double>(above[i]) / 2;
        largestHere = std::max(largestHere, std::abs(half - otherHalf));
        mean[j][i] = half + otherHalf;
      }
      largestDifference = std::max(largestDifference, 2 * largestHere);
      double* const to = &covariance(static_cast<Index>(top), static_cast<Index>(left + j));
      for (std::size_t i = 0; i < rows; ++i) to[i] = mean[j][i];
    }
    for (std::size_t i = 0; i < rows; ++i) {
      double* const to = &covariance(static_cast<Index>(left), static_cast<Index>(top + i));
      for (std::size_t j = 0; j < columns; ++j) to[j] = mean[j][i];
    }
  };
  parallelForPieces(task, all, kTile, [&](IndexRange rows) {
    TileBuffer below;
    TileBuffer mean;
    for (std::size_t left = 0; left <= rows.begin; left += kTile) take(rows.begin, left, below, mean);
  });
  // Rounding of a product of d terms in either order: 2 d eps of the largest entry at worst.
  double const tolerance = 2 * (static_cast<double>(dim + 8) * accuracy.eps * largest + accuracy.fromMean);
  double const difference = asymmetry.empty() ? 0 : *std::max_element(asymmetry.begin(), asymmetry.end());
  if (difference > tolerance) throwAsymmetric(given, argument, tolerance, largest);
  for (std::size_t i = 0; i < dim; ++i) {
    double const variance = covariance(static_cast<Index>(i), static_cast<Index>(i));
    if (variance < -accuracy.fromMean) {
      throw Error(ErrorCode::notPositiveSemidefinite, argument + " must be positive semidefinite, got " +
                                                          messageNumber(variance) + " at " + place(i, i) +
                                                          adviceOnRounding(-variance, largest));
    }
  }
  return covariance;
}

template linalg::Matrix checkedCovariance<float>(MatrixView<float>, std::string const&, EntryAccuracy,
                                                 Task const&);
template linalg::Matrix checkedCovariance<double>(MatrixView<double>, std::string const&, EntryAccuracy,
                                                  Task const&);

}  // namespace madloop::gaussian
