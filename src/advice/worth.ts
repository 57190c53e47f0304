// What loops are worth: from limit points to verdicts.

import { MadloopError } from '../base/errors.js';
import type { JobSettings } from '../engine/job.js';
import { ProgressReporter } from '../engine/progress.js';
import { limitPointSeconds } from '../limits/cost.js';
import { deterministicLimitPointsOrErrors } from '../limits/deterministic.js';
import { effectiveSampleSizesOf, type SizeOfLimit } from '../limits/effective-sample-size-of-limit.js';
import { estimateLimitPoint } from '../limits/estimate-limit-point.js';
import type { LimitPoint } from '../limits/limit-point-result.js';
import type { LimitPointParameters } from '../limits/parameters.js';
import { leastVariance, stationaryVariance } from '../limits/stationary-variance.js';
import type { Verdict, Worth } from './advice.js';
import { keptCounts, type Question } from './options.js';

/** A loop: what is asked, in one dimension. */
export interface Loop extends Question {
  readonly dim: number;
}

/** The limit points of loops, in order, or why there is none. */
export type LimitsOf = (
  loops: readonly LimitPointParameters[],
  settings: JobSettings,
) => Promise<(LimitPoint | MadloopError)[]>;

/** The loop as the theory knows it: what a detector leaves, with or without rounding. */
export function cellOf(
  loop: Loop,
  kept: { real: number; synthetic: number } = keptCounts(loop),
): LimitPointParameters {
  const { dim, lambda, memory, relativeError, seed } = loop;
  const { real, synthetic } = kept;
  return {
    variant: 'fresh-data',
    divisor: 'unbiased',
    dim,
    real,
    synthetic,
    lambda,
    memory,
    relativeError,
    seed,
  };
}

/** One limit point by Monte Carlo after the other. What has none is an error in its place. */
export const limitsByMonteCarlo: LimitsOf = async (cells, settings) => {
  const limits: (LimitPoint | MadloopError)[] = [];
  const progress = new ProgressReporter(settings.onProgress);
  for (const [i, parameters] of cells.entries()) {
    const job = { ...settings, onProgress: progress.part(i, i + 1, cells.length) };
    try {
      limits.push(await estimateLimitPoint({ parameters, method: 'monte-carlo', settings: job }));
    } catch (error) {
      if (!(error instanceof MadloopError) || !hasNoLimit.has(error.code)) throw error;
      limits.push(error);
    }
  }
  return limits;
};

/** Of loops that have no limit point, or none that Monte Carlo can find. */
export const hasNoLimit: ReadonlySet<string> = new Set(['ERR_NO_VARIANCE', 'ERR_NO_CONVERGENCE']);

/** About how many seconds of one core they take; none for those that have no limit point. */
export function secondsByMonteCarlo(where: string, loops: readonly Loop[]): number {
  return loops.reduce((sum, loop) => {
    try {
      return sum + limitPointSeconds(where, cellOf(loop));
    } catch (error) {
      if (!(error instanceof MadloopError) || !hasNoLimit.has(error.code)) throw error;
      return sum;
    }
  }, 0);
}

/**
 * What loops are worth, each against its own real samples; its ratio against `real`, if given. A loop that trains on all its real samples and no synthetic
 * ones is worth these, exactly.
 */
export async function worthsOf(
  loops: readonly Loop[],
  limitsOf: LimitsOf,
  settings: JobSettings,
  real?: number,
): Promise<(Worth | MadloopError)[]> {
  const cells = loops.map((loop) => cellOf(loop));
  const limits = await limitsOf(cells, settings);
  const found = limits.flatMap((limit, i) =>
    limit instanceof MadloopError ? [] : [{ limit, parameters: cells[i]! }],
  );
  const sizes = await effectiveSampleSizesOf(found, { ...settings, onProgress: undefined });
  let next = 0;
  return limits.map((limit, i) => {
    if (limit instanceof MadloopError) return limit;
    return worthOf(sizes[next++]!, loops[i]!, real ?? loops[i]!.real);
  });
}

function worthOf({ limit, effectiveSampleSize, interval, band }: SizeOfLimit, loop: Loop, real: number): Worth {
  const variance = stationaryVariance(cellOf(loop));
  const kept = keptCounts(loop);
  const isPlain = kept.synthetic === 0 && kept.real === loop.real;
  const exact = isPlain ? ([loop.real, loop.real] as const) : undefined;
  const size = exact ? loop.real : effectiveSampleSize;
  const overReal = ([low, high]: readonly [number, number]) => [low / real, high / real] as const;
  const [low, high] = exact ?? band ?? interval;
  const admissible = low >= loop.real ? true : high < loop.real ? false : 'undecided';
  const byVerdict: Record<string, Verdict> = { true: 'helps', false: 'hurts', undecided: 'undecided' };
  return {
    verdict: variance < leastVariance ? 'collapsed' : isPlain ? 'none' : byVerdict[String(admissible)]!,
    collapse: limit.distance / loop.dim,
    variance,
    effectiveSampleSize: size,
    ratio: size / real,
    admissible,
    interval: overReal(band ? [Number.NaN, Number.NaN] : (exact ?? interval)),
    ...(band && { band: overReal(exact ?? band) }),
    measured: limit.accuracy?.measured ?? true,
  };
}

/** Limit points by the deterministic method, all at once. */
export const limitsByDeterministicMethod: LimitsOf = deterministicLimitPointsOrErrors;
