// 100,000 damaged .npy and .npz files, a quarter of them in normal size: each gives a matrix, statistics or moments, or a MadloopError about the file; none a
// crash, a hang, another error, or an allocation that the file's length does not justify.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { MadloopError } from '../../src/base/errors.js';
import { RandomIntegers } from '../../src/distributions/random-integers.js';
import { memorySource } from '../support/memory-source.js';
import { repetitions } from '../support/sizes.js';
import { npyBytes, zipBytes } from '../support/zip-bytes.js';

const cases = repetitions(100_000);

// What is allocated through the global constructors: watched from before the readers are loaded.
let largest = 0;
const watched = ['ArrayBuffer', 'Uint8Array', 'Float32Array', 'Float64Array'] as const;
const originals = new Map(watched.map((name) => [name, globalThis[name]]));
// Inflated bytes come in what Buffer.allocUnsafe gives.
const { alloc, allocUnsafe } = Buffer;
for (const name of watched) {
  const Original = globalThis[name] as unknown as new (...parameters: unknown[]) => { byteLength: number };
  const Watching: typeof Original = new Proxy(Original, {
    construct(target, parameters, newTarget): object {
      const [length] = parameters;
      const bytes = (target as unknown as { BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? 1;
      if (typeof length === 'number') largest = Math.max(largest, length * bytes);
      return Reflect.construct(target, parameters, newTarget === Watching ? target : newTarget);
    },
  });
  (globalThis as Record<string, unknown>)[name] = Watching;
}
Buffer.alloc = (size, ...rest) => {
  largest = Math.max(largest, size);
  return alloc(size, ...rest);
};
Buffer.allocUnsafe = (size) => {
  largest = Math.max(largest, size);
  return allocUnsafe(size);
};
afterAll(() => {
  for (const [name, original] of originals) (globalThis as Record<string, unknown>)[name] = original;
  Object.assign(Buffer, { alloc, allocUnsafe });
});

const { readMatrixFrom } = await import('../../src/files/matrix.js');
const { readStatisticsFrom } = await import('../../src/features/statistics-file.js');
const { readExtractor } = await import('../../src/features/extractor.js');
const { textParts } = await import('../../src/files/small-arrays.js');
const { openArrayFile } = await import('../../src/files/stored-array.js');
const { chooseMatrix } = await import('../../src/files/matrix.js');
const { openRows } = await import('../../src/files/row-reader.js');

const folder = fileURLToPath(new URL('../fixtures/npy/', import.meta.url));
const seeds: Buffer[] = readdirSync(folder)
  .filter((name) => /\.np[yz]$/.test(name))
  .map((name) => readFileSync(folder + name));
// Deflated blocks of each kind, and one that expands as far as any can.
seeds.push(
  zipBytes([{ name: 'x.npy', bytes: npyBytes('<f4', [64, 64], Buffer.alloc(16_384)), deflated: true }]),
  Buffer.concat([npyBytes('<f4', [5, 3], Buffer.alloc(60)), ...textParts('what made them')]),
  zipBytes([
    { name: 'x.npy', bytes: npyBytes('<i8', [4, 8], Buffer.alloc(256, 'abc')), deflated: true, large: true },
  ]),
);

const random = new RandomIntegers(1n);
const below = (bound: number) => random.below(bound);
const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)]!;

const sizes = [
  '0',
  '1',
  '-1',
  '3',
  '4',
  '12',
  '2147483648',
  '4294967296',
  '9223372036854775808',
  '1e9',
  '0x10',
  '007',
];
const odd = [
  ...sizes,
  '18446744073709551616',
  '9007199254740993',
  '999999999999999999999999',
  '(3, 4)',
  '',
  'None',
];
const descrs = [
  '<f8',
  '<f4',
  '>f2',
  '<i8',
  '|u1',
  '|f8',
  '=f4',
  '<f16',
  '|O',
  '<U999999999',
  '<c8',
  'f8',
  '<f',
  '',
  '[(',
];

function inventedHeader(): Buffer {
  const shape = pick([
    () => Array.from({ length: below(5) }, () => pick(odd)).join(', '),
    () => '('.repeat(below(3000)),
    () => `${'('.repeat(below(50))}3, 4${')'.repeat(below(50))}`,
    () => ' '.repeat(below(9000)),
    () => '1,'.repeat(below(4000)),
  ])();
  const entries = [
    `'descr': '${pick(descrs)}'`,
    `'fortran_order': ${pick(['True', 'False', 'Fals', '1'])}`,
    `'shape': (${shape})`,
  ];
  if (below(4) === 0) entries.splice(below(3), 1);
  if (below(4) === 0) entries.push(pick(entries.concat("'x': 1")));
  const text = `{${entries.join(pick([', ', ',', ' ']))}${pick(['', ', '])}}${pick(['\n', '', '}'])}`;
  const version = pick([1, 1, 2, 3, 0, 255]);
  const length = Buffer.from(alloc(version === 1 ? 2 : 4));
  length.writeUIntLE(below(8) === 0 ? below(65_536) : text.length, 0, length.length);
  const bytes = Buffer.from(alloc(below(130)));
  return Buffer.concat([
    Buffer.from('\x93NUMPY', 'latin1'),
    Buffer.from([version, 0]),
    length,
    Buffer.from(text),
    bytes,
  ]);
}

