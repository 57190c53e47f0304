// Thresholds by Monte Carlo, a limit point at a time: from a first guess to a bracket, then inwards.

import { MadloopError } from '../base/errors.js';
import type { JobSettings } from '../engine/job.js';
import { ProgressReporter } from '../engine/progress.js';
import { admissibleThreshold } from '../limits/admissible-threshold.js';
import type { LimitPoint } from '../limits/limit-point-result.js';
import { isCollapsed } from '../limits/stationary-variance.js';
import type { LeastReal, Range, SyntheticThreshold } from './advice.js';
import {
  beforeCollapse,
  deterministicBest,
  deterministicThreshold,
  mostReal,
  realAlone,
} from './deterministic-search.js';
import { withWholeReal } from './options.js';
import { cellOf, type Loop, limitsByMonteCarlo } from './worth.js';

/** Limit points that a search takes, about: what its cost is reckoned by. */
export const limitPointsOfSearch = 8;

const quietly = (settings: JobSettings): JobSettings => ({ ...settings, onProgress: undefined });

/** The loop that the deterministic method knows, for a first guess. */
const withoutMemory = (loop: Loop): Loop => ({ ...loop, memory: 1 });

/** The largest number of synthetic samples with n_e >= n_r and a model that is not collapsed, and its 95 % interval. */
export async function monteCarloThreshold(loop: Loop, settings: JobSettings): Promise<SyntheticThreshold> {
  return beforeCollapse(loop, await thresholdOf(loop, settings));
}

async function thresholdOf(loop: Loop, settings: JobSettings): Promise<SyntheticThreshold> {
  const { dim, real, lambda, memory, truePositiveRate, falsePositiveRate, relativeError, seed } = loop;
  const limitOf = limitPointsWith(settings);
  const guess = await deterministicThreshold(withoutMemory(loop), quietly(settings));
  const target = await realAlone(dim, real, quietly(settings));
  const marginAt = async (synthetic: number) => marginOf(await limitOf({ ...loop, synthetic }), target);
  // Fewer do not make up for the real samples that a detector leaves out.
  const up = { marginAt, start: Math.max(1, Math.round(guess.from)), least: 1 };
  const first = guess.from === 0 ? fromNone : await crossing({ ...up, step: downIfFine });
  const from = { from: first?.at ?? guess.from, fromInterval: first?.interval ?? unknown };
  // Before any collapse, which ends the guess, too: models that have shrunk to their means are no farther than the target.
  const isEndless = guess.bounded === 'yes' && target >= dim;
  if (guess.bounded === 'unbounded' || isEndless) {
    const synthetic = Number.POSITIVE_INFINITY;
    return { synthetic, bounded: 'unbounded', ...from, interval: [synthetic, synthetic] };
  }
  if (memory === 1 && truePositiveRate === 0 && falsePositiveRate === 0) {
    const { synthetic, interval } = await admissibleThreshold({
      ...{ dim, real, lambda, relativeError, seed, threads: settings.threads, signal: settings.signal },
      onProgress: settings.onProgress,
    });
    return { synthetic, ...from, interval, bounded: 'yes' };
  }
  const start =
    guess.bounded === 'yes' ? guess.synthetic : await deterministicBest(withoutMemory(loop), quietly(settings));
  const found = await crossing({
    marginAt,
    start: Math.max(1, Math.round(start)),
    step: upIfFine,
    least: 1,
  });
  if (found === undefined)
    return { synthetic: 0, from: 0, fromInterval: [0, 0], interval: [0, 0], bounded: 'none' };
  return { synthetic: found.at, ...from, interval: found.interval, bounded: 'yes' };
}

const fromNone: Found = { at: 0, interval: [0, 0] };
const unknown: Range = [Number.NaN, Number.NaN];

const upIfFine = ({ value }: Margin): number => (value >= 0 ? 2 : 0.5);
const downIfFine = ({ value }: Margin): number => (value >= 0 ? 0.5 : 2);

