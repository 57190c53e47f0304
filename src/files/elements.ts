// The numbers that .npy files hold, as float32 or float64: always exactly.

import { endianness } from 'node:os';

export type Elements = Float64Array<ArrayBuffer> | Float32Array<ArrayBuffer>;

export interface ElementType {
  readonly kind: 'f' | 'i' | 'u';
  readonly bytes: 1 | 2 | 4 | 8;
  /** Whether its bytes are in another order than this machine's. */
  readonly swapped: boolean;
  /** What they become: float32 for float16 and float32, else float64. */
  readonly Type: Float32ArrayConstructor | Float64ArrayConstructor;
}

/** The types that are read, in words, for messages. */
export const elementTypes = 'float16, float32, float64 or integers';

/** NumPy's other names of types that it writes as "<f4" and the like, but reads as well. */
const namedTypes: Readonly<Record<string, string>> = {
  half: 'f2',
  single: 'f4',
  double: 'f8',
  float: 'f8',
  e: 'f2',
  f: 'f4',
  d: 'f8',
};

/** The type that a header's descr names: "<f4", "f4", "float32"; undefined if it is none of ours. */
export function elementType(descr: string): ElementType | undefined {
  const [, order = '', name = ''] = /^([<>=|]?)(\w+)$/.exec(descr) ?? [];
  const bits = /^(float|int|uint)(8|16|32|64)$/.exec(name);
  const code = bits === null ? (namedTypes[name] ?? name) : `${bits[1]![0]}${Number(bits[2]) / 8}`;
  const match = /^(?:([fiu])([248])|([iu])1)$/.exec(code);
  if (match === null) return undefined;
  const kind = (match[1] ?? match[3]) as 'f' | 'i' | 'u';
  const bytes = Number(match[2] ?? 1) as 1 | 2 | 4 | 8;
  const swapped = (order === '<' || order === '>') && order !== (endianness() === 'LE' ? '<' : '>');
  return { kind, bytes, swapped, Type: kind === 'f' && bytes <= 4 ? Float32Array : Float64Array };
}

/** Whether the bytes of the file are those of the array, but for their order. */
export function isPlain({ kind, bytes }: ElementType): boolean {
  return kind === 'f' && bytes >= 4;
}

/** Puts the bytes of each element in this machine's order, in place. */
export function toNativeOrder(type: ElementType, bytes: Uint8Array): void {
  if (!type.swapped) return;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (type.bytes === 2) buffer.swap16();
  if (type.bytes === 4) buffer.swap32();
  if (type.bytes === 8) buffer.swap64();
}

/**
 * The elements in `bytes`, which begin at the start of their buffer and are in this machine's order. Of an integer that
 * float64 does not hold exactly, `inexact` makes the error, from its index and digits.
 */
export function decodeElements(
  type: ElementType,
  bytes: Uint8Array<ArrayBuffer>,
  inexact: (index: number, digits: string) => Error,
): Elements {
  const { buffer } = bytes;
  const length = bytes.length / type.bytes;
  if (type.kind === 'f') {
    if (type.bytes === 2) return fromFloat16(new Uint16Array(buffer, 0, length));
    return new type.Type(buffer, 0, length);
  }
  if (type.bytes === 8) {
    const integers = new (type.kind === 'i' ? BigInt64Array : BigUint64Array)(buffer, 0, length);
    return Float64Array.from(integers, (value, index) => {
      const number = Number(value);
      if (BigInt(number) !== value) throw inexact(index, String(value));
      return number;
    });
  }
  return Float64Array.from(new integerArrays[`${type.kind}${type.bytes}`](buffer, 0, length));
}

const integerArrays = {
  i1: Int8Array,
  u1: Uint8Array,
  i2: Int16Array,
  u2: Uint16Array,
  i4: Int32Array,
  u4: Uint32Array,
};

function fromFloat16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const result = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i += 1) result[i] = float16Value(halves[i]!);
  return result;
}

/** The value of an IEEE 754 binary16: sign, 5 bits of exponent, 10 bits of fraction. */
function float16Value(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const sign = bits >= 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * powersOfTwo[exponent]!;
}

// 2^(e - 25), exactly, for the exponents of normal numbers.
const powersOfTwo = Float64Array.from({ length: 31 }, (_, exponent) => 2 ** (exponent - 25));
