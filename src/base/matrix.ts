import { checkMatrixParts } from './check.js';
import type { Matrix } from './shapes.js';

/**
 * A matrix over `data`, which is not copied: it stays the caller's. (Calls that compute on a matrix take a private
 * snapshot first, unless the data are in a SharedArrayBuffer, which they read in place.)
 *
 * Throws ERR_INVALID_INPUT unless data is a Float64Array or Float32Array of length rows x cols, both positive.
 * Values are checked where they are used: NaN and infinities are errors there, with row and column.
 *
 * @example
 * const x = matrix(Float64Array.of(1, 2, 3, 4, 5, 6), 3, 2); // three samples in two dimensions
 */
export function matrix(data: Float64Array | Float32Array, rows: number, cols: number): Matrix {
  return checkMatrixParts('matrix', '', data, rows, cols);
}
