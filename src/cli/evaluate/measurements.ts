// The metrics of `madloop evaluate`, each by itself: what one cannot give leaves the others.

import { mustError } from '../../base/check.js';
import { MadloopError } from '../../base/errors.js';
import { resolve, type ValuesOf } from '../../base/options.js';
import type { Matrix } from '../../base/shapes.js';
import { numberText } from '../../charts/numbers.js';
import type { JobOptions } from '../../engine/job.js';
import { type FrechetDistance, frechetDistance } from '../../metrics/frechet.js';
import { canExtrapolate, frechetDistanceInfinity } from '../../metrics/frechet-distance-infinity.js';
import { fewestRowsOfInterval, frechetDistanceInterval } from '../../metrics/frechet-distance-interval.js';
import { type KernelDistance, kernelDistance, kernelDistanceOptions } from '../../metrics/kernel-distance.js';
import {
  largestK,
  type ManifoldMetricName,
  type PrecisionRecall,
  precisionRecall,
  precisionRecallOptions,
} from '../../metrics/precision-recall.js';
import { flagName } from '../terminal/flags.js';
import { costOf, type Sizes } from './costs.js';
import { isMatrix, type Side } from './sides.js';

/** One line of the table. */
export interface Row {
  readonly metric: string;
  /** k of the k-nearest-neighbour metrics. */
  readonly k?: number;
  /** Of the kernel distance. */
  readonly blocks?: number;
  readonly blockSizes?: { readonly a: number; readonly b: number };
  /** Which samples the Fréchet distance is extrapolated over. */
  readonly extrapolate?: Extrapolate;
  readonly value: number;
  /**
   * How far the expectation at these sizes lies above the value of the distributions, about: 0 for none, null where it cannot be
   * told, or is what is left of second order.
   */
  readonly bias?: number | null;
  /** What extrapolation has taken off the plain distance. */
  readonly biasRemoved?: number;
  /** Null where it cannot be had. */
  readonly standardError: number | null;
  readonly interval: readonly [number, number] | null;
  /** Whether a few rows decide it so much that the interval may hold less often than it says. */
  readonly heavyTails?: boolean;
}

/** What a metric gave. */
export interface Measured {
  readonly rows: readonly Row[];
  /** Why a row has no interval. */
  readonly reasons?: readonly string[];
  /** What else is to be known. */
  readonly notes?: readonly string[];
}

export interface Measurement {
  readonly title: string;
  /** Seconds of one core, about: what counts is the ratio to the others'. */
  readonly cost: number;
  readonly measure: (job: JobOptions) => Promise<Measured>;
}

export interface Plan {
  readonly measurements: readonly Measurement[];
  /** What these sides do not allow, and why. */
  readonly notes: readonly string[];
  /** Wishes that the samples are too small for: the command fails after the rest is printed. */
  readonly unmet: readonly Error[];
}

type Extrapolate = 'generated' | 'both';

