#include "core/linalg/symmetric_eigenvalues.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/base/sum.hpp"

namespace madloop {

namespace {

using Packet = Eigen::internal::packet_traits<double>::type;
constexpr Index kLanes = Eigen::internal::packet_traits<double>::size;

/// Below this r p could underflow; entries are near 1 here, so it takes an exact zero or an extreme grading.
constexpr double kSmallestPivot = 1e-140;

constexpr Index paddedRows(Index n) { return (n + kLanes - 1) / kLanes * kLanes; }

/// x = (x_0, ..., x_{m-1}) is overwritten by v with (I - tau v v^T) x = beta e_0 and v_0 = 1.
struct Reflector {
  double tau;
  double beta;
};

Reflector makeReflector(double* x, Index m) {
  double const tail =
      fixedOrderSum(static_cast<std::size_t>(m - 1), [&](std::size_t i) { return x[i + 1] * x[i + 1]; });
  double const head = x[0];
  x[0] = 1;
  if (tail == 0) return {0, head};
  double const norm = std::sqrt(head * head + tail);
  double const beta = head > 0 ? -norm : norm;
  double const scale = 1 / (head - beta);
  for (Index i = 1; i < m; ++i) x[i] *= scale;
  return {(beta - head) / beta, beta};
}

/// The pending rank-2 update A -= v w^T + w v^T.
struct Rank2 {
  double const* v;
  double const* w;
};

/// Updates column j of the lower triangle (rows j .. rows - 1) and multiplies it by `next` on the way:
/// product_i += a_ij next_j for i > j, and returns sum_{i > j} a_ij next_i + a_jj next_j for product_j.
/// All arrays are zero beyond the matrix up to `rows`, a multiple of the packet size, and aligned.
double updateAndMultiplyColumn(double* a, Index j, Index rows, Rank2 update, double const* next,
                               double* product) {
  using namespace Eigen::internal;
  double const vj = update.v[j];
  double const wj = update.w[j];
  double const nj = next[j];
  a[j] -= 2 * vj * wj;
  double dot = a[j] * nj;
  Index i = j + 1;
  Index const aligned = std::min(paddedRows(i), rows);
  for (; i < aligned; ++i) {
    double const value = a[i] - (update.v[i] * wj + update.w[i] * vj);
    a[i] = value;
    product[i] += value * nj;
    dot += value * next[i];
  }
  Packet const minusVj = pset1<Packet>(-vj);
  Packet const minusWj = pset1<Packet>(-wj);
  Packet const nextJ = pset1<Packet>(nj);
  Packet sum = pset1<Packet>(0.0);
  for (; i < rows; i += kLanes) {
    Packet value = pload<Packet>(a + i);
    value = pmadd(pload<Packet>(update.v + i), minusWj, value);
    value = pmadd(pload<Packet>(update.w + i), minusVj, value);
    pstore(a + i, value);
    pstore(product + i, pmadd(value, nextJ, pload<Packet>(product + i)));
    sum = pmadd(value, pload<Packet>(next + i), sum);
  }
  return dot + predux(sum);
}

}  // namespace

Tridiagonal tridiagonalise(Matrix const& a, Task const& task) {
  Index const n = a.rows();
  Index const rows = paddedRows(n);
  Tridiagonal t{Vector::Zero(n), Vector::Zero(std::max<Index>(n - 1, 0))};
  if (n == 0) return t;

  Matrix work = Matrix::Zero(rows, n);
  for (Index j = 0; j < n; ++j) work.col(j).segment(j, n - j) = a.col(j).tail(n - j);

  // v and w hold the update still to be applied; next is the Householder vector of the step at hand.
  Vector v = Vector::Zero(rows);
  Vector w = Vector::Zero(rows);
  Vector next = Vector::Zero(rows);
  Vector product = Vector::Zero(rows);

  for (Index k = 0; k < n; ++k) {
    task.throwIfCancelled();
    // Column k alone is brought up to date first: it gives this step's Householder vector.
    double* const column = work.col(k).data();
    for (Index i = k; i < n; ++i) column[i] -= v[i] * w[k] + w[i] * v[k];
    t.diagonal[k] = column[k];
    if (k + 1 == n) break;

    next.segment(k, n - k) = work.col(k).segment(k, n - k);
    next[k] = 0;
    Reflector const reflector = makeReflector(next.data() + k + 1, n - k - 1);
    t.subdiagonal[k] = reflector.beta;

    product.setZero();
    for (Index j = k + 1; j < n; ++j) {
      product[j] += updateAndMultiplyColumn(work.col(j).data(), j, rows, {v.data(), w.data()}, next.data(),
                                            product.data());
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
    v[k] = 0;
    w[k] = 0;
  }
  return t;
}

Vector tridiagonalEigenvalues(Tridiagonal const& t) {
  Index const n = t.diagonal.size();
  Vector d = t.diagonal;
  Vector squares = t.subdiagonal.cwiseProduct(t.subdiagonal);
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

Vector symmetricEigenvalues(Matrix const& a, Task const& task) {
  Index const n = a.rows();
  double largest = 0;
  for (Index j = 0; j < n; ++j) {
    for (Index i = j; i < n; ++i) largest = std::max(largest, std::abs(a(i, j)));
  }
  if (largest == 0) return Vector::Zero(n);
  // The iteration squares its entries: bring them near 1 by a power of two, which rounds nothing.
  int exponent = 0;
  std::frexp(largest, &exponent);
  Tridiagonal t = tridiagonalise(a * std::ldexp(1.0, -exponent), task);
  return tridiagonalEigenvalues(t) * std::ldexp(1.0, exponent);
}

}  // namespace madloop
