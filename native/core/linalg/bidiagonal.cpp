#include "core/linalg/bidiagonal.hpp"

#include <algorithm>
#include <cmath>

#include "core/linalg/symmetric_eigenvalues.hpp"

namespace madloop {

namespace {

/// Reduces a (rows >= cols, overwritten) to upper bidiagonal form; returns the zero-diagonal tridiagonal
/// matrix of order 2 cols with subdiagonal (d_0, f_0, d_1, f_1, ...), d the diagonal and f the superdiagonal.
Tridiagonal golubKahanForm(Matrix& a, Task const& task) {
  Index const cols = a.cols();
  Tridiagonal t{Vector::Zero(2 * cols), Vector::Zero(2 * cols - 1)};
  Vector workspace(std::max(a.rows(), cols));
  for (Index k = 0; k < cols; ++k) {
    task.throwIfCancelled();
    double tau = 0;
    double beta = 0;
    auto column = a.col(k).tail(a.rows() - k);
    column.makeHouseholderInPlace(tau, beta);
    t.subdiagonal[2 * k] = beta;
    Index const right = cols - k - 1;
    if (right == 0) break;
    a.bottomRightCorner(a.rows() - k, right)
        .applyHouseholderOnTheLeft(column.tail(a.rows() - k - 1), tau, workspace.data());

    Vector row = a.row(k).tail(right).transpose();
    Vector essential(right - 1);
    row.makeHouseholder(essential, tau, beta);
    t.subdiagonal[2 * k + 1] = beta;
    a.bottomRightCorner(a.rows() - k - 1, right).applyHouseholderOnTheRight(essential, tau, workspace.data());
  }
  return t;
}

Matrix triangularFactor(Matrix const& tall) {
  Eigen::HouseholderQR<Matrix> const qr(tall);
  return qr.matrixQR().topRows(tall.cols()).triangularView<Eigen::Upper>();
}

}  // namespace

Vector singularValues(Matrix const& g, Task const& task) {
  bool const tall = g.rows() >= g.cols();
  Index const shortSide = std::min(g.rows(), g.cols());
  if (shortSide == 0) return {};
  double const largest = g.cwiseAbs().maxCoeff();
  if (largest == 0) return Vector::Zero(shortSide);
  int exponent = 0;
  std::frexp(largest, &exponent);
  double const scale = std::ldexp(1.0, -exponent);

  Matrix a = tall ? Matrix(g * scale) : Matrix(g.transpose() * scale);
  // QR costs 2 l r^2; it pays once the rows it saves cost more, from about l = 5/3 r (Chan 1982).
  if (3 * a.rows() > 5 * a.cols()) a = triangularFactor(a);
  Vector const spectrum = tridiagonalEigenvalues(golubKahanForm(a, task));
  return spectrum.tail(shortSide).cwiseMax(0.0) * std::ldexp(1.0, exponent);
}

}  // namespace madloop
