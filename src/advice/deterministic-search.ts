// Thresholds and optima by the deterministic method, which looks at a loop in less than a millisecond.

import type { JobSettings } from '../engine/job.js';
import { runJob } from '../engine/job.js';
import { native } from '../engine/native.js';
import { deterministicLimitPoints } from '../limits/deterministic.js';
import { lastCrossing } from '../limits/deterministic-threshold.js';
import { largestExactDim } from '../limits/effective-sample-size-of-limit.js';
import type { LimitPointParameters } from '../limits/parameters.js';
import type { LeastReal, Range, SyntheticThreshold } from './advice.js';
import { cellOf, collapsedFrom, type Loop } from './worth.js';

const noInterval: Range = [Number.NaN, Number.NaN];

/** What a detector leaves of so many samples, without rounding. */
function cellWith(
  loop: Loop,
  { real = loop.real, synthetic = loop.synthetic }: Partial<Loop>,
): LimitPointParameters {
  const { truePositiveRate, falsePositiveRate } = loop;
  return cellOf(loop, { real: real * (1 - falsePositiveRate), synthetic: synthetic * (1 - truePositiveRate) });
}

async function distancesOf(cells: readonly LimitPointParameters[], settings: JobSettings): Promise<number[]> {
  return (await deterministicLimitPoints(cells, settings)).map(({ distance }) => distance);
}

/** E[distance] of a fit to real samples alone: exact up to d = 1,000, as effective sample sizes have it. Infinity for one sample. */
export async function realAlone(dim: number, samples: number, settings: JobSettings): Promise<number> {
  if (samples < 2) return Number.POSITIVE_INFINITY;
  if (dim > largestExactDim.deterministic) {
    const [distance] = await distancesOf([plainCell(dim, samples)], settings);
    return distance!;
  }
  const { threads } = settings;
  return runJob(settings, async () =>
    native().startExpectedDistance({ threads, dim, samples, divisor: 'unbiased' }),
  );
}

function plainCell(dim: number, real: number): LimitPointParameters {
  return {
    ...{ variant: 'fresh-data', divisor: 'unbiased', dim, real, synthetic: 0, lambda: 1, memory: 1 },
    ...{ relativeError: 0.01, seed: 0n },
  };
}

/** The largest number of synthetic samples with n_e >= n_r, and its band. */
export async function deterministicThreshold(loop: Loop, settings: JobSettings): Promise<SyntheticThreshold> {
  const target = await realAlone(loop.dim, loop.real, settings);
  const passing = 1 - loop.truePositiveRate;
  if (target >= loop.dim || loop.lambda === 1 || passing === 0)
    return unlimitedThreshold(loop, settings, target);
  const cell = cellWith(loop, { synthetic: 0 });
  const synthetic = await crossingAt(cell, target, settings);
  if (synthetic === 0) return noThreshold;
  const [limit] = await deterministicLimitPoints([{ ...cell, synthetic }], settings);
  const { relativeError } = limit!.accuracy!;
  const low = await crossingAt(cell, target * (1 - relativeError), settings);
  const high = await crossingAt(cell, target * (1 + relativeError), settings);
  return {
    synthetic: synthetic / passing,
    interval: noInterval,
    band: [low / passing, high / passing],
    bounded: synthetic === Number.POSITIVE_INFINITY ? 'unbounded' : 'yes',
  };
}

const noThreshold: SyntheticThreshold = { synthetic: 0, interval: noInterval, band: [0, 0], bounded: 'none' };

/** Where more synthetic samples are never worse than fewer: any number does no harm, or where even endless ones do, none. */
async function unlimitedThreshold(
  loop: Loop,
  settings: JobSettings,
  target: number,
): Promise<SyntheticThreshold> {
  const [endless] = await distancesOf([cellWith(loop, { synthetic: endlessly(loop) })], settings);
  if (endless! > target && target < loop.dim) return noThreshold;
  const infinite: Range = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  return { synthetic: Number.POSITIVE_INFINITY, interval: noInterval, band: infinite, bounded: 'unbounded' };
}

/** So many synthetic samples that more make no difference. */
const endlessly = ({ real, dim }: Loop): number => Math.min(1e6 * (real + dim), mostSamples);

/** More the deterministic method does not take. */
const mostSamples = 1e15;

/** The n_s up to which the limit is at most `bound`, between the two that are next to it. */
async function crossingAt(cell: LimitPointParameters, bound: number, settings: JobSettings): Promise<number> {
  const crossing = await lastCrossing(cell, bound, settings);
  if (crossing === 'none') return 0;
  if (crossing === 'unbounded') return Number.POSITIVE_INFINITY;
  const { from, to } = crossing;
  const [low, high] = await distancesOf(
    [from, to].map((synthetic) => ({ ...cell, synthetic })),
    settings,
  );
  return from + ((to - from) * Math.log(bound / low!)) / Math.log(high! / low!);
}

/** The number of synthetic samples with the least limit: Infinity where more are always better. */
export async function deterministicBest(loop: Loop, settings: JobSettings): Promise<number> {
  if (loop.truePositiveRate === 1) return 0;
  if (loop.lambda === 1) return Number.POSITIVE_INFINITY;
  const grid = [...(loop.real > 1 ? [0] : []), ...geometric(1, endlessly(loop), 4 / 3)];
  const best = await leastAmong(loop, grid, settings);
  const [from, to] = [grid[Math.max(0, best - 1)]!, grid[Math.min(best + 1, grid.length - 1)]!];
  const fine = Array.from({ length: 65 }, (_, i) => from + ((to - from) * i) / 64);
  return Math.round(fine[await leastAmong(loop, fine, settings)]!);
}

