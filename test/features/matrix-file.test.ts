import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readMatrix, writeMatrix } from '../../src/features/matrix-file.js';
import type { ByteSource } from '../../src/files/byte-source.js';
import { readMatrixFrom } from '../../src/files/matrix.js';
import { memorySource } from '../support/memory-source.js';
import { expectRejection } from '../support/rejection.js';
import { npyBytes, type TestEntry, zipBytes } from '../support/zip-bytes.js';

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/npy/${name}`, import.meta.url));

// The matrix of test/fixtures/npy/make.py.
const elements = Array.from({ length: 12 }, (_, index) => 10 * Math.floor(index / 4) + (index % 4) + 0.25);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'madloop-matrix-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A file with the given header text, with format version 1 and `bytes` zero bytes of elements. */
async function fileWithHeader(header: string, bytes: number, version = 1): Promise<string> {
  const path = join(folder, `header-${Math.random()}.npy`);
  const text = Buffer.from(`${header}\n`, 'latin1');
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  length.writeUIntLE(text.length, 0, length.length);
  const prefix = Buffer.concat([Buffer.from('\x93NUMPY', 'latin1'), Buffer.from([version, 0]), length]);
  await writeFile(path, Buffer.concat([prefix, text, Buffer.alloc(bytes)]));
  return path;
}

describe('readMatrix', () => {
  test('puts the matrix where calls need no copy of it', async () => {
    const { data } = await readMatrix(fixture('float64.npy'));
    expect(data.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  test.each([
    ['float64', Float64Array],
    ['float64-fortran', Float64Array],
    ['float64-big-endian', Float64Array],
    ['version-2', Float64Array],
    ['version-3', Float64Array],
    ['float32', Float32Array],
    ['float32-fortran', Float32Array],
    ['float32-big-endian', Float32Array],
    ['float16', Float32Array],
    ['float16-fortran', Float32Array],
    ['float16-big-endian', Float32Array],
  ])("reads NumPy's %s file in row-major order", async (name, Type) => {
    const { data, rows, cols } = await readMatrix(fixture(`${name}.npy`));
    expect(data).toBeInstanceOf(Type);
    expect([rows, cols]).toEqual([3, 4]);
    expect([...data]).toEqual(elements);
  });

  test.each([
    ...['int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64'],
    ...['int16-big-endian', 'int64-fortran'],
  ])("reads NumPy's %s file as float64", async (name) => {
    const { data } = await readMatrix(fixture(`${name}.npy`));
    expect(data).toEqual(Float64Array.from(elements, Math.floor));
  });

  test('gives each float16 exactly', async () => {
    const { data } = await readMatrix(fixture('float16-values.npy'));
    const normal = [2 ** -14, 65504, -65504];
    const expected = [0, -0, 2 ** -24, -(2 ** -24), 1023 * 2 ** -24, ...normal, Infinity, -Infinity, NaN];
    expect(data).toEqual(Float32Array.from([...expected, 1365 * 2 ** -12, 1, -(2 + 2 ** -9)]));
  });

  // An independent conversion: the bits of binary16 moved to those of binary32, subnormals by their leading bit.
  test('gives all 65,536 float16 bit patterns exactly', async () => {
    const bits = Uint16Array.from({ length: 65_536 }, (_, i) => i);
    const { data } = await readMatrixFrom(memorySource(npyBytes('<f2', [256, 256], Buffer.from(bits.buffer))));
    const float32Bits = new Uint32Array(bits.length);
    for (const half of bits) {
      const sign = (half & 0x8000) * 2 ** 16;
      let [exponent, fraction] = [(half >> 10) & 31, half & 1023];
      if (exponent === 31) exponent = 255;
      else if (exponent > 0) exponent += 112;
      else if (fraction > 0) {
        const leading = 31 - Math.clz32(fraction);
        exponent = leading + 103;
        fraction = (fraction << (10 - leading)) & 1023;
      }
      float32Bits[half] = sign + exponent * 2 ** 23 + fraction * 2 ** 13;
    }
    const expected = new Float32Array(float32Bits.buffer);
    for (let i = 0; i < bits.length; i += 1)
      if (!Object.is(data[i], expected[i])) expect([i, data[i]]).toBe(expected[i]);
  });

  test.each([
    ['complex', /holds elements of type '<c16', expected float16, float32, float64 or integers/],
    [
      'one-dimension',
      /shape \(12,\), expected two dimensions: rows and columns; numpy\.save its reshape\(-1, 1\), where each number/,
    ],
    ['no-rows', /shape \(0, 4\), expected at least one row and column/],
    [
      'int64-inexact',
      /holds 9007199254740993 at row 1, column 1, expected integers that float64 holds exactly/,
    ],
    ['records', /records of several fields/],
  ])('refuses an array that is no matrix of numbers: %s', async (name, message) => {
    await expect(readMatrix(fixture(`${name}.npy`))).rejects.toMatchObject({
      code: 'ERR_INVALID_INPUT',
      message: expect.stringMatching(message),
    });
  });

  test.each([
    ['nothing in it', 0],
    ['only part of the signature', 4],
    ['no header length', 8],
    ['half a header', 60],
    ['no elements', 128],
    ['an element missing', 128 + 11 * 8],
    ['a byte missing', 128 + 12 * 8 - 1],
  ])('refuses a file with %s', async (_, length) => {
    const path = join(folder, `cut-${length}.npy`);
    await writeFile(path, await readFile(fixture('float64.npy')));
    await truncate(path, length);
    await expect(readMatrix(path)).rejects.toMatchObject({
      code: 'ERR_INVALID_INPUT',
      message: expect.stringContaining(path),
    });
  });

  test('refuses a file with bytes left over', async () => {
    const path = join(folder, 'long.npy');
    await writeFile(path, Buffer.concat([await readFile(fixture('float64.npy')), Buffer.alloc(1)]));
    await expect(readMatrix(path)).rejects.toMatchObject({
      code: 'ERR_INVALID_INPUT',
      message: expect.stringMatching(/3 x 4 .* 97 bytes/),
    });
  });

  // 2^40 x 2^40 float64 overflow a safe integer; 1e6 x 1e6 would be 8 TB, which no allocation could survive.
  test.each([['(1099511627776, 1099511627776)'], ['(1000000, 1000000)'], ['(99999999999999999999999, 1)']])(
    'refuses the shape %s of a small file before allocating for it',
    async (shape) => {
      const path = await fileWithHeader(`{'descr': '<f8', 'fortran_order': False, 'shape': ${shape}, }`, 64);
      await expect(readMatrix(path)).rejects.toMatchObject({
        code: 'ERR_INVALID_INPUT',
        message: expect.stringMatching(/64 bytes/),
      });
    },
  );

  test('refuses a header that is longer than the file before allocating for it', async () => {
    const path = join(folder, 'header-length.npy');
    const prefix = Buffer.concat([
      Buffer.from('\x93NUMPY\x02\x00', 'latin1'),
      Buffer.from([0xff, 0xff, 0xff, 0xff]),
    ]);
    await writeFile(path, Buffer.concat([prefix, Buffer.alloc(100)]));
    await expect(readMatrix(path)).rejects.toMatchObject({
      code: 'ERR_INVALID_INPUT',
      message: expect.stringMatching(/inside its header/),
    });
  });

  test('reads headers as Python 2 and other writers put them', async () => {
    for (const header of [
      `{'shape': (2L, 1L), 'fortran_order': False, 'descr': '<f8'}`,
      `{"descr":"<f8","fortran_order":False,"shape":(2,1)}`,
      ` { 'fortran_order' : False , 'shape' : ( 2 , 1 , ) , 'descr' : '<f8' , } `,
    ]) {
      expect(await readMatrix(await fileWithHeader(header, 16))).toEqual({
        data: new Float64Array(2),
        rows: 2,
        cols: 1,
      });
    }
  });

  test('refuses a header longer than any that NumPy reads', async () => {
    const header = `{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1), }${' '.repeat(20_000)}`;
    const path = await fileWithHeader(header, 8);
    await expect(readMatrix(path)).rejects.toMatchObject({
      code: 'ERR_INVALID_INPUT',
      message: expect.stringMatching(/header of 200\d\d bytes/),
    });
  });

  test.each([
    [`{'descr': '<f8', 'shape': (1, 1), }`],
    [`{'fortran_order': False, 'shape': (1, 1), }`],
    [`{'descr': '<f8', 'fortran_order': False, 'shape': (-1, -1), }`],
    [`{'descr': '<f8', 'fortran_order': False, 'shape': (1), }`],
    [`{'descr': '<f8', 'fortran_order': False, 'shape': ((1, 1)), }`],
    [`{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1), 'more': True, }`],
    [`{'descr': '<f8', 'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), }`],
    [`{'descr': '<f8', 'fortran_order': 'False', 'shape': (1, 1), }`],
    ['not a dictionary'],
  ])('refuses the header %s', async (header) => {
    const path = await fileWithHeader(header, 8);
    await expect(readMatrix(path)).rejects.toMatchObject({
      code: 'ERR_INVALID_INPUT',
      message: expect.stringMatching(/header without/),
    });
  });

  test('refuses another file format and another format version', async () => {
    const path = fileURLToPath(import.meta.url);
    await expect(readMatrix(path)).rejects.toMatchObject({
      code: 'ERR_INVALID_INPUT',
      message: expect.stringMatching(/begins neither like a \.npy nor like an \.npz file/),
    });
    const version4 = await fileWithHeader(`{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1), }`, 8, 4);
    await expect(readMatrix(version4)).rejects.toMatchObject({
      code: 'ERR_INVALID_INPUT',
      message: expect.stringMatching(/version 4\.0/),
    });
  });

  test('names bad arguments', async () => {
    const untyped = readMatrix as (...parameters: unknown[]) => Promise<unknown>;
    const path = fixture('float64.npy');
    await expectRejection(
      () => untyped(3),
      'ERR_INVALID_INPUT',
      'readMatrix: path must be the path of a file, got 3',
    );
    await expectRejection(
      () => untyped(path, { array: 1 }),
      'ERR_INVALID_INPUT',
      'readMatrix: array must be a string',
    );
    await expectRejection(() => untyped(path, { arry: 'x' }), 'ERR_INVALID_INPUT', "did you mean 'array'?");
    await expectRejection(
      () => untyped(path, { signal: 1 }),
      'ERR_INVALID_INPUT',
      'signal must be an AbortSignal',
    );
    await expectRejection(
      () => untyped(path, { array: 'x' }),
      'ERR_INVALID_INPUT',
      path,
      'is a .npy file',
      '"x" is none',
    );
  });

  test('an abort ends it', async () => {
    const signal = AbortSignal.abort('why');
    const call = readMatrix(fixture('float64.npy'), { signal });
    await expect(call).rejects.toMatchObject({ code: 'ERR_ABORTED', name: 'AbortError', cause: 'why' });
  });

  test('a folder is no file to read', async () => {
    await expectRejection(() => readMatrix(folder), 'ERR_FILE', folder);
  });

  test('names a file that is not there', async () => {
    const path = join(folder, 'absent.npy');
    await expect(readMatrix(path)).rejects.toMatchObject({
      code: 'ERR_FILE',
      message: expect.stringContaining(path),
    });
  });
});

