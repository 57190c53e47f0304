// Rows that stand in both samples: copies, which no interval knows of.

import { type Call, turn } from '../../base/abortable.js';
import { allocate } from '../../base/allocate.js';
import type { Matrix } from '../../base/shapes.js';
import { numberText } from '../../charts/numbers.js';

/** What is to be said where samples have rows in common. */
export async function sharedRowsNotes(
  real: Matrix,
  generated: Matrix,
  names: { readonly real: string; readonly generated: string },
  signal: AbortSignal,
): Promise<string[]> {
  if (real.cols !== generated.cols) return [];
  const shared = await sharedRows(real, generated, { where: 'evaluate', signal });
  if (shared === 0) return [];
  const all = numberText(generated.rows, 9);
  return [
    `shared rows: ${numberText(shared, 9)} of the ${all} rows of ${names.generated} are rows of ${names.real}, number for number: ` +
      'intervals hold for samples that are independent, which copies are not',
  ];
}

/** How many rows of `generated` equal some row of `real`, in at most 12 bytes a row of `real`. */
export async function sharedRows(real: Matrix, generated: Matrix, call: Call): Promise<number> {
  // Open addressing: the number of a row from 1, or 0 for none; rows that are there already are not put in again.
  const bits = Math.max(1, Math.ceil(Math.log2(1.5 * real.rows)));
  const table = allocate('evaluate', 'a table of rows', Uint32Array, 2 ** bits);
  const placeOf = (x: Matrix, row: number): number => {
    let place = hash(x, row) >>> (32 - bits);
    while (table[place] !== 0 && !areEqual(real, table[place]! - 1, x, row)) place = (place + 1) % table.length;
    return place;
  };
  await eachRow(real, call, (row) => {
    table[placeOf(real, row)] = row + 1;
  });
  let shared = 0;
  await eachRow(generated, call, (row) => {
    if (table[placeOf(generated, row)] !== 0) shared += 1;
  });
  return shared;
}

// Elements looked at before the event loop gets a turn, for a millisecond or two.
const elementsATurn = 2 ** 17;

async function eachRow({ rows, cols }: Matrix, call: Call, visit: (row: number) => void): Promise<void> {
  const step = Math.max(1, Math.floor(elementsATurn / cols));
  for (let begin = 0; begin < rows; begin += step) {
    await turn(call);
    for (let row = begin; row < Math.min(rows, begin + step); row += 1) visit(row);
  }
}

const number = new Float64Array(1);
const halves = new Uint32Array(number.buffer);

/** Of the values of a row, whatever their type: equal rows have equal ones. */
function hash({ data, cols }: Matrix, row: number): number {
  let mixed = 0;
  for (let i = row * cols; i < (row + 1) * cols; i += 1) {
    number[0] = data[i]! + 0; // -0 equals 0
    mixed = Math.imul(mixed ^ halves[0]! ^ Math.imul(halves[1]!, 0x85ebca6b), 0x9e3779b1);
    mixed ^= mixed >>> 15;
  }
  return Math.imul(mixed, 0x9e3779b1) >>> 0;
}

function areEqual(a: Matrix, rowOfA: number, b: Matrix, rowOfB: number): boolean {
  const [first, second] = [rowOfA * a.cols, rowOfB * b.cols];
  for (let i = 0; i < a.cols; i += 1) if (a.data[first + i] !== b.data[second + i]) return false;
  return true;
}