async function leastAmong(loop: Loop, counts: readonly number[], settings: JobSettings): Promise<number> {
  const distances = await distancesOf(
    counts.map((synthetic) => cellWith(loop, { synthetic })),
    settings,
  );
  return distances.indexOf(Math.min(...distances));
}

function geometric(from: number, to: number, ratio: number): number[] {
  const values: number[] = [];
  for (let value = from; value < Math.min(to, mostSamples); value *= ratio) values.push(value);
  return values;
}

/**
 * The least number of real samples beside which the loop's synthetic ones do no harm. Where they do none now, fewer and fewer are
 * tried, down to where they do, or where the model collapses; else more and more, up to 10^4 times as many as anything here has, from where
 * nothing changes.
 */
export async function deterministicLeastReal(
  loop: Loop,
  isFine: boolean,
  settings: JobSettings,
): Promise<LeastReal> {
  const { real, synthetic, dim } = loop;
  const grid = isFine
    ? [...geometric(2, real, 4 / 3), real].reverse()
    : geometric(Math.max(2, real), 1e4 * Math.max(real, synthetic, dim), 4 / 3);
  const turn = await firstTurn(
    grid,
    (counts) => marginsToOwn(loop, counts, settings),
    ({ margin, collapse }) => (margin >= 0 && collapse < collapsedFrom) !== isFine,
  );
  return turn ?? (isFine ? everyReal : noReal);
}

/** As many real samples as make up for the harm of the synthetic ones: the loop is then worth `loop.real`. */
export async function deterministicRealToMakeUp(loop: Loop, settings: JobSettings): Promise<LeastReal> {
  const target = await realAlone(loop.dim, loop.real, settings);
  const turn = await firstTurn(
    geometric(loop.real, 1e6 * (loop.real + loop.synthetic), 4 / 3),
    (counts) => marginsTo(target, loop, counts, settings),
    ({ margin }) => margin >= 0,
  );
  return turn ?? noReal;
}

/** How a loop stands to its real samples alone. */
interface Margin {
  /** ln of their expected distance over its limit: not below 0 where the loop does no harm. */
  readonly margin: number;
  /** What the limit's stated accuracy makes of it. */
  readonly error: number;
  /** The limit as a part of d. */
  readonly collapse: number;
}

/** The margins for other numbers of real samples, each against the curve at that number, by the same method. */
async function marginsToOwn(loop: Loop, counts: readonly number[], settings: JobSettings): Promise<Margin[]> {
  const alone = await distancesOf(
    counts.map((real) => plainCell(loop.dim, real)),
    settings,
  );
  return marginsTo(alone, loop, counts, settings);
}

async function marginsTo(
  target: number | readonly number[],
  loop: Loop,
  counts: readonly number[],
  settings: JobSettings,
): Promise<Margin[]> {
  const cells = counts.map((real) => cellWith(loop, { real }));
  const limits = await deterministicLimitPoints(cells, settings);
  return limits.map(({ distance, accuracy }, i) => ({
    margin: Math.log((typeof target === 'number' ? target : target[i]!) / distance),
    error: accuracy!.relativeError,
    collapse: distance / loop.dim,
  }));
}

/** Where, from the second number of a grid on, margins first are on the other side: looked for once more in 64 parts of that step. */
async function firstTurn(
  grid: readonly number[],
  marginsAt: (counts: readonly number[]) => Promise<Margin[]>,
  hasTurned: (margin: Margin) => boolean,
): Promise<LeastReal | undefined> {
  const turnIn = async (counts: readonly number[]) => {
    const margins = await marginsAt(counts);
    const place = margins.findIndex((margin, i) => i > 0 && hasTurned(margin));
    return place < 0
      ? undefined
      : { from: counts[place - 1]!, to: counts[place]!, one: margins[place - 1]!, two: margins[place]! };
  };
  const coarse = await turnIn(grid);
  if (coarse === undefined) return undefined;
  const { from, to } = coarse;
  const fine = await turnIn(Array.from({ length: 65 }, (_, i) => from + ((to - from) * i) / 64));
  return between(fine ?? coarse);
}

/** The root between two neighbours, and the band that the margins' errors leave; the collapse, where there is no root, decides at `to`. */
function between({ from, to, one, two }: { from: number; to: number; one: Margin; two: Margin }): LeastReal {
  const slope = (two.margin - one.margin) / (to - from);
  const hasRoot = one.margin >= 0 !== two.margin >= 0;
  const real = hasRoot ? from - one.margin / slope : Math.max(from, to);
  const reach = hasRoot ? Math.abs(two.error / slope) : 0;
  return { real, interval: noInterval, band: [Math.max(2, real - reach), real + reach], bounded: 'yes' };
}

const noReal: LeastReal = {
  real: Number.POSITIVE_INFINITY,
  interval: noInterval,
  band: [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  bounded: 'none',
};
const everyReal: LeastReal = { real: 2, interval: noInterval, band: [2, 2], bounded: 'unbounded' };
