/**
 * (tr S)^2 / tr S^2 of a covariance S: its dimension for a multiple of the identity, near 1 where one direction has nearly all
 * the variance. NaN for a covariance of zeros.
 *
 * Of n samples >> d it is a lower bound for what decides: E[distance(G(n), N(0, S))] = tr S [1/n + (D + 1)/(4 n)] to leading
 * order, with D = (2 / tr S) sum_ij s_i s_j / (s_i + s_j) between this rank and the dimension, s_i the eigenvalues of S: by
 * Jensen's inequality, and as the harmonic mean of two numbers is at most their mean.
 */
export function effectiveRank(dim: number, covariance: Float64Array): number {
  let trace = 0;
  for (let i = 0; i < dim; i += 1) trace += covariance[i * (dim + 1)]!;
  const squares = covariance.reduce((sum, entry) => sum + (entry / trace) ** 2, 0);
  return trace > 0 ? Math.min(dim, 1 / squares) : Number.NaN;
}