/** As `deterministicLeastReal`: fewer and fewer where they do no harm now, else more and more, up to 128 times as many. */
export async function monteCarloLeastReal(
  loop: Loop,
  isFine: boolean,
  settings: JobSettings,
): Promise<LeastReal> {
  const limitOf = limitPointsWith(settings);
  const marginAt = async (real: number): Promise<Margin> => {
    const changed = { ...loop, real };
    // What has collapsed does harm.
    if (isCollapsed(cellOf(changed))) return endlessHarm;
    return marginOf(await limitOf(changed), await realAlone(loop.dim, real, quietly(settings)));
  };
  // Beside one there is no curve to be above or below: two are the first that can do no harm.
  if (!isFine && loop.real < 2 && (await marginAt(2)).value >= 0) return twoReal;
  const found = await crossing({
    marginAt,
    start: Math.max(2, loop.real),
    step: () => (isFine ? 0.5 : 2),
    least: 2,
    most: Math.min(128 * loop.real, mostReal(loop)),
  });
  if (found !== undefined) return { real: found.at, interval: found.interval, bounded: 'yes' };
  return isFine ? everyReal : noReal;
}

/** As `deterministicRealToMakeUp`. */
export async function monteCarloRealToMakeUp(loop: Loop, settings: JobSettings): Promise<LeastReal> {
  const limitOf = limitPointsWith(settings);
  const target = await realAlone(loop.dim, loop.real, quietly(settings));
  const found = await crossing({
    marginAt: async (real) => {
      const changed = withWholeReal(loop, real);
      return isCollapsed(cellOf(changed)) ? endlessHarm : marginOf(await limitOf(changed), target);
    },
    start: loop.real,
    step: () => 2,
    least: 2,
    most: Math.min(1000 * (loop.real + loop.synthetic), mostReal(loop)),
  });
  return found === undefined ? noReal : { real: found.at, interval: found.interval, bounded: 'yes' };
}

