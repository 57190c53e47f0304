import { allocate } from '../base/allocate.js';
import {
  checkInteger,
  checkList,
  checkMatrix,
  checkProduct,
  checkSameColumns,
  invalid,
  isArray,
  mustError,
} from '../base/check.js';
import { boolean, checked, oneOf, resolve, seed, type TableOf } from '../base/options.js';
import type { Seed } from '../base/seed.js';
import type { Matrix } from '../base/shapes.js';
import { type JobOptions, type JobSettings, jobOptions, runJob } from '../engine/job.js';
import { native } from '../engine/native.js';
import type { NativeManifoldSamples } from '../engine/native-types.js';
import { snapshotMatrix } from '../engine/snapshot.js';

/** Whether a point exactly at a ball's radius is inside: 'kynkaanniemi' (<=) or 'prdc' (<). */
export type ManifoldConvention = 'kynkaanniemi' | 'prdc';

export type ManifoldMetricName = 'precision' | 'recall' | 'density' | 'coverage';

export interface PrecisionRecallOptions extends JobOptions {
  /**
   * Balls reach to the k-th nearest other sample of their set; from 1 to 1,024 and below either number of rows. Default 5,
   * the paper's.
   */
  readonly k?: number | undefined;
  /** Whether balls hold the points at their radius. Default 'kynkaanniemi': they do. */
  readonly convention?: ManifoldConvention | undefined;
  /** Adds standard errors and 95 % intervals. Default false: they take up to twice the time where columns are few. */
  readonly intervals?: boolean | undefined;
  /** Seed of the random halves that the standard errors come from. Default 0. */
  readonly seed?: Seed | undefined;
  /** Adds what is known of every sample. Default false. */
  readonly samples?: boolean | undefined;
}

export const largestK = 1_024;
const mostKs = 64;

export const precisionRecallOptions = {
  k: checked(
    'integer from 1 to 1,024 and below either number of rows, or a list of up to 64',
    (where, argument, value, { fewest }: { fewest: number }) => {
      if (fewest < 2)
        throw mustError(where, argument, 'be below the rows of either side, at least 2 each', `${fewest} row`);
      return checkKs(where, argument, value, Math.min(largestK, fewest - 1));
    },
  )
    .or(5)
    .doc('neighbours that make a ball'),
  convention: oneOf(['kynkaanniemi', 'prdc'])
    .or('kynkaanniemi')
    .doc('whether a point at the radius is inside (<=) or not (<)'),
  intervals: boolean().or(false).doc('adds standard errors and 95 % intervals'),
  seed: seed().doc('decides the random halves behind the standard errors'),
  samples: boolean().or(false).doc('adds what is known of every sample'),
  ...jobOptions,
} satisfies TableOf<Omit<PrecisionRecallOptions, 'k'> & { readonly k?: number | readonly number[] }>;

/** Every sample's part in the metrics, in the order of the rows. */
export interface ManifoldSamples {
  /** Distance of each real sample to its k-th nearest other: the radius of its ball. */
  readonly realRadius: Float64Array;
  /** The same for the generated samples. */
  readonly generatedRadius: Float64Array;
  /** Real balls around each generated sample: above 0 it counts for precision; their mean / k is the density. */
  readonly realBallsAroundGenerated: Float64Array;
  /** Generated balls around each real sample: above 0 it counts for recall. */
  readonly generatedBallsAroundReal: Float64Array;
  /** Generated samples in each real ball: above 0 it counts for coverage. */
  readonly generatedInRealBall: Float64Array;
}

