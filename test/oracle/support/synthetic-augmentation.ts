// Closed forms of synthetic augmentation: one fixed set of n_f real samples (mean x_f, covariance S_f) and n_s synthetic
// samples of the generation before, pooled, unbiased divisor, reference N(0, I).

import { fixedPoint, type LinearRecursion, trajectory } from './linear-recursion.js';

export interface AugmentationLoop {
  readonly dim: number;
  readonly real: number;
  readonly synthetic: number;
  readonly lambda: number;
}

/**
 * (E|mu - x_f|^2, E tr Sigma) of one generation -> of the next:  M' = q^2 M + (lambda q / N) S,
 * S' = ((n_f - 1) / (N - 1)) d + lambda q S + kappa M. Given the set, S_f stands in d's place, and E tr S_f = d.
 */
function recursion({ dim, real, synthetic, lambda }: AugmentationLoop): LinearRecursion {
  const total = real + synthetic;
  const q = synthetic / total;
  return {
    matrix: [
      [q * q, (lambda * q) / total],
      [(real * synthetic) / (total * (total - 1)), lambda * q],
    ],
    constant: [0, (dim * (real - 1)) / (total - 1)],
  };
}

/** E|mu_t|^2 = d / n_f + M and E tr Sigma_t in generations 1, 2, ... */
export function augmentationMoments(loop: AugmentationLoop, generations: number): { m: number; s: number }[] {
  return trajectory(recursion(loop), [0, loop.dim], generations).map((z) => read(loop, z));
}

/** Their limit, by elimination. */
export function stationaryAugmentationMoments(loop: AugmentationLoop): { m: number; s: number } {
  return read(loop, fixedPoint(recursion(loop)));
}

/** E tr Sigma in the limit: d ((n_f - 1) / (N - 1)) / [1 - lambda q - lambda q^2 / ((N - 1)(1 + q))]. */
export function stationaryAugmentationTrace({ dim, real, synthetic, lambda }: AugmentationLoop): number {
  const total = real + synthetic;
  const q = synthetic / total;
  const between = (lambda * q * q) / ((total - 1) * (1 + q));
  return (dim * (real - 1)) / (total - 1) / (1 - lambda * q - between);
}

function read({ dim, real }: AugmentationLoop, z: readonly number[]): { m: number; s: number } {
  return { m: dim / real + z[0]!, s: z[1]! };
}