/** A zip file whose directory lies about one thing or another. */
function inventedZip(): Buffer {
  const number = () => pick([0, 1, 30, 127, 128, 1000, 65_535, 2 ** 31, 2 ** 32 - 2, below(2000)]);
  const lie = <Key extends string>(key: Key) => (below(4) === 0 ? { [key]: number() } : {});
  const entry = () => ({
    name: pick(['x.npy', 'mu.npy', 'sigma.npy', 'count.npy', 'hash.npy', 'format.npy', 'version.npy', 'text']),
    bytes: pick([inventedHeader, () => pick(seeds), () => mutated(pick(seeds))])(),
    deflated: below(2) === 0,
    large: below(2) === 0,
    flags: pick([0, 0, 0, 0, 8, 0x800]),
    ...lie('crc32'),
    ...lie('size'),
    ...lie('compressedSize'),
    ...lie('headerPosition'),
  });
  return zipBytes(Array.from({ length: below(4) }, entry));
}

/** Header and directory agree on a size that the bytes have not. */
function inventedBomb(): Buffer {
  const shape = [1 + below(2 ** pick([4, 16, 31])), 1 + below(2 ** pick([4, 16, 22]))];
  const bytes = npyBytes('<f8', shape, Buffer.from(alloc(below(3000))), below(2) === 0);
  const size = bytes.indexOf(0x0a) + 1 + 8 * shape[0]! * shape[1]!;
  return zipBytes([{ name: 'x.npy', bytes, deflated: below(4) !== 0, size, large: true }]);
}

/** Some bytes changed, some cut out, the end cut off, or another file's middle in it. */
function mutated(bytes: Buffer): Buffer {
  let result = Buffer.from(bytes);
  for (let change = below(4); change > 0 && result.length > 0; change -= 1) {
    const position = below(result.length);
    const kind = below(7);
    if (kind === 0) result = result.subarray(0, position);
    else if (kind === 1)
      result = Buffer.concat([result.subarray(0, position), result.subarray(position + below(40))]);
    else if (kind === 2) {
      const other = pick(seeds);
      const middle = other.subarray(below(other.length));
      result = Buffer.concat([
        result.subarray(0, position),
        middle.subarray(0, below(200)),
        result.subarray(position),
      ]);
    } else if (kind === 3) result.fill(pick([0, 0xff]), position, Math.min(position + below(9), result.length));
    else if (kind === 4) result[position] = result[position]! ^ (1 << below(8));
    else if (kind === 5)
      result[position] = pick([..."0123456789()[]{}',<>=|-LfiuUTF"].map((c) => c.charCodeAt(0)));
    else result[position] = below(256);
  }
  return result;
}

/** All rows, as momentsOfFile reads them. */
async function readRows(bytes: Buffer): Promise<void> {
  const reader = await openRows(await chooseMatrix(await openArrayFile(memorySource(bytes)), undefined));
  const step = 1 + below(Math.min(reader.rows, 7));
  for (let begin = 0; begin < reader.rows; begin += step) {
    const Type = reader.Type as Float64ArrayConstructor;
    await reader.read(begin, new Type(Math.min(step, reader.rows - begin) * reader.cols));
  }
  await reader.finish();
}

test(`${cases} damaged files give a result or an error about the file, within memory their length justifies`, async () => {
  const outcomes = { results: 0, errors: 0, inflated: 0 };
  for (let i = 0; i < cases; i += 1) {
    const bytes = pick([
      inventedHeader,
      inventedZip,
      inventedBomb,
      ...Array(6).fill(() => mutated(pick(seeds))),
    ] as (() => Buffer)[])();
    const read = pick([
      () => readMatrixFrom(memorySource(bytes)),
      () => readMatrixFrom(memorySource(bytes), pick(['features', 'x', 'real', 'mu'])),
      () => readStatisticsFrom(memorySource(bytes)),
      () => readRows(bytes),
      async () => readExtractor(await openArrayFile(memorySource(bytes))),
    ]);
    largest = 0;
    try {
      await read();
      outcomes.results += 1;
    } catch (error) {
      if (
        !(error instanceof MadloopError) ||
        error.code !== 'ERR_INVALID_INPUT' ||
        error.message.length > 1000
      ) {
        throw new Error(
          `case ${i} (${bytes.toString('base64')}): ${error instanceof Error ? error.stack : error}`,
        );
      }
      outcomes.errors += 1;
    }
    // One byte becomes a float64 at most. A deflated byte becomes 1,032 at most, in pieces of 32 KiB.
    const deflated = bytes.includes('PK');
    const justified = deflated ? 8 * 1032 * bytes.length + 2 ** 15 : 8 * bytes.length + 512;
    if (largest > justified) {
      throw new Error(
        `case ${i} (${bytes.toString('base64')}): ${bytes.length} bytes made it allocate ${largest}`,
      );
    }
    if (deflated && largest >= 2 ** 15) outcomes.inflated += 1;
  }
  // The damage leaves enough files whole, and enough that get as far as inflating, for the test to mean something.
  expect(outcomes.results).toBeGreaterThan(cases / 50);
  expect(outcomes.errors).toBeGreaterThan(cases / 2);
  expect(outcomes.inflated).toBeGreaterThan(cases / 50);
}, 120_000);
