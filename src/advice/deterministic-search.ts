// Thresholds and optima by the deterministic method, which looks at a loop in less than a millisecond.

import { MadloopError } from '../base/errors.js';
import type { JobSettings } from '../engine/job.js';
import { runJob } from '../engine/job.js';
import { native } from '../engine/native.js';
import {
  deterministicDistances,
  deterministicLimitPoints,
  deterministicLimitPointsOrErrors,
} from '../limits/deterministic.js';
import { crossing, type Which } from '../limits/deterministic-threshold.js';
import { largestExactDim } from '../limits/effective-sample-size-of-limit.js';
import type { LimitPointParameters } from '../limits/parameters.js';
import { isCollapsed, syntheticBeforeCollapse } from '../limits/stationary-variance.js';
import type { LeastReal, Range, SyntheticThreshold } from './advice.js';
import { mostSamples } from './levers.js';
import { keptCounts, withReal } from './options.js';
import { cellOf, type Loop } from './worth.js';

const noInterval: Range = [Number.NaN, Number.NaN];

/** The loop with so many synthetic samples, of which a detector leaves what need not be whole, beside the real ones as verdicts count them. */
const cellWith = (loop: Loop, synthetic: number): LimitPointParameters =>
  cellOf(loop, { real: keptCounts(loop).real, synthetic: synthetic * (1 - loop.truePositiveRate) });

/** The loop with so many real samples. What a detector leaves of them, at least one, goes without rounding, too: it is what is searched. */
function cellBeside(loop: Loop, real: number): LimitPointParameters {
  const { synthetic, truePositiveRate, falsePositiveRate } = withReal(loop, real);
  return cellOf(loop, {
    real: Math.max(1, real * (1 - falsePositiveRate)),
    synthetic: synthetic * (1 - truePositiveRate),
  });
}