/** Flags of the metrics. */
export interface MetricParameters {
  readonly k: readonly number[];
  readonly convention: ValuesOf<typeof precisionRecallOptions>['convention'];
  readonly seed: bigint;
  readonly anyExtractor: boolean;
  readonly extrapolate: Extrapolate;
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

/** What statistics leave out of the errors of a Fréchet distance, where the other side is a sample that has errors. */
export function exactNotes(
  sides: { readonly real: Side; readonly generated: Side },
  names: Names,
  rows: readonly Row[],
): string[] {
  const hasErrors = rows.some(({ metric, interval }) => metric === 'frechetDistance' && interval !== null);
  const exact = (['real', 'generated'] as const).filter((which) => !isMatrix(sides[which]));
  if (!hasErrors || exact.length === 0) return [];
  return [
    `frechetDistance: ${names[exact[0]!]} holds statistics, which count as exact: what the rows behind them add to error and bias is in no number here`,
  ];
}

/** The flags given that statistics leave without any effect, by the names of their options. */
export function flagsInVain(
  { real, generated }: { readonly real: Side; readonly generated: Side },
  given: Readonly<Record<string, unknown>>,
): string[] {
  if (isMatrix(real) && isMatrix(generated)) return [];
  const idle = [
    ...['k', 'convention', ...Object.keys(kernelDistanceOptions).filter((name) => name !== 'seed')],
    ...(isMatrix(generated) ? [] : ['extrapolate']),
    ...(isMatrix(real) || isMatrix(generated) ? [] : ['seed']),
  ];
  const flags = Object.keys(given)
    .filter((name) => idle.includes(name))
    .map(flagName);
  return flags.length === 0 ? [] : [`of no effect where a side is statistics: ${flags.join(', ')}`];
}

/** What can be measured of these sides. */
export function plan(
  sides: { readonly real: Side; readonly generated: Side },
  names: Names,
  parameters: MetricParameters,
  wishes: Wishes,
): Plan {
  const { real, generated } = sides;
  const sizes = { real: sizesOf(real), generated: sizesOf(generated) };
  const measurements: Measurement[] = [
    {
      title: 'frechet distance',
      cost: costOf.frechetDistance(sizes),
      measure: (job) => measureFrechet(sides, names, parameters, job),
    },
  ];
  const notes = [...fewRowsNotes(sides, names)];
  const unmet: Error[] = [];
  if (wishes.infinity) {
    const why = whyNoInfinity(sides, names, parameters.extrapolate);
    if (why !== undefined) notes.push(`FD∞ left out: ${why}`);
    else {
      measurements.push({
        title: 'FD∞',
        cost: costOf.frechetDistanceInfinity(sizes),
        measure: (job) => measureInfinity(real, generated as Matrix, parameters, job),
      });
    }
  }
  if (!isMatrix(real) || !isMatrix(generated)) {
    notes.push('kernel distance, precision, recall, density and coverage need the samples of both sides');
    return { measurements, notes, unmet };
  }
  measurements.push({
    title: 'kernel distance',
    cost: costOf.kernelDistance(sizes),
    measure: (job) => measureKernel(real, generated, names, parameters, job),
  });
  const { possible, errors } = possibleKs(real, generated, names, parameters.k);
  if (wishes.kGiven) unmet.push(...errors);
  else if (errors.length > 0) {
    const { name, rows } = fewer(real, generated, names);
    notes.push(
      `precision, recall, density and coverage left out: k = ${parameters.k.join()}, the default, takes more than ` +
        `${parameters.k.join()} rows of either side, and ${name} has ${rows} (--k sets it)`,
    );
  }
  notes.push(...fewNeighboursNotes([real, generated], [names.real, names.generated], possible));
  if (possible.length > 0) {
    measurements.push({
      title: 'precision and recall',
      cost: costOf.precisionRecall(sizes),
      measure: (job) => measureNeighbours(real, generated, names, { ...parameters, k: possible }, job),
    });
  }
  return { measurements, notes, unmet };
}

function sizesOf(side: Side): Sizes {
  return isMatrix(side) ? side : { rows: undefined, cols: side.dim };
}

/** The side with fewer rows. */
function fewer(real: Matrix, generated: Matrix, names: Names): { name: string; rows: number } {
  return generated.rows <= real.rows
    ? { name: names.generated, rows: generated.rows }
    : { name: names.real, rows: real.rows };
}

// Fewer rows a column, and of a small Fréchet distance most is bias.
export const enoughRowsOfColumn = 10;

/** Which samples are so small that a Fréchet distance is mostly bias. */
function fewRowsNotes(sides: { readonly real: Side; readonly generated: Side }, names: Names): string[] {
  const few = (['real', 'generated'] as const).flatMap((which) => {
    const side = sides[which];
    const [rows, cols] = isMatrix(side) ? [side.rows, side.cols] : [side.count, side.dim];
    return rows !== undefined && rows < enoughRowsOfColumn * cols
      ? [`${names[which]} has ${numberText(rows)} for ${numberText(cols)}`]
      : [];
  });
  if (few.length === 0) return [];
  return [
    `few rows: fewer than ${enoughRowsOfColumn} for each column, so that most of a small Fréchet distance is bias: ${few.join(', ')}`,
  ];
}

// Fewer rows a neighbour, and the balls about a sample's rows take in much of all that there is.
const enoughRowsOfNeighbour = 10;

/** Which k are so large for their samples that the metrics of neighbours say little of them. */
function fewNeighboursNotes(
  sides: readonly Matrix[],
  names: readonly string[],
  ks: readonly number[],
): string[] {
  const few = ks.flatMap((k) =>
    sides.flatMap(({ rows }, i) =>
      rows < enoughRowsOfNeighbour * k ? [`k = ${k} of the ${numberText(rows)} of ${names[i]}`] : [],
    ),
  );
  if (few.length === 0) return [];
  return [
    `few rows: fewer than ${enoughRowsOfNeighbour} for each of the k neighbours, so that balls reach far beyond their places, and precision, recall, density ` +
      `and coverage are high whatever the samples: ${[...new Set(few)].join(', ')}`,
  ];
}

/** Why these samples cannot be extrapolated from, if they cannot. */
function whyNoInfinity(
  { real, generated }: { readonly real: Side; readonly generated: Side },
  names: Names,
  extrapolate: Extrapolate,
): string | undefined {
  if (!isMatrix(generated)) return `it needs the generated samples, and ${names.generated} holds statistics`;
  const tooFew = (name: string, { rows, cols }: Matrix) =>
    `the ${rows} rows of ${name} are too few for ${cols} columns to extrapolate from`;
  if (!canExtrapolate(generated)) return tooFew(names.generated, generated);
  if (extrapolate === 'both' && isMatrix(real) && !canExtrapolate(real))
    return `${tooFew(names.real, real)} (${flagName('extrapolate')} generated takes them as they are)`;
  return undefined;
}

async function measureInfinity(
  real: Side,
  generated: Matrix,
  { seed, extrapolate }: MetricParameters,
  job: JobOptions,
): Promise<Measured> {
  const result = await frechetDistanceInfinity(real, generated, { seed, extrapolate, ...job });
  const biasRemoved = result.slope / generated.rows;
  return {
    rows: [
      { ...row('frechetDistanceInfinity', result.distance, result), extrapolate, biasRemoved, bias: null },
    ],
  };
}

/**
 * The rows with the bias of an FD∞ that leaves finite real samples as they are: theirs stays, which is that of the plain distance
 * without what was removed.
 */
export function withRemainingBias(rows: readonly Row[]): readonly Row[] {
  const plain = rows.find(({ metric }) => metric === 'frechetDistance')?.bias ?? undefined;
  return rows.map((row) =>
    row.extrapolate === 'generated' && row.biasRemoved !== undefined && plain !== undefined
      ? { ...row, bias: plain - row.biasRemoved }
      : row,
  );
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
    const { bias, why } = biasOf(result, { real, generated }, names);
    return {
      rows: [{ ...row('frechetDistance', result.distance, result), bias }],
      reasons: why,
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
    rows: [
      { metric: 'frechetDistance', value: result.distance, bias: null, standardError: null, interval: null },
    ],
    reasons: [why],
    notes: openNotes(real, generated, result),
  };
}

/** With fewer rows than columns the distance falls in no way that leaving out some of them could tell: 0.5 to 1.5 times the bias. */
function biasOf(
  { bias }: { readonly bias: number },
  sides: { readonly real: Side; readonly generated: Side },
  names: Names,
): { bias: number | null; why: string[] } {
  const short = (['real', 'generated'] as const).filter((which) => {
    const side = sides[which];
    return isMatrix(side) && side.rows < side.cols;
  });
  if (short.length === 0) return { bias, why: [] };
  const whose = short.map((which) => names[which]).join(', ');
  return { bias: null, why: [`frechetDistance is mostly bias, with fewer rows than columns in ${whose}`] };
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
    // Its estimates are unbiased at any size.
    rows: [{ ...row('kernelDistance', result.distance, result), blocks, blockSizes, bias: 0 }],
    reasons: kernelReasons(result, real, generated, names),
    notes: kernelNotes(result, { a: real.rows, b: generated.rows }, { a: names.real, b: names.generated }),
  };
}

