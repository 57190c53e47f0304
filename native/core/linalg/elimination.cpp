#include "core/linalg/elimination.hpp"

#include <cmath>
#include <utility>

namespace madloop::linalg {

Vector solve(Matrix a, Vector b) {
  Index const n = a.rows();
  for (Index column = 0; column < n; ++column) {
    Index pivot = column;
    for (Index i = column + 1; i < n; ++i) {
      if (std::abs(a(i, column)) > std::abs(a(pivot, column))) pivot = i;
    }
    for (Index j = column; j < n; ++j) std::swap(a(column, j), a(pivot, j));
    std::swap(b[column], b[pivot]);
    for (Index i = column + 1; i < n; ++i) {
      double const factor = -a(i, column) / a(column, column);
      for (Index j = column; j < n; ++j) a(i, j) += factor * a(column, j);
      b[i] += factor * b[column];
    }
  }
  for (Index i = n; i-- > 0;) {
    for (Index j = i + 1; j < n; ++j) b[i] -= a(i, j) * b[j];
    b[i] /= a(i, i);
  }
  return b;
}

}  // namespace madloop::linalg
