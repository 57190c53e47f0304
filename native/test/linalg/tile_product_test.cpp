#include "core/linalg/tile_product.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "core/base/aligned_array.hpp"
#include "core/base/task.hpp"
#include "core/linalg/parallel_product.hpp"
#include "test/support/instruction_sets.hpp"
#include "test/support/matrices.hpp"
#include "test/support/threads_label.hpp"

using namespace madloop;
using namespace madloop::test;
using linalg::EigenMatrix;
using linalg::Index;

namespace {

/// A 24 x 32 product from one implementation's tiles. a is 24 x depth and b is 32 x depth, row-major.
template <class T>
std::vector<T> product(linalg::TileProduct<T> const& kernel, std::vector<T> const& a, std::vector<T> const& b,
                       std::size_t depth, std::vector<T> c, bool accumulate) {
  AlignedArray<T> const columns(kernel.columns * depth + 1);
  std::vector<T> rows(kernel.rows * depth);
  for (std::size_t i = 0; i < 24; i += kernel.rows) {
    for (std::size_t j = 0; j < 32; j += kernel.columns) {
      for (std::size_t p = 0; p < depth; ++p) {
        for (std::size_t r = 0; r < kernel.rows; ++r) rows[p * kernel.rows + r] = a[(i + r) * depth + p];
        for (std::size_t r = 0; r < kernel.columns; ++r)
          columns.get()[p * kernel.columns + r] = b[(j + r) * depth + p];
      }
      kernel.multiplyAdd(rows.data(), columns.get(), depth, c.data() + i * 32 + j, 32, accumulate);
    }
  }
  return c;
}

template <class T>
void checkImplementations(Kernel<linalg::TileProduct<T>> const& kernel, double scale) {
  for (std::size_t const depth : {0U, 1U, 2U, 37U, 256U}) {
    CAPTURE(depth);
    std::vector<T> const a = rowMajorNormals<T>(24, depth, 1, 0, scale);
    std::vector<T> const b = rowMajorNormals<T>(32, depth, 2, 0, scale);
    std::vector<T> const start = rowMajorNormals<T>(24, 32, 3, 0, scale);
    for (bool const accumulate : {false, true}) {
      std::vector<T> const expected = product(kernel.portable(), a, b, depth, start, accumulate);
      double first = accumulate ? static_cast<double>(start[0]) : 0;
      for (std::size_t p = 0; p < depth; ++p) first += static_cast<double>(a[p]) * static_cast<double>(b[p]);
      CHECK(std::abs(static_cast<double>(expected[0]) - first) <= 1e-4 * (accumulate ? scale : scale * scale));
      for (auto const& [needs, implementation] : kernel.supported()) {
        CAPTURE(instructionSetName(needs));
        std::vector<T> const c = product(implementation, a, b, depth, start, accumulate);
        CHECK(std::memcmp(c.data(), expected.data(), c.size() * sizeof(T)) == 0);
      }
    }
  }
}

}  // namespace

TEST_CASE("all implementations of the tile product give the same bits") {
  checkImplementations(linalg::tileProductFloat32, 1);
  checkImplementations(linalg::tileProductFloat64, 1);
  checkImplementations(linalg::tileProductFloat64, 1e-155);  // with subnormal products
}

TEST_CASE("products of matrices of any size have the same bits with every instruction set" * startsThreads) {
  Task const task(2);
  for (Index const m : {1, 5, 12, 97, 193}) {
    for (Index const n : {1, 16, 31, 200}) {
      CAPTURE(m);
      CAPTURE(n);
      Index const inner = m == 97 ? 300 : 33;
      EigenMatrix const a = normals(m, inner, 1);
      EigenMatrix const b = normals(n, inner, 2);
      std::vector<EigenMatrix> products;
      for (InstructionSet const set : supportedInstructionSets()) {
        LimitedKernels const limited(set);
        EigenMatrix c = EigenMatrix::Ones(m, n);
        linalg::addProduct(c, -0.3, {a, linalg::Transpose::no, b, linalg::Transpose::yes}, task);
        products.push_back(c);
      }
      for (EigenMatrix const& c : products) CHECK(c == products[0]);
    }
  }
}
