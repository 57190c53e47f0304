// What the density of a mixture needs of its components, and their distances from the rows of a tile.
#pragma once

#include <cstddef>
#include <vector>

#include "core/base/aligned_array.hpp"
#include "core/base/elementary.hpp"
#include "core/base/task.hpp"
#include "core/linalg/matrix.hpp"
#include "core/mixture/gaussian_mixture.hpp"
#include "core/mixture/row_tiles.hpp"

namespace madloop::mixture {

/// Components in coordinates in which each is standard normal.
///
/// A singular covariance has a density within its range (pseudo-inverse and pseudo-determinant; distances are
/// those of the projections onto the range), so that data with constant or dependent columns need no care.
class WhitenedComponents {
 public:
  /// For tiles of rows less `centre`. With `requireDefinite`, a singular covariance of a component of positive
  /// weight is notPositiveSemidefinite. `argument` names the mixture.
  WhitenedComponents(GaussianMixture const& mixture, double const* centre, bool requireDefinite,
                     Task const& task, char const* argument);

  [[nodiscard]] std::size_t components() const { return logConstants_.size(); }

  /// Work space of one thread, and the tile it is at.
  class Workspace {
   public:
    explicit Workspace(WhitenedComponents const& components) : components_(components) {}
    void take(Tile const& tile);

   private:
    friend class WhitenedComponents;
    WhitenedComponents const& components_;
    Tile given_{};
    Tile tile_{};                 // what distances are measured in: for tied covariances the whitened tile
    linalg::Matrix whitened_;     // kTileRows x rank
    linalg::Matrix centred_;      // kTileRows x dim: less the mean of a component
    linalg::Matrix differences_;  // that, whitened
  };

  /// out[i] = log(weight_k density_k(row i)) for the kTileRows rows of the tile at hand.
  void logDensities(std::size_t k, Workspace& workspace, double* out) const;

 private:
  void squaredDistances(std::size_t k, Workspace& workspace, double* out) const;
  static void whitenedDistances(Tile const& tile, double const* mean, linalg::Matrix const& whitening,
                                Workspace& workspace, double* out);

  CovarianceForm form_;
  std::size_t dim_;
  std::vector<double> means_;               // in the coordinates in use: components x dim, or x rank where tied
  std::vector<linalg::Matrix> whitenings_;  // rank x dim: one a component (full) or one (tied)
  std::vector<std::vector<double>> far_;    // tied: the means as they are of those far out, else empty
  std::vector<double> precisions_;          // components x dim (diagonal) or components (spherical)
  std::vector<double> logConstants_;        // log weight - (rank log 2 pi + log determinant) / 2
};

/// Stands for log 0: below every density.
inline constexpr double kLogZero = -1e300;

/// e^x for x <= 0, but 0 below -700: a share of 1e-304 counts for nothing, and subnormal ones would cost 150
/// cycles each.
inline double exponentialOrZero(double x) {
  double const value = exponential(x < -700 ? -700 : x);
  return x < -700 ? 0 : value;
}

}  // namespace madloop::mixture
