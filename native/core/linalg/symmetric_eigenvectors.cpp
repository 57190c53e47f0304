#include "core/linalg/symmetric_eigenvectors.hpp"

#include "core/linalg/tridiagonal_reduction.hpp"

namespace madloop::linalg {

Eigendecomposition symmetricEigenvectors(Matrix a, Task& task) {
  TridiagonalReduction const reduction = reduceToTridiagonal(asEigen(a), task);
  a = Matrix();  // the memory is needed below
  Eigendecomposition result = tridiagonalEigenvectors(reduction.matrix, task);
  multiplyByReflectors(reduction, result.vectors, task);
  return result;
}

std::uint64_t symmetricEigenvectorsUnits(Index n) {
  return tridiagonalReductionUnits(n) + tridiagonalEigenvectorsUnits(n) + multiplyByReflectorsUnits(n, n);
}

}  // namespace madloop::linalg
