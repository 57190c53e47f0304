#include "core/linalg/symmetric_eigenvalues.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "core/base/sum.hpp"
#include "core/linalg/band_tridiagonal.hpp"
#include "core/linalg/eigen.hpp"
#include "core/linalg/householder.hpp"

namespace madloop::linalg {

namespace {

using Packet = Eigen::internal::packet_traits<double>::type;
constexpr Index kLanes = Eigen::internal::packet_traits<double>::size;

/// Below this r p could underflow; entries are near 1 here, so it takes an exact zero or an extreme grading.
constexpr double kSmallestPivot = 1e-140;

/// Order from which two stages are faster than one.
constexpr Index kTwoStageOrder = 768;

/// Columns that are updated together.
constexpr Index kGroup = std::max<Index>(4, kLanes);

constexpr Index padded(Index n) { return (n + kGroup - 1) / kGroup * kGroup; }

/// The pending rank-2 update A -= v w^T + w v^T.
struct Rank2 {
  double const* v;
  double const* w;
};

/// One column of a group: its constants, and its running part of the product.
struct Column {
  double* entries;
  Packet minusV;
  Packet minusW;
  Packet next;
  Packet dot;
};

/// Updates columns j .. j + kGroup - 1 of the lower triangle a (leading dimension `rows`) and adds their share
/// of the product of the updated matrix with `next`. The group's diagonal block is kept whole, so that no row
/// needs a case of its own; where v, w and next are zero nothing happens.
void updateAndMultiplyGroup(double* a, Index j, Index rows, Rank2 update, double const* next, double* product) {
  using namespace Eigen::internal;
  std::array<Column, kGroup> columns;
  for (Index c = 0; c < kGroup; ++c) {
    columns[static_cast<std::size_t>(c)] = {a + (j + c) * rows, pset1<Packet>(-update.v[j + c]),
                                            pset1<Packet>(-update.w[j + c]), pset1<Packet>(next[j + c]),
                                            pset1<Packet>(0.0)};
  }
  auto updateRows = [&](Index i, auto multiplyTransposed) {
    Packet const v = pload<Packet>(update.v + i);
    Packet const w = pload<Packet>(update.w + i);
    Packet sum = pload<Packet>(product + i);
    for (Column& column : columns) {
      Packet const value = pmadd(w, column.minusV, pmadd(v, column.minusW, pload<Packet>(column.entries + i)));
      pstore(column.entries + i, value);
      sum = pmadd(value, column.next, sum);
      multiplyTransposed(column, value);
    }
    pstore(product + i, sum);
  };
  for (Index i = j; i < j + kGroup; i += kLanes) updateRows(i, [](Column&, Packet const&) {});
  for (Index i = j + kGroup; i < rows; i += kLanes) {
    Packet const x = pload<Packet>(next + i);
    updateRows(i, [&](Column& column, Packet const& value) { column.dot = pmadd(value, x, column.dot); });
  }
  for (Index c = 0; c < kGroup; ++c) product[j + c] += predux(columns[static_cast<std::size_t>(c)].dot);
}

}  // namespace

Tridiagonal tridiagonalise(Matrix const& symmetric, double scale, Task const& task) {
  auto const a = asEigen(symmetric);
  Index const n = a.rows();
  if (n >= kTwoStageOrder) {
    Matrix copy = matrixOf(scale * a);
    return tridiagonaliseInTwoStages(copy, task);
  }
  Index const rows = padded(n);
  Tridiagonal t{Vector::zero(n), Vector::zero(std::max<Index>(n - 1, 0))};
  if (n == 0) return t;

  EigenMatrix work = EigenMatrix::Zero(rows, rows);
  for (Index j = 0; j < n; ++j) {
    work.col(j).segment(j, n - j) = scale * a.col(j).tail(n - j);
    for (Index i = j + 1; i < std::min(padded(j + 1), n); ++i)
      work(j, i) = work(i, j);  // the group's diagonal block
  }

  // v and w hold the update still to be applied; next is the Householder vector of the step at hand.
  EigenVector v = EigenVector::Zero(rows);
  EigenVector w = EigenVector::Zero(rows);
  EigenVector next = EigenVector::Zero(rows);
  EigenVector product = EigenVector::Zero(rows);

  for (Index k = 0; k < n; ++k) {
    task.throwIfCancelled();
    // Column k alone is brought up to date first: it gives this step's Householder vector.
    double* const column = work.col(k).data();
    for (Index i = k; i < n; ++i) column[i] -= v[i] * w[k] + w[i] * v[k];
    t.diagonal[k] = column[k];
    if (k + 1 == n) break;
    v[k] = 0;
    w[k] = 0;

    next.segment(k, n - k) = work.col(k).segment(k, n - k);
    next[k] = 0;
    Reflector const reflector = makeReflector(next.data() + k + 1, n - k - 1);
    t.subdiagonal[k] = reflector.beta;

    product.setZero();
    for (Index j = (k + 1) / kGroup * kGroup; j < n; j += kGroup) {
      updateAndMultiplyGroup(work.data(), j, rows, {v.data(), w.data()}, next.data(), product.data());
    }
    // w = tau A v - (tau^2 v^T A v / 2) v, so that (I - tau v v^T) A (I - tau v v^T) = A - v w^T - w v^T.
    double const inner = fixedOrderSum(static_cast<std::size_t>(n - k - 1), [&](std::size_t i) {
      return product.data()[k + 1 + static_cast<Index>(i)] * next.data()[k + 1 + static_cast<Index>(i)];
    });
    double const half = 0.5 * reflector.tau * reflector.tau * inner;
    for (Index i = k + 1; i < n; ++i) {
      v[i] = next[i];
      w[i] = reflector.tau * product[i] - half * next[i];
    }
  }
  return t;
}

Vector tridiagonalEigenvalues(Tridiagonal const& t, Task const& task) {
  Index const n = t.diagonal.size();
  Vector d = t.diagonal;
  Vector squares(t.subdiagonal.size());
  for (Index i = 0; i < squares.size(); ++i) squares[i] = t.subdiagonal[i] * t.subdiagonal[i];
  double const eps = std::numeric_limits<double>::epsilon();
  // An off-diagonal element is dropped when it is below eps times its neighbours, or far below eps times the
  // norm: without the floor the null space of a singular matrix would be resolved to no purpose.
  double norm = 0;
  for (Index i = 0; i < n; ++i)
    norm = std::max({norm, std::abs(d[i]), i + 1 < n ? std::sqrt(squares[i]) : 0.0});
  double const floor = std::ldexp(norm, -20);
  auto negligible = [&](Index i) {
    return squares[i] <= eps * eps * std::max(std::abs(d[i]) * std::abs(d[i + 1]), floor * floor);
  };

  for (Index low = 0; low < n; ++low) {
    task.throwIfCancelled();
    for (int sweep = 0;; ++sweep) {
      Index high = low;
      while (high + 1 < n && !negligible(high)) ++high;
      if (high + 1 < n) squares[high] = 0;
      if (high == low) break;
      if (sweep == 60)
        throw Error(ErrorCode::noConvergence, "tridiagonalEigenvalues: no convergence in 60 sweeps");

      // Wilkinson's shift from the leading 2 x 2 block.
      double const e = std::sqrt(squares[low]);
      double const p0 = (d[low + 1] - d[low]) / (2 * e);
      double const r0 = std::sqrt(p0 * p0 + 1);
      double const shift = d[low] - e / (p0 + (p0 < 0 ? -r0 : r0));

      // One plane rotation a row, carrying gamma and p = gamma^2 / cosine. Written with q = r gamma and one
      // reciprocal of r p, the chain from p to the next p holds one division instead of two.
      double s = 0;
      double cosine = 1;
      double gamma = d[high] - shift;
      double p = gamma * gamma;
      for (Index i = high - 1; i >= low; --i) {
        double const square = squares[i];
        double const r = p + square;
        if (i + 1 != high) squares[i + 1] = s * r;
        double const previousGamma = gamma;
        double const alpha = d[i];
        if (p > kSmallestPivot) {
          double const inverse = 1 / (r * p);
          double const q = p * (alpha - shift) - square * previousGamma;
          cosine = p * p * inverse;
          s = square * p * inverse;
          gamma = q * (p * inverse);
          p = q * q * inverse;
        } else {
          double const previousCosine = cosine;
          cosine = p / r;
          s = square / r;
          gamma = cosine * (alpha - shift) - s * previousGamma;
          p = cosine != 0 ? gamma * gamma / cosine : previousCosine * square;
        }
        d[i + 1] = previousGamma + (alpha - gamma);
      }
      squares[low] = s * p;
      d[low] = shift + gamma;
    }
  }
  std::sort(d.data(), d.data() + n);
  return d;
}

ScaledTridiagonal scaledTridiagonal(Matrix const& a, Task const& task) {
  double largest = 0;
  for (Index j = 0; j < a.cols(); ++j) {
    for (Index i = j; i < a.rows(); ++i) largest = std::max(largest, std::abs(a(i, j)));
  }
  int exponent = 0;
  std::frexp(largest, &exponent);
  return {tridiagonalise(a, std::ldexp(1.0, -exponent), task), std::ldexp(1.0, exponent)};
}

Vector symmetricEigenvalues(Matrix const& a, Task const& task) {
  ScaledTridiagonal const reduced = scaledTridiagonal(a, task);
  Vector eigenvalues = tridiagonalEigenvalues(reduced.matrix, task);
  for (Index i = 0; i < eigenvalues.size(); ++i) eigenvalues[i] *= reduced.scale;
  return eigenvalues;
}

}  // namespace madloop::linalg
