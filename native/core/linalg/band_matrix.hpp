// A band matrix with room for the bulges that are chased through it.
#pragma once

#include <cstddef>
#include <vector>

#include "core/linalg/band_reflector.hpp"
#include "core/linalg/eigen.hpp"

namespace madloop::linalg {

/// Element (i, j) of a size x size matrix is stored where j - above <= i <= j + below, by columns; zero at
/// first.
class BandMatrix {
 public:
  BandMatrix(Index size, Index above, Index below)
      : size_(size),
        above_(above),
        stride_(above + below),
        storage_(static_cast<std::size_t>((stride_ + 1) * size + above), 0.0) {}

  [[nodiscard]] Index size() const { return size_; }

  double& at(Index i, Index j) { return *(storage_.data() + above_ + i + j * stride_); }
  [[nodiscard]] BandBlock block(Index i, Index j, Index rows, Index cols) {
    return {&at(i, j), stride_, rows, cols};
  }

 private:
  Index size_;
  Index above_;
  Index stride_;  // how far an element is from the next one in its row
  std::vector<double> storage_;
};

}  // namespace madloop::linalg
