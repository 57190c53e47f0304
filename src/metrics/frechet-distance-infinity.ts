import { allocate } from '../base/allocate.js';
import { mustError } from '../base/check.js';
import { integer, oneOf, resolve, seed, type TableOf } from '../base/options.js';
import type { Seed } from '../base/seed.js';
import type { GivenGaussian, Matrix } from '../base/shapes.js';
import { type JobOptions, jobOptions, runJob } from '../engine/job.js';
import { native } from '../engine/native.js';
import { checkSameDimension, checkSide, isSample, snapshotSide } from './frechet-sides.js';

export interface FrechetDistanceInfinityOptions extends JobOptions {
  /**
   * How many sizes the line goes through: rows, rows / 2, ..., rows / points. At least 2. Default 5, fewer (not below 2)
   * where rows / points would be below 4 cols. The range of the original, 5,000 to 50,000, is points: 10 at 50,000 rows.
   */
  readonly points?: number | undefined;
  /** Groups of rows that the subsets are made of, at least 2 points. Default 20, or rows / 2 where that is less. */
  readonly groups?: number | undefined;
  /**
   * What becomes infinite: 'generated' (default, as in the paper) extrapolates the generated sample alone, against the
   * reference as it is; 'both' also extrapolates the reference, which must then be a sample, too.
   */
  readonly extrapolate?: 'generated' | 'both' | undefined;
  /** Decides which rows form a group. Default 0. */
  readonly seed?: Seed | undefined;
}

/** What of the samples decides about the options: the size of the smallest that is cut into subsets. */
interface Cut {
  readonly rowsOf: (extrapolate: 'generated' | 'both') => number;
  readonly cols: number;
  readonly extrapolate: 'generated' | 'both';
  readonly points: number;
}

export const frechetDistanceInfinityOptions = {
  points: integer(2)
    .or(
      ({ rowsOf, cols, extrapolate }: Omit<Cut, 'points'>) => usualPoints(rowsOf(extrapolate), cols),
      '5, fewer where rows / points would be below 4 cols',
    )
    .and((where, _, points, { rowsOf, cols, extrapolate }: Omit<Cut, 'points'>) => {
      const rows = rowsOf(extrapolate);
      if (Math.floor(rows / points) > cols) return;
      const requirement = `have more than points x cols = ${points} x ${cols} rows to extrapolate from`;
      throw mustError(where, 'a sample', requirement, String(rows));
    })
    .doc('sizes of subsets that the line goes through'),
  groups: integer(({ points }: Cut) => 2 * points)
    .or(
      ({ rowsOf, extrapolate, points }: Cut) =>
        Math.max(2 * points, Math.min(20, Math.floor(rowsOf(extrapolate) / 2))),
      '20, or rows / 2 where that is less',
    )
    .and((where, argument, groups, { rowsOf, extrapolate }: Cut) => {
      const most = Math.floor(rowsOf(extrapolate) / 2);
      if (groups > most) throw mustError(where, argument, `be at most rows / 2 = ${most}`, String(groups));
    })
    .allow('integer from 2 x points to rows / 2')
    .doc('groups of rows that the subsets are made of'),
  extrapolate: oneOf(['generated', 'both']).or('generated').doc('which sample becomes infinite'),
  seed: seed().doc('decides which rows form a group'),
  ...jobOptions,
} satisfies TableOf<FrechetDistanceInfinityOptions>;

/** The distance at one size: the mean over disjoint subsets that make up the whole sample. */
export interface FrechetPoint {
  /** Mean number of generated rows in a subset: all rows / subsets. */
  readonly rows: number;
  readonly subsets: number;
  readonly distance: number;
}

/** A Fréchet distance extrapolated to infinitely many samples. */
export interface FrechetDistanceInfinity {
  /** The intercept of the line: FD-infinity. An estimate without much bias of a number >= 0: it may be negative. */
  readonly distance: number;
  readonly standardError: number;
  /**
   * 95 % interval: a score interval as that of `frechetDistanceInterval`, with t of groups - 1 degrees of freedom and
   * r = h / (2 (plain + 2 |plain - distance|)), where `plain` is the distance of all rows. May reach below 0.
   */
  readonly interval: readonly [number, number];
  /** As for `frechetDistanceInterval`, of what is extrapolated: the interval may hold less often than 95 %. */
  readonly heavyTails: boolean;
  readonly degreesOfFreedom: number;
  /** Slope of the line, per 1 / rows: slope / rows is the bias of the plain distance of that many generated rows. */
  readonly slope: number;
  /** Share of the points' variance that the line explains. Far from 1: no line, or no slope that could be told. */
  readonly rSquared: number;
  /** The points of the line, by falling size; the first is the plain distance of all rows. */
  readonly points: readonly FrechetPoint[];
  readonly groups: number;
  readonly extrapolate: 'generated' | 'both';
  readonly seed: string;
}