export interface PrecisionRecall {
  /** Share of generated samples inside at least one real ball: quality. */
  readonly precision: number;
  /** Share of real samples inside at least one generated ball: diversity. */
  readonly recall: number;
  /** Mean over generated samples of the number of real balls around it, over k. */
  readonly density: number;
  /** Share of real balls that hold a generated sample. */
  readonly coverage: number;
  readonly k: number;
  readonly convention: ManifoldConvention;
  /** Comparisons with a radius that float32 left open: resolved in float64, and those of them that took exact arithmetic. */
  readonly resolved: { readonly float64: number; readonly exact: number };
  /** There if the option `intervals` is true; NaN where k is not below half of either number of rows. */
  readonly standardErrors?: Readonly<Record<ManifoldMetricName, number>>;
  /** There if the option `intervals` is true: 95 % intervals for the metrics' expectations at these sample sizes. */
  readonly intervals?: Readonly<Record<ManifoldMetricName, readonly [number, number]>>;
  /** What is known of every sample; there if the option `samples` is true. */
  readonly samples?: ManifoldSamples;
}

/**
 * Precision, recall, density and coverage of generated samples (rows) against real ones, by k-nearest-neighbour balls.
 *
 * The ball of a sample reaches to its k-th nearest other sample of the same set (itself left out by index; a duplicate of
 * it is a neighbour at distance 0). Every comparison of a distance with a radius comes out as in exact arithmetic on the
 * values given, whatever their offset, scale or ties: float32 products with a proved error bound decide most, float64
 * differences and exact sums the rest. So results are the same for any number of threads and on any processor.
 *
 * With a list as `k`, one result for each, ascending and without repeats, from one set of passes (up to 64).
 * Standard errors and intervals come from 31 random halves of both sets (half-sample replication, McCarthy 1969), and are
 * never narrower than so many independent samples would have them. Intervals are Wilson's with the number of trials that
 * the halves' scatter implies (for density, with Poisson's variance); docs/metrics.md tells how well they cover.
 *
 * Memory beyond the inputs (and the copy of those not in a SharedArrayBuffer, as `readMatrix` gives them): 72 MiB measured for
 * 50,000 x 2,048 float32 samples at k = 5 (64 s on two cores). Time: 4 n^2 cols flops in float32 for n samples on either side.
 * Rejects with ERR_INVALID_INPUT (shapes, k, NaN or infinity with row and column), ERR_OUT_OF_MEMORY, ERR_ABORTED.
 * Sources: Kynkäänniemi et al., NeurIPS 2019 (precision, recall); Naeem et al., ICML 2020 (density, coverage).
 *
 * @example
 * const { precision, recall } = await precisionRecall(realFeatures, generatedFeatures, { k: 5 });
 */
export function precisionRecall(
  real: Matrix,
  generated: Matrix,
  options?: PrecisionRecallOptions,
): Promise<PrecisionRecall>;
export function precisionRecall(
  real: Matrix,
  generated: Matrix,
  options: Omit<PrecisionRecallOptions, 'k'> & { readonly k: readonly number[] },
): Promise<PrecisionRecall[]>;
export async function precisionRecall(
  real: Matrix,
  generated: Matrix,
  options?: Omit<PrecisionRecallOptions, 'k'> & { readonly k?: number | readonly number[] | undefined },
): Promise<PrecisionRecall | PrecisionRecall[]> {
  const where = 'precisionRecall';
  const request = checkRequest(where, real, generated, options);
  const { settings, ks, convention } = request;
  const metrics = new Float64Array(ks.length * numbersOfK);
  const samples = request.samples ? allocateSamples(where, request) : undefined;
  const resolved = await runJob(settings, async (throwIfSettled) =>
    native().startPrecisionRecall({
      threads: settings.threads,
      real: await snapshotMatrix(where, 'real', request.real, throwIfSettled),
      generated: await snapshotMatrix(where, 'generated', request.generated, throwIfSettled),
      kCount: ks.length,
      ks: Float64Array.from(ks),
      boundary: convention === 'prdc' ? 'open' : 'closed',
      standardErrors: request.intervals,
      seed: request.seed,
      metrics,
      ...(samples && { samples }),
    }),
  );
  const results = ks.map((k, q): PrecisionRecall => {
    const number = (metric: number, which: number) =>
      metrics[q * numbersOfK + metric * numbersOfMetric + which]!;
    return {
      ...record((metric) => number(metric, 0)),
      k,
      convention,
      resolved: { float64: resolved.inDouble, exact: resolved.exactly },
      ...(request.intervals && {
        standardErrors: record((metric) => number(metric, 1)),
        intervals: record((metric) => [number(metric, 2), number(metric, 3)] as const),
      }),
      ...(samples && { samples: samplesOf(samples, q, ks.length) }),
    };
  });
  return request.single ? results[0]! : results;
}

