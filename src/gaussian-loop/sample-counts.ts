// The two ways to give the counts of a generation: as real and synthetic samples, or as all of them and the fraction that is real.

import { mustError } from '../base/check.js';
import { integer, number, type Option } from '../base/options.js';
import { constant } from '../base/schedule.js';

// Of loops, which have schedules, and of limit points, which have none.
const whyOne = 'schedules are of real and synthetic samples themselves';

/** The second way. */
export const totalOptions = {
  total: constant(integer(2), whyOne)
    .optional()
    .doc('with realFraction, instead of counts of real and synthetic samples: all of them'),
  realFraction: constant(number(0, 1), whyOne).optional().doc('of them the fraction that is real'),
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
 * n_s = n - n_r. Throws ERR_INVALID_INPUT unless they are given in one of the two ways; the first is by `counts`.
 */
export function sampleCounts(
  where: string,
  given: GivenCounts,
  counts: readonly string[] = ['real', 'synthetic'],
): { real: unknown; synthetic: unknown } {
  const { real, synthetic } = given;
  const found = theOptions(names.filter((name) => given[name] !== undefined));
  if (found === theOptions(counts)) return { real, synthetic };
  const second = theOptions(['total', 'realFraction']);
  if (found !== second) {
    const requirement = `be given as ${theOptions(counts)}, or as ${second}`;
    throw mustError(where, 'sample counts', requirement, found);
  }
  const fraction = totalOptions.realFraction.resolve(where, 'realFraction', given.realFraction, {});
  const total = totalOptions.total.resolve(where, 'total', given.total, {});
  const fresh = Math.round(fraction! * total!);
  return { real: fresh, synthetic: total! - fresh };
}

const theOptions = (found: readonly string[]): string =>
  found.length === 0
    ? 'none'
    : `the option${found.length === 1 ? '' : 's'} ${found.map((name) => `'${name}'`).join(' and ')}`;
