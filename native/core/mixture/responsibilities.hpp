// The two halves of a step of expectation-maximisation, on tiles of rows.
#pragma once

#include <cstddef>
#include <vector>

#include "core/base/aligned_array.hpp"
#include "core/mixture/whitened_components.hpp"

namespace madloop::mixture {

/// Which share of each row of a tile each component has: share of component k in row i at [k * kTileRows + i].
/// The shares in a row have its weight as their sum. Rows beyond the tile's have none.
class Responsibilities {
 public:
  explicit Responsibilities(std::size_t components)
      : components_(components), shares_(components * kTileRows) {}

  /// Posterior probabilities of the components at each row, times its weight; returns the sum of the rows'
  /// log-densities, each times its weight.
  double estimate(WhitenedComponents const& components, WhitenedComponents::Workspace& workspace,
                  Tile const& tile);
  /// Each row belongs to one component, whole.
  void assign(std::size_t const* labels, Tile const& tile);

  [[nodiscard]] double const* component(std::size_t k) const { return shares_.get() + k * kTileRows; }

 private:
  std::size_t components_;
  AlignedArray<double> shares_;
};

/// Sums over rows x of their shares r, about a centre c of each component (its mean so far, so that nothing
/// cancels once the means have settled).
class ShareSums {
 public:
  ShareSums(CovarianceForm form, std::size_t components, std::size_t dim);

  /// Doubles in the sums, for the memory they take.
  static std::size_t size(CovarianceForm form, std::size_t components, std::size_t dim);

  /// Adds a tile's rows; centres: components x dim.
  void add(Responsibilities const& shares, Tile const& tile, double const* centres);
  /// Adds other sums about the same centres.
  void add(ShareSums const& other);

  std::vector<double> total;  // components: sum of r
  std::vector<double> first;  // components x dim: sum of r (x - c)
  std::vector<double>
      second;  // sum of r (x - c)(x - c)^T: components x dim x dim of which the lower triangle (full),
               // its diagonal components x dim (diagonal), or the trace (spherical); empty (tied)
  double logLikelihood = 0;

 private:
  CovarianceForm form_;
  std::size_t dim_;
  AlignedArray<double> differences_;  // dim x kTileRows
  AlignedArray<double> weighted_;     // dim x kTileRows
};

}  // namespace madloop::mixture
