import { mustError } from '../base/check.js';
import { integer, resolve, seed, type TableOf } from '../base/options.js';
import type { Seed } from '../base/seed.js';
import type { GivenGaussian, Matrix } from '../base/shapes.js';
import { type JobOptions, jobOptions, runJob } from '../engine/job.js';
import { native } from '../engine/native.js';
import type { FrechetDistance } from './frechet.js';
import { checkSameDimension, checkSide, isSample, snapshotSide } from './frechet-sides.js';

export interface FrechetDistanceIntervalOptions extends JobOptions {
  /** Groups of rows a sampled side, 2 to its rows. Default 20, or all rows where a side has fewer. */
  readonly groups?: number | undefined;
  /** Decides which rows form a group. Default 0. */
  readonly seed?: Seed | undefined;
}

export const frechetDistanceIntervalOptions = {
  groups: integer(2, ({ rows }: { rows: number }) => rows)
    .or(({ rows }: { rows: number }) => Math.min(20, rows), '20, or the rows of the smaller sample')
    .allow('integer from 2 to the rows of the smaller sample')
    .doc('groups of rows that are left out in turn'),
  seed: seed().doc('decides which rows form a group'),
  ...jobOptions,
} satisfies TableOf<FrechetDistanceIntervalOptions>;

/** Rows that a sampled side must have: half of them still have a covariance. */
export const fewestRowsOfInterval = 4;

/** A Fréchet distance with what the sampling of its rows leaves open. */
export interface FrechetDistanceInterval extends FrechetDistance {
  /** Standard error of `distance`, from both samples together. */
  readonly standardError: number;
  /** Its parts: standardError^2 = a^2 + b^2. The larger one tells of which sample more rows are worth having. */
  readonly standardErrors: { readonly a: number; readonly b: number };
  /** 95 % interval of the expected distance at these sample sizes, not below 0, and longer above `distance` than below it. */
  readonly interval: readonly [number, number];
  /**
   * Whether a few rows decide the moments of a sample: the squared distances of its rows from their mean have a skewness above
   * 4.5. The interval may then hold less often than 95 %.
   */
  readonly heavyTails: boolean;
  /** Degrees of freedom of the interval's t distribution (Welch and Satterthwaite). */
  readonly degreesOfFreedom: number;
  /** Jackknife estimate of how far the expected distance lies above that of the populations. */
  readonly bias: number;
  readonly groups: number;
  readonly seed: string;
}

/**
 * The Fréchet distance of `frechetDistance` with its standard error and a 95 % interval, by a delete-group jackknife:
 * the rows of each sample are cut at random into `groups` groups, and the distance is computed again without each.
 *
 * What the interval covers: the expectation of this distance over samples of these sizes. That expectation is
 * larger than the distance of the populations, by `bias` roughly, so compare distances at equal sample sizes, or use
 * `frechetDistanceInfinity`, which is for the populations. Where the populations are equal the interval is
 * too wide (the error is then quadratic in the sampling noise, and the jackknife counts it double), never too narrow.
 * A side given as moments counts as known exactly; at least one must be a sample of 4 rows or more.
 *
 * The interval is a score interval, of all v with (distance - v)^2 <= t^2 standardError^2 v / distance: the variance of a squared
 * distance grows with it. It is from distance - h / c to distance + h c, where h = t standardError, c = r + sqrt(1 + r^2) and
 * r = h / (2 max(distance, |bias| / 4)): a distance far below its bias is so by chance, and tells nothing of its variance.
 * t is that of Student's distribution with the degrees of freedom of Welch and Satterthwaite: groups - 1 where one side
 * makes all of the error, 2 (groups - 1) where both make the same. `heavyTails` says where that may not do.
 *
 * Cost: `groups` distances a sampled side and the moments of its rows once more. Memory: groups x cols^2 float64
 * for a sample with more rows than columns (one side at a time). With fewer rows, or a nearly singular covariance, each
 * distance is computed from the rows that are left, to the accuracy of `frechetDistance`.
 * The result depends on the data, `groups` and `seed` alone, not on threads.
 * Rejects with ERR_INVALID_INPUT, ERR_NOT_POSITIVE_SEMIDEFINITE, ERR_OUT_OF_MEMORY, ERR_ABORTED.
 * Source: Busing, Meijer & van der Leeden 1999, "Delete-m jackknife for unequal m"; Efron & Stein 1981; Wilson 1927 (score interval).
 *
 * @example
 * const { distance, interval } = await frechetDistanceInterval(realFeatures, generatedFeatures);
 */
export async function frechetDistanceInterval(
  a: GivenGaussian | Matrix,
  b: GivenGaussian | Matrix,
  options?: FrechetDistanceIntervalOptions,
): Promise<FrechetDistanceInterval> {
  const where = 'frechetDistanceInterval';
  const sideA = checkSide(where, 'a', a);
  const sideB = checkSide(where, 'b', b);
  checkSameDimension(where, 'a and b', sideA, sideB);
  const samples = [sideA, sideB].filter(isSample);
  if (samples.length === 0) throw mustError(where, 'a or b', 'be a sample (a Matrix)', 'moments on both sides');
  const rows = Math.min(...samples.map((sample) => sample.rows));
  if (rows < fewestRowsOfInterval) {
    const requirement = `have at least ${fewestRowsOfInterval} rows each to have an error`;
    throw mustError(where, 'a and b', requirement, String(rows));
  }
  const { groups, seed, ...job } = resolve(where, options, frechetDistanceIntervalOptions, { rows });
  const { standardErrorA, standardErrorB, lower, upper, ...result } = await runJob(
    { where, ...job },
    async (throwIfSettled) =>
      native().startFrechetDistanceInterval({
        threads: job.threads,
        a: await snapshotSide(where, 'a', sideA, throwIfSettled),
        b: await snapshotSide(where, 'b', sideB, throwIfSettled),
        groups,
        seed,
      }),
  );
  return {
    ...result,
    standardErrors: { a: standardErrorA, b: standardErrorB },
    interval: [lower, upper],
    groups,
    seed: String(seed),
  };
}
