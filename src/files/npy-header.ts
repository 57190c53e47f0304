// The header of NumPy's .npy format, versions 1.0 to 3.0.
// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html

import type { ByteStream } from './byte-stream.js';
import { malformed } from './file-errors.js';

export interface NpyHeader {
  /** '<f8' and the like: byte order, kind, bytes per element. */
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Bytes before the elements. */
  readonly length: number;
}

const magic = Buffer.from('\x93NUMPY', 'latin1');
// numpy itself refuses headers beyond 10,000 characters; an array of numbers needs about a hundred.
const longestHeader = 10_000;

/** Bytes that tell a .npy file. */
export const signatureBytes = magic.length;

/** Whether a file that begins with these bytes is a .npy file. */
export function beginsLikeNpy(bytes: Uint8Array): boolean {
  return magic.equals(bytes.subarray(0, magic.length));
}

/**
 * Reads the header at the beginning of `size` bytes. `name` is for messages.
 * Errors: ERR_INVALID_INPUT.
 */
export async function readNpyHeader(stream: ByteStream, name: string, size: number): Promise<NpyHeader> {
  const prefix = Buffer.alloc(Math.min(8, size));
  await stream.read(prefix);
  if (prefix.length < 8 || !beginsLikeNpy(prefix)) {
    throw malformed(name, 'does not begin with the .npy signature');
  }
  const version = prefix[6]!;
  if (version < 1 || version > 3) {
    throw malformed(name, `has .npy version ${version}.${prefix[7]}, expected 1, 2 or 3`);
  }
  const lengthBytes = Buffer.alloc(version === 1 ? 2 : 4);
  const headerPosition = prefix.length + lengthBytes.length;
  if (headerPosition > size) throw malformed(name, 'ends inside its header');
  await stream.read(lengthBytes);
  const length = lengthBytes.readUIntLE(0, lengthBytes.length);
  if (headerPosition + length > size) throw malformed(name, 'ends inside its header');
  if (length > longestHeader) {
    throw malformed(name, `has a header of ${length} bytes, expected at most ${longestHeader}`);
  }
  const text = Buffer.alloc(length);
  await stream.read(text);
  const entries = parseDictionary(text.toString(version === 3 ? 'utf8' : 'latin1'), name);
  return { ...entries, length: headerPosition + length };
}

/** The bytes before the elements of a little-endian array in C order, as NumPy writes them: version 1.0. */
export function npyPrefix(descr: string, shape: readonly number[]): Buffer {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sizes}), }`;
  // Magic, version and length take 10 bytes; the elements start at a multiple of 64, after a newline.
  const padding = (64 - ((10 + text.length + 1) % 64)) % 64;
  const header = Buffer.from(`${text}${' '.repeat(padding)}\n`, 'latin1');
  return Buffer.concat([magic, Buffer.from([1, 0, header.length & 0xff, header.length >> 8]), header]);
}

/** A shape as Python writes it: "(3, 4)", "(12,)". */
export function shapeText(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
}

// One entry of the dictionary, with what stands between it and the next one. A list is a record type: nothing to be read.
const entryPattern =
  /\s*(?:'(\w+)'|"(\w+)")\s*:\s*(?:'([^'\\]*)'|"([^"\\]*)"|(True|False)\b|\(([^()]*)\)|(\[))\s*(,|$)/y;

/** The three entries of the header, a Python dictionary literal, in any order. */
function parseDictionary(text: string, name: string): Omit<NpyHeader, 'length'> {
  const wrong = () =>
    malformed(
      name,
      `has a header without a descr, a fortran_order and a shape of non-negative sizes: ${JSON.stringify(text.slice(0, 200))}`,
    );
  const braces = /^\s*\{([^{}]*)\}\s*$/.exec(text);
  if (braces === null) throw wrong();
  const body = braces[1]!.trimEnd();
  const found = new Map<string, unknown>();
  entryPattern.lastIndex = 0;
  while (entryPattern.lastIndex < body.length) {
    const match = entryPattern.exec(body);
    if (match === null) {
      if (/['"]descr['"]\s*:\s*\[/.test(body))
        throw malformed(name, 'holds records of several fields, expected numbers');
      throw wrong();
    }
    const [, single, double, singleText, doubleText, truth, tuple] = match;
    const key = single ?? double!;
    if (found.has(key)) throw wrong();
    found.set(
      key,
      tuple === undefined
        ? truth === undefined
          ? (singleText ?? doubleText)
          : truth === 'True'
        : parseShape(tuple),
    );
  }
  const descr = found.get('descr');
  const fortranOrder = found.get('fortran_order');
  const shape = found.get('shape');
  if (
    found.size !== 3 ||
    typeof descr !== 'string' ||
    typeof fortranOrder !== 'boolean' ||
    !Array.isArray(shape)
  ) {
    throw wrong();
  }
  return { descr, fortranOrder, shape };
}

/** The sizes in a tuple "3, 4" or "12,"; undefined where it is none. Python 2 wrote 3L. */
function parseShape(text: string): number[] | undefined {
  const items = text.split(',').map((item) => item.trim());
  if (items.length === 1 && items[0] !== '') return undefined; // (12) is a number in brackets
  if (items.at(-1) === '') items.pop();
  return items.every((item) => /^\d+L?$/.test(item))
    ? items.map((item) => Number(item.replace('L', '')))
    : undefined;
}
