import type { JobSettings } from '../engine/job.js';
import { deterministicDistances } from './deterministic.js';
import type { LimitPointParameters } from './parameters.js';

/** Beyond any number of synthetic samples that is looked at. */
export const mostSynthetic = 1e12;

/** Two numbers of synthetic samples: the limit is at most a bound at one of them, and above it at the other. */
export interface Crossing {
  readonly from: number;
  readonly to: number;
}

/** Which of the places where the limit passes a bound: where it first comes down to it, or where it last is at most that. */
export type Which = 'first' | 'last';

/**
 * Where the deterministic limit of a cell, as a function of n_s, first or last is at most `bound`: between two n_s that are a 256th of
 * them apart. 'none': it is so for no n_s above 0 (the first one: nor for 0); 'unbounded', of the last one: for all up to 1e12. Where it is so from
 * the beginning, the first one is 0.
 */
export async function crossing(
  which: Which,
  parameters: LimitPointParameters,
  bound: number,
  settings: JobSettings,
): Promise<Crossing | 'none' | 'unbounded'> {
  const stepOf = async (counts: readonly number[]): Promise<number> => {
    const cells = counts.map((synthetic) => ({ ...parameters, synthetic }));
    return stepAt(which, await deterministicDistances(cells, settings), bound);
  };
  const grid = [0];
  for (let synthetic = 0.5; synthetic < mostSynthetic; synthetic *= 4 / 3) grid.push(synthetic);
  const step = await stepOf(grid);
  if (which === 'first' && step === -1) return { from: 0, to: 0 };
  if (step < (which === 'first' ? 0 : 1)) return 'none';
  if (step === grid.length - 1) return 'unbounded';
  const [from, to] = [grid[step]!, grid[step + 1]!];
  const pieces = 64;
  const fine = Array.from({ length: pieces + 1 }, (_, i) => from + ((to - from) * i) / pieces);
  // Its ends are those of the step, but for rounding.
  const place = Math.min(Math.max(0, await stepOf(fine)), pieces - 1);
  return { from: fine[place]!, to: fine[place + 1]! };
}

/** The index behind which the step lies in which values first come down to `bound`, or last leave it; -2 or -1: they are nowhere at most that. */
function stepAt(which: Which, values: readonly number[], bound: number): number {
  const isAtMost = (value: number): boolean => value <= bound;
  return which === 'first' ? values.findIndex(isAtMost) - 1 : values.findLastIndex(isAtMost);
}
