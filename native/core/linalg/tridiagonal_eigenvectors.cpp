#include "core/linalg/tridiagonal_eigenvectors.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "core/base/parallel.hpp"
#include "core/base/sum.hpp"
#include "core/linalg/parallel_product.hpp"
#include "core/linalg/secular_equation.hpp"

namespace madloop::linalg {

namespace {

constexpr double kEps = std::numeric_limits<double>::epsilon();

/// Up to this order the implicit QR iteration takes over.
constexpr Index kLeaf = 32;
/// Up to this order one thread solves a whole part (some milliseconds); above, all share the work of each.
constexpr Index kPart = 256;
constexpr Index kRootsPerRange = 32;
constexpr Index kRowsPerRange = 64;

// A diagonal block of T, as the range of its rows, is cut in the middle.
Index cutOf(IndexRange block) { return block.begin + block.size() / 2; }
IndexRange upperHalf(IndexRange block) { return {block.begin, cutOf(block)}; }
IndexRange lowerHalf(IndexRange block) { return {cutOf(block), block.end}; }

/// What a deflated update leaves to do: diag(poles) + u u^T, u_j^2 = residues.
struct Update {
  std::vector<Index> columns;  // which eigenvectors are changed, in the order of the poles, ascending
  EigenVector poles;
  EigenVector residues;
  EigenVector u;  // residues with a sign, up to a common factor
};

/// Where the rows of the update's eigenvectors go, so that each half is multiplied by its own rows alone: first
/// those of columns that are zero in the lower half, then those that are zero in neither, then in the upper.
struct Grouping {
  std::vector<Index> position;  // where row j goes
  Index above = 0;              // rows that the upper half takes, from 0 on
  Index below = 0;              // rows that the lower half takes, up to the end
};

enum class Support : char { upper, both, lower };

class DivideAndConquer {
 public:
  explicit DivideAndConquer(Tridiagonal const& t)
      : t_(t),
        values_(t.diagonal.size()),
        vectors_(EigenMatrix::Zero(values_.size(), values_.size())),
        order_(static_cast<std::size_t>(values_.size())) {
    double norm = 0;
    for (double const value : t_.diagonal) norm = std::max(norm, std::abs(value));
    for (double const value : t_.subdiagonal) norm = std::max(norm, std::abs(value));
    negligible_ = kEps * kEps * norm;
  }

  Eigendecomposition run(Task& task) {
    IndexRange const whole{0, values_.size()};
    std::vector<IndexRange> parts;
    std::vector<IndexRange> merges;
    tear(whole, parts, merges);
    parallelFor(task, parts.size(), [&](std::size_t i) {
      Task const alone;
      solve(parts[i], alone);
      task.add(tridiagonalEigenvectorsUnits(parts[i].size()));
    });
    for (IndexRange const& block : merges) {
      merge(block, task);
      auto const size = static_cast<std::uint64_t>(block.size());
      task.add(size * size * size);
    }
    return sorted(task);
  }

 private:
  /// T = diag(T_1, T_2) + |beta| v v^T with v = (0, ..., 0, 1, sign beta, 0, ..., 0), at every cut; lists the
  /// parts for one thread each, and what is to be merged after them, in order.
  void tear(IndexRange block, std::vector<IndexRange>& parts, std::vector<IndexRange>& merges) {
    if (block.size() <= kPart) {
      parts.push_back(block);
      cut(block);
      return;
    }
    cutOnce(block);
    tear(upperHalf(block), parts, merges);
    tear(lowerHalf(block), parts, merges);
    merges.push_back(block);
  }

  void cut(IndexRange block) {
    if (block.size() <= kLeaf) return;
    cutOnce(block);
    cut(upperHalf(block));
    cut(lowerHalf(block));
  }

  void cutOnce(IndexRange block) {
    Index const row = cutOf(block);
    double const beta = std::abs(t_.subdiagonal[row - 1]);
    t_.diagonal[row - 1] -= beta;
    t_.diagonal[row] -= beta;
  }

