// Closed forms of the combined loop: n_f fixed and n_r fresh real samples and n_s synthetic ones of the generation before (memory
// 1, the latest pool), N in all, unbiased divisor, reference N(0, I).

import { fixedPoint, type LinearRecursion, trajectory } from './linear-recursion.js';

export interface CombinedLoop {
  readonly dim: number;
  readonly realFixed: number;
  readonly realFresh: number;
  readonly synthetic: number;
  readonly lambda: number;
}

/** m = E|mu|^2 and s = E tr Sigma of one generation. */
export interface CombinedMoments {
  readonly m: number;
  readonly s: number;
}

/**
 * (m, c, s) of one generation -> of the next, c = E x_f . mu with x_f the mean of the fixed set, p = (n_f + n_r) / N:
 *   m' = q^2 m + 2 p_f q c + (lambda q / N) s + d p / N
 *   c' = q c + d / N
 *   s' = (N / (N - 1)) (q m + lambda q s + d p - m')
 */
function recursion({ dim, realFixed, realFresh, synthetic, lambda }: CombinedLoop): LinearRecursion {
  const total = realFixed + realFresh + synthetic;
  const [fixed, p, q] = [realFixed / total, (realFixed + realFresh) / total, synthetic / total];
  const mean = [q * q, 2 * fixed * q, (lambda * q) / total];
  const meanConstant = (dim * p) / total;
  const scale = total / (total - 1);
  return {
    matrix: [mean, [0, q, 0], [scale * (q - mean[0]!), -scale * mean[1]!, scale * (lambda * q - mean[2]!)]],
    constant: [meanConstant, dim / total, scale * (dim * p - meanConstant)],
  };
}

/** Generations 1, 2, ..., the first fitted to `initial` real samples, the fixed ones among them. */
export function combinedMoments(loop: CombinedLoop, initial: number, generations: number): CombinedMoments[] {
  const first = [loop.dim / initial, loop.dim / initial, loop.dim];
  return trajectory(recursion(loop), first, generations).map(([m, , s]) => ({ m: m!, s: s! }));
}

/** The limit for t -> infinity. */
export function stationaryCombinedMoments(loop: CombinedLoop): CombinedMoments {
  const [m, , s] = fixedPoint(recursion(loop));
  return { m: m!, s: s! };
}

/**
 * n_e at lambda = 1 in the limit for N -> infinity: N / [p_f / (1 - q)^2 + (p_r + q) / (1 - q^2)]. With fresh real samples
 * alone n_r (1 + q), with fixed ones alone n_f (1 + q) / (1 + 2 q).
 */
export function limitingSampleSize({
  realFixed,
  realFresh,
  synthetic,
}: Pick<CombinedLoop, 'realFixed' | 'realFresh' | 'synthetic'>): number {
  const total = realFixed + realFresh + synthetic;
  const q = synthetic / total;
  return total / (realFixed / total / (1 - q) ** 2 + (realFresh / total + q) / (1 - q * q));
}