const twoReal: LeastReal = { real: 2, interval: [2, 2], bounded: 'yes' };
const everyReal: LeastReal = { ...twoReal, bounded: 'unbounded' };
const noReal: LeastReal = {
  real: Number.POSITIVE_INFINITY,
  interval: [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  bounded: 'none',
};

/** The limit's distance; Infinity where there is none, or the model collapses. */
async function distanceOf(loop: Loop, limitOf: LimitOf): Promise<number> {
  const limit = isCollapsed(cellOf(loop)) ? undefined : await limitOf(loop);
  return limit?.distance ?? Number.POSITIVE_INFINITY;
}

/** The number of synthetic samples with about the largest n_e: of those near what it is with memory 1, in steps of sqrt(2). */
export async function monteCarloBest(loop: Loop, settings: JobSettings): Promise<number> {
  const limitOf = limitPointsWith(settings);
  const guess = await deterministicBest(withoutMemory(loop), quietly(settings));
  if (!Number.isFinite(guess) || guess < 2) return guess;
  let best = guess;
  const known = new Map<number, number>();
  const distanceAt = async (synthetic: number): Promise<number> => {
    const count = Math.max(1, Math.round(synthetic));
    const changed = { ...loop, synthetic: count };
    const distance = known.get(count) ?? (await distanceOf(changed, limitOf));
    known.set(count, distance);
    return distance;
  };
  for (let steps = 0; steps < limitPointsOfSearch; steps += 1) {
    const here = await distanceAt(best);
    const down = await distanceAt(best / Math.SQRT2);
    const up = await distanceAt(best * Math.SQRT2);
    if (here <= down && here <= up) {
      // The vertex of the parabola in ln n_s.
      const shift = (down - up) / (2 * (down - 2 * here + up));
      return Math.max(1, Math.round(best * Math.SQRT2 ** (Number.isFinite(shift) ? shift : 0)));
    }
    best *= down < up ? 1 / Math.SQRT2 : Math.SQRT2;
  }
  return Math.max(1, Math.round(best));
}

/** Undefined where there is no limit point for lack of variance. */
type LimitOf = (loop: Loop) => Promise<LimitPoint | undefined>;

/** Limit points of one search, with its progress: nobody knows how many there will be. */
function limitPointsWith(settings: JobSettings): LimitOf {
  const progress = new ProgressReporter(settings.onProgress);
  const left = (count: number) => (1 - 1 / limitPointsOfSearch) ** count;
  let count = 0;
  return async (loop) => {
    const onProgress = progress.part(1 - left(count), 1 - left(count + 1), 1);
    count += 1;
    const [limit] = await limitsByMonteCarlo([cellOf(loop)], { ...settings, onProgress });
    if (!(limit instanceof MadloopError)) return limit;
    if (limit.code !== 'ERR_NO_VARIANCE') throw limit;
    return undefined;
  };
}

/** ln of a distance to be met over a limit point, with its 95 % interval. */
interface Margin {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Of a loop that collapses, or has no variance. */
const endlessHarm: Margin = {
  value: Number.NEGATIVE_INFINITY,
  low: Number.NEGATIVE_INFINITY,
  high: Number.NEGATIVE_INFINITY,
};

function marginOf(limit: LimitPoint | undefined, target: number): Margin {
  if (limit === undefined) return endlessHarm;
  const { distance, interval } = limit;
  const ofDistance = (value: number) => Math.log(target / value);
  return { value: ofDistance(distance), low: ofDistance(interval[1]), high: ofDistance(interval[0]) };
}

interface Search {
  readonly marginAt: (count: number) => Promise<Margin>;
  readonly start: number;
  /** By what factor to go on from the first margin. */
  readonly step: (first: Margin) => number;
  readonly least: number;
  readonly most?: number;
}

/**
 * Where margins change their sign, seen from the start: an interval of counts a factor of 2 wide first, then false position in the
 * logarithm (Illinois), until the margin is within its own error, or the interval within a whole number or a thousandth. Undefined where
 * they do not change. The interval follows from that of the nearest margin, through the slope.
 */
async function crossing({ marginAt, start, step, least, most = 1e12 }: Search): Promise<Found | undefined> {
  let one = { at: start, margin: await marginAt(start) };
  const factor = step(one.margin);
  let two = one;
  // What chance could have made of the other side is not taken for it.
  const isOther = one.margin.value >= 0 ? ({ high }: Margin) => high < 0 : ({ low }: Margin) => low > 0;
  do {
    one = two;
    const at = Math.round(one.at * factor);
    if (at === one.at || at < least || at > most) return undefined;
    two = { at, margin: await marginAt(at) };
  } while (!isOther(two.margin));
  let [weightOfOne, weightOfTwo] = [1, 1];
  for (;;) {
    const [a, b] = [weightOfOne * one.margin.value, weightOfTwo * two.margin.value];
    const slope = (two.margin.value - one.margin.value) / Math.log(two.at / one.at);
    // Where harm is endless on one side: by halves.
    const way = Number.isFinite(slope) ? a / (a - b) : 0.5;
    const at = Math.round(Math.exp(Math.log(one.at) + Math.log(two.at / one.at) * way));
    const isNarrow = Math.abs(two.at - one.at) <= Math.max(1, 1e-3 * one.at);
    if (isNarrow || at === one.at || at === two.at) {
      if (!Number.isFinite(slope)) return jumpBetween(one, two);
      const nearest = Math.abs(one.margin.value) < Math.abs(two.margin.value) ? one : two;
      return foundNear(nearest, slope);
    }
    const next = { at, margin: await marginAt(at) };
    if (next.margin.low <= 0 && next.margin.high >= 0) return foundNear(next, slope);
    if (next.margin.value >= 0 === two.margin.value >= 0) {
      two = next;
      [weightOfOne, weightOfTwo] = [weightOfOne / 2, 1];
    } else {
      one = next;
      [weightOfOne, weightOfTwo] = [1, weightOfTwo / 2];
    }
  }
}

interface Found {
  readonly at: number;
  readonly interval: Range;
}

/** Where harm becomes endless from one count to another: the one that does none. */
function jumpBetween(one: { at: number; margin: Margin }, two: { at: number; margin: Margin }): Found {
  const ends = [one.at, two.at];
  return {
    at: one.margin.value >= 0 ? one.at : two.at,
    interval: [Math.min(...ends), Math.max(...ends)],
  };
}

/** The root of the line through a margin with the slope, per unit of ln count. */
function foundNear({ at, margin }: { at: number; margin: Margin }, slope: number): Found {
  const root = (value: number): number => at * Math.exp(-value / slope);
  const ends = [root(margin.low), root(margin.high)];
  return { at: root(margin.value), interval: [Math.min(...ends), Math.max(...ends)] };
}
