// Arrays that are no matrices: a vector, a single integer, a text.

import { allocate } from '../base/allocate.js';
import { ElementReader } from './element-reader.js';
import { malformed } from './file-errors.js';
import { npyPrefix, shapeText } from './npy-header.js';
import {
  checkElements,
  checkLength,
  holdsText,
  longestText,
  type StoredArray,
  textPattern,
} from './stored-array.js';

/** A one-dimensional array of numbers, or a single number, as float32 or float64. Errors: ERR_INVALID_INPUT. */
export async function readVector(array: StoredArray): Promise<Float64Array | Float32Array> {
  const { shape } = array.header;
  const { type, count } = checkElements(array);
  if (shape.length > 1 || count === 0) {
    throw malformed(array.name, `has shape ${shapeText(shape).slice(0, 200)}, expected one dimension`);
  }
  const reader = await ElementReader.open(array);
  const values = allocate(array.name, 'the vector', type.Type as Float64ArrayConstructor, count);
  await reader.read(values);
  await reader.finish();
  return values;
}

/** A single number. Errors: ERR_INVALID_INPUT. */
export async function readNumber(array: StoredArray): Promise<number> {
  const { shape } = array.header;
  const { type, count } = checkElements(array);
  if (count !== 1)
    throw malformed(array.name, `has shape ${shapeText(shape).slice(0, 200)}, expected one number`);
  const reader = await ElementReader.open(array);
  const values = new type.Type(1);
  await reader.read(values);
  await reader.finish();
  return values[0]!;
}

/** A text; one of bytes is in UTF-8. Errors: ERR_INVALID_INPUT. */
export async function readText(array: StoredArray): Promise<string> {
  const { descr, shape } = array.header;
  const match = textPattern.exec(descr);
  if (match === null || !holdsText(array)) {
    throw malformed(
      array.name,
      `has type '${descr.slice(0, 40)}' and shape ${shapeText(shape).slice(0, 200)}, ` +
        `expected one text of at most ${longestText} characters`,
    );
  }
  const byteOrder = match[1];
  const bytes = Buffer.alloc((byteOrder === undefined ? 1 : 4) * Number(match[2]));
  checkLength(array, bytes.length);
  const stream = await array.openElements();
  await stream.read(bytes);
  await stream.finish();
  if (byteOrder === undefined) return bytes.toString('utf8').replace(/\0+$/, '');
  if (byteOrder === '>') bytes.swap32();
  let text = '';
  for (let i = 0; i < bytes.length; i += 4) {
    const code = bytes.readUInt32LE(i);
    if (code > 0x10ffff) throw malformed(array.name, `holds the code point ${code}, which no text has`);
    text += String.fromCodePoint(code);
  }
  return text.replace(/\0+$/, '');
}

/** A .npy file of one text. */
export function textParts(text: string): Uint8Array[] {
  const codes = Array.from(text, (character) => character.codePointAt(0)!);
  const bytes = Buffer.alloc(4 * codes.length);
  codes.forEach((code, i) => {
    bytes.writeUInt32LE(code, 4 * i);
  });
  return [npyPrefix(`<U${codes.length}`, []), bytes];
}

/** A .npy file of one integer, int64. */
export function integerParts(value: number): Uint8Array[] {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(value));
  return [npyPrefix('<i8', []), bytes];
}
