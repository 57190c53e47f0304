// Student's t distribution, for intervals and tests of means over replicates.

import { number } from '../base/options.js';
import { callNative } from '../engine/job.js';
import { native } from '../engine/native.js';

/** P(|T| > t) for t >= 0 with `degrees` degrees of freedom, at least 1: the two-sided p-value of a mean t standard errors from 0. */
export function studentTails(degrees: number, t: number): number {
  return callNative('studentTails', () => native().studentTails({ degrees, t }));
}

/**
 * The t with P(|T| <= t) = level for Student's t distribution with `degrees` degrees of freedom: from a mean over degrees + 1
 * replicates to either end of its interval of that level, in standard errors.
 *
 * Throws ERR_INVALID_INPUT: degrees below 1, a level that is not from 2.2e-16 to 1 - 2.2e-16.
 *
 * @example
 * console.log(studentHalfWidth(3, 0.95)); // 3.18: four replicates
 */
export function studentHalfWidth(degrees: number, level: number): number {
  const where = 'studentHalfWidth';
  const freedom = number(1, Number.MAX_VALUE).resolve(where, 'degrees', degrees, {});
  const share = number(Number.EPSILON, 1 - Number.EPSILON).resolve(where, 'level', level, {});
  return callNative(where, () => native().studentHalfWidth({ degrees: freedom, tails: 1 - share }));
}
