// The definitions, computed the slow and obvious way: what the engine is compared with.

import type { Gaussian, Matrix, Moments } from '../../src/base/shapes.js';
import { multiply, type Rows, symmetricEigen, toRows } from './numbers.js';

/** Sample mean and covariance (divisor rows - 1), two passes. */
export function plainMoments(x: Matrix): Moments {
  const rows = toRows(x.data, x.cols);
  const mean = Float64Array.from({ length: x.cols }, (_, j) => sum(rows.map((row) => row[j]!)) / x.rows);
  const covariance = new Float64Array(x.cols ** 2);
  for (let i = 0; i < x.cols; i += 1) {
    for (let j = 0; j < x.cols; j += 1) {
      const products = rows.map((row) => (row[i]! - mean[i]!) * (row[j]! - mean[j]!));
      covariance[i * x.cols + j] = sum(products) / Math.max(1, x.rows - 1);
    }
  }
  return { count: x.rows, dim: x.cols, mean, covariance };
}

/** The formula: |m_a - m_b|^2 + tr(S_a + S_b) - 2 tr (S_a^(1/2) S_b S_a^(1/2))^(1/2), for covariances of full rank. */
export function plainFrechetDistance(a: Gaussian, b: Gaussian): number {
  const covarianceA = toRows(a.covariance, a.dim);
  const covarianceB = toRows(b.covariance, b.dim);
  const root = squareRoot(covarianceA);
  const { values } = symmetricEigen(multiply(multiply(root, covarianceB), root));
  const meanTerm = sum(Array.from(a.mean, (value, i) => (value - b.mean[i]!) ** 2));
  return (
    meanTerm +
    trace(covarianceA) +
    trace(covarianceB) -
    2 * sum(values.map((value) => Math.sqrt(Math.max(0, value))))
  );
}

function squareRoot(a: Rows): Rows {
  const { values, vectors } = symmetricEigen(a);
  return a.map((_, i) =>
    a.map((_, j) =>
      sum(values.map((value, k) => Math.sqrt(Math.max(0, value)) * vectors[k]![i]! * vectors[k]![j]!)),
    ),
  );
}

export function trace(a: Rows): number {
  return sum(a.map((row, i) => row[i]!));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
