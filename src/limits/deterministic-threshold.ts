import type { JobSettings } from '../engine/job.js';
import { deterministicDistances } from './deterministic.js';
import type { LimitPointParameters } from './parameters.js';

/** Beyond any number of synthetic samples that is looked at. */
export const mostSynthetic = 1e12;

/** Two numbers of synthetic samples: the limit is at most a bound at the first, and above it at the second. */
export interface Crossing {
  readonly from: number;
  readonly to: number;
}

/**
 * Where the deterministic limit of a cell, as a function of n_s, is last at most `bound`: between two n_s that are a 256th of
 * them apart, or 'none', where it is so for no n_s above 0, or 'unbounded', where it is for all up to 1e12.
 */
export async function lastCrossing(
  parameters: LimitPointParameters,
  bound: number,
  settings: JobSettings,
): Promise<Crossing | 'none' | 'unbounded'> {
  const distances = (counts: readonly number[]): Promise<number[]> =>
    deterministicDistances(
      counts.map((synthetic) => ({ ...parameters, synthetic })),
      settings,
    );
  const grid = [0];
  for (let synthetic = 0.5; synthetic < mostSynthetic; synthetic *= 4 / 3) grid.push(synthetic);
  const last = lastAtMost(await distances(grid), bound);
  if (last === 0) return 'none';
  if (last === grid.length - 1) return 'unbounded';
  const [from, to] = [grid[last]!, grid[last + 1]!];
  const pieces = 64;
  const fine = Array.from({ length: pieces + 1 }, (_, i) => from + ((to - from) * i) / pieces);
  const place = Math.min(lastAtMost(await distances(fine), bound), pieces - 1);
  return { from: fine[place]!, to: fine[place + 1]! };
}

/** The index of the last value that is at most `bound`. */
function lastAtMost(values: readonly number[], bound: number): number {
  let last = 0;
  for (const [i, value] of values.entries()) if (value <= bound) last = i;
  return last;
}
