// Matrices in .npy and .npz files.

import { endianness } from 'node:os';
import { types } from 'node:util';
import { allocate, allocateShared } from '../base/allocate.js';
import type { Matrix } from '../base/shapes.js';
import type { ByteSource } from './byte-source.js';
import { ElementReader } from './element-reader.js';
import { type Elements, elementType } from './elements.js';
import { malformed } from './file-errors.js';
import { npyPrefix, shapeText } from './npy-header.js';
import { mayBeCovariance, statisticsAmong } from './statistics-arrays.js';
import {
  type ArrayFile,
  checkElements,
  checkMatrixShape,
  describeShape,
  isPickled,
  listed,
  openArrayFile,
  type StoredArray,
} from './stored-array.js';

/** What a matrix is read for: of features the rows are samples, so that a covariance is none. */
export type MatrixUse = 'any' | 'features';

/** The matrix in a .npy or .npz file: see readMatrix in src/features/matrix-file.ts. */
export async function readMatrixFrom(
  source: ByteSource,
  arrayName?: string,
  use: MatrixUse = 'any',
): Promise<Matrix> {
  return readStoredMatrix(await chooseMatrix(await openArrayFile(source), arrayName, use));
}

// A Buffer holds at most 2^32 bytes.
const partBytes = 2 ** 30;

/** A .npy file of these numbers, in pieces. */
export function npyParts(data: Float32Array | Float64Array, shape: readonly number[]): Uint8Array[] {
  const { buffer, byteOffset, byteLength, BYTES_PER_ELEMENT } = data;
  const parts: Uint8Array[] = [npyPrefix(`<f${BYTES_PER_ELEMENT}`, shape)];
  for (let begin = 0; begin < byteLength; begin += partBytes) {
    const bytes = Buffer.from(buffer, byteOffset + begin, Math.min(partBytes, byteLength - begin));
    parts.push(littleEndian(bytes, BYTES_PER_ELEMENT));
  }
  return parts;
}

const copiedBytes = 2 ** 22;

/**
 * The same of a caller's matrix, in pieces to be written one after the other: of its own memory, which it may transfer away
 * meanwhile, a copy of a few megabytes at a time. Then `gone` makes the error.
 */
export function* writtenParts(
  { data, rows, cols }: Matrix,
  gone: () => Error,
): Generator<Uint8Array, void, undefined> {
  if (types.isSharedArrayBuffer(data.buffer)) {
    yield* npyParts(data, [rows, cols]);
    return;
  }
  const { length, BYTES_PER_ELEMENT } = data;
  yield npyPrefix(`<f${BYTES_PER_ELEMENT}`, [rows, cols]);
  const step = copiedBytes / BYTES_PER_ELEMENT;
  for (let begin = 0; begin < length; begin += step) {
    if (data.length !== length) throw gone();
    const { buffer, byteOffset, byteLength } = data.slice(begin, begin + step);
    yield littleEndian(Buffer.from(buffer, byteOffset, byteLength), BYTES_PER_ELEMENT);
  }
}

/**
 * The array of that name, or the only one that can be meant. Its elements have been checked. A covariance is a matrix too, but
 * beside a mean, or where features are meant, only if it is named.
 */
export async function chooseMatrix(
  file: ArrayFile,
  arrayName: string | undefined,
  use: MatrixUse = 'any',
): Promise<StoredArray> {
  const { arrayNames } = file;
  if (arrayNames === undefined) {
    if (arrayName !== undefined) {
      throw malformed(
        file.name,
        `is a .npy file, which has one array without a name: ${JSON.stringify(arrayName)} is none`,
      );
    }
    const array = checkedMatrix(await file.open(undefined));
    if (use === 'features') await refuseLoneCovariance(file.name, array);
    return array;
  }
  if (arrayName !== undefined) return checkedMatrix(await file.open(arrayName));
  if (statisticsAmong(arrayNames).length > 0) {
    throw malformed(
      file.name,
      `holds statistics (${listed(arrayNames)}), expected features: what is to be read as such the option 'array' names`,
    );
  }
  const arrays: NamedArray[] = [];
  for (const name of arrayNames) arrays.push({ name, array: await file.open(name) });
  const matrices = arrays.filter(({ array }) => array.header.shape.length === 2);
  const [first, second] = matrices;
  if (second !== undefined) {
    const names = listed(matrices.map(({ name, array }) => `${name} ${shapeText(array.header.shape)}`));
    throw malformed(
      file.name,
      `holds several matrices, expected the option 'array' to name one of them: ${names}`,
    );
  }
  if (first === undefined) {
    const held = arrays.map(({ name, array }) => `${JSON.stringify(name)} ${describeArray(array)}`);
    const more = held.length > 8 ? [`and ${held.length - 8} more`] : [];
    throw malformed(
      file.name,
      `holds no two-dimensional array, expected one; it holds ${[...held.slice(0, 8), ...more].join('; ') || 'no arrays'}`,
    );
  }
  const matrix = checkedMatrix(first.array);
  await refuseCovariance(file.name, first, arrays);
  if (use === 'features') await refuseLoneCovariance(file.name, matrix, first.name);
  return matrix;
}

