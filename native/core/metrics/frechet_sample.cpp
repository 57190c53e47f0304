#include "core/metrics/frechet_sample.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <type_traits>

#include "core/base/checked.hpp"
#include "core/base/parallel.hpp"
#include "core/base/sum.hpp"
#include "core/linalg/cholesky.hpp"
#include "core/linalg/products.hpp"
#include "core/metrics/heavy_tails.hpp"
#include "core/random/permutation.hpp"

namespace madloop::metrics {

using gaussian::FactoredGaussian;
using gaussian::Moments;
using linalg::Index;
using linalg::Matrix;
using linalg::Vector;

namespace {

/// Domain of streamKey: "rowgroup".
constexpr std::uint64_t kDomain = 0x726f7767'726f7570ULL;

/// More than what a Cholesky factor needs: parts of a sample are conditioned worse than the whole.
constexpr double kWellConditionedParts = 10 * gaussian::kWellConditioned;

/// Doubles that all evaluations at the same time may take: 4 GiB.
constexpr std::size_t kWorkDoubles = std::size_t{1} << 29;
/// dim x dim matrices alive in one evaluation: moments, their factor and its inverse, scaled factors, products.
constexpr std::size_t kWorkMatrices = 10;

/// Whether 1 / tr S^-1 <= lambda_min is above the bound, for S = L L^T with a triangular L.
bool wellConditioned(FactoredGaussian const& factored, Task const& task) {
  if (!factored.covariance.isTrapezoidal()) return false;
  Matrix const& factor = factored.covariance.values();
  double const mean = factored.covariance.trace() / static_cast<double>(factor.rows());
  for (Index i = 0; i < factor.rows(); ++i) {
    if (!(factor(i, i) * factor(i, i) > kWellConditionedParts * mean)) return false;
  }
  return 1 / linalg::squaredNormOfInverse(factor, task) > kWellConditionedParts * mean;
}

template <class T>
inline constexpr bool isGaussian = std::is_same_v<std::decay_t<T>, gaussian::GaussianView>;

template <class T>
class GroupedRows final : public GroupedSample {
 public:
  GroupedRows(MatrixView<T> x, FactoredGaussian const& whole, std::size_t groups, random::Stream const& stream,
              Task& task)
      : x_(x), order_(random::randomOrder(stream, x.rows, x.rows)), begins_(groups + 1), sizes_(groups) {
    for (std::size_t g = 0; g <= groups; ++g) begins_[g] = x.rows / groups * g + std::min(g, x.rows % groups);
    for (std::size_t g = 0; g < groups; ++g) sizes_[g] = begins_[g + 1] - begins_[g];
    if (x.rows <= x.cols || !wellConditioned(whole, task)) {
      task.add(x.rows);
      return;
    }
    checkedMultiply(groups, checkedMultiply(x.cols, x.cols, "moments of the groups"), "moments of the groups");
    moments_.resize(groups);
    evaluateEach(task, groups, x.cols, [&](std::size_t g, Task& inner) {
      moments_[g] = withRows({g, g + 1}, [&](MatrixView<T> rows) { return gaussian::moments(rows, inner); });
      task.add(sizes_[g]);
    });
  }

  [[nodiscard]] std::vector<std::size_t> const& sizes() const override { return sizes_; }

  FactoredGaussian factor(GroupRange range, Task& task) const override {
    if (!moments_.empty() && rows(range) > x_.cols) {
      FactoredGaussian pooled = gaussian::factorMoments(poolMoments(moments_, range), task, "the rows");
      // Else it is nearly singular without the group that is left out.
      if (pooled.covariance.isTrapezoidal()) return pooled;
    }
    return withRows(range, [&](MatrixView<T> rows) { return gaussian::factorData(rows, task, "the rows"); });
  }

 private:
  /// use(a copy of these groups' rows, one after the other).
  template <class Use>
  auto withRows(GroupRange range, Use use) const {
    std::vector<T> copy;
    copy.reserve(rows(range) * x_.cols);
    for (std::size_t g = range.first; g < range.last; ++g) {
      if (g == range.without) continue;
      for (std::size_t i = begins_[g]; i < begins_[g + 1]; ++i) {
        T const* const row = x_.row(order_[i]);
        copy.insert(copy.end(), row, row + x_.cols);
      }
    }
    return use(MatrixView<T>{copy.data(), copy.size() / x_.cols, x_.cols});
  }

