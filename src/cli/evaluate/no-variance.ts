// A side whose samples are all the same, as a model that has collapsed gives them: metrics have values of it, and none says so.

import { type Call, turn } from '../../base/abortable.js';
import type { Matrix } from '../../base/shapes.js';
import { numberText } from '../../charts/numbers.js';
import { isMatrix, type Side } from './sides.js';

/** What is to be said of sides without any variance. */
export async function noVarianceNotes(
  sides: { readonly real: Side; readonly generated: Side },
  names: { readonly real: string; readonly generated: string },
  signal: AbortSignal,
): Promise<string[]> {
  const notes: string[] = [];
  for (const which of ['real', 'generated'] as const) {
    const side = sides[which];
    const isOne = isMatrix(side)
      ? side.rows > 1 && (await areRowsEqual(side, { where: 'evaluate', signal }))
      : side.covariance.every((value) => value === 0);
    if (!isOne) continue;
    const what = isMatrix(side)
      ? `the ${numberText(side.rows, 9)} rows of ${names[which]} are all equal`
      : `the covariance of ${names[which]} is zero`;
    notes.push(`no variance: ${what}, so the ${which} side has no variance at all`);
  }
  return notes;
}

// Elements looked at before the event loop gets a turn, for a millisecond or two.
const elementsATurn = 2 ** 17;

/** Of most samples the second row tells. */
async function areRowsEqual({ data, cols }: Matrix, call: Call): Promise<boolean> {
  for (let i = cols; i < data.length; i += 1) {
    if (data[i] !== data[i - cols]) return false;
    if (i % elementsATurn === 0) await turn(call);
  }
  return true;
}
