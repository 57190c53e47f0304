// Matrices and vectors that own their values: what passes between the rooms of the core. Eigen's own types stay
// within linalg and the sources of gaussian (eigen.hpp).
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>

#include "core/base/aligned_array.hpp"
#include "core/base/index_range.hpp"

namespace madloop::linalg {

using Index = std::ptrdiff_t;
using IndexRange = Range<Index>;

/// `size` doubles, not initialised, aligned like the lines of a cache. Copies are deep; what was moved from is
/// empty.
class Vector {
 public:
  Vector() = default;
  explicit Vector(Index size) : size_(size), values_(static_cast<std::size_t>(size)) {}
  Vector(Vector const& other) : Vector(other.size_) { std::copy_n(other.data(), size_, data()); }
  Vector(Vector&& other) noexcept : size_(std::exchange(other.size_, 0)), values_(std::move(other.values_)) {}
  Vector& operator=(Vector other) noexcept {
    std::swap(size_, other.size_);
    std::swap(values_, other.values_);
    return *this;
  }
  ~Vector() = default;

  static Vector zero(Index size) {
    Vector vector(size);
    vector.fill(0);
    return vector;
  }

  [[nodiscard]] Index size() const { return size_; }
  [[nodiscard]] double* data() { return values_.get(); }
  [[nodiscard]] double const* data() const { return values_.get(); }
  double& operator[](Index i) { return data()[i]; }
  double operator[](Index i) const { return data()[i]; }
  [[nodiscard]] double const* begin() const { return data(); }
  [[nodiscard]] double const* end() const { return data() + size_; }
  void fill(double value) { std::fill_n(data(), size_, value); }

 private:
  Index size_ = 0;
  AlignedArray<double> values_;
};

/// rows x cols doubles, column-major, not initialised: element (i, j) is data()[j * rows() + i].
class Matrix {
 public:
  Matrix() = default;
  Matrix(Index rows, Index cols) : rows_(rows), cols_(cols), values_(rows * cols) {}
  Matrix(Matrix const&) = default;
  Matrix(Matrix&& other) noexcept
      : rows_(std::exchange(other.rows_, 0)),
        cols_(std::exchange(other.cols_, 0)),
        values_(std::move(other.values_)) {}
  Matrix& operator=(Matrix other) noexcept {
    std::swap(rows_, other.rows_);
    std::swap(cols_, other.cols_);
    values_ = std::move(other.values_);
    return *this;
  }
  ~Matrix() = default;

  static Matrix zero(Index rows, Index cols) {
    Matrix matrix(rows, cols);
    matrix.fill(0);
    return matrix;
  }
  static Matrix identity(Index size) {
    Matrix matrix = zero(size, size);
    for (Index i = 0; i < size; ++i) matrix(i, i) = 1;
    return matrix;
  }

  [[nodiscard]] Index rows() const { return rows_; }
  [[nodiscard]] Index cols() const { return cols_; }
  [[nodiscard]] Index size() const { return values_.size(); }
  [[nodiscard]] double* data() { return values_.data(); }
  [[nodiscard]] double const* data() const { return values_.data(); }
  double& operator()(Index i, Index j) { return data()[j * rows_ + i]; }
  double operator()(Index i, Index j) const { return data()[j * rows_ + i]; }
  [[nodiscard]] double* column(Index j) { return data() + j * rows_; }
  [[nodiscard]] double const* column(Index j) const { return data() + j * rows_; }
  void fill(double value) { values_.fill(value); }
  /// Another shape; the values are lost.
  void resize(Index rows, Index cols) {
    if (rows * cols != size()) values_ = Vector(rows * cols);
    rows_ = rows;
    cols_ = cols;
  }

 private:
  Index rows_ = 0;
  Index cols_ = 0;
  Vector values_;
};

}  // namespace madloop::linalg
