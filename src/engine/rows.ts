// Work on the rows of matrices in JavaScript, in slices short enough that the event loop stays free.

import { type Call, turn } from '../base/abortable.js';
import { allocateUnzeroed } from '../base/allocate.js';
import { mustError } from '../base/check.js';
import type { Matrix } from '../base/shapes.js';
import { native } from './native.js';
import { mustBeLeftAlone } from './snapshot.js';

// Elements handled before the event loop gets a turn, for at most 1 ms: copying writes as well, to memory that may be new.
const copiedElements = 2 ** 19;
const checkedElements = 2 ** 21;

/** The rows of `x` named by `indices`, in that order, as a new matrix of the same element type, unless `call` is stopped. */
export async function pickRows(x: Matrix, indices: Uint32Array, call?: Call): Promise<Matrix> {
  const data = elements('the rows', x.data instanceof Float32Array, indices.length * x.cols);
  const copy = (begin: number, end: number): void => {
    for (let i = begin; i < end; i += 1) {
      const row = indices[i]! * x.cols;
      data.set(x.data.subarray(row, row + x.cols), i * x.cols);
    }
  };
  // Naming a row costs as much as copying some 64 elements.
  await inSlices(x, indices.length, Math.max(x.cols, 64), copiedElements, copy, call);
  return { data, rows: indices.length, cols: x.cols };
}

/** The first `rows` rows of `x`, which is not copied. */
export function firstRows(x: Matrix, rows: number): Matrix {
  return { data: x.data.subarray(0, rows * x.cols), rows, cols: x.cols };
}

/**
 * All rows of all parts, one part after the other: float32 where every part is, else float64. A single part is returned
 * as it is, not copied.
 */
export async function concatenateRows(parts: readonly Matrix[], cols: number): Promise<Matrix> {
  if (parts.length === 1) return parts[0]!;
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const single = parts.every((part) => part.data instanceof Float32Array);
  const data = elements('the training set', single, rows * cols);
  let row = 0;
  for (const part of parts) {
    await copyRows(part, data, row);
    row += part.rows;
  }
  return { data, rows, cols };
}

/** Copies `part` into rows of the same length, from row `first` on. */
export async function copyRows(x: Matrix, into: Float32Array | Float64Array, first: number): Promise<void> {
  const { data, rows, cols } = x;
  await inSlices(x, rows, cols, copiedElements, (begin, end) => {
    into.set(data.subarray(begin * cols, end * cols), (first + begin) * cols);
  });
}

/** Where the first NaN or infinity of `x` is, if there is one. */
export async function firstNonFinite(
  x: Matrix,
): Promise<{ row: number; col: number; value: number } | undefined> {
  let found = -1;
  await inSlices(x, x.rows, x.cols, checkedElements, (begin, end) => {
    if (found >= 0) return;
    const index = native().firstNonFinite(x.data.subarray(begin * x.cols, end * x.cols));
    if (index >= 0) found = begin * x.cols + index;
  });
  if (found < 0) return undefined;
  return { row: Math.floor(found / x.cols), col: found % x.cols, value: x.data[found]! };
}

/**
 * Throws ERR_INVALID_INPUT that names the first NaN or infinity of `x`, whose rows are those from `firstRow` on of what the caller
 * knows as `argument`.
 */
export async function checkFinite(where: string, argument: string, x: Matrix, firstRow = 0): Promise<void> {
  const found = await firstNonFinite(x);
  if (found === undefined) return;
  const { value, row, col } = found;
  throw mustError(where, argument, 'be finite', `${value} at row ${firstRow + row}, column ${col}`);
}

const where = 'autophagousLoop';

function elements(what: string, single: boolean, length: number): Float32Array | Float64Array {
  return single
    ? allocateUnzeroed(where, what, Float32Array, length)
    : allocateUnzeroed(where, what, Float64Array, length);
}

/** Work on slices of so many rows of `x`, or made of it. */
async function inSlices(
  x: Matrix,
  rows: number,
  cols: number,
  elements: number,
  work: (begin: number, end: number) => void,
  call?: Call,
): Promise<void> {
  const step = Math.max(1, Math.floor(elements / cols));
  for (let begin = 0; begin < rows; begin += step) {
    if (begin > 0) await turn(call);
    if (x.data.length !== x.rows * x.cols) throw mustBeLeftAlone(where, 'samples');
    work(begin, Math.min(rows, begin + step));
  }
}
