// Student's t distribution, for intervals and tests of means over replicates.

import { callNative } from '../engine/job.js';
import { native } from '../engine/native.js';

/** P(|T| > t) for t >= 0 with `degrees` degrees of freedom, at least 1: the two-sided p-value of a mean t standard errors from 0. */
export function studentTails(degrees: number, t: number): number {
  return callNative('studentTails', () => native().studentTails({ degrees, t }));
}

/** The t with P(|T| <= t) = level, 0 < level < 1: half the width, in standard errors, of an interval of that level. */
export function studentHalfWidth(degrees: number, level: number): number {
  return callNative('studentHalfWidth', () => native().studentHalfWidth({ degrees, tails: 1 - level }));
}
