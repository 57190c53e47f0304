import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readNpy, writeNpy } from '../../src/files/npy.js';

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/npy/${name}.npy`, import.meta.url));

// The matrix of test/fixtures/npy/make.py.
const elements = Array.from({ length: 12 }, (_, index) => 10 * Math.floor(index / 4) + (index % 4) + 0.25);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'madloop-npy-'));
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

describe('readNpy', () => {
  test.each([
    ['float64', Float64Array],
    ['float64-fortran', Float64Array],
    ['float64-big-endian', Float64Array],
    ['version-2', Float64Array],
    ['version-3', Float64Array],
    ['float32', Float32Array],
    ['float32-fortran', Float32Array],
    ['float32-big-endian', Float32Array],
  ])("reads NumPy's %s file in row-major order", async (name, Type) => {
    const { data, rows, cols } = await readNpy(fixture(name));
    expect(data).toBeInstanceOf(Type);
    expect([rows, cols]).toEqual([3, 4]);
    expect([...data]).toEqual(elements);
  });

  test.each([
    ['int64', /holds elements of type '<i8', expected float32/],
    ['one-dimension', /shape \(12\), expected two dimensions/],
    ['records', /records of several fields/],
  ])('refuses an array that is no float matrix: %s', async (name, message) => {
    await expect(readNpy(fixture(name))).rejects.toMatchObject({
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
    await writeFile(path, await readFile(fixture('float64')));
    await truncate(path, length);
    await expect(readNpy(path)).rejects.toMatchObject({
      code: 'ERR_INVALID_INPUT',
      message: expect.stringContaining(path),
    });
  });

  test('refuses a file with bytes left over', async () => {
    const path = join(folder, 'long.npy');
    await writeFile(path, Buffer.concat([await readFile(fixture('float64')), Buffer.alloc(1)]));
    await expect(readNpy(path)).rejects.toMatchObject({
      code: 'ERR_INVALID_INPUT',
      message: expect.stringMatching(/3 x 4 .* 97 bytes/),
    });
  });

  // 2^40 x 2^40 float64 overflow a safe integer; 1e6 x 1e6 would be 8 TB, which no allocation could survive.
  test.each([['(1099511627776, 1099511627776)'], ['(1000000, 1000000)'], ['(99999999999999999999999, 1)']])(
    'refuses the shape %s of a small file before allocating for it',
    async (shape) => {
      const path = await fileWithHeader(`{'descr': '<f8', 'fortran_order': False, 'shape': ${shape}, }`, 64);
      await expect(readNpy(path)).rejects.toMatchObject({
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
    await expect(readNpy(path)).rejects.toMatchObject({
      code: 'ERR_INVALID_INPUT',
      message: expect.stringMatching(/inside its header/),
    });
  });

  test('refuses a header longer than any that NumPy reads', async () => {
    const header = `{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1), }${' '.repeat(20_000)}`;
    const path = await fileWithHeader(header, 8);
    await expect(readNpy(path)).rejects.toMatchObject({
      code: 'ERR_INVALID_INPUT',
      message: expect.stringMatching(/header of 200\d\d bytes/),
    });
  });

  test.each([
    [`{'descr': '<f8', 'shape': (1, 1), }`],
    [`{'fortran_order': False, 'shape': (1, 1), }`],
    [`{'descr': '<f8', 'fortran_order': False, 'shape': (-1, -1), }`],
    ['not a dictionary'],
  ])('refuses the header %s', async (header) => {
    const path = await fileWithHeader(header, 8);
    await expect(readNpy(path)).rejects.toMatchObject({
      code: 'ERR_INVALID_INPUT',
      message: expect.stringMatching(/header without/),
    });
  });

  test('refuses another file format and another format version', async () => {
    const path = fileURLToPath(import.meta.url);
    await expect(readNpy(path)).rejects.toMatchObject({
      code: 'ERR_INVALID_INPUT',
      message: expect.stringMatching(/signature/),
    });
    const version4 = await fileWithHeader(`{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1), }`, 8, 4);
    await expect(readNpy(version4)).rejects.toMatchObject({
      code: 'ERR_INVALID_INPUT',
      message: expect.stringMatching(/version 4\.0/),
    });
  });

  test('names a file that is not there', async () => {
    const path = join(folder, 'absent.npy');
    await expect(readNpy(path)).rejects.toMatchObject({
      code: 'ERR_FILE',
      message: expect.stringContaining(path),
    });
  });
});

describe('writeNpy', () => {
  test.each([[Float64Array], [Float32Array]])('writes the same bytes as NumPy from a %o', async (Type) => {
    const path = join(folder, `${Type.name}.npy`);
    // A view into the middle of a buffer, as subarray() gives.
    const data = Type.from([9, ...elements, 9]).subarray(1, 13);
    await writeNpy(path, { data, rows: 3, cols: 4 });
    const name = Type === Float64Array ? 'float64' : 'float32';
    expect(await readFile(path)).toEqual(await readFile(fixture(name)));
  });

  test('can be read back', async () => {
    const path = join(folder, 'again.npy');
    const data = Float64Array.of(Math.PI, -0, 5e-324, 1e308, -1, 1 / 3);
    await writeNpy(path, { data, rows: 2, cols: 3 });
    expect(await readNpy(path)).toEqual({ data, rows: 2, cols: 3 });
  });
});
