// The two ways to give the counts of a generation: as real and synthetic samples, or as all of them and the fraction that is real.

import { mustError } from '../base/check.js';
import { integer, number, type Option } from '../base/options.js';
import { constant } from '../base/schedule.js';
import { whyConstant } from './parameters.js';

/** The second way. */
export const totalOptions = {
  total: constant(integer(2), whyConstant)
    .optional()
    .doc('with realFraction, instead of `real` and `synthetic`: all samples'),
  realFraction: constant(number(0, 1), whyConstant).optional().doc('of them the fraction that is real'),
} satisfies Record<string, Option<number | undefined>>;

/** Counts as they were given, unchecked. */
export interface GivenCounts {
  readonly real?: unknown;
  readonly synthetic?: unknown;
  readonly total?: unknown;
  readonly realFraction?: unknown;
}

const names = ['real', 'synthetic', 'total', 'realFraction'] as const;

/**
 * The counts of real and synthetic samples: as given, unchecked, or of `total` n and `realFraction` p, n_r = round(p n) and
 * n_s = n - n_r. Throws ERR_INVALID_INPUT unless they are given in one of the two ways.
 */
export function sampleCounts(where: string, given: GivenCounts): { real: unknown; synthetic: unknown } {
  const { real, synthetic } = given;
  const found = names.filter((name) => given[name] !== undefined).join(' and ');
  if (found === 'real and synthetic') return { real, synthetic };
  if (found !== 'total and realFraction') {
    const requirement = 'be given as real and synthetic, or as total and realFraction';
    throw mustError(where, 'sample counts', requirement, found || 'none');
  }
  const fraction = totalOptions.realFraction.resolve(where, 'realFraction', given.realFraction, {});
  const total = totalOptions.total.resolve(where, 'total', given.total, {});
  const fresh = Math.round(fraction! * total!);
  return { real: fresh, synthetic: total! - fresh };
}