describe('readMatrix of an .npz file', () => {
  test.each([
    ['stored', Float64Array],
    ['deflated', Float32Array],
    ['stored-fortran', Float64Array],
    ['deflated-fortran', Float64Array],
    ['data-descriptors', Float64Array],
  ])("reads the only matrix of NumPy's %s file", async (name, Type) => {
    const { data, rows, cols } = await readMatrix(fixture(`${name}.npz`));
    expect([data, rows, cols]).toEqual([Type.from(elements), 3, 4]);
  });

  test('reads an array by its name, in both forms', async () => {
    for (const array of ['generated', 'generated.npy']) {
      const { data } = await readMatrix(fixture('two-matrices.npz'), { array });
      expect([...data]).toEqual(elements.map((value) => -value));
    }
  });

  test.each<[string, string | undefined, string[]]>([
    ['two-matrices', undefined, ["the option 'array' to name one", '"real (3, 4)", "generated (3, 4)"']],
    ['two-matrices', 'fake', ['has no array "fake"', '"real", "generated"']],
    ['no-matrix', undefined, ['holds no two-dimensional array', '"vector"']],
    ['stored', 'vector', ['stored.npz: vector.npy', 'shape (12,)']],
    ['stored', 'labels', ['stored.npz: labels.npy', 'shape (3,)']],
    ['empty', undefined, ['it holds no arrays']],
    ['bzip2', undefined, ['features.npy has compression method 12, expected 0 (stored) or 8 (deflated)']],
    ['pytorch-fid', undefined, ['holds statistics ("mu", "sigma"), expected features']],
    ['fadtk', undefined, ['holds statistics ("clap.mu", "clap.cov"), expected features']],
  ])('refuses %s.npz with array %s', async (name, array, pieces) => {
    await expectRejection(
      () => readMatrix(fixture(`${name}.npz`), { array }),
      'ERR_INVALID_INPUT',
      name,
      ...pieces,
    );
  });

  const good = npyBytes('<f8', [1, 2], Buffer.alloc(16, 1));
  const read = (...entries: TestEntry[]) => readMatrixFrom(memorySource(zipBytes(entries)));

  test('reads 64-bit sizes', async () => {
    for (const content of [{ bytes: good }, { bytes: good, deflated: true }]) {
      const { data } = await read({ name: 'x.npy', ...content, large: true });
      expect(Buffer.from(data.buffer)).toEqual(Buffer.alloc(16, 1));
    }
  });

  test.each<[string, Partial<TestEntry>, string[]]>([
    ['a stored byte that is another', { crc32: 7 }, ['x.npy is damaged: expected CRC-32 00000007, got']],
    ['a deflated byte that is another', { crc32: 7, deflated: true }, ['expected CRC-32 00000007, got']],
    ['an encrypted entry', { flags: 1 }, ['is encrypted']],
    ['less than it says', { deflated: true, size: good.length + 1 }, ['holds 17 bytes of them']],
    ['a stored size of its own', { size: good.length + 1 }, ['is stored, but says']],
    [
      'a size beyond the end',
      { compressedSize: 10_000, size: 10_000 },
      ['10000 bytes at', 'beyond where entries end'],
    ],
    ['a header somewhere else', { headerPosition: 5 }, ['has no zip header at 5']],
    ['a header beyond the end', { headerPosition: 2 ** 31 }, ['has no zip header at 2147483648']],
    ['no .npy file in it', { bytes: Buffer.from('text') }, ['does not begin with the .npy signature']],
  ])('refuses an entry with %s', async (_, lie, pieces) => {
    await expectRejection(() => read({ name: 'x.npy', bytes: good, ...lie }), 'ERR_INVALID_INPUT', ...pieces);
  });

  test('refuses deflated bytes that say they become more than any can, before allocating for them', async () => {
    const bytes = npyBytes('<f8', [1_000_000, 1_000_000], Buffer.alloc(0));
    const size = bytes.length + 8e12;
    const call = () => read({ name: 'x.npy', bytes, deflated: true, size, large: true });
    await expectRejection(call, 'ERR_INVALID_INPUT', `deflated bytes hold ${size}, more than 1032 each`);
  });

  test('stops inflating where the claimed size ends', async () => {
    // 256 MiB of zeros in 256 KiB, which say that they are 2 x 2 elements.
    const bytes = npyBytes('<f8', [2, 2], Buffer.alloc(2 ** 28));
    const compressed = deflateRawSync(bytes);
    const size = bytes.length - 2 ** 28 + 32;
    let readBytes = 0;
    const zip = memorySource(zipBytes([{ name: 'x.npy', bytes, deflated: true, size }]));
    const source = {
      ...zip,
      read(position: number, target: Uint8Array) {
        readBytes += target.length;
        return zip.read(position, target);
      },
    };
    const call = () => readMatrixFrom(source);
    await expectRejection(call, 'ERR_INVALID_INPUT', `expected ${size} bytes once inflated, got more`);
    // The directory, of 64 KiB at the end, and the first of two reads of the entry: no more was looked at.
    expect(readBytes).toBeLessThan(0.9 * compressed.length);
  });

  test('refuses two entries of one name, and a directory that does not fit', async () => {
    const entry = { name: 'x.npy', bytes: good };
    await expectRejection(() => read(entry, entry), 'ERR_INVALID_INPUT', 'two entries named "x.npy"');
    const zip = zipBytes([entry]);
    const cut = (length: number) => () => readMatrixFrom(memorySource(zip.subarray(0, length)));
    await expectRejection(cut(zip.length - 1), 'ERR_INVALID_INPUT', 'ends without a zip directory');
    const wrongCount = Buffer.from(zip);
    wrongCount.writeUInt16LE(2, zip.length - 12);
    const call = () => readMatrixFrom(memorySource(wrongCount));
    await expectRejection(call, 'ERR_INVALID_INPUT', 'says it has 2 zip entries, but lists 1');
  });
});

