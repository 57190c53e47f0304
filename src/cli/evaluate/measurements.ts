// The metrics of `madloop evaluate`, each by itself: what one cannot give leaves the others.

import { MadloopError } from '../../base/errors.js';
import { resolve, type ValuesOf } from '../../base/options.js';
import type { Matrix } from '../../base/shapes.js';
import type { JobOptions } from '../../engine/job.js';
import { type FrechetDistance, frechetDistance } from '../../metrics/frechet.js';
import { canExtrapolate, frechetDistanceInfinity } from '../../metrics/frechet-distance-infinity.js';
import { fewestRowsOfInterval, frechetDistanceInterval } from '../../metrics/frechet-distance-interval.js';
import { type KernelDistance, kernelDistance } from '../../metrics/kernel-distance.js';
import {
  type ManifoldMetricName,
  type PrecisionRecall,
  precisionRecall,
  precisionRecallOptions,
} from '../../metrics/precision-recall.js';
import { isMatrix, type Side } from './sides.js';

/** One line of the table. */
export interface Row {
  readonly metric: string;
  /** k of the k-nearest-neighbour metrics. */
  readonly k?: number;
  /** Of the kernel distance. */
  readonly blocks?: number;
  readonly blockSizes?: { readonly a: number; readonly b: number };
  readonly value: number;
  /** Null where it cannot be had. */
  readonly standardError: number | null;
  readonly interval: readonly [number, number] | null;
  /** Whether a few rows decide it so much that the interval may hold less often than it says. */
  readonly heavyTails?: boolean;
}

/** What a metric gave, and what of it is missing for which reason. */
export interface Measured {
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
}

export interface Measurement {
  readonly title: string;
  readonly measure: (job: JobOptions) => Promise<Measured>;
}

export interface Plan {
  readonly measurements: readonly Measurement[];
  /** What these sides do not allow, and why. */
  readonly notes: readonly string[];
  /** Wishes that the samples are too small for: the command fails after the rest is printed. */
  readonly unmet: readonly Error[];
}

/** Flags of the metrics. */
export interface MetricParameters {
  readonly k: readonly number[];
  readonly convention: ValuesOf<typeof precisionRecallOptions>['convention'];
  readonly seed: bigint;
  readonly anyExtractor: boolean;
  /** Those of the kernel distance that were given. */
  readonly kernel: Parameters<typeof kernelDistance>[2];
}

export interface Wishes {
  /** Whether the user asked for these k. */
  readonly kGiven: boolean;
  readonly infinity: boolean;
}

/** The sides by what their user calls them. */
export interface Names {
  readonly real: string;
  readonly generated: string;
}

/** What can be measured of these sides. */
export function plan(
  sides: { readonly real: Side; readonly generated: Side },
  names: Names,
  parameters: MetricParameters,
  wishes: Wishes,
): Plan {
  const { real, generated } = sides;
  const measurements: Measurement[] = [
    { title: 'frechet distance', measure: (job) => measureFrechet(sides, names, parameters, job) },
  ];
  const notes: string[] = [];
  const unmet: Error[] = [];
  if (wishes.infinity) {
    const { seed } = parameters;
    if (!isMatrix(generated)) {
      notes.push(`FD∞ left out: it needs the generated samples, and ${names.generated} holds statistics`);
    } else if (canExtrapolate(generated)) {
      measurements.push({
        title: 'FD∞',
        measure: async (job) => {
          const result = await frechetDistanceInfinity(real, generated, { seed, ...job });
          return { rows: [row('frechetDistanceInfinity', result.distance, result)], notes: [] };
        },
      });
    } else {
      const { rows, cols } = generated;
      notes.push(`FD∞ left out: ${rows} generated samples of ${cols} columns are too few to extrapolate from`);
    }
  }
  if (!isMatrix(real) || !isMatrix(generated)) {
    notes.push('kernel distance, precision, recall, density and coverage need the samples of both sides');
    return { measurements, notes, unmet };
  }
  measurements.push({
    title: 'kernel distance',
    measure: (job) => measureKernel(real, generated, names, parameters, job),
  });
  const { possible, errors } = possibleKs(real, generated, parameters.k);
  if (wishes.kGiven) unmet.push(...errors);
  else if (errors.length > 0) {
    const rows = Math.min(real.rows, generated.rows);
    notes.push(
      `precision, recall, density and coverage left out: k = ${parameters.k.join()}, the default, takes more than ` +
        `${rows} rows of either side (--k sets it)`,
    );
  }
  if (possible.length > 0) {
    measurements.push({
      title: 'precision and recall',
      measure: (job) => measureNeighbours(real, generated, { ...parameters, k: possible }, job),
    });
  }
  return { measurements, notes, unmet };
}

/** The distance with an interval, where samples have rows enough for one. */
async function measureFrechet(
  { real, generated }: { readonly real: Side; readonly generated: Side },
  names: Names,
  { seed, anyExtractor }: MetricParameters,
  job: JobOptions,
): Promise<Measured> {
  const samples = [real, generated].filter(isMatrix);
  const small = [
    { side: real, name: names.real },
    { side: generated, name: names.generated },
  ].filter(({ side }) => isMatrix(side) && side.rows < fewestRowsOfInterval);
  if (samples.length > 0 && small.length === 0) {
    const result = await frechetDistanceInterval(real, generated, { seed, ...job });
    return {
      rows: [row('frechetDistance', result.distance, result)],
      notes: openNotes(real, generated, result),
    };
  }
  const result = await frechetDistance(real, generated, { anyExtractor, ...job });
  const why =
    samples.length === 0
      ? 'statistics alone leave no samples to estimate errors from'
      : `frechetDistance has no interval: it takes ${fewestRowsOfInterval} rows, and ${small
          .map(({ side, name }) => `${name} has ${(side as Matrix).rows}`)
          .join(', ')}`;
  return {
    rows: [{ metric: 'frechetDistance', value: result.distance, standardError: null, interval: null }],
    notes: [why, ...openNotes(real, generated, result)],
  };
}

