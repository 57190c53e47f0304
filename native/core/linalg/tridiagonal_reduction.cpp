#include "core/linalg/tridiagonal_reduction.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/base/parallel.hpp"
#include "core/base/sum.hpp"
#include "core/linalg/householder.hpp"
#include "core/linalg/parallel_product.hpp"
#include "core/linalg/symmetric_product.hpp"

namespace madloop::linalg {

namespace {

/// Columns of a panel: its matrix-vector products with the pending update grow with it, and the efficiency of
/// the product of matrices, too.
constexpr Index kPanel = 32;
/// Reflectors that are applied together, and columns that they are applied to.
constexpr Index kBlock = 64;
constexpr Index kColumns = 128;

/// The reduction in progress: A - V W^T - W V^T is the matrix at hand, [V W] the pending update of a panel.
class Reducer {
 public:
  Reducer(ConstMatrixBlock const& a, Task& task)
      : task_(task),
        n_(a.rows()),
        work_(EigenMatrix::Zero(paddedRows(n_), n_)),
        pending_(n_, 2 * kPanel),
        swapped_(n_, 2 * kPanel),
        next_(EigenVector::Zero(work_.rows())),
        product_(EigenVector::Zero(work_.rows())),
        multiplier_(n_) {
    for (Index j = 0; j < n_; ++j) work_.col(j).segment(j, n_ - j) = a.col(j).tail(n_ - j);
    result_.matrix = {Vector::zero(n_), Vector::zero(std::max<Index>(n_ - 1, 0))};
    result_.tau = EigenVector::Zero(n_);
  }

  TridiagonalReduction run() {
    for (Index begin = 0; begin < n_; begin += kPanel) {
      Index const end = std::min(begin + kPanel, n_);
      for (Index k = begin; k < end; ++k) {
        task_.throwIfCancelled();
        reduceColumn(k, begin);
      }
      updateTrailing(begin, end);
      task_.add(tridiagonalReductionUnits(n_ - begin) - tridiagonalReductionUnits(n_ - end));
    }
    // What is left is the panel's own triangle above the reflectors, and T.
    for (Index k = 0; k < n_; ++k) work_.col(k).head(k + 1).setZero();
    result_.reflectors = std::move(work_);
    return std::move(result_);
  }

 private:
  void reduceColumn(Index k, Index begin) {
    Index const done = k - begin;  // columns of V and of W so far
    auto column = work_.col(k).segment(k, n_ - k);
    if (done > 0) {
      EigenVector const w = swapped_.row(k).head(done).transpose();
      EigenVector const v = swapped_.row(k).segment(kPanel, done).transpose();
      column.noalias() -= pending_.block(k, 0, n_ - k, done) * w;
      column.noalias() -= pending_.block(k, kPanel, n_ - k, done) * v;
    }
    result_.matrix.diagonal[k] = work_(k, k);
    if (k + 1 == n_) return;

    Index const first = k + 1;
    Index const size = n_ - first;
    double* const v = work_.col(k).data() + first;
    Reflector const reflector = makeReflector(v, size);
    result_.matrix.subdiagonal[k] = reflector.beta;
    result_.tau[k] = reflector.tau;

    next_[k] = 0;
    std::copy(v, v + size, next_.data() + first);
    multiplier_.multiply(work_, first, next_, product_, task_);
    auto product = product_.segment(first, size);
    auto const x = next_.segment(first, size);
    if (done > 0) {
      auto const vs = pending_.block(first, 0, size, done);
      auto const ws = pending_.block(first, kPanel, size, done);
      EigenVector const alongV = vs.transpose() * x;
      EigenVector const alongW = ws.transpose() * x;
      product.noalias() -= vs * alongW;
      product.noalias() -= ws * alongV;
    }
    // w = tau A v - (tau^2 v^T A v / 2) v, so that (I - tau v v^T) A (I - tau v v^T) = A - v w^T - w v^T.
    double const inner = fixedOrderSum(static_cast<std::size_t>(size), [&](std::size_t i) {
      return product_.data()[first + static_cast<Index>(i)] * v[i];
    });
    double const half = 0.5 * reflector.tau * reflector.tau * inner;
    for (Index i = first; i < n_; ++i) {
      double const w = reflector.tau * product_[i] - half * next_[i];
      pending_(i, done) = swapped_(i, kPanel + done) = next_[i];
      pending_(i, kPanel + done) = swapped_(i, done) = w;
    }
  }

