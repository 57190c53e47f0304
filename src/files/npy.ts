// NumPy's .npy format, versions 1.0 to 3.0: two-dimensional float32 or float64 arrays.
// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html

import { type FileHandle, open } from 'node:fs/promises';
import { endianness } from 'node:os';
import { MadloopError } from '../errors.js';
import type { Matrix } from '../matrix.js';
import { writeFileAtomically } from './atomic-write.js';

type Elements = Float64Array | Float32Array;

interface NpyHeader {
  /** '<f8' and the like: byte order, kind, bytes per element. */
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Where the elements begin. */
  readonly dataOffset: number;
}

const magic = Buffer.from('\x93NUMPY', 'latin1');
// Longest prefix before the header's text: magic, two version bytes, a 4-byte length.
const longestPrefix = 12;
// numpy itself refuses headers beyond 10,000 characters; a float array needs about a hundred.
const longestHeader = 10_000;

/**
 * Reads a two-dimensional float32 or float64 array, of either memory order and byte order, as a row-major Matrix.
 *
 * Nothing is allocated before the sizes in the header have been found to agree with the size of the file.
 * Errors: ERR_INVALID_INPUT, naming the file and what is wrong with it; ERR_FILE when it cannot be read.
 */
export async function readNpy(path: string): Promise<Matrix> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    throw cannotRead(path, error);
  }
  try {
    const { size } = await file.stat();
    const header = await readHeader(file, size, path);
    return await readElements(file, size, header, path);
  } catch (error) {
    throw error instanceof MadloopError ? error : cannotRead(path, error);
  } finally {
    await file.close();
  }
}

/** Writes a matrix as .npy version 1.0, C order, little-endian. The file appears under its name only when it is whole. */
export async function writeNpy(path: string, x: Matrix): Promise<void> {
  const bytesPerElement = x.data.BYTES_PER_ELEMENT;
  const text = `{'descr': '<f${bytesPerElement}', 'fortran_order': False, 'shape': (${x.rows}, ${x.cols}), }`;
  // Magic, version and length take 10 bytes; the elements start at a multiple of 64, after a newline.
  const padding = (64 - ((10 + text.length + 1) % 64)) % 64;
  const header = Buffer.from(`${text}${' '.repeat(padding)}\n`, 'latin1');
  const prefix = Buffer.concat([magic, Buffer.from([1, 0, header.length & 0xff, header.length >> 8])]);
  const elements = Buffer.from(x.data.buffer, x.data.byteOffset, x.data.byteLength);
  // Never swap the caller's own bytes: a big-endian machine swaps a copy.
  const littleEndian = endianness() === 'LE' ? elements : swapBytes(Buffer.from(elements), bytesPerElement);
  await writeFileAtomically(path, [prefix, header, littleEndian]);
}

async function readHeader(file: FileHandle, size: number, path: string): Promise<NpyHeader> {
  const prefix = await readExactly(file, 0, Math.min(longestPrefix, size), path);
  if (prefix.length < 10 || !prefix.subarray(0, 6).equals(magic)) {
    throw malformed(path, 'does not begin with the .npy signature');
  }
  const version = prefix[6]!;
  if (version < 1 || version > 3) {
    throw malformed(path, `has format version ${version}.${prefix[7]}, expected 1, 2 or 3`);
  }
  const lengthBytes = version === 1 ? 2 : 4;
  if (prefix.length < 8 + lengthBytes) throw malformed(path, 'ends inside its header');
  const headerLength = prefix.readUIntLE(8, lengthBytes);
  const headerOffset = 8 + lengthBytes;
  if (headerOffset + headerLength > size) throw malformed(path, 'ends inside its header');
  if (headerLength > longestHeader) {
    throw malformed(path, `has a header of ${headerLength} bytes, expected at most ${longestHeader}`);
  }
  const text = (await readExactly(file, headerOffset, headerLength, path)).toString(
    version === 3 ? 'utf8' : 'latin1',
  );
  return { ...parseHeader(text, path), dataOffset: headerOffset + headerLength };
}

