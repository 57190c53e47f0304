// Expectation-maximisation as the textbook writes it, for comparison: one sample at a time, nothing fused, nothing shifted.

import type { Matrix } from '../../src/base/shapes.js';
import type { CovarianceForm, MixtureParameters } from '../../src/distributions/mixture.js';
import { type Rows, toRows } from './numbers.js';

export interface PlainMixture {
  readonly weights: number[];
  readonly means: Rows;
  readonly covariances: Rows[];
}

/** The parameters with a covariance matrix for every component. */
export function plainMixture({ weights, means, covariance, covariances }: MixtureParameters): PlainMixture {
  const dim = means.cols;
  const matrices = Array.from({ length: means.rows }, (_, k) =>
    Array.from({ length: dim }, (_, i) =>
      Array.from({ length: dim }, (_, j) => {
        if (covariance === 'full') return covariances[(k * dim + i) * dim + j]!;
        if (covariance === 'tied') return covariances[i * dim + j]!;
        if (i !== j) return 0;
        return covariances[covariance === 'diagonal' ? k * dim + i : k]!;
      }),
    ),
  );
  return { weights: [...weights], means: toRows(means.data, dim), covariances: matrices };
}

/** log N(x; mean, covariance) by Gaussian elimination. */
export function logNormal(x: readonly number[], mean: readonly number[], covariance: Rows): number {
  const dim = x.length;
  const a = covariance.map((row) => [...row]);
  const b = x.map((value, i) => value - mean[i]!);
  let [logDeterminant, square] = [0, 0];
  for (let i = 0; i < dim; i += 1) {
    logDeterminant += Math.log(a[i]![i]!);
    square += b[i]! ** 2 / a[i]![i]!;
    for (let r = i + 1; r < dim; r += 1) {
      const factor = a[r]![i]! / a[i]![i]!;
      for (let c = i; c < dim; c += 1) a[r]![c]! -= factor * a[i]![c]!;
      b[r]! -= factor * b[i]!;
    }
  }
  return -0.5 * (dim * Math.log(2 * Math.PI) + logDeterminant + square);
}

/** Log-density of the mixture, and the components' posterior probabilities. */
export function posterior(mixture: PlainMixture, x: readonly number[]): { log: number; shares: number[] } {
  const terms = mixture.weights.map(
    (weight, k) => Math.log(weight) + logNormal(x, mixture.means[k]!, mixture.covariances[k]!),
  );
  const largest = Math.max(...terms);
  const sum = terms.reduce((total, term) => total + Math.exp(term - largest), 0);
  const log = largest + Math.log(sum);
  return { log, shares: terms.map((term) => Math.exp(term - log)) };
}

/** One step; `added` to the variances of each column, their mean to spherical ones. */
export function plainStep(
  mixture: PlainMixture,
  data: Matrix,
  form: CovarianceForm,
  added: readonly number[],
): PlainMixture {
  const rows = toRows(data.data, data.cols);
  const dim = data.cols;
  const shares = rows.map((x) => posterior(mixture, x).shares);
  const totals = mixture.weights.map((_, k) => shares.reduce((sum, share) => sum + share[k]!, 0));
  const means = totals.map((total, k) =>
    Array.from({ length: dim }, (_, j) => rows.reduce((sum, x, i) => sum + shares[i]![k]! * x[j]!, 0) / total),
  );
  const scatters = totals.map((_, k) =>
    Array.from({ length: dim }, (_, i) =>
      Array.from({ length: dim }, (_, j) =>
        rows.reduce((sum, x, n) => sum + shares[n]![k]! * (x[i]! - means[k]![i]!) * (x[j]! - means[k]![j]!), 0),
      ),
    ),
  );
  const element = (k: number, i: number, j: number): number => {
    if (form === 'tied') return scatters.reduce((sum, s) => sum + s[i]![j]!, 0) / rows.length;
    const own = (a: number, b: number) => scatters[k]![a]![b]! / totals[k]!;
    if (form === 'full') return own(i, j);
    if (i !== j) return 0;
    if (form === 'diagonal') return own(i, i);
    return scatters[k]!.reduce((sum, row, a) => sum + row[a]!, 0) / dim / totals[k]!;
  };
  const regularisation = (i: number): number =>
    form === 'spherical' ? added.reduce((sum, value) => sum + value, 0) / dim : added[i]!;
  const covariances = totals.map((_, k) =>
    Array.from({ length: dim }, (_, i) =>
      Array.from({ length: dim }, (_, j) => element(k, i, j) + (i === j ? regularisation(i) : 0)),
    ),
  );
  return { weights: totals.map((total) => total / rows.length), means, covariances };
}

/** Mean log-density over the rows. */
export function plainLogLikelihood(mixture: PlainMixture, data: Matrix): number {
  const rows = toRows(data.data, data.cols);
  return rows.reduce((sum, x) => sum + posterior(mixture, x).log, 0) / rows.length;
}
