#include <doctest/doctest.h>

#include <cmath>
#include <optional>
#include <utility>

#include "core/base/task.hpp"
#include "core/linalg/eigen.hpp"
#include "core/linalg/root_differences.hpp"
#include "test/support/matrices.hpp"

using namespace madloop;
using namespace madloop::test;
using linalg::EigenMatrix;
using linalg::Index;

namespace {

/// H symmetric with entries of order `size`; S = (1 + H) C (1 + H) is at distance tr H C H from C.
EigenMatrix symmetric(Index dim, double size, unsigned seed) {
  EigenMatrix const g = normals(dim, dim, seed);
  return size * (g + g.transpose());
}

}  // namespace

TEST_CASE("distances of nearly equal covariances keep their digits, however small they are") {
  Task const task;
  for (auto const& [dim, rank] : {std::pair<Index, Index>{1, 1}, {2, 2}, {7, 7}, {7, 3}, {40, 40}}) {
    for (double const scale : {1.0, 1e-90, 1e80}) {
      EigenMatrix const factor = scale * normals(dim, rank, 1);
      linalg::NearDistances const from(linalg::matrixOf(factor));
      for (double const size : {1e-3, 1e-5, 1e-7}) {
        CAPTURE(dim);
        CAPTURE(rank);
        CAPTURE(scale);
        CAPTURE(size);
        // Within the range of C: H = G G^T K.
        EigenMatrix const basis = factor.householderQr().householderQ() * EigenMatrix::Identity(dim, rank);
        EigenMatrix const h = basis * symmetric(rank, size, 2) * basis.transpose();
        EigenMatrix const change = h * factor;
        double const expected = change.squaredNorm();
        std::optional<double> const actual = from.squared(linalg::matrixOf(factor + change), task);
        REQUIRE(actual.has_value());
        // Rounding of the factors themselves: eps of their norm against a change of `size` of it.
        CHECK(std::abs(*actual - expected) <= 1e-13 / size * expected);
      }
      CHECK(from.squared(linalg::matrixOf(factor), task).value() <= 1e-28 * factor.squaredNorm());
    }
  }
}

TEST_CASE("covariances far from each other, or none at all, are not near") {
  Task const task;
  EigenMatrix const factor = normals(5, 5, 3);
  CHECK_FALSE(linalg::NearDistances(linalg::matrixOf(factor)).squared(linalg::matrixOf(9 * factor), task));
  EigenMatrix const zero = EigenMatrix::Zero(4, 2);
  CHECK_FALSE(linalg::NearDistances(linalg::matrixOf(zero)).squared(linalg::matrixOf(zero), task));
}