  void solve(IndexRange block, Task const& task) {
    if (block.size() <= kLeaf) {
      solveLeaf(block);
      return;
    }
    solve(upperHalf(block), task);
    solve(lowerHalf(block), task);
    merge(block, task);
  }

  void solveLeaf(IndexRange block) {
    Eigen::SelfAdjointEigenSolver<EigenMatrix> solver;
    EigenVector diagonal = asEigen(t_.diagonal).segment(block.begin, block.size());
    EigenVector subdiagonal = asEigen(t_.subdiagonal).segment(block.begin, block.size() - 1);
    // The iteration works from the bottom up; a matrix that grows downwards would take it many more sweeps, and
    // the vectors as many more roundings.
    bool const turned = std::abs(diagonal[0]) < std::abs(diagonal[block.size() - 1]);
    if (turned) {
      std::reverse(diagonal.begin(), diagonal.end());
      std::reverse(subdiagonal.begin(), subdiagonal.end());
    }
    solver.computeFromTridiagonal(diagonal, subdiagonal, Eigen::ComputeEigenvectors);
    if (solver.info() != Eigen::Success)
      throw Error(ErrorCode::noConvergence, "tridiagonalEigenvectors: no convergence");
    values_.segment(block.begin, block.size()) = solver.eigenvalues();
    auto vectors = vectors_.block(block.begin, block.begin, block.size(), block.size());
    if (turned) {
      vectors = solver.eigenvectors().colwise().reverse();
    } else {
      vectors = solver.eigenvectors();
    }
    std::iota(ordered(block.begin), ordered(block.end), block.begin);
  }

  [[nodiscard]] std::vector<Index>::iterator ordered(Index i) {
    return order_.begin() + static_cast<std::ptrdiff_t>(i);
  }

  [[nodiscard]] auto byValue() const {
    return [this](Index a, Index b) { return values_[a] != values_[b] ? values_[a] < values_[b] : a < b; };
  }

  /// From the eigendecompositions of a block's halves to its own.
  void merge(IndexRange block, Task const& task) {
    std::vector<Support> support(static_cast<std::size_t>(block.size()), Support::upper);
    std::fill(support.begin() + (cutOf(block) - block.begin), support.end(), Support::lower);
    Update const update = deflate(block, support);
    if (!update.columns.empty()) applyUpdate(block, update, support, task);
    std::sort(ordered(block.begin), ordered(block.end), byValue());
  }

  /// Takes out of the update what it does not change to rounding: columns that it hardly touches, and of two
  /// with nearly equal values one, after a rotation (Dongarra & Sorensen 1987).
  Update deflate(IndexRange block, std::vector<Support>& support) {
    Index const row = cutOf(block);
    double const beta = t_.subdiagonal[row - 1];
    // u = sqrt(2 |beta|) z with |z| = 1.
    EigenVector z(block.size());
    for (Index j = 0; j < block.size(); ++j) {
      double const entry = block.begin + j < cutOf(block)
                               ? vectors_(row - 1, block.begin + j)
                               : std::copysign(1.0, beta) * vectors_(row, block.begin + j);
      z[j] = entry * std::sqrt(0.5);
    }
    double const rho = 2 * std::abs(beta);
    double largest = rho;
    for (Index j = 0; j < block.size(); ++j) largest = std::max(largest, std::abs(values_[block.begin + j]));
    double const tolerance = 8 * std::max(kEps * largest, negligible_);

    std::vector<Index> ascending;
    ascending.reserve(static_cast<std::size_t>(block.size()));
    std::merge(ordered(block.begin), ordered(row), ordered(row), ordered(block.end),
               std::back_inserter(ascending), byValue());
    std::vector<Index> kept;
    for (Index const column : ascending) {
      Index const j = column - block.begin;
      if (rho * std::abs(z[j]) <= tolerance) continue;
      if (!kept.empty()) {
        Index const previous = kept.back() - block.begin;
        double const length = std::sqrt(z[previous] * z[previous] + z[j] * z[j]);
        double const cosine = z[j] / length;
        double const sine = -z[previous] / length;
        if (std::abs((values_[column] - values_[kept.back()]) * cosine * sine) <= tolerance) {
          z[j] = length;
          z[previous] = 0;
          rotate(block, kept.back(), column, cosine, sine);
          Support& first = support[static_cast<std::size_t>(previous)];
          Support& second = support[static_cast<std::size_t>(j)];
          if (first != second) first = second = Support::both;
          kept.pop_back();
        }
      }
      kept.push_back(column);
    }

    Update update;
    auto const count = static_cast<Index>(kept.size());
    update.poles.resize(count);
    update.residues.resize(count);
    update.u.resize(count);
    for (Index i = 0; i < count; ++i) {
      Index const column = kept[static_cast<std::size_t>(i)];
      update.poles[i] = values_[column];
      update.u[i] = z[column - block.begin];
      update.residues[i] = rho * update.u[i] * update.u[i];
    }
    update.columns = std::move(kept);
    return update;
  }