function describeArray(array: StoredArray): string {
  return isPickled(array) ? 'of pickled Python objects' : describeShape(array.header.shape);
}

interface NamedArray {
  readonly name: string;
  readonly array: StoredArray;
}

/** Throws for a matrix that is a covariance by its entries, beside a vector that can be its mean. */
async function refuseCovariance(
  fileName: string,
  { name, array }: NamedArray,
  arrays: readonly NamedArray[],
): Promise<void> {
  const [rows, cols] = array.header.shape;
  if (rows !== cols) return;
  const mean = arrays.find(
    ({ array: { header } }) =>
      header.shape.length === 1 && header.shape[0] === cols && elementType(header.descr) !== undefined,
  );
  if (mean === undefined || !(await beginsLikeCovariance(array))) return;
  throw malformed(
    fileName,
    `holds what looks like statistics, ${listed([mean.name])} of ${cols} elements beside the symmetric matrix ` +
      `${listed([name])}: to read them, name them by the option 'mean' and the option 'covariance'; if it is features, ` +
      `name ${listed([name])} by the option 'array'`,
  );
}

/**
 * Throws for a matrix that is a covariance by its entries, where features are meant. One entry tells nothing; features of more
 * rows than one are square and symmetric only where that was intended (a kernel matrix, one-hot codes).
 */
async function refuseLoneCovariance(fileName: string, array: StoredArray, arrayName?: string): Promise<void> {
  const [rows, cols] = array.header.shape;
  if (rows !== cols || rows === 1 || !(await beginsLikeCovariance(array))) return;
  const it = arrayName === undefined ? 'it' : listed([arrayName]);
  const named = arrayName === undefined ? 'save it in an .npz file and name it there' : `name ${it}`;
  throw malformed(
    fileName,
    `holds what looks like a covariance without a mean, expected features: ${it} is a symmetric matrix of ${rows} x ${cols}. ` +
      `Statistics are an .npz file of 'mu' and 'sigma'; if it is features, ${named} by the option 'array'`,
  );
}

const lookedAtBytes = 64 * 2 ** 20;

/**
 * Whether a square matrix may be a covariance by its first rows, of which 64 MiB are looked at (all, up to 2,896 columns): a
 * covariance of so many columns as there are rows. In Fortran order these are columns, which here is the same.
 */
async function beginsLikeCovariance(array: StoredArray): Promise<boolean> {
  const { cols } = checkMatrixShape(array);
  const { Type } = checkElements(array).type;
  const size = Math.min(cols, Math.max(2, Math.floor(lookedAtBytes / (cols * Type.BYTES_PER_ELEMENT))));
  const data: Elements = allocate(array.name, 'its first rows', Type as Float64ArrayConstructor, size * cols);
  const reader = await ElementReader.open(array);
  await reader.read(data);
  if (size === cols) await reader.finish();
  else for (let i = 1; i < size; i += 1) data.copyWithin(i * size, i * cols, i * cols + size);
  return mayBeCovariance({ data: data.subarray(0, size * size), rows: size, cols: size });
}

/** All of a matrix, row-major. */
export async function readStoredMatrix(array: StoredArray): Promise<Matrix> {
  const { rows, cols } = checkMatrixShape(array);
  const { type } = checkElements(array);
  const reader = await ElementReader.open(array);
  const Type = type.Type as Float64ArrayConstructor;
  const data: Elements = allocateShared(array.name, 'the matrix', Type, rows * cols);
  if (!array.header.fortranOrder) {
    await reader.read(data);
  } else {
    let [row, col] = [0, 0];
    for await (const chunk of reader.chunks(data.length)) {
      for (let i = 0; i < chunk.length; i += 1) {
        data[row * cols + col] = chunk[i]!;
        row += 1;
        if (row === rows) {
          row = 0;
          col += 1;
        }
      }
    }
  }
  await reader.finish();
  return { data, rows, cols };
}

function checkedMatrix(array: StoredArray): StoredArray {
  checkMatrixShape(array);
  checkElements(array);
  return array;
}

/** The bytes of elements of this machine, little-endian; a big-endian machine swaps a copy, never the caller's own. */
function littleEndian(bytes: Buffer, elementBytes: number): Buffer {
  if (endianness() === 'LE') return bytes;
  const copy = Buffer.from(bytes);
  return elementBytes === 4 ? copy.swap32() : copy.swap64();
}