function kernelReasons(
  { standardError, disjoint }: KernelDistance,
  real: Matrix,
  generated: Matrix,
  names: Names,
): string[] {
  if (!disjoint) return ['kernelDistance has no interval: subsets share rows (disjoint blocks have one)'];
  if (!Number.isNaN(standardError)) return [];
  const { name, rows } = fewer(real, generated, names);
  return [`kernelDistance has no interval: it takes 3 rows of either side, and ${name} has ${rows}`];
}

function kernelNotes(
  { blocks, blockSizes, disjoint }: KernelDistance,
  rows: { readonly a: number; readonly b: number },
  names: { readonly a: string; readonly b: string },
): string[] {
  const notes: string[] = [];
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
  names: Names,
  { k, convention, seed }: MetricParameters,
  job: JobOptions,
): Promise<Measured> {
  const results = await precisionRecall(real, generated, { k, convention, seed, intervals: true, ...job });
  const { name, rows } = fewer(real, generated, names);
  const bare = results.filter(({ standardErrors }) => Number.isNaN(standardErrors!.precision));
  return {
    rows: results.flatMap((result) =>
      manifoldMetrics.map((metric) => row(metric, result[metric], errorOf(result, metric), result.k)),
    ),
    reasons: bare.map(
      ({ k }) =>
        `no intervals at k = ${k}: they come from halves of the samples, and half of the ${rows} rows of ${name} is not more than k`,
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
  names: Names,
  ks: readonly number[],
): { readonly possible: readonly number[]; readonly errors: readonly Error[] } {
  const { name, rows } = fewer(real, generated, names);
  const possible: number[] = [];
  const errors: Error[] = [];
  for (const k of ks) {
    try {
      resolve('evaluate', { k }, { k: precisionRecallOptions.k }, { fewest: rows });
      possible.push(k);
    } catch (error) {
      if (!(error instanceof MadloopError)) throw error;
      // The library knows of no file.
      const isTooLarge = rows > 1 && k >= rows && rows <= largestK;
      const requirement = `be an integer from 1 to ${rows - 1}, as ${name} has ${rows} rows`;
      errors.push(isTooLarge ? mustError('evaluate', 'k', requirement, String(k)) : error);
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
