import { callNative } from '../engine/job.js';
import { native } from '../engine/native.js';

/**
 * The index of one of each `group` consecutive scores, which are no NaNs, chosen with probability proportional to
 * exp(score / temperature), the temperature being above 0. The seed decides.
 */
export function softmaxChoices(
  scores: Float64Array,
  group: number,
  temperature: number,
  seed: bigint,
): Uint32Array {
  const choices = new Uint32Array(scores.length / group);
  callNative('softmaxChoices', () => native().softmaxChoices({ seed, scores, group, temperature, choices }));
  return choices;
}
