import { callNative } from '../engine/job.js';
import { native } from '../engine/native.js';

/** How many of `trials` fall into each of `cells` equally likely cells: multinomial counts, decided by the seed. */
export function multinomialUniform(trials: number, cells: number, seed: bigint): Float64Array {
  const counts = new Float64Array(cells);
  callNative('multinomialUniform', () => native().multinomialUniform({ trials, cells, seed, counts }));
  return counts;
}