/**
 * FD-infinity: the Fréchet distance that infinitely many generated samples would have, as the intercept of a line in
 * 1 / rows through the distances of ever smaller subsets. It removes most of the bias by which the plain distance
 * grows as samples get fewer, so that values at different sample sizes can be compared.
 *
 * The k subsets of size rows / k are disjoint and make up the whole sample: every row has the same weight at each size,
 * and the intercept is hardly noisier than the plain distance. The points share their rows, so their scatter about
 * the line says nothing of the error; it comes from a delete-group jackknife of the whole procedure.
 *
 * What the interval covers: with 'generated' the distance between the population of the generated samples and the
 * reference as given (a finite reference sample has a bias of its own, which stays); with 'both' the
 * distance between the two populations. What is left of the bias is of second order: a term e / rows^2 of the expected distance
 * becomes -e (points + 1) (points + 2) / (6 rows^2). For equal Gaussians at rows = 25 cols it is 4 % of the plain
 * distance's bias with 5 points and 14 % with 10. Where it might not be small against the standard error, use fewer points.
 * Where the populations are equal the interval is too wide.
 *
 * Cost: points (points + 1) / 2 + points x groups distances (115 by default). Memory: groups x cols^2 float64 (twice
 * that with 'both'). The result depends on the data and the options, not on threads.
 * Rejects with ERR_INVALID_INPUT (also for samples of no more than points x cols rows, where the distance is not linear
 * in 1 / rows), ERR_NOT_POSITIVE_SEMIDEFINITE, ERR_OUT_OF_MEMORY, ERR_ABORTED.
 * Source: Chong & Forsyth, "Effectively unbiased FID and Inception Score and where to find them", CVPR 2020.
 *
 * @example
 * const { distance, interval } = await frechetDistanceInfinity(await moments(realFeatures), generatedFeatures);
 */
export async function frechetDistanceInfinity(
  reference: GivenGaussian | Matrix,
  generated: Matrix,
  options?: FrechetDistanceInfinityOptions,
): Promise<FrechetDistanceInfinity> {
  const where = 'frechetDistanceInfinity';
  const referenceSide = checkSide(where, 'reference', reference);
  const generatedSide = checkSide(where, 'generated', generated);
  checkSameDimension(where, 'reference and generated', referenceSide, generatedSide);
  if (!isSample(generatedSide)) throw mustError(where, 'generated', 'be a sample (a Matrix)', 'moments');
  const rowsOf: Cut['rowsOf'] = (which) => {
    if (which === 'generated') return generatedSide.rows;
    if (isSample(referenceSide)) return Math.min(referenceSide.rows, generatedSide.rows);
    throw mustError(where, 'reference', "be a sample (a Matrix) with extrapolate: 'both'", 'moments');
  };
  const given = resolve(where, options, frechetDistanceInfinityOptions, { rowsOf, cols: generatedSide.cols });
  const { points, groups, extrapolate, seed, ...job } = given;
  const distances = allocate(where, 'the distances', Float64Array, points);
  const { lower, upper, ...line } = await runJob({ where, ...job }, async (throwIfSettled) =>
    native().startFrechetDistanceInfinity({
      threads: job.threads,
      reference: await snapshotSide(where, 'reference', referenceSide, throwIfSettled),
      generated: await snapshotSide(where, 'generated', generatedSide, throwIfSettled),
      points,
      groups,
      extrapolate,
      seed,
      distances,
    }),
  );
  return {
    ...line,
    interval: [lower, upper],
    points: Array.from(distances, (distance, i) => ({
      rows: generatedSide.rows / (i + 1),
      subsets: i + 1,
      distance,
    })),
    groups,
    extrapolate,
    seed: String(seed),
  };
}

function usualPoints(rows: number, cols: number): number {
  return Math.min(5, Math.max(2, Math.floor(rows / (4 * cols))));
}

/** Whether frechetDistanceInfinity takes samples of this size without further options. */
export function canExtrapolate({ rows, cols }: Matrix): boolean {
  const points = usualPoints(rows, cols);
  return Math.floor(rows / points) > cols && rows >= 4 * points;
}
