import { abortable } from '../base/abortable.js';
import { checkMatrix, checkPath, invalid } from '../base/check.js';
import { checked, type Option, resolve, type TableOf } from '../base/options.js';
import type { Matrix } from '../base/shapes.js';
import { jobOptions } from '../engine/job.js';
import { mustBeLeftAlone } from '../engine/snapshot.js';
import { writeFileAtomically } from '../files/atomic-write.js';
import { withFile } from '../files/byte-source.js';
import { folderOfImages } from '../files/file-kinds.js';
import { type MatrixUse, readMatrixFrom, writtenParts } from '../files/matrix.js';

export interface ReadMatrixOptions {
  /** The array to read of an .npz file. Default: its only two-dimensional one. */
  readonly array?: string | undefined;
  /** Aborting it rejects the call at once with code ERR_ABORTED, name AbortError, cause `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

/** The name of an array; `absent` says what stands for none. */
export function arrayNameOption(absent: string): Option<string | undefined> {
  return checked('text', checkArrayName).flag('<name>').optional(absent);
}

/** The part of a table of options that reading an array has. */
export const arrayOption = {
  array: arrayNameOption('its only two-dimensional one').doc('the array to read of an .npz file'),
};

const readMatrixOptions = {
  ...arrayOption,
  signal: jobOptions.signal,
} satisfies TableOf<ReadMatrixOptions>;

/**
 * Reads a matrix from a .npy file (versions 1 to 3) or an .npz file (stored or deflated entries), in C or Fortran order
 * and either byte order, as row-major float32 (from float16 and float32) or float64 (from float64 and integers), exactly.
 *
 * Nothing is allocated for an array before the file's length has been found to agree with what its headers say, and
 * deflated bytes are never inflated beyond the size they are said to have.
 *
 * The matrix lies in a SharedArrayBuffer, which heavy calls read in place (of others they work on a copy) and worker threads
 * get without a copy. Memory: the matrix.
 * Rejects with ERR_INVALID_INPUT (the file holds something else, is damaged or cut short, has several matrices, or one that is
 * a covariance, and `array` names none), ERR_FILE (it cannot be read), ERR_OUT_OF_MEMORY, ERR_ABORTED.
 * Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 *
 * @example
 * const real = await readMatrix('features.npz', { array: 'real' });
 */
export async function readMatrix(path: string, options?: ReadMatrixOptions): Promise<Matrix> {
  return readFor('any', 'readMatrix', path, options);
}

/** As readMatrix, for features: what looks like a covariance is refused unless `array` names it. */
export async function readFeatures(path: string, options?: ReadMatrixOptions): Promise<Matrix> {
  return readFor('features', 'readFeatures', path, options);
}

async function readFor(use: MatrixUse, where: string, path: string, options: unknown): Promise<Matrix> {
  const { array, signal } = resolve(where, options, readMatrixOptions);
  const file = checkPath(where, 'path', path);
  return abortable(where, signal, () =>
    withFile(file, signal, (source) => readMatrixFrom(source, array, use), folderOfImages),
  );
}

/**
 * Writes a matrix as a .npy file: version 1.0, C order, little-endian, float32 or float64 as in `x`. The file appears
 * under its name only when it is whole.
 * Rejects with ERR_INVALID_INPUT, ERR_FILE.
 */
export async function writeMatrix(path: string, x: Matrix): Promise<void> {
  const where = 'writeMatrix';
  const file = checkPath(where, 'path', path);
  const checked = checkMatrix(where, 'x', x);
  await writeFileAtomically(
    file,
    writtenParts(checked, () => mustBeLeftAlone(where, 'x.data')),
  );
}

function checkArrayName(where: string, argument: string, name: unknown): string {
  if (typeof name !== 'string') throw invalid(where, argument, 'be a string', name);
  return name;
}
