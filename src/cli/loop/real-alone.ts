// What real samples alone reach, beside a loop: the line that tells what its synthetic samples do.

import type { Divisor } from '../../base/divisor.js';
import { MadloopError } from '../../base/errors.js';
import { entryOf, type Schedule } from '../../base/schedule.js';
import type { Gaussian } from '../../base/shapes.js';
import type { JobOptions } from '../../engine/job.js';
import { expectedDistance } from '../../limits/expected-distance.js';
import { referenceScale } from '../../limits/reference-scale.js';

type Parameters = Readonly<Record<string, unknown>>;

/** The distance that a fit to the real samples of a generation has on average. */
export interface RealAlone {
  readonly t: number;
  readonly distance: number;
}

/** Real samples of generation t; in the fully synthetic loop those that all of it goes back to. */
function realCount({ variant, initial, real }: Parameters, t: number): number {
  return t === 1 || variant === 'fully-synthetic' ? (initial as number) : entryOf(real as Schedule, t);
}

/** Those of every generation after the first; undefined where they differ. */
export function laterRealCount(parameters: Parameters, generations: number): number | undefined {
  const count = realCount(parameters, Math.min(2, generations));
  for (let t = 3; t <= generations; t += 1) if (realCount(parameters, t) !== count) return undefined;
  return count;
}

/**
 * E[distance] of fits to the real samples of each generation, exactly, where the real distribution is N(mean, c I); NaN for fewer than two
 * samples. Undefined where it is another, or the counts are beyond what is known exactly.
 */
export async function expectedRealAlone(
  parameters: Parameters,
  generations: number,
  job: JobOptions,
): Promise<RealAlone[] | undefined> {
  const { data, dim, divisor, reference } = parameters;
  if (data !== undefined) return undefined;
  const known = new Map<number, number>();
  try {
    const isotropic = reference as Gaussian | undefined;
    const scale = referenceScale(
      'loop',
      isotropic && { ...isotropic, dim: dim as number },
      'its expected distance',
    );
    const alone: RealAlone[] = [];
    for (let t = 1; t <= generations; t += 1) {
      const samples = realCount(parameters, t);
      if (samples >= 2 && !known.has(samples))
        known.set(
          samples,
          scale *
            (await expectedDistance({ dim: dim as number, samples, divisor: divisor as Divisor, ...job })),
        );
      alone.push({ t, distance: known.get(samples) ?? Number.NaN });
    }
    return alone;
  } catch (error) {
    if (error instanceof MadloopError && error.code === 'ERR_INVALID_INPUT') return undefined;
    throw error;
  }
}
