#include "core/linalg/pivoted_qr.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/linalg/eigen.hpp"

namespace madloop::linalg {

RankRevealingFactor rankRevealingFactor(Matrix const& a) {
  Eigen::ColPivHouseholderQR<EigenMatrix> const qr(asEigen(a).transpose());
  EigenMatrix const& r = qr.matrixQR();
  Index const pivots = std::min(r.rows(), r.cols());
  double const eps = std::numeric_limits<double>::epsilon();
  double const negligible = 8 * static_cast<double>(a.rows()) * eps * std::abs(r(0, 0));
  Index rank = 0;
  while (rank < pivots && std::abs(r(rank, rank)) > negligible) ++rank;
  RankRevealingFactor result{Matrix(a.rows(), rank), Vector(rank)};
  auto const& order = qr.colsPermutation().indices();
  for (Index j = 0; j < rank; ++j) {
    for (Index i = 0; i < a.rows(); ++i) result.factor(order[i], j) = i < j ? 0.0 : r(j, i);
    result.pivots[j] = r(j, j);
  }
  return result;
}

}  // namespace madloop::linalg
