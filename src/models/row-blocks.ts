// Where the rows of a training set come from: what a loop tells a model's fit.

import { type Call, turn } from '../base/abortable.js';
import { checkBoolean, checkInteger, checkList, invalid, mustError } from '../base/check.js';
import type { RowBlock } from './generative-model.js';

/** How many rows the blocks have, of those that `which` names. */
export function rowsOf(blocks: readonly RowBlock[], which: (block: RowBlock) => boolean = () => true): number {
  return blocks.reduce((sum, block) => sum + (which(block) ? block.rows : 0), 0);
}

export const isReal = ({ real }: RowBlock): boolean => real;

/** Adds rows behind the others: to the last block, if they are of its origin. */
export function addBlock(blocks: RowBlock[], { rows, real, generation }: RowBlock): void {
  if (rows === 0) return;
  const last = blocks.at(-1);
  const joins = last !== undefined && last.real === real && last.generation === generation;
  const before = joins ? blocks.pop()!.rows : 0;
  const block = { rows: before + rows, real };
  blocks.push(generation === undefined ? block : { ...block, generation });
}

// Rows looked up before the event loop gets a turn: a few milliseconds.
const rowsPerTurn = 2 ** 16;

/** The blocks of these rows of a training set, in this order. */
export async function blocksOfRows(
  blocks: readonly RowBlock[],
  rows: Uint32Array,
  call?: Call,
): Promise<RowBlock[]> {
  const ends = new Float64Array(blocks.length); // where each block ends
  let end = 0;
  for (const [i, block] of blocks.entries()) {
    end += block.rows;
    ends[i] = end;
  }
  const found: RowBlock[] = [];
  for (const [i, row] of rows.entries()) {
    if (i > 0 && i % rowsPerTurn === 0) await turn(call);
    const { real, generation } = blocks[firstAbove(ends, row)]!;
    addBlock(found, { rows: 1, real, generation });
  }
  return found;
}

/** The index of the first of ascending numbers that is greater than `value`. */
function firstAbove(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The blocks that a caller gave, as a list of their own; `rows`, if known, is how many rows they are to have together. */
export function checkBlocks(
  where: string,
  argument: string,
  value: unknown,
  { rows: wanted }: { readonly rows: number | undefined },
): RowBlock[] {
  const requirement = 'be an array of { rows, real, generation }';
  const blocks = checkList(where, argument, requirement, value, (given, i) =>
    checkBlock(where, () => `${argument}[${i}]`, given),
  );
  const rows = rowsOf(blocks);
  if (wanted !== undefined && rows !== wanted)
    throw mustError(where, argument, `have as many rows as the training set, ${wanted}`, String(rows));
  return blocks;
}

/** A training set may have a million blocks, so names are made for errors alone. */
function checkBlock(where: string, argument: () => string, value: unknown): RowBlock {
  if (typeof value !== 'object' || value === null)
    throw invalid(where, argument(), 'be an object { rows, real, generation }', value);
  const { rows, real, generation } = value as { [key in keyof RowBlock]?: unknown };
  if (!isCount(rows)) checkInteger(where, `${argument()}.rows`, rows, 1);
  if (typeof real !== 'boolean') checkBoolean(where, `${argument()}.real`, real);
  const block = { rows: rows as number, real: real as boolean };
  if (generation === undefined) return block;
  if (block.real) throw invalid(where, `${argument()}.generation`, 'be left out for real rows', generation);
  if (!isCount(generation)) checkInteger(where, `${argument()}.generation`, generation, 1);
  return { ...block, generation: generation as number };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 1;
