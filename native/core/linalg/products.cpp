#include "core/linalg/products.hpp"

#include "core/linalg/eigen.hpp"
#include "core/linalg/parallel_product.hpp"

namespace madloop::linalg {

Matrix multiply(Matrix const& a, Matrix const& b) {
  Matrix product(a.rows(), b.cols());
  asEigen(product).noalias() = asEigen(a) * asEigen(b);
  return product;
}

Vector multiply(Matrix const& a, Vector const& x) {
  Vector product(a.rows());
  asEigen(product).noalias() = asEigen(a) * asEigen(x);
  return product;
}

Matrix multiplyTransposed(Matrix const& a, Matrix const& b) {
  Matrix product(a.cols(), b.cols());
  asEigen(product).noalias() = asEigen(a).transpose() * asEigen(b);
  return product;
}

Vector multiplyTransposed(Matrix const& a, Vector const& x) {
  Vector product(a.cols());
  asEigen(product).noalias() = asEigen(a).transpose() * asEigen(x);
  return product;
}

void addTransposedProduct(Matrix const& a, Matrix const& b, Matrix& sum, Task const& task) {
  addProduct(asEigen(sum), 1, {asEigen(a), Transpose::yes, asEigen(b), Transpose::no}, task);
}

void multiplyByTransposed(double const* a, Index rows, Matrix const& b, Matrix& product) {
  product.resize(rows, b.rows());
  asEigen(product).noalias() = Eigen::Map<EigenMatrix const>(a, rows, b.cols()) * asEigen(b).transpose();
}

void addGram(Matrix const& a, Matrix& sum) {
  asEigen(sum).selfadjointView<Eigen::Lower>().rankUpdate(asEigen(a));
}

void addGram(Matrix const& a, Index first, Index count, Matrix& sum) {
  asEigen(sum).selfadjointView<Eigen::Lower>().rankUpdate(asEigen(a).middleCols(first, count));
}

void addTransposedGram(Matrix const& a, Matrix& sum) {
  addTransposedGram(a.data(), a.rows(), a.cols(), sum.data());
}

void addTransposedGram(double const* a, Index rows, Index cols, double* sum) {
  Eigen::Map<EigenMatrix const> const factor(a, rows, cols);
  Eigen::Map<EigenMatrix>(sum, cols, cols).selfadjointView<Eigen::Lower>().rankUpdate(factor.transpose());
}

void addTransposedGram(Matrix const& a, Matrix& sum, Task const& task) {
  addProductLower(asEigen(sum), 1, {asEigen(a), Transpose::yes, asEigen(a), Transpose::no}, task);
}

void addSquare(double factor, Vector const& x, Matrix& sum) {
  asEigen(sum).selfadjointView<Eigen::Lower>().rankUpdate(asEigen(x), factor);
}

void addScaled(Vector& y, double factor, double const* x) {
  double* const out = y.data();
  for (Index i = 0; i < y.size(); ++i) out[i] += factor * x[i];
}

void scale(Matrix& m, double factor) {
  double* const values = m.data();
  for (Index i = 0; i < m.size(); ++i) values[i] *= factor;
}

void subtractFromColumns(Matrix& m, Vector const& x) {
  for (Index j = 0; j < m.cols(); ++j) {
    double* const column = m.column(j);
    for (Index i = 0; i < m.rows(); ++i) column[i] -= x[i];
  }
}

}  // namespace madloop::linalg
