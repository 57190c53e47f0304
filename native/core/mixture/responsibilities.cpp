#include "core/mixture/responsibilities.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/elementary.hpp"
#include "core/base/sum.hpp"
#include "core/linalg/products.hpp"
#include "core/mixture/exponentials.hpp"

namespace madloop::mixture {

namespace {

/// Up to this dimension second moments are summed element by element, above it by rank-k updates.
constexpr std::size_t kSmallDim = 16;

double tileSum(double const* values) {
  return fixedOrderSum(kTileRows, [&](std::size_t i) { return values[i]; });
}

double tileProduct(double const* a, double const* b) {
  return fixedOrderSum(kTileRows, [&](std::size_t i) { return a[i] * b[i]; });
}

void addAll(std::vector<double>& sums, std::vector<double> const& others) {
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += others[i];
}

std::size_t secondMoments(CovarianceForm form, std::size_t components, std::size_t dim) {
  return form == CovarianceForm::tied ? 0 : covarianceValues(form, components, dim);
}

}  // namespace

double Responsibilities::estimate(WhitenedComponents const& components,
                                  WhitenedComponents::Workspace& workspace, Tile const& tile) {
  workspace.take(tile);
  alignas(kPanelAlignment) double largest[kTileRows];
  alignas(kPanelAlignment) double sum[kTileRows];
  std::fill(largest, largest + kTileRows, kLogZero);
  std::fill(sum, sum + kTileRows, 0.0);
  for (std::size_t k = 0; k < components_; ++k) {
    double* const terms = shares_.get() + k * kTileRows;
    components.logDensities(k, workspace, terms);
    for (std::size_t i = 0; i < kTileRows; ++i) largest[i] = terms[i] > largest[i] ? terms[i] : largest[i];
  }
  AddExponentials const exponentiate = addExponentials.chosen();
  for (std::size_t k = 0; k < components_; ++k) exponentiate(shares_.get() + k * kTileRows, largest, sum);
  // A row whose squared distances from all components overflow has no density; one without weight counts for
  // nothing.
  double const logLikelihood = fixedOrderSum(tile.rows, [&](std::size_t i) {
    if (tile.weight(i) == 0) return 0.0;
    return sum[i] > 0 ? tile.weight(i) * (largest[i] + logarithm(sum[i]))
                      : -std::numeric_limits<double>::infinity();
  });
  double* const inverse = sum;
  for (std::size_t i = 0; i < kTileRows; ++i)
    inverse[i] = i < tile.rows && tile.weight(i) > 0 ? tile.weight(i) / sum[i] : 0;
  for (std::size_t k = 0; k < components_; ++k) {
    double* const shares = shares_.get() + k * kTileRows;
    for (std::size_t i = 0; i < kTileRows; ++i) shares[i] *= inverse[i];
  }
  return logLikelihood;
}

void Responsibilities::assign(std::size_t const* labels, Tile const& tile) {
  std::fill(shares_.get(), shares_.get() + components_ * kTileRows, 0.0);
  for (std::size_t i = 0; i < tile.rows; ++i) shares_.get()[labels[i] * kTileRows + i] = tile.weight(i);
}

ShareSums::ShareSums(CovarianceForm form, std::size_t components, std::size_t dim)
    : total(components),
      first(components * dim),
      second(secondMoments(form, components, dim)),
      form_(form),
      dim_(dim),
      differences_(dim * kTileRows),
      weighted_(dim * kTileRows) {}

std::size_t ShareSums::size(CovarianceForm form, std::size_t components, std::size_t dim) {
  return components * (1 + dim) + secondMoments(form, components, dim);
}

void ShareSums::add(Responsibilities const& shares, Tile const& tile, double const* centres) {
  std::size_t const components = total.size();
  auto const rows = static_cast<linalg::Index>(kTileRows);
  auto const dim = static_cast<linalg::Index>(dim_);
  for (std::size_t k = 0; k < components; ++k) {
    double const* const r = shares.component(k);
    double const sum = tileSum(r);
    if (sum == 0) continue;
    total[k] += sum;
    bool const rankUpdate = form_ == CovarianceForm::full && dim_ > kSmallDim;
    for (std::size_t j = 0; j < dim_; ++j) {
      double const* const x = tile.coordinate(j);
      double const centre = centres[k * dim_ + j];
      double* const difference = differences_.get() + j * kTileRows;
      double* const weighted = weighted_.get() + j * kTileRows;
      for (std::size_t i = 0; i < kTileRows; ++i) {
        difference[i] = x[i] - centre;
        weighted[i] = r[i] * difference[i];
      }
      first[k * dim_ + j] += tileSum(weighted);
      if (form_ == CovarianceForm::diagonal) second[k * dim_ + j] += tileProduct(weighted, difference);
      if (form_ == CovarianceForm::spherical) second[k] += tileProduct(weighted, difference);
      if (rankUpdate) {
        for (std::size_t i = 0; i < kTileRows; ++i) weighted[i] = std::sqrt(r[i]) * difference[i];
      }
    }
    if (form_ != CovarianceForm::full) continue;
    double* const scatter = second.data() + k * dim_ * dim_;  // column-major
    if (rankUpdate) {
      linalg::addTransposedGram(weighted_.get(), rows, dim, scatter);
      continue;
    }
    for (std::size_t j = 0; j < dim_; ++j) {
      for (std::size_t l = j; l < dim_; ++l) {
        scatter[j * dim_ + l] +=
            tileProduct(weighted_.get() + j * kTileRows, differences_.get() + l * kTileRows);
      }
    }
  }
}

void ShareSums::add(ShareSums const& other) {
  addAll(total, other.total);
  addAll(first, other.first);
  addAll(second, other.second);
  logLikelihood += other.logLikelihood;
}

}  // namespace madloop::mixture