describe('a zip directory that claims to be enormous', () => {
  /** A file of `size` zeros with a zip64 end that claims a directory of `claimed` bytes for `count` entries. */
  function claiming(
    size: number,
    claimed: number,
    count: bigint,
  ): { source: ByteSource; bytesRead: () => number } {
    const [begin, tail] = [Buffer.alloc(4), Buffer.alloc(56 + 20 + 22)];
    begin.writeUInt32LE(0x04034b50);
    const end = size - tail.length;
    tail.writeUInt32LE(0x06064b50, 0);
    tail.writeBigUInt64LE(count, 32);
    tail.writeBigUInt64LE(BigInt(claimed), 40);
    tail.writeBigUInt64LE(BigInt(end - claimed), 48);
    tail.writeUInt32LE(0x07064b50, 56);
    tail.writeBigUInt64LE(BigInt(end), 64);
    tail.writeUInt32LE(0x06054b50, 76);
    tail.fill(0xff, 84, 96);
    let read = 0;
    const source: ByteSource = {
      name: 'claims.npz',
      size,
      async read(position, target) {
        read += target.length;
        target.fill(0);
        for (const [at, bytes] of [
          [0, begin],
          [end, tail],
        ] as const) {
          const from = Math.max(position, at);
          const to = Math.min(position + target.length, at + bytes.length);
          if (from < to) target.set(bytes.subarray(from - at, to - at), from - position);
        }
      },
    };
    return { source, bytesRead: () => read };
  }

  test.each([
    [3e9, 2.9e9, 2n ** 40n],
    [5e9, 4.9e9, 2n ** 52n],
    [1e12, 9e11, 2n ** 52n],
    [3e9, 300_000, 1n],
    [3e9, 1, 0n],
  ])(
    'of %d bytes, a directory of %d for %d entries: nothing is read or allocated for it',
    async (size, claimed, count) => {
      const { source, bytesRead } = claiming(size, claimed, count);
      await expectRejection(
        () => readMatrixFrom(source),
        'ERR_INVALID_INPUT',
        'claims.npz has a zip directory of',
      );
      expect(bytesRead()).toBeLessThan(100_000);
    },
  );

  test('but a directory with the longest names, extra fields and comments is read', async () => {
    const name = `${'x'.repeat(65_531)}.npy`;
    const { data } = await readMatrixFrom(
      memorySource(zipBytes([{ name, bytes: npyBytes('<f8', [1, 2], Buffer.alloc(16, 1)) }])),
    );
    expect(data.length).toBeGreaterThan(0);
  });
});

describe('writeMatrix', () => {
  test.each([[Float64Array], [Float32Array]])('writes the same bytes as NumPy from a %o', async (Type) => {
    const path = join(folder, `${Type.name}.npy`);
    // A view into the middle of a buffer, as subarray() gives.
    const data = Type.from([9, ...elements, 9]).subarray(1, 13);
    await writeMatrix(path, { data, rows: 3, cols: 4 });
    const name = Type === Float64Array ? 'float64' : 'float32';
    expect(await readFile(path)).toEqual(await readFile(fixture(`${name}.npy`)));
  });

  test('can be read back', async () => {
    const path = join(folder, 'again.npy');
    const data = Float64Array.of(Math.PI, -0, 5e-324, 1e308, -1, 1 / 3);
    await writeMatrix(path, { data, rows: 2, cols: 3 });
    expect(await readMatrix(path)).toEqual({ data, rows: 2, cols: 3 });
  });
});
