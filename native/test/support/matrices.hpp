// Random matrices for tests: fixed seeds, the standard library's generator (tests may use it, the core may
// not).
#pragma once

#include <random>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/view.hpp"
#include "core/linalg/eigen.hpp"

namespace madloop::test {

inline linalg::EigenMatrix normals(linalg::Index rows, linalg::Index cols, unsigned seed) {
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal;
  linalg::EigenMatrix result(rows, cols);
  for (linalg::Index j = 0; j < cols; ++j) {
    for (linalg::Index i = 0; i < rows; ++i) result(i, j) = normal(generator);
  }
  return result;
}

/// X X^T / count for X dim x count standard normal.
inline linalg::EigenMatrix sampleCovariance(linalg::Index dim, linalg::Index count, unsigned seed) {
  linalg::EigenMatrix const x = normals(dim, count, seed);
  return x * x.transpose() / static_cast<double>(count);
}

/// rows x cols row-major data with entries offset + scale * N(0, 1).
template <class T = double>
std::vector<T> rowMajorNormals(std::size_t rows, std::size_t cols, unsigned seed, double offset = 0,
                               double scale = 1) {
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal;
  std::vector<T> data(rows * cols);
  for (T& value : data) value = static_cast<T>(offset + scale * normal(generator));
  return data;
}

template <class T>
MatrixView<T> view(std::vector<T> const& data, std::size_t cols) {
  return {data.data(), data.size() / cols, cols};
}

/// The message of the Error that `action` throws.
inline std::string errorOf(auto action) {
  try {
    action();
  } catch (Error const& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace madloop::test