// The order of the engine's table.
const metricNames = ['precision', 'recall', 'density', 'coverage'] as const;
const numbersOfMetric = 4;
const numbersOfK = metricNames.length * numbersOfMetric;

function record<Value>(value: (metric: number) => Value): Record<ManifoldMetricName, Value> {
  return { precision: value(0), recall: value(1), density: value(2), coverage: value(3) };
}

interface Request {
  readonly real: Matrix;
  readonly generated: Matrix;
  readonly ks: readonly number[];
  /** Whether one k was given, not a list. */
  readonly single: boolean;
  readonly convention: ManifoldConvention;
  readonly intervals: boolean;
  readonly samples: boolean;
  readonly seed: bigint;
  readonly settings: JobSettings;
}

function checkRequest(where: string, real: unknown, generated: unknown, options: unknown): Request {
  const sets = {
    real: checkMatrix(where, 'real', real),
    generated: checkMatrix(where, 'generated', generated),
  };
  checkSameColumns(where, 'real and generated', sets.real, sets.generated);
  for (const name of ['real', 'generated'] as const) {
    if (sets[name].rows < 2) throw mustError(where, name, 'have at least 2 rows', String(sets[name].rows));
  }
  const fewest = Math.min(sets.real.rows, sets.generated.rows);
  const { k, convention, intervals, seed, samples, ...job } = resolve(where, options, precisionRecallOptions, {
    fewest,
  });
  const single = typeof k === 'number';
  const settings = { where, ...job };
  return { ...sets, ks: single ? [k] : k, single, convention, intervals, seed, samples, settings };
}

/** One k, or several, ascending, each once; `most` is below both numbers of rows. */
function checkKs(where: string, argument: string, k: unknown, most: number): number | number[] {
  if (!isArray(k)) return checkInteger(where, argument, k, 1, most);
  const requirement = `be a number or a list of 1 to ${mostKs} numbers`;
  if (k.length < 1 || k.length > mostKs) throw invalid(where, argument, requirement, k);
  const ks = checkList(where, argument, requirement, k, (value, i) =>
    checkInteger(where, `${argument}[${i}]`, value, 1, most),
  );
  return [...new Set(ks)].sort((a, b) => a - b);
}

function allocateSamples(where: string, { real, generated, ks }: Request): NativeManifoldSamples {
  const values = (rows: number) =>
    allocate(where, 'the samples', Float64Array, checkProduct(where, 'k x rows', ks.length, rows));
  return {
    realRadius: values(real.rows),
    generatedRadius: values(generated.rows),
    realBallsAroundGenerated: values(generated.rows),
    generatedBallsAroundReal: values(real.rows),
    generatedInRealBall: values(real.rows),
  };
}

/** The q-th of `count` equal parts of every array. */
function samplesOf(samples: NativeManifoldSamples, q: number, count: number): ManifoldSamples {
  const part = (array: Float64Array) => {
    const rows = array.length / count;
    return array.subarray(q * rows, (q + 1) * rows);
  };
  return {
    realRadius: part(samples.realRadius),
    generatedRadius: part(samples.generatedRadius),
    realBallsAroundGenerated: part(samples.realBallsAroundGenerated),
    generatedBallsAroundReal: part(samples.generatedBallsAroundReal),
    generatedInRealBall: part(samples.generatedInRealBall),
  };
}