/** Reads the three entries of the header, a Python dictionary literal, in any order. */
function parseHeader(text: string, path: string): Omit<NpyHeader, 'dataOffset'> {
  const descr = /(['"])descr\1\s*:\s*(['"])([^'"]*)\2/.exec(text)?.[3];
  const order = /(['"])fortran_order\1\s*:\s*(True|False)\b/.exec(text)?.[2];
  const shape = /(['"])shape\1\s*:\s*\(([\d\s,]*)\)/.exec(text)?.[2];
  if (descr === undefined && /(['"])descr\1\s*:\s*\[/.test(text)) {
    throw malformed(path, 'holds records of several fields, expected one float32 or float64 array');
  }
  if (descr === undefined || order === undefined || shape === undefined) {
    throw malformed(
      path,
      `has a header without descr, fortran_order and shape: ${JSON.stringify(text.slice(0, 200))}`,
    );
  }
  const sizes = shape
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map(Number);
  return { descr, fortranOrder: order === 'True', shape: sizes };
}

async function readElements(file: FileHandle, size: number, header: NpyHeader, path: string): Promise<Matrix> {
  const type = /^([<>=|])f([48])$/.exec(header.descr);
  if (type === null) {
    throw malformed(
      path,
      `holds elements of type '${header.descr}', expected float32 ('<f4') or float64 ('<f8')`,
    );
  }
  if (header.shape.length !== 2) {
    throw malformed(
      path,
      `holds an array of shape (${header.shape.join(', ')}), expected two dimensions: rows and columns`,
    );
  }
  const [rows, cols] = header.shape as [number, number];
  const bytesPerElement = Number(type[2]);
  const bytes = rows * cols * bytesPerElement;
  if (!Number.isSafeInteger(bytes) || header.dataOffset + bytes !== size) {
    throw malformed(
      path,
      `says ${rows} x ${cols} elements of ${bytesPerElement} bytes, but holds ${size - header.dataOffset} bytes of them`,
    );
  }
  const buffer = new ArrayBuffer(bytes);
  await readInto(file, header.dataOffset, Buffer.from(buffer), path);
  if ((type[1] === '>' ? 'BE' : 'LE') !== endianness()) swapBytes(Buffer.from(buffer), bytesPerElement);
  const data = bytesPerElement === 4 ? new Float32Array(buffer) : new Float64Array(buffer);
  return { data: header.fortranOrder ? transposed(data, cols, rows) : data, rows, cols };
}

/** The transpose of a row-major rows x cols array, row-major. */
function transposed(data: Elements, rows: number, cols: number): Elements {
  const result = data instanceof Float32Array ? new Float32Array(data.length) : new Float64Array(data.length);
  for (let i = 0; i < rows; i += 1) {
    for (let j = 0; j < cols; j += 1) result[j * rows + i] = data[i * cols + j]!;
  }
  return result;
}

/** Reverses the bytes of each element, in place. Returns `bytes`. */
function swapBytes(bytes: Buffer, bytesPerElement: number): Buffer {
  return bytesPerElement === 4 ? bytes.swap32() : bytes.swap64();
}

async function readExactly(file: FileHandle, position: number, length: number, path: string): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  await readInto(file, position, buffer, path);
  return buffer;
}

async function readInto(file: FileHandle, position: number, target: Buffer, path: string): Promise<void> {
  // One read may return less than asked for, and none returns more than 2 GiB.
  let done = 0;
  while (done < target.length) {
    const length = Math.min(target.length - done, 2 ** 30);
    const { bytesRead } = await file.read(target, done, length, position + done);
    if (bytesRead === 0) throw malformed(path, 'became shorter while it was read');
    done += bytesRead;
  }
}

function malformed(path: string, what: string): MadloopError {
  return new MadloopError('ERR_INVALID_INPUT', `${path} ${what}`);
}

function cannotRead(path: string, cause: unknown): MadloopError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MadloopError('ERR_FILE', `cannot read ${path}: ${reason}`, { cause });
}