/** E[distance] of a fit to real samples alone: exact up to d = 1,000, as effective sample sizes have it. Infinity for one sample. */
export async function realAlone(dim: number, samples: number, settings: JobSettings): Promise<number> {
  if (samples < 2) return Number.POSITIVE_INFINITY;
  if (dim > largestExactDim.deterministic) {
    const [distance] = await deterministicDistances([plainCell(dim, samples)], settings);
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

/** The largest number of synthetic samples with n_e >= n_r and a model that is not collapsed, and its band. */
export async function deterministicThreshold(loop: Loop, settings: JobSettings): Promise<SyntheticThreshold> {
  const target = await realAlone(loop.dim, loop.real, settings);
  const passing = 1 - loop.truePositiveRate;
  const isMonotone = target >= loop.dim || loop.lambda === 1 || passing === 0;
  const found = await (isMonotone ? unlimitedThreshold : lastThreshold)(loop, target, settings);
  if (found.bounded === 'none') return found;
  const threshold = beforeCollapse(loop, found);
  if (keptCounts(loop).real === loop.real) return threshold;
  if (passing === 0) {
    const [kept] = await deterministicDistances([cellWith(loop, loop.synthetic)], settings);
    return kept! <= target ? threshold : noThreshold;
  }
  const first = await crossingWithBand('first', cellWith(loop, 0), target, settings);
  const from = first.at / passing;
  const fromBand: Range = [first.band[0] / passing, first.band[1] / passing];
  return from <= threshold.synthetic ? { ...threshold, from, fromBand } : noThreshold;
}

/** A threshold, or where the model collapses before. */
export function beforeCollapse<Found extends SyntheticThreshold>(loop: Loop, threshold: Found): Found {
  const most = mostBeforeCollapse(loop);
  if (!(most < threshold.synthetic)) return threshold;
  const capped = ([low, high]: Range): Range => [Math.min(low, most), Math.min(high, most)];
  const { interval, band } = threshold;
  return {
    ...threshold,
    ...{ synthetic: most, bounded: 'yes', interval: capped(interval) },
    ...(band && { band: capped(band) }),
  };
}

/** So many synthetic samples, before any detector, leave a model that is not collapsed. */
export const mostBeforeCollapse = (loop: Loop): number =>
  syntheticBeforeCollapse(cellWith(loop, loop.synthetic)) / (1 - loop.truePositiveRate);

/** Where biased samples do harm in the end: the last number that does none. */
async function lastThreshold(loop: Loop, target: number, settings: JobSettings): Promise<SyntheticThreshold> {
  const passing = 1 - loop.truePositiveRate;
  const cell = cellWith(loop, 0);
  const { at, band } = await crossingWithBand('last', cell, target, settings);
  if (at === 0) return noThreshold;
  return {
    synthetic: at / passing,
    ...fromNone,
    interval: noInterval,
    band: [band[0] / passing, band[1] / passing],
    bounded: at === Number.POSITIVE_INFINITY ? 'unbounded' : 'yes',
  };
}

/** Nothing to make up for: any number will do. */
const fromNone = { from: 0, fromInterval: noInterval, fromBand: [0, 0] } as const;

const noThreshold: SyntheticThreshold = {
  ...{ synthetic: 0, ...fromNone, bounded: 'none' },
  ...{ interval: noInterval, band: [0, 0] },
};

/** Where more synthetic samples are never worse than fewer: no number is too large, or where even endless ones do harm, none will do. */
async function unlimitedThreshold(
  loop: Loop,
  target: number,
  settings: JobSettings,
): Promise<SyntheticThreshold> {
  const [endless] = await deterministicDistances([cellWith(loop, endlessly(loop))], settings);
  if (endless! > target && target < loop.dim) return noThreshold;
  const infinite: Range = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  return {
    ...{ synthetic: Number.POSITIVE_INFINITY, ...fromNone, bounded: 'unbounded' },
    ...{ interval: noInterval, band: infinite },
  };
}

/** So many synthetic samples that more make no difference. */
const endlessly = ({ real, dim }: Loop): number => Math.min(1e6 * (real + dim), mostSamples);

/** Where the limit passes `bound`, and the band that its stated accuracy leaves: its ends are where it passes bounds that much off. */
async function crossingWithBand(
  which: Which,
  cell: LimitPointParameters,
  bound: number,
  settings: JobSettings,
): Promise<{ at: number; band: Range }> {
  const at = await crossingAt(which, cell, bound, settings);
  if (at === 0 || at === Number.POSITIVE_INFINITY) return { at, band: [at, at] };
  const [limit] = await deterministicLimitPoints([{ ...cell, synthetic: at }], settings);
  const { relativeError } = limit!.accuracy!;
  const ends = [
    await crossingAt(which, cell, bound * (1 - relativeError), settings),
    await crossingAt(which, cell, bound * (1 + relativeError), settings),
  ];
  return { at, band: [Math.min(...ends), Math.max(...ends)] };
}

/**
 * The n_s where the limit passes `bound`, between the two that are next to it. Where it is at most that nowhere, 0 is the last one, and there is no
 * first one: Infinity.
 */
async function crossingAt(
  which: Which,
  cell: LimitPointParameters,
  bound: number,
  settings: JobSettings,
): Promise<number> {
  const found = await crossing(which, cell, bound, settings);
  if (found === 'unbounded') return Number.POSITIVE_INFINITY;
  if (found === 'none') return which === 'last' ? 0 : Number.POSITIVE_INFINITY;
  const { from, to } = found;
  const [low, high] = await deterministicDistances(
    [from, to].map((synthetic) => ({ ...cell, synthetic })),
    settings,
  );
  const isSlope = from < to && Number.isFinite(low) && Number.isFinite(high);
  if (!isSlope) return which === 'last' ? from : to;
  return from + ((to - from) * Math.log(bound / low!)) / Math.log(high! / low!);
}

/** The number of synthetic samples with the least limit, before any collapse: Infinity where more are always better. */
export async function deterministicBest(loop: Loop, settings: JobSettings): Promise<number> {
  if (loop.truePositiveRate === 1) return 0;
  if (loop.lambda === 1) return Number.POSITIVE_INFINITY;
  const most = Math.min(endlessly(loop), Math.max(2, mostBeforeCollapse(loop)));
  const grid = [...(loop.real > 1 ? [0] : []), ...geometric(1, most, 4 / 3), most];
  const best = await leastAmong(loop, grid, settings);
  const [from, to] = [grid[Math.max(0, best - 1)]!, grid[Math.min(best + 1, grid.length - 1)]!];
  const fine = Array.from({ length: 65 }, (_, i) => from + ((to - from) * i) / 64);
  return Math.round(fine[await leastAmong(loop, fine, settings)]!);
}

async function leastAmong(loop: Loop, counts: readonly number[], settings: JobSettings): Promise<number> {
  const distances = await deterministicDistances(
    counts.map((synthetic) => cellWith(loop, synthetic)),
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
 * The least number of real samples beside which the loop's synthetic ones, or its share of them, do no harm; where there is no limit point, they do. Where they do none now, fewer and fewer are
 * tried, down to where they do, or where the model collapses; else more and more, up to 10^4 times as many as anything here has, from where
 * nothing changes.
 */
export async function deterministicLeastReal(
  loop: Loop,
  isFine: boolean,
  settings: JobSettings,
): Promise<LeastReal> {
  const { real, synthetic, dim } = loop;
  const isTurned = ({ margin, collapsed }: Margin) => (margin >= 0 && !collapsed) !== isFine;
  // Beside one there is no curve to be above or below: two are the first that can do no harm.
  if (!isFine && real < 2 && (await marginsToOwn(loop, [2], settings)).every(isTurned)) return twoReal;
  const grid = isFine
    ? [...geometric(2, real, 4 / 3), real].reverse()
    : geometric(Math.max(2, real), Math.min(1e4 * Math.max(real, synthetic, dim), mostReal(loop)), 4 / 3);
  const turn = await firstTurn(grid, (counts) => marginsToOwn(loop, counts, settings), isTurned);
  return turn ?? (isFine ? everyReal : noReal);
}

/** As many real samples as make up for the harm of the synthetic ones: the loop is then worth `loop.real`. */
export async function deterministicRealToMakeUp(loop: Loop, settings: JobSettings): Promise<LeastReal> {
  const target = await realAlone(loop.dim, loop.real, settings);
  const turn = await firstTurn(
    geometric(loop.real, Math.min(1e6 * (loop.real + loop.synthetic), mostReal(loop)), 4 / 3),
    (counts) => marginsTo(target, loop, counts, settings),
    ({ margin, collapsed }) => margin >= 0 && !collapsed,
  );
  return turn ?? noReal;
}

/** The largest number of real samples that, with the synthetic ones beside it, a method takes. */
export const mostReal = ({ heldShare = 0 }: Loop): number => mostSamples * (1 - heldShare);

/** How a loop stands to its real samples alone. */
interface Margin {
  /** ln of their expected distance over its limit: not below 0 where the loop does no harm. -Infinity where it has no limit. */
  readonly margin: number;
  /** What the limit's stated accuracy makes of it. */
  readonly error: number;
  /** Whether the model shrinks to its mean. */
  readonly collapsed: boolean;
}

/** The margins for other numbers of real samples, each against the curve at that number, by the same method. */
async function marginsToOwn(loop: Loop, counts: readonly number[], settings: JobSettings): Promise<Margin[]> {
  const alone = await deterministicDistances(
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
  const cells = counts.map((real) => cellBeside(loop, real));
  const limits = await deterministicLimitPointsOrErrors(cells, settings);
  return limits.map((limit, i) => {
    const collapsed = isCollapsed(cells[i]!);
    if (limit instanceof MadloopError) return { margin: Number.NEGATIVE_INFINITY, error: 0, collapsed };
    const { distance, accuracy } = limit;
    const margin = Math.log((typeof target === 'number' ? target : target[i]!) / distance);
    return { margin, error: accuracy!.relativeError, collapsed };
  });
}

/**
 * Where, from the second number of a grid on, margins first are on the other side: looked for in 64 parts of that step, and again in 64 of
 * such a part, until it is a millionth of the number. So the line between its ends is far inside the band, and a collapse exact to whole numbers below 10^6.
 */
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
  let turn = await turnIn(grid);
  while (turn !== undefined && Math.abs(turn.to - turn.from) > 1e-6 * turn.to) {
    const { from, to } = turn;
    const fine = await turnIn(Array.from({ length: 65 }, (_, i) => from + ((to - from) * i) / 64));
    // Its ends are those of the step, but for rounding.
    if (fine === undefined) break;
    turn = fine;
  }
  return turn && between(turn);
}

/** The root between two neighbours, and the band that the margins' errors leave; where a collapse or a lack of variance decides, the larger. */
function between({ from, to, one, two }: { from: number; to: number; one: Margin; two: Margin }): LeastReal {
  const slope = (two.margin - one.margin) / (to - from);
  const hasRoot = one.margin >= 0 !== two.margin >= 0 && Number.isFinite(slope);
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
const twoReal: LeastReal = { real: 2, interval: noInterval, band: [2, 2], bounded: 'yes' };
const everyReal: LeastReal = { ...twoReal, bounded: 'unbounded' };
