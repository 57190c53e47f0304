// The rows of a matrix in a file, block after block.

import { ElementReader, inexact } from './element-reader.js';
import { decodeElements, type Elements, toNativeOrder } from './elements.js';
import { malformed } from './file-errors.js';
import { readStoredMatrix } from './matrix.js';
import { checkElements, checkMatrixShape, type StoredArray } from './stored-array.js';

export interface RowReader {
  /** What messages call it. */
  readonly name: string;
  readonly rows: number;
  readonly cols: number;
  /** Type of the elements that `read` gives. */
  readonly Type: Float32ArrayConstructor | Float64ArrayConstructor;
  /** Fills `target`, of that type, with whole rows from row `begin`, row-major: each row once, in order. */
  read(begin: number, target: Elements): Promise<void>;
  /** After the last row: checks the checksum, where that is left to do. */
  finish(): Promise<void>;
}

// A deflated array in Fortran order gives its last row's first element last but for a column: it is read whole.
const largestWhole = 2 ** 30;
// Elements of a column read at once: what a system call costs is little beside it.
const stripElements = 2 ** 16;
const checksumBytes = 2 ** 20;

/** Errors: ERR_INVALID_INPUT for an array that is no matrix, ERR_OUT_OF_MEMORY. */
export async function openRows(array: StoredArray): Promise<RowReader> {
  const { rows, cols } = checkMatrixShape(array);
  const { Type } = checkElements(array).type;
  const shape = { name: array.name, rows, cols, Type };
  if (!array.header.fortranOrder) {
    const reader = await ElementReader.open(array);
    return { ...shape, read: (_, target) => reader.read(target), finish: () => reader.finish() };
  }
  if (array.readAt !== undefined) {
    if (array.hasChecksum) await checkChecksum(array);
    const read = (begin: number, target: Elements) => readStrips(array, rows, cols, begin, target);
    return { ...shape, read, finish: async () => {} };
  }
  if (rows * cols * Type.BYTES_PER_ELEMENT > largestWhole) {
    throw malformed(
      array.name,
      `holds ${rows} x ${cols} elements deflated in Fortran order, expected at most 1 GiB of them: ` +
        'save it in C order, or not compressed',
    );
  }
  const { data } = await readStoredMatrix(array);
  return {
    ...shape,
    async read(begin, target) {
      target.set(data.subarray(begin * cols, begin * cols + target.length));
    },
    async finish() {},
  };
}

/** The checksum is of the elements in the order of the file, in which they are not read later. */
async function checkChecksum(array: StoredArray): Promise<void> {
  const stream = await array.openElements();
  const buffer = new Uint8Array(Math.min(checksumBytes, array.size));
  for (let left = array.size - array.header.length; left > 0; left -= buffer.length) {
    await stream.read(buffer.subarray(0, Math.min(left, buffer.length)));
  }
  await stream.finish();
}

/** Rows of a matrix in Fortran order: of each column, the strip that is in these rows. */
async function readStrips(
  array: StoredArray,
  rows: number,
  cols: number,
  begin: number,
  target: Elements,
): Promise<void> {
  const { type } = checkElements(array);
  const count = target.length / cols;
  const staging = new ArrayBuffer(Math.min(count, stripElements) * type.bytes);
  for (let col = 0; col < cols; col += 1) {
    for (let first = 0; first < count; first += stripElements) {
      const length = Math.min(stripElements, count - first);
      const index = col * rows + begin + first;
      const bytes = new Uint8Array(staging, 0, length * type.bytes);
      await array.readAt!(index * type.bytes, bytes);
      toNativeOrder(type, bytes);
      const strip = decodeElements(type, bytes, (i, digits) => inexact(array, index + i, digits));
      for (let i = 0; i < length; i += 1) target[(first + i) * cols + col] = strip[i]!;
    }
  }
}