  /// Columns a and b of the eigenvectors turned by a plane rotation, with the diagonal entries that go with
  /// them.
  void rotate(IndexRange block, Index a, Index b, double cosine, double sine) {
    for (Index i = block.begin; i < block.end; ++i) {
      double const first = vectors_(i, a);
      double const second = vectors_(i, b);
      vectors_(i, a) = cosine * first + sine * second;
      vectors_(i, b) = cosine * second - sine * first;
    }
    double const first = values_[a];
    double const second = values_[b];
    values_[a] = first * cosine * cosine + second * sine * sine;
    values_[b] = first * sine * sine + second * cosine * cosine;
  }

  void applyUpdate(IndexRange block, Update const& update, std::vector<Support> const& support,
                   Task const& task) {
    Grouping const grouping = group(block, update, support);
    auto const count = static_cast<Index>(update.columns.size());
    EigenMatrix const upper = gather(upperHalf(block), update, grouping, 0, grouping.above);
    EigenMatrix const lower =
        gather(lowerHalf(block), update, grouping, count - grouping.below, grouping.below);
    EigenMatrix const changes = updateVectors(update, grouping, task);
    scatter(upper, changes.topRows(grouping.above), block.begin, update, task);
    scatter(lower, changes.bottomRows(grouping.below), cutOf(block), update, task);
  }

  [[nodiscard]] static Grouping group(IndexRange block, Update const& update,
                                      std::vector<Support> const& support) {
    Grouping grouping;
    grouping.position.resize(update.columns.size());
    Index next = 0;
    for (Support const wanted : {Support::upper, Support::both, Support::lower}) {
      if (wanted == Support::both) grouping.below = static_cast<Index>(update.columns.size()) - next;
      for (std::size_t j = 0; j < update.columns.size(); ++j) {
        if (support[static_cast<std::size_t>(update.columns[j] - block.begin)] == wanted)
          grouping.position[j] = next++;
      }
      if (wanted == Support::both) grouping.above = next;
    }
    return grouping;
  }

  /// The rows of a half of the columns at positions first .. first + count - 1.
  [[nodiscard]] EigenMatrix gather(IndexRange half, Update const& update, Grouping const& grouping, Index first,
                                   Index count) const {
    EigenMatrix gathered(half.size(), count);
    for (std::size_t j = 0; j < update.columns.size(); ++j) {
      Index const position = grouping.position[j] - first;
      if (position >= 0 && position < count)
        gathered.col(position) = vectors_.col(update.columns[j]).segment(half.begin, half.size());
    }
    return gathered;
  }

  /// The product of a half's vectors and their changes takes the place of the vectors, from `row` on.
  void scatter(EigenMatrix const& half, ConstMatrixBlock changes, Index row, Update const& update,
               Task const& task) {
    EigenMatrix product = EigenMatrix::Zero(half.rows(), changes.cols());
    addProduct(product, 1, {half, Transpose::no, changes, Transpose::no}, task);
    parallelForPieces(task, IndexRange{0, product.cols()}, kRootsPerRange, [&](IndexRange columns) {
      for (Index j = columns.begin; j < columns.end; ++j)
        vectors_.col(update.columns[static_cast<std::size_t>(j)]).segment(row, product.rows()) = product.col(j);
    });
  }