  /// A -= V W^T + W V^T on the lower triangle from row and column `end` on.
  void updateTrailing(Index begin, Index end) {
    Index const width = end - begin;
    if (end >= n_ || width < kPanel) return;
    addProductLower(
        work_.block(end, end, n_ - end, n_ - end), -1,
        {pending_.bottomRows(n_ - end), Transpose::no, swapped_.bottomRows(n_ - end), Transpose::yes}, task_);
  }

  Task& task_;
  Index n_;
  EigenMatrix work_;
  EigenMatrix pending_;  // [V W]
  EigenMatrix swapped_;  // [W V]
  EigenVector next_;     // the reflector at hand, padded
  EigenVector product_;
  SymmetricProduct multiplier_;
  TridiagonalReduction result_;
};

/// T with H_b ... H_{b+m-1} = I - V T V^T, upper triangular: column j of T is -tau_j T (V^T v_j), below it
/// tau_j.
EigenMatrix blockFactor(EigenMatrix const& reflectors, EigenVector const& tau, IndexRange block, Index n) {
  auto const v = reflectors.block(block.begin, block.begin, n - block.begin, block.size());
  EigenMatrix const gram = v.transpose() * v;
  EigenMatrix t = EigenMatrix::Zero(block.size(), block.size());
  for (Index j = 0; j < block.size(); ++j) {
    double const tauJ = tau[block.begin + j];
    t(j, j) = tauJ;
    for (Index i = 0; i < j; ++i) {
      double sum = 0;
      for (Index k = i; k < j; ++k) sum += t(i, k) * gram(k, j);
      t(i, j) = -tauJ * sum;
    }
  }
  return t;
}

}  // namespace

TridiagonalReduction reduceToTridiagonal(ConstMatrixBlock const& a, Task& task) {
  return Reducer(a, task).run();
}

void multiplyByReflectors(TridiagonalReduction const& reduction, EigenMatrix& z, Task& task) {
  Index const n = reduction.tau.size();
  Index const count = std::max<Index>(n - 1, 0);
  IndexRange const all{0, count};
  std::vector<EigenMatrix> factors(static_cast<std::size_t>(pieceCount(all, kBlock)));
  parallelForPieces(task, all, kBlock, [&](IndexRange block) {
    factors[static_cast<std::size_t>(block.begin / kBlock)] =
        blockFactor(reduction.reflectors, reduction.tau, block, n);
  });
  parallelForPieces(task, IndexRange{0, z.cols()}, kColumns, [&](IndexRange cols) {
    for (std::size_t index = factors.size(); index-- > 0;) {
      task.throwIfCancelled();
      EigenMatrix const& t = factors[index];
      Index const begin = static_cast<Index>(index) * kBlock;
      // Rows up to the first reflector's leading one stay as they are.
      auto const v = reduction.reflectors.block(begin + 1, begin, n - begin - 1, t.cols());
      auto part = z.block(begin + 1, cols.begin, n - begin - 1, cols.size());
      EigenMatrix const along = v.transpose() * part;
      EigenMatrix const scaled = t.triangularView<Eigen::Upper>() * along;
      part.noalias() -= v * scaled;
    }
    task.add(multiplyByReflectorsUnits(n, cols.size()));
  });
}

std::uint64_t tridiagonalReductionUnits(Index n) {
  auto const size = static_cast<std::uint64_t>(n);
  return 4 * size * size * size;
}

std::uint64_t multiplyByReflectorsUnits(Index n, Index cols) {
  auto const size = static_cast<std::uint64_t>(n);
  return 2 * size * size * static_cast<std::uint64_t>(cols);
}

}  // namespace madloop::linalg
