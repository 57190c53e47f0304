// A side of a Frechet distance whose error is wanted: the rows of a sample, cut at random into groups, so that
// the distance can be computed again without some of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <variant>
#include <vector>

#include "core/base/task.hpp"
#include "core/base/view.hpp"
#include "core/gaussian/gaussian_factor.hpp"
#include "core/gaussian/moments.hpp"

namespace madloop::metrics {

/// A sample, or a Gaussian that is known exactly, where its values lie.
using FrechetSide = std::variant<MatrixView<float>, MatrixView<double>, gaussian::GaussianView>;

/// Whether a side is a sample: has rows.
bool sampled(FrechetSide const& side);
/// Rows of a sample, else 0.
std::size_t rowsOf(FrechetSide const& side);
/// Dimension of a side.
std::size_t colsOf(FrechetSide const& side);

/// Whether a side is a sample with heavy tails (heavy_tails.hpp).
bool heavyTails(FrechetSide const& side, Task const& task, char const* argument);

/// The Gaussian of a side. Errors as for factorData and factorMoments.
gaussian::FactoredGaussian factorSide(FrechetSide const& side, Task& task, char const* argument);

/// The groups first, ..., last - 1, but not `without`.
struct GroupRange {
  std::size_t first = 0;
  std::size_t last = 0;
  std::size_t without = std::numeric_limits<std::size_t>::max();
};

/// The rows of a sample in random groups whose sizes differ by at most one, and Gaussians fitted to unions of
/// groups.
class GroupedSample {
 public:
  GroupedSample() = default;
  GroupedSample(GroupedSample const&) = delete;
  GroupedSample& operator=(GroupedSample const&) = delete;
  virtual ~GroupedSample() = default;

  /// Rows in each group.
  [[nodiscard]] virtual std::vector<std::size_t> const& sizes() const = 0;
  [[nodiscard]] std::size_t rows(GroupRange range) const;
  /// The Gaussian of these groups' rows, at least 2. Any thread.
  virtual gaussian::FactoredGaussian factor(GroupRange range, Task& task) const = 0;
};

/// Groups the rows of a sample (`side` is a sample). `whole` is its Gaussian, `part` tells the random order
/// of one side from that of the other; the side's data outlive the result.
///
/// Where there are more rows than columns and the covariance is well conditioned, the moments of each group are
/// taken once, and those of a union are pooled from them: groups x cols^2 doubles. Elsewhere a union is
/// factored from its rows themselves, which keeps what float64 moments would lose. Adds `rows` to the task's
/// progress.
std::unique_ptr<GroupedSample> groupRows(FrechetSide const& side, gaussian::FactoredGaussian const& whole,
                                         std::size_t groups, std::uint64_t seed, std::uint32_t part,
                                         Task& task);

/// Moments of the union of groups [first, last) without one: the scatter within the groups plus the scatter of
/// their means, sums of positive semidefinite matrices without any subtraction. (Chan, Golub & LeVeque 1979.)
gaussian::Moments poolMoments(std::vector<gaussian::Moments> const& groups, GroupRange range);

/// The work of one distance in dimension `dim`, in the unit of Task::expect that factorData uses: a row, cols^2
/// operations.
constexpr std::uint64_t distanceWork(std::size_t dim) { return 10 * std::uint64_t{dim}; }

/// Calls body(i, inner) for i < count, each on an inner task of its own: several at a time where `dim` allows
/// it (each factors matrices of dim x dim), with the threads shared among them. The values do not depend on how
/// many.
void evaluateEach(Task& task, std::size_t count, std::size_t dim,
                  std::function<void(std::size_t, Task&)> const& body);

}  // namespace madloop::metrics
