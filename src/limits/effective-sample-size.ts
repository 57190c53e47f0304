import {
  checkReferenceCurve,
  effectiveSampleSizeOf,
  type SizeOfLimit,
} from './effective-sample-size-of-limit.js';
import {
  estimateLimitPoint,
  type LimitPointOptions,
  resolveLimitPointOptions,
} from './estimate-limit-point.js';
import { stationaryVariance } from './stationary-variance.js';

/** How many real samples a loop is worth, and what is left of their variance. */
export interface EffectiveSampleSize extends SizeOfLimit {
  /**
   * lim E[tr Sigma] / tr S, S the reference's covariance, exact: the part of the data's variance that the loop leaves. Below 0.09
   * (standard deviations below 0.3) the model has nearly shrunk to its mean, and that it is admissible then says only that so few real
   * samples are no better than that.
   */
  readonly stationaryVariance: number;
}

/** The same as for `limitPoint`. */
export type EffectiveSampleSizeOptions = LimitPointOptions;

/**
 * The effective sample size of a loop, eq. (4) of the paper: how many real samples, fitted once, are as far from the
 * reference on average as the loop in the long run. n_e solves E[distance(G(n), reference)] = limit point, where G(n) is
 * the Gaussian fitted to n real samples with the loop's own `divisor`, and the interval comes from that of the limit.
 *
 * The expected distance is exact and falls strictly in n: at integers and, above `dim`, at real n; below, its logarithm is
 * interpolated linearly in log n between integers. A reference must have a multiple of the identity as its covariance, as
 * for others that curve is not known.
 *
 * `method: 'deterministic'` takes the limit point from the large-d limit, without Monte Carlo and without an interval, in
 * about a millisecond whatever the dimension and counts; see docs/effective-sample-size.md for its accuracy.
 *
 * Rejects as `limitPoint` does.
 *
 * @example
 * const { ratio, interval } = await effectiveSampleSize({ dim: 100, real: 1_000, synthetic: 1_000 });
 * console.log(ratio); // 1.51: a thousand synthetic samples are worth half as many real ones
 */
export async function effectiveSampleSize(options: EffectiveSampleSizeOptions): Promise<EffectiveSampleSize> {
  const where = 'effectiveSampleSize';
  const request = resolveLimitPointOptions(where, options);
  const { parameters, settings } = request;
  checkReferenceCurve(where, parameters);
  const limit = await estimateLimitPoint(request);
  const size = await effectiveSampleSizeOf(limit, parameters, { ...settings, onProgress: undefined });
  return { ...size, stationaryVariance: stationaryVariance(parameters) };
}
