// Rows of a data set to train on, and rows to measure with.

import { derivedSeed } from '../base/derived-seed.js';
import { integer } from '../base/options.js';
import type { Matrix } from '../base/shapes.js';
import { RandomIntegers } from '../distributions/random-integers.js';
import { pickRows } from '../engine/rows.js';

/** A data set that rows are held out of. */
export interface OfData {
  readonly rows?: number | undefined;
}

/** How many rows are kept for measuring: at least two are left to train on. */
export const heldOutOption = integer(2, ({ rows = 0 }: OfData) => rows - 2)
  .or(({ rows = 0 }: OfData) => Math.floor(rows / 5), 'a fifth')
  .doc('rows of the data kept for measuring')
  .flag('<rows>');

export interface SplitRows {
  readonly training: Matrix;
  readonly held: Matrix;
}

/** Some rows, chosen by the seed, are held out; the others are in an order of the seed's, too. */
export async function splitRows(rows: Matrix, heldOutRows: number, seed: bigint): Promise<SplitRows> {
  const order = await new RandomIntegers(derivedSeed(seed, 'held-out')).someOf(rows.rows, rows.rows);
  return {
    held: await pickRows(rows, order.subarray(0, heldOutRows)),
    training: await pickRows(rows, order.subarray(heldOutRows)),
  };
}
