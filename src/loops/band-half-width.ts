import { studentHalfWidth } from '../distributions/student-t.js';

/** From the mean over replicates to either end of its 95 % interval, in standard errors; a single one has no band. */
export function bandHalfWidth(replicates: number): number {
  return replicates > 1 ? studentHalfWidth(replicates - 1, 0.95) : 0;
}