  MatrixView<T> x_;
  std::vector<std::size_t> order_;
  std::vector<std::size_t> begins_;  // where in order_ each group begins
  std::vector<std::size_t> sizes_;
  std::vector<Moments> moments_;  // one a group; empty where rows are factored themselves
};

}  // namespace

bool sampled(FrechetSide const& side) { return !std::holds_alternative<gaussian::GaussianView>(side); }

std::size_t rowsOf(FrechetSide const& side) {
  return std::visit(
      [](auto const& given) {
        if constexpr (isGaussian<decltype(given)>) {
          return std::size_t{0};
        } else {
          return given.rows;
        }
      },
      side);
}

std::size_t colsOf(FrechetSide const& side) {
  return std::visit(
      [](auto const& given) {
        if constexpr (isGaussian<decltype(given)>) {
          return given.dim;
        } else {
          return given.cols;
        }
      },
      side);
}

bool heavyTails(FrechetSide const& side, Task const& task, char const* argument) {
  return std::visit(
      [&](auto const& given) {
        if constexpr (isGaussian<decltype(given)>) {
          return false;
        } else {
          return heavyTails(given, task, argument);
        }
      },
      side);
}

FactoredGaussian factorSide(FrechetSide const& side, Task& task, char const* argument) {
  return std::visit(
      [&](auto const& given) {
        if constexpr (isGaussian<decltype(given)>) {
          return gaussian::factorMoments(given, task, argument);
        } else {
          return gaussian::factorData(given, task, argument);
        }
      },
      side);
}

std::size_t GroupedSample::rows(GroupRange range) const {
  std::size_t sum = 0;
  for (std::size_t g = range.first; g < range.last; ++g) sum += g == range.without ? 0 : sizes()[g];
  return sum;
}

std::unique_ptr<GroupedSample> groupRows(FrechetSide const& side, FactoredGaussian const& whole,
                                         std::size_t groups, std::uint64_t seed, std::uint32_t part,
                                         Task& task) {
  random::Stream const stream{random::streamKey(seed, kDomain), 0, 0, part};
  return std::visit(
      [&](auto const& given) -> std::unique_ptr<GroupedSample> {
        if constexpr (isGaussian<decltype(given)>) {
          throw Error(ErrorCode::internal, "groupRows: a Gaussian has no rows");
        } else {
          using T = std::remove_const_t<std::remove_pointer_t<decltype(given.data)>>;
          return std::make_unique<GroupedRows<T>>(given, whole, groups, stream, task);
        }
      },
      side);
}

Moments poolMoments(std::vector<Moments> const& groups, GroupRange range) {
  Moments const& shape = groups[range.first];
  auto const dim = static_cast<Index>(shape.dim);
  std::vector<Moments const*> chosen;
  double n = 0;
  for (std::size_t g = range.first; g < range.last; ++g) {
    if (g == range.without) continue;
    chosen.push_back(&groups[g]);
    n += static_cast<double>(groups[g].count);
  }
  Moments result;
  result.dim = shape.dim;
  result.count = static_cast<std::size_t>(n);
  // About the first group's mean, so that an offset common to all costs no digits.
  std::vector<double> const& first = chosen[0]->mean;
  Matrix between(dim, static_cast<Index>(chosen.size()));
  Vector shift = Vector::zero(dim);
  for (std::size_t g = 0; g < chosen.size(); ++g) {
    double* const column = between.column(static_cast<Index>(g));
    for (std::size_t i = 0; i < shape.dim; ++i) {
      column[i] = chosen[g]->mean[i] - first[i] + chosen[g]->meanLow[i];
    }
    linalg::addScaled(shift, static_cast<double>(chosen[g]->count) / n, column);
  }
  Matrix scatter = Matrix::zero(dim, dim);
  for (std::size_t g = 0; g < chosen.size(); ++g) {
    auto const count = static_cast<double>(chosen[g]->count);
    double const root = std::sqrt(count);
    double* const column = between.column(static_cast<Index>(g));
    for (Index i = 0; i < dim; ++i) column[i] = (column[i] - shift[i]) * root;
    double* const sum = scatter.data();
    for (std::size_t i = 0; i < chosen[g]->covariance.size(); ++i)
      sum[i] += chosen[g]->covariance[i] * (count - 1);
  }
  linalg::addGram(between, scatter);
  result.mean.resize(shape.dim);
  result.meanLow.resize(shape.dim);
  for (std::size_t i = 0; i < shape.dim; ++i)
    std::tie(result.mean[i], result.meanLow[i]) = exactSum(first[i], shift[static_cast<Index>(i)]);
  result.covariance.resize(shape.covariance.size());
  for (Index j = 0; j < dim; ++j) {
    for (Index i = j; i < dim; ++i) {
      double const value = scatter(i, j) / (n - 1);
      result.covariance[static_cast<std::size_t>(i * dim + j)] = value;
      result.covariance[static_cast<std::size_t>(j * dim + i)] = value;
    }
  }
  return result;
}

void evaluateEach(Task& task, std::size_t count, std::size_t dim,
                  std::function<void(std::size_t, Task&)> const& body) {
  std::size_t const byMemory =
      dim > (std::size_t{1} << 14) ? 1 : std::max<std::size_t>(1, kWorkDoubles / (kWorkMatrices * dim * dim));
  std::size_t const atOnce = std::max<std::size_t>(1, std::min({task.threads(), count, byMemory}));
  std::size_t const inEach = task.threads() / atOnce;
  Task const outer(task, atOnce);
  parallelFor(outer, count, [&](std::size_t i) {
    Task inner(outer, inEach);
    body(i, inner);
  });
}

}  // namespace madloop::metrics
