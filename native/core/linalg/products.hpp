// Products of matrices, on one thread unless they take a task.
#pragma once

#include "core/base/task.hpp"
#include "core/linalg/matrix.hpp"

namespace madloop::linalg {

/// a b.
Matrix multiply(Matrix const& a, Matrix const& b);
Vector multiply(Matrix const& a, Vector const& x);

/// a^T b.
Matrix multiplyTransposed(Matrix const& a, Matrix const& b);
Vector multiplyTransposed(Matrix const& a, Vector const& x);

/// sum += a^T b, on all threads.
void addTransposedProduct(Matrix const& a, Matrix const& b, Matrix& sum, Task const& task);

/// product = a b^T for `rows` rows of a, stored column by column.
void multiplyByTransposed(double const* a, Index rows, Matrix const& b, Matrix& product);

/// Adds a a^T to the lower triangle of `sum`, for all columns of a or the `count` from `first` on.
void addGram(Matrix const& a, Matrix& sum);
void addGram(Matrix const& a, Index first, Index count, Matrix& sum);
/// Adds a^T a to the lower triangle of `sum`.
void addTransposedGram(Matrix const& a, Matrix& sum);
/// The same for a (rows x cols) and sum (cols x cols) that lie elsewhere, column by column.
void addTransposedGram(double const* a, Index rows, Index cols, double* sum);
/// The same on all threads, which sums in another order.
void addTransposedGram(Matrix const& a, Matrix& sum, Task const& task);
/// Adds factor x x^T to the lower triangle of `sum`.
void addSquare(double factor, Vector const& x, Matrix& sum);

/// y += factor x.
void addScaled(Vector& y, double factor, double const* x);
/// m = factor m.
void scale(Matrix& m, double factor);
/// Every column of m less x.
void subtractFromColumns(Matrix& m, Vector const& x);

}  // namespace madloop::linalg
