#include "core/metrics/frechet_scale.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "core/base/parallel.hpp"

namespace madloop::metrics {

namespace {

/// Exponent of values whose squares, and what is computed of them, are far from the ends of the range.
constexpr int kLargestExponent = 400;

/// Rows that are looked at together.
constexpr std::size_t kRows = 1024;

double largest(std::span<double const> values) {
  double result = 0;
  for (double const value : values) result = std::max(result, std::abs(value));
  return result;
}

/// How large the differences within a side are, and those of its mean from `origin`: a power of two off, or
/// much, where the data are far from the origin.
struct Size {
  std::span<double const> origin;
  Task const& task;

  double operator()(MatrixView<float>) const { return 1; }  // no float is out of range

  double operator()(MatrixView<double> x) const {
    IndexRange const all{0, x.rows};
    std::vector<double> most(pieceCount(all, kRows), 0.0);
    parallelForPieces(task, all, kRows, [&](IndexRange rows) {
      most[rows.begin / kRows] = largest({x.row(rows.begin), rows.size() * x.cols});
    });
    return largest(most);
  }

  double operator()(gaussian::GaussianView const& given) const {
    double most = 0;
    for (std::size_t i = 0; i < given.covariance.size(); i += given.dim + 1)
      most = std::max(most, std::sqrt(std::max(0.0, given.covariance[i])));
    for (std::size_t i = 0; i < given.mean.size(); ++i)
      most = std::max(most, std::abs(given.mean[i] - (i < origin.size() ? origin[i] : 0)));
    return most;
  }
};

/// Of two Gaussians only the difference of their means counts.
std::span<double const> originOf(FrechetSide const& a, FrechetSide const& b) {
  auto const* const first = std::get_if<gaussian::GaussianView>(&a);
  auto const* const second = std::get_if<gaussian::GaussianView>(&b);
  return first != nullptr && second != nullptr ? first->mean : std::span<double const>();
}

std::vector<double> times(std::span<double const> values, int exponent) {
  std::vector<double> result(values.size());
  std::transform(values.begin(), values.end(), result.begin(),
                 [&](double value) { return std::ldexp(value, exponent); });
  return result;
}

}  // namespace

ScaledSides::ScaledSides(FrechetSide const& a, FrechetSide const& b, Task const& task)
    : a_{a, {}, {}}, b_{b, {}, {}} {
  Size const size{originOf(a, b), task};
  double const most = std::max(std::visit(size, a), std::visit(size, b));
  if (!(most > 0 && std::isfinite(most)) || std::abs(std::ilogb(most)) <= kLargestExponent) return;
  exponent_ = -std::ilogb(most);
  a_ = scaledCopy(a, exponent_);
  b_ = scaledCopy(b, exponent_);
}

ScaledSides::Copy ScaledSides::scaledCopy(FrechetSide const& side, int exponent) {
  Copy copy{side, {}, {}};
  if (auto const* const given = std::get_if<gaussian::GaussianView>(&side)) {
    copy.first = times(given->mean, exponent);
    copy.second = times(given->covariance, 2 * exponent);
    copy.side = gaussian::GaussianView{given->dim, copy.first, copy.second, given->eps};
  } else if (auto const* const x = std::get_if<MatrixView<double>>(&side)) {
    copy.first = times({x->data, x->rows * x->cols}, exponent);
    copy.side = MatrixView<double>{copy.first.data(), x->rows, x->cols};
  } else {
    auto const [data, rows, cols] = std::get<MatrixView<float>>(side);
    copy.first = times(std::vector<double>(data, data + rows * cols), exponent);
    copy.side = MatrixView<double>{copy.first.data(), rows, cols};
  }
  return copy;
}

double ScaledSides::restoredSquare(double value) const { return std::ldexp(value, -2 * exponent_); }

FrechetDistance ScaledSides::restored(FrechetDistance const& scaled) const {
  if (exponent_ == 0) return scaled;
  FrechetDistance result;
  result.meanTerm = restoredSquare(scaled.meanTerm);
  result.covarianceTerm = restoredSquare(scaled.covarianceTerm);
  result.distance = result.meanTerm + result.covarianceTerm;
  result.wasserstein2 = std::ldexp(scaled.wasserstein2, -exponent_);
  // Each of the terms may have lost half of the smallest double, and the bound itself; beyond the range all is
  // lost.
  result.errorBound = std::isfinite(result.distance)
                          ? restoredSquare(scaled.errorBound) + 2 * std::numeric_limits<double>::denorm_min()
                          : std::numeric_limits<double>::infinity();
  return result;
}

FrechetDistance frechetDistance(FrechetSide const& a, FrechetSide const& b, Task& task) {
  ScaledSides const sides(a, b, task);
  auto const* const first = std::get_if<gaussian::GaussianView>(&sides.a());
  auto const* const second = std::get_if<gaussian::GaussianView>(&sides.b());
  if (first != nullptr && second != nullptr) return sides.restored(frechetDistance(*first, *second, task));
  gaussian::FactoredGaussian factoredA = factorSide(sides.a(), task, "a");
  gaussian::FactoredGaussian factoredB = factorSide(sides.b(), task, "b");
  return sides.restored(frechetDistance(std::move(factoredA), std::move(factoredB), task));
}

}  // namespace madloop::metrics
