import { entriesOf } from '../base/schedule.js';
import { type LoopCounts, realParts } from '../gaussian-loop/parameters.js';
import { exhausted } from '../references/dataset-reference.js';

/** Throws ERR_EXHAUSTED if a loop draws more than so many real samples in all: nothing need be trained to know that. */
export function checkRealSupply(loop: LoopCounts & { readonly generations: number }, rows: number): void {
  const { initial, realFresh, real, generations } = loop;
  const constantFrom = Math.max(entriesOf(real).length, entriesOf(realFresh ?? 0).length);
  let left = rows;
  for (let t = 1; t <= generations; t += 1) {
    const wanted = t === 1 ? initial : realParts(loop, t).realFresh;
    if (wanted > left) throw exhausted({ generation: t, wanted, left, rows });
    left -= wanted;
    if (wanted === 0 && t >= constantFrom) return; // and so in all generations from here
  }
}
