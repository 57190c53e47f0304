import { mustError } from '../base/check.js';
import { type JobSettings, runJob } from '../engine/job.js';
import { native } from '../engine/native.js';
import type { LimitPoint } from './limit-point-result.js';
import type { LimitPointParameters } from './parameters.js';
import { referenceScale } from './reference-scale.js';

/** How many real samples a limit point is worth: n_e of the paper's eq. (4). */
export interface SizeOfLimit {
  /**
   * The n with E[distance(G(n), reference)] = limit, G(n) the Gaussian fitted to n real samples with the loop's own
   * divisor. NaN where `bounded` is 'below-2', Infinity where it is 'unbounded'.
   */
  readonly effectiveSampleSize: number;
  /**
   * 95 % interval of the effective sample size, from the ends of the limit's interval. An end is 0 where no n of at least 2 is that bad, and Infinity where none up
   * to 1e15 is that good. Both NaN for method 'deterministic', which has no standard error.
   */
  readonly interval: readonly [number, number];
  /** n_e / n_r. */
  readonly ratio: number;
  /** 95 % interval of `ratio`. */
  readonly ratioInterval: readonly [number, number];
  /**
   * Whether n_e / n_r >= 1: the loop does no worse than its real samples alone. 'undecided' where the interval of the
   * ratio holds 1; for method 'deterministic', where the stated accuracy leaves it open.
   */
  readonly admissible: boolean | 'undecided';
  /** Whether n_e is a number: 'below-2' is a limit worse than 2 real samples, 'unbounded' one better than 1e15. */
  readonly bounded: 'yes' | 'below-2' | 'unbounded';
  /**
   * The effective sample sizes at the ends of what method 'deterministic' states as its accuracy, and given by it alone: a
   * band, not an interval of any probability. Ends as those of `interval`.
   */
  readonly band?: readonly [number, number];
  /** The limit point it belongs to. */
  readonly limit: LimitPoint;
}

/** The parameters of a cell that its effective sample size depends on, other than through the limit point. */
export type ReferenceCurveParameters = Pick<LimitPointParameters, 'dim' | 'real' | 'divisor' | 'reference'>;

/** A limit point and the cell it is of. */
export interface LimitOfCell {
  readonly limit: LimitPoint;
  readonly parameters: ReferenceCurveParameters;
}

// The range of expectedDistance; and what it is used to for the deterministic method, whose own error is far larger beyond.
export const largestExactDim = { 'monte-carlo': 10_000, deterministic: 1_000 };

/** What an error calls the quantity. */
const what = 'an effective sample size';

/**
 * Throws ERR_INVALID_INPUT unless limit points of such a cell have an effective sample size: a reference must have a
 * multiple of the identity as its covariance.
 */
export function checkReferenceCurve(
  where: string,
  { reference }: Pick<ReferenceCurveParameters, 'reference'>,
): void {
  referenceScale(where, reference, what);
}

/** The effective sample size of one limit point. */
export async function effectiveSampleSizeOf(
  limit: LimitPoint,
  parameters: ReferenceCurveParameters,
  settings: JobSettings,
): Promise<SizeOfLimit> {
  const [size] = await effectiveSampleSizesOf([{ limit, parameters }], settings);
  return size!;
}

/** The effective sample sizes of many limit points, as one native job on all threads. */
export async function effectiveSampleSizesOf(
  cells: readonly LimitOfCell[],
  settings: JobSettings,
): Promise<SizeOfLimit[]> {
  const { where } = settings;
  const column = (value: (cell: LimitOfCell, scale: number) => number): Float64Array =>
    Float64Array.from(cells, (cell, i) => value(cell, scales[i]!));
  const scales = cells.map(({ parameters }) => referenceScale(where, parameters.reference, what));
  for (const { limit } of cells) {
    if (!(limit.distance > 0)) throw mustError(where, 'limit.distance', 'be positive', String(limit.distance));
  }
  const samples = new Float64Array(cells.length);
  const samplesLower = new Float64Array(cells.length);
  const samplesUpper = new Float64Array(cells.length);
  await runJob(settings, async () =>
    native().startEffectiveSampleSizes({
      threads: settings.threads,
      count: cells.length,
      dim: column(({ parameters }) => parameters.dim),
      mle: column(({ parameters }) => Number(parameters.divisor === 'mle')),
      deterministic: column(({ limit, parameters }) => Number(parameters.dim > largestExactDim[limit.method])),
      distance: column(({ limit }, scale) => limit.distance / scale),
      lower: column(({ limit }, scale) => deviation(limit)[0] / scale),
      upper: column(({ limit }, scale) => deviation(limit)[1] / scale),
      samples,
      samplesLower,
      samplesUpper,
    }),
  );
  return cells.map(({ limit, parameters }, i) =>
    sizeOf(limit, parameters.real, samples[i]!, samplesLower[i]!, samplesUpper[i]!),
  );
}

/** Between which distances the limit lies: 95 %, or what the deterministic method states as its accuracy. */
function deviation(limit: LimitPoint): readonly [number, number] {
  if (limit.accuracy === undefined) return limit.interval;
  const { relativeError } = limit.accuracy;
  return [limit.distance * (1 - relativeError), limit.distance * (1 + relativeError)];
}

/** Numbers of samples as the engine gives them: 0 below 2, infinite above 1e15. */
function sizeOf(limit: LimitPoint, real: number, samples: number, low: number, high: number): SizeOfLimit {
  const bounded = samples === 0 ? 'below-2' : samples === Number.POSITIVE_INFINITY ? 'unbounded' : 'yes';
  const effectiveSampleSize = bounded === 'below-2' ? Number.NaN : samples;
  const ends = [low, atLeast2(high)] as const;
  const interval = limit.accuracy === undefined ? ends : ([Number.NaN, Number.NaN] as const);
  return {
    effectiveSampleSize,
    interval,
    ratio: effectiveSampleSize / real,
    ratioInterval: [interval[0] / real, interval[1] / real],
    admissible: low >= real ? true : high < real ? false : 'undecided',
    bounded,
    ...(limit.accuracy && { band: ends }),
    limit,
  };
}

/** Where even the better end is worse than 2 samples, n_e is somewhere below 2. */
function atLeast2(high: number): number {
  return high === 0 ? 2 : high;
}
