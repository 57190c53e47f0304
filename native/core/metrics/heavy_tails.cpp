#include "core/metrics/heavy_tails.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/base/parallel.hpp"
#include "core/base/sum.hpp"
#include "core/gaussian/row_blocks.hpp"

namespace madloop::metrics {

template <class T>
double skewnessOfSquaredNorms(MatrixView<T> x, Task const& task, char const* argument) {
  Task own(task, task.threads());
  linalg::Vector const mean = gaussian::columnMean(x, own, argument);
  std::vector<double> norms(x.rows);
  parallelForPieces(own, IndexRange{0, x.rows}, 64, [&](IndexRange rows) {
    for (std::size_t i = rows.begin; i < rows.end; ++i) {
      T const* const row = x.row(i);
      norms[i] = fixedOrderSum(x.cols, [&](std::size_t j) {
        double const deviation = static_cast<double>(row[j]) - mean[static_cast<linalg::Index>(j)];
        return deviation * deviation;
      });
    }
    own.throwIfCancelled();
  });
  // In units of the largest, so that third powers are doubles wherever the squares are.
  double const largest = *std::max_element(norms.begin(), norms.end());
  auto const n = static_cast<double>(x.rows);
  double const middle = fixedOrderSum(x.rows, [&](std::size_t i) { return norms[i] / largest; }) / n;
  double second = 0;
  double third = 0;
  for (double const norm : norms) {
    double const deviation = norm / largest - middle;
    second += deviation * deviation / n;
    third += deviation * deviation * deviation / n;
  }
  // Else rounding alone: nothing scatters.
  return second > 1e-24 ? third / (second * std::sqrt(second)) : 0;
}

template double skewnessOfSquaredNorms(MatrixView<float>, Task const&, char const*);
template double skewnessOfSquaredNorms(MatrixView<double>, Task const&, char const*);

}  // namespace madloop::metrics
