import {
  estimateLimitPoint,
  type LimitPointOptions,
  resolveLimitPointOptions,
} from './estimate-limit-point.js';
import type { LimitPoint } from './limit-point-result.js';

export type { LimitPointOptions } from './estimate-limit-point.js';
export type { LimitPoint } from './limit-point-result.js';

/**
 * The limit point of the fresh data loop, the paper's WD(n_r, n_s, lambda) = lim E[distance] (eq. 3): what the squared
 * Wasserstein-2 distance between model and reference settles at, wherever the loop started. Also of synthetic
 * augmentation: the mean over one fixed real set after another.
 *
 * Monte Carlo with a standard error of at most `relativeError` times the distance. Independent chains start near the
 * stationary law and burn in; what is left to chance after regression on the polynomials of mean and covariance whose
 * stationary expectations are known exactly is averaged. docs/limit-points.md says how, and what the numbers mean.
 *
 * The result depends on the parameters and the seed alone: not on threads or time.
 * Rejects with ERR_INVALID_INPUT, ERR_NOT_POSITIVE_SEMIDEFINITE (the reference), ERR_NO_VARIANCE (where no standard error
 * exists: lambda = 1 and one real sample a generation, say), ERR_NO_CONVERGENCE (a `relativeError` or relaxation time beyond
 * 2^31 chains or 1e6 seconds of one core),
 * ERR_OUT_OF_MEMORY, ERR_ABORTED.
 *
 * @example
 * const { distance, standardError } = await limitPoint({ dim: 100, real: 1_000, synthetic: 1_000 });
 * console.log(distance); // 1.75
 */
export async function limitPoint(options: LimitPointOptions): Promise<LimitPoint> {
  return estimateLimitPoint(resolveLimitPointOptions('limitPoint', options));
}
