#include "core/linalg/inverse_norm.hpp"

#include <algorithm>
#include <cstddef>

#include "core/base/sum.hpp"
#include "core/linalg/parallel_product.hpp"
#include "core/random/normal.hpp"
#include "core/random/stream.hpp"

namespace madloop::linalg {

namespace {

constexpr Index kVectors = 32;

/// Unknowns that are solved for between two products with the rest of a triangular matrix.
constexpr Index kBlock = 96;

EigenMatrix normalVectors(Index n) {
  constexpr std::uint64_t domain = 0x6e6f726d;  // "norm"
  EigenMatrix x(n, kVectors);
  random::fillNormals({.key = random::streamKey(0, domain)}, 0, x.data(), static_cast<std::size_t>(x.size()));
  return x;
}

/// x = L^-1 x, block after block from the first row on.
void solveLower(ConstMatrixBlock const& lower, EigenMatrix& x, Task const& task) {
  Index const n = lower.rows();
  for (Index k = 0; k < n; k += kBlock) {
    task.throwIfCancelled();
    Index const height = std::min(kBlock, n - k);
    Index const rest = n - k - height;
    EigenMatrix solved = x.middleRows(k, height);
    lower.block(k, k, height, height).triangularView<Eigen::Lower>().solveInPlace(solved);
    x.middleRows(k, height) = solved;
    addProduct(x.bottomRows(rest), -1,
               {lower.block(k + height, k, rest, height), Transpose::no, solved, Transpose::no}, task);
  }
}

/// x = L^-T x, block after block from the last row on.
void solveTransposed(ConstMatrixBlock const& lower, EigenMatrix& x, Task const& task) {
  Index const n = lower.rows();
  for (Index k = (n - 1) / kBlock * kBlock; k >= 0; k -= kBlock) {
    task.throwIfCancelled();
    Index const height = std::min(kBlock, n - k);
    EigenMatrix solved = x.middleRows(k, height);
    lower.block(k, k, height, height).triangularView<Eigen::Lower>().transpose().solveInPlace(solved);
    x.middleRows(k, height) = solved;
    addProduct(x.topRows(k), -1, {lower.block(k, 0, height, k), Transpose::yes, solved, Transpose::no}, task);
  }
}

double meanSquaredNorm(EigenMatrix const& x) {
  double const sum = fixedOrderSum(static_cast<std::size_t>(x.size()),
                                   [&](std::size_t i) { return x.data()[i] * x.data()[i]; });
  return sum / static_cast<double>(kVectors);
}

}  // namespace

double estimateSquaredNormOfInverse(Matrix const& lower, Task const& task) {
  EigenMatrix x = normalVectors(lower.rows());
  solveLower(asEigen(lower), x, task);
  return meanSquaredNorm(x);
}

double estimateSquaredNormOfInverse(Matrix const& a, Matrix const& b, Task const& task) {
  EigenMatrix x = normalVectors(a.rows());
  solveTransposed(asEigen(a), x, task);  // (A^T B)^-1 = B^-1 A^-T
  solveLower(asEigen(b), x, task);
  return meanSquaredNorm(x);
}

}  // namespace madloop::linalg