/** What statistics in float32 leave open, where that is to be seen in the digits printed. */
function openNotes(real: Side, generated: Side, { distance, errorBound }: FrechetDistance): string[] {
  const isSingle = [real, generated].some((side) => !isMatrix(side) && side.precision !== undefined);
  if (!isSingle || errorBound <= 1e-4 * distance) return [];
  return [
    `frechetDistance may be off by up to ${errorBound.toPrecision(2)}: statistics in float32 leave that open`,
  ];
}

async function measureKernel(
  real: Matrix,
  generated: Matrix,
  names: Names,
  { seed, kernel }: MetricParameters,
  job: JobOptions,
): Promise<Measured> {
  const result = await kernelDistance(real, generated, {
    ...(kernel?.subsets === undefined && { blockSize: 'largest' }),
    ...kernel,
    error: 'jackknife',
    seed,
    ...job,
  });
  const { blocks, blockSizes } = result;
  return {
    rows: [{ ...row('kernelDistance', result.distance, result), blocks, blockSizes }],
    notes: kernelNotes(result, { a: real.rows, b: generated.rows }, { a: names.real, b: names.generated }),
  };
}

function kernelNotes(
  { standardError, blocks, blockSizes, disjoint }: KernelDistance,
  rows: { readonly a: number; readonly b: number },
  names: { readonly a: string; readonly b: string },
): string[] {
  const notes: string[] = [];
  if (!disjoint) notes.push('kernelDistance has no interval: subsets share rows (disjoint blocks have one)');
  else if (Number.isNaN(standardError))
    notes.push('kernelDistance has no interval: it takes 3 rows of either side');
  for (const side of ['a', 'b'] as const) {
    const used = blocks * blockSizes[side];
    // A remainder that no block of equal size could take is none to speak of.
    if (disjoint && rows[side] - used >= blocks) {
      notes.push(
        `kernelDistance is of ${used} of the ${rows[side]} rows of ${names[side]}, those in its blocks`,
      );
    }
  }
  return notes;
}

const manifoldMetrics: readonly ManifoldMetricName[] = ['precision', 'recall', 'density', 'coverage'];

async function measureNeighbours(
  real: Matrix,
  generated: Matrix,
  { k, convention, seed }: MetricParameters,
  job: JobOptions,
): Promise<Measured> {
  const results = await precisionRecall(real, generated, { k, convention, seed, intervals: true, ...job });
  const fewest = Math.min(real.rows, generated.rows);
  const bare = results.filter(({ standardErrors }) => Number.isNaN(standardErrors!.precision));
  return {
    rows: results.flatMap((result) =>
      manifoldMetrics.map((metric) => row(metric, result[metric], errorOf(result, metric), result.k)),
    ),
    notes: bare.map(
      ({ k }) =>
        `no intervals at k = ${k}: they come from halves of the samples, and half of ${fewest} rows is not more than k`,
    ),
  };
}

function errorOf({ standardErrors, intervals }: PrecisionRecall, metric: ManifoldMetricName): SamplingError {
  return { standardError: standardErrors![metric], interval: intervals![metric] };
}

/** The k that samples of these sizes allow, and the errors of the others. */
function possibleKs(
  real: Matrix,
  generated: Matrix,
  ks: readonly number[],
): { readonly possible: readonly number[]; readonly errors: readonly Error[] } {
  const fewest = Math.min(real.rows, generated.rows);
  const possible: number[] = [];
  const errors: Error[] = [];
  for (const k of ks) {
    try {
      resolve('evaluate', { k }, { k: precisionRecallOptions.k }, { fewest });
      possible.push(k);
    } catch (error) {
      if (!(error instanceof MadloopError)) throw error;
      errors.push(error);
    }
  }
  return { possible, errors };
}

interface SamplingError {
  readonly standardError: number;
  readonly interval: readonly [number, number];
  readonly heavyTails?: boolean;
}

/** The row of a metric that comes with its error; NaN stands for one that cannot be had. */
function row(metric: string, value: number, error: SamplingError, k?: number): Row {
  const known = Number.isFinite(error.standardError);
  return {
    metric,
    ...(k !== undefined && { k }),
    value,
    standardError: known ? error.standardError : null,
    interval: known ? error.interval : null,
    ...(error.heavyTails !== undefined && { heavyTails: error.heavyTails }),
  };
}

/** Which intervals are not to be trusted much, if any. */
export function heavyTailNotes(rows: readonly Row[]): string[] {
  const metrics = rows
    .filter(({ heavyTails, interval }) => heavyTails === true && interval !== null)
    .map(({ metric }) => metric);
  if (metrics.length === 0) return [];
  return [
    `heavy tails: a few rows decide these moments, and 95 % intervals may hold less often: ${metrics.join(', ')}`,
  ];
}