  /// Eigenvectors of the update, their rows in the order of `grouping`; its eigenvalues replace the poles'.
  [[nodiscard]] EigenMatrix updateVectors(Update const& update, Grouping const& grouping, Task const& task) {
    Index const count = update.poles.size();
    double const residueSum = fixedOrderSum(
        static_cast<std::size_t>(count), [&](std::size_t i) { return update.residues[static_cast<Index>(i)]; });
    EigenMatrix differences(count, count);  // poles_j - eigenvalue_i at (j, i)
    parallelForPieces(task, IndexRange{0, count}, kRootsPerRange, [&](IndexRange roots) {
      for (Index i = roots.begin; i < roots.end; ++i) {
        SecularRoot const root = secularRoot(update.poles, update.residues, residueSum, i);
        double const origin = update.poles[root.origin];
        for (Index j = 0; j < count; ++j) differences(j, i) = (update.poles[j] - origin) - root.offset;
        values_[update.columns[static_cast<std::size_t>(i)]] = origin + root.offset;
      }
    });

    // The u of which the computed eigenvalues are the exact ones, u_j^2 = prod_i (lambda_i - d_j) /
    // prod_{i != j} (d_i - d_j) (Loewner; Gu & Eisenstat 1995, equation 3.3): with it, vectors are orthogonal.
    EigenVector u(count);
    parallelForPieces(task, IndexRange{0, count}, kRowsPerRange, [&](IndexRange rows) {
      EigenVector squares = EigenVector::Ones(rows.size());
      for (Index i = 0; i < count; ++i) {
        for (Index k = 0; k < rows.size(); ++k) {
          Index const j = rows.begin + k;
          double const distance = j == i ? -1.0 : update.poles[j] - update.poles[i];
          squares[k] *= differences(j, i) / distance;
        }
      }
      for (Index k = 0; k < rows.size(); ++k)
        u[rows.begin + k] = std::copysign(std::sqrt(squares[k]), update.u[rows.begin + k]);
    });

    parallelForPieces(task, IndexRange{0, count}, kRootsPerRange, [&](IndexRange roots) {
      EigenVector vector(count);
      for (Index i = roots.begin; i < roots.end; ++i) {
        for (Index j = 0; j < count; ++j) vector[j] = u[j] / differences(j, i);
        double const squared = fixedOrderSum(static_cast<std::size_t>(count), [&](std::size_t j) {
          return vector.data()[j] * vector.data()[j];
        });
        double const scale = 1 / std::sqrt(squared);
        for (Index j = 0; j < count; ++j)
          differences(grouping.position[static_cast<std::size_t>(j)], i) = vector[j] * scale;
      }
    });
    return differences;
  }

  [[nodiscard]] Eigendecomposition sorted(Task const& task) const {
    Index const n = values_.size();
    Eigendecomposition result{EigenVector(n), EigenMatrix(n, n)};
    parallelForPieces(task, IndexRange{0, n}, kRootsPerRange, [&](IndexRange cols) {
      for (Index j = cols.begin; j < cols.end; ++j) {
        Index const column = order_[static_cast<std::size_t>(j)];
        result.values[j] = values_[column];
        result.vectors.col(j) = vectors_.col(column);
      }
    });
    return result;
  }

  Tridiagonal t_;  // torn
  EigenVector values_;
  EigenMatrix vectors_;
  std::vector<Index> order_;  // columns by value, within each block that is done
  double negligible_ = 0;     // eps^2 ||T||: with less deflated, residues cannot underflow
};

}  // namespace

Eigendecomposition tridiagonalEigenvectors(Tridiagonal const& t, Task& task) {
  return DivideAndConquer(t).run(task);
}

std::uint64_t tridiagonalEigenvectorsUnits(Index n) {
  auto const size = static_cast<std::uint64_t>(n);
  std::uint64_t const own = size * size * size;
  if (n <= kPart) return own;
  return own + tridiagonalEigenvectorsUnits(n / 2) + tridiagonalEigenvectorsUnits(n - n / 2);
}

}  // namespace madloop::linalg
