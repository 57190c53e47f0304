import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { moments } from '../../src/distributions/moments.js';
import { checkJobOptions, type JobOptions } from '../../src/engine/job.js';
import type { Progress } from '../../src/engine/progress.js';
import { writeMatrix } from '../../src/features/matrix-file.js';
import { momentsOfFile, momentsOfSource } from '../../src/features/moments-of-file.js';
import { memorySource } from '../support/memory-source.js';
import { normals } from '../support/numbers.js';
import { expectRejection } from '../support/rejection.js';
import { npyBytes, zipBytes } from '../support/zip-bytes.js';

const [rows, cols] = [101, 7];
const data = normals(rows * cols, 1);
const x = matrix(data, rows, cols);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'madloop-moments-'));
});
afterAll(() => rm(folder, { recursive: true }));

const settings = (options: JobOptions = {}) => checkJobOptions('momentsOfFile', options);
const bytesOf = (values: Float32Array | Float64Array) => Buffer.from(values.buffer);
const columnMajor = Float64Array.from(data, (_, i) => data[(i % rows) * cols + Math.floor(i / rows)]!);
const [cOrder, fortran] = [
  npyBytes('<f8', [rows, cols], bytesOf(data)),
  npyBytes('<f8', [rows, cols], bytesOf(columnMajor), true),
];
const zip = (bytes: Buffer, lie: object = {}) => zipBytes([{ name: 'x.npy', bytes, ...lie }]);
const layouts: [string, Buffer][] = [
  ['C order', cOrder],
  ['Fortran order', fortran],
  ['big-endian Fortran order', npyBytes('>f8', [rows, cols], bytesOf(columnMajor.slice()).swap64(), true)],
  ['stored in C order', zip(cOrder)],
  ['stored in Fortran order', zip(fortran)],
  ['deflated in C order', zip(cOrder, { deflated: true })],
  ['deflated in Fortran order', zip(fortran, { deflated: true })],
];

describe('momentsOfFile', () => {
  test.each(layouts)('of one block, %s, is what moments gives, bit for bit', async (_, bytes) => {
    expect(await momentsOfSource(memorySource(bytes), undefined, settings())).toEqual(await moments(x));
  });

  // The last block has one row where blocks have ten.
  test.each([1, 10, 33, 100])('in blocks of %i rows is what moments gives, in every layout', async (step) => {
    const all = await moments(x);
    const [first, ...others] = await Promise.all(
      layouts.map(([, bytes]) => momentsOfSource(memorySource(bytes), undefined, settings(), step)),
    );
    for (const other of others) expect(other).toEqual(first);
    expect([first!.count, first!.dim]).toEqual([rows, cols]);
    // Sums of 101 values below 4 and of their products, in another order.
    const difference = (a: Float64Array, b: Float64Array) =>
      Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
    expect(difference(first!.mean, all.mean)).toBeLessThan(rows * 4 * 2 ** -53);
    expect(difference(first!.covariance, all.covariance)).toBeLessThan(rows * 16 * 2 ** -53);
  });

  test.each([
    ['<f4', Float32Array.from(data)],
    ['<f2', new Uint16Array(rows * cols).map((_, i) => 0x3c00 + (i % 1024))],
    ['<i2', Int16Array.from(data, (value) => 1000 * value)],
  ])('reads elements %s as readMatrix does', async (descr, values) => {
    const bytes = npyBytes(descr, [rows, cols], Buffer.from(values.buffer));
    const fromHalf = Float32Array.from(values, (value) => 1 + (value - 0x3c00) / 1024);
    const same =
      descr === '<f2' ? fromHalf : descr === '<f4' ? (values as Float32Array) : Float64Array.from(values);
    const result = await momentsOfSource(memorySource(bytes), undefined, settings());
    expect(result).toEqual(await moments(matrix(same, rows, cols)));
  });

  test('does not depend on threads', async () => {
    const path = join(folder, 'threads.npy');
    await writeMatrix(path, x);
    const [one, two, seven] = await Promise.all([1, 2, 7].map((threads) => momentsOfFile(path, { threads })));
    expect(two).toEqual(one);
    expect(seven).toEqual(one);
  });

  test('names NaN by its row in the file', async () => {
    const spoilt = data.slice();
    spoilt[95 * cols + 3] = Number.NaN;
    const source = memorySource(npyBytes('<f8', [rows, cols], bytesOf(spoilt)));
    const call = () => momentsOfSource(source, undefined, settings(), 10);
    await expectRejection(call, 'ERR_INVALID_INPUT', 'memory must be finite, got NaN at row 95, column 3');
  });

  test.each([
    ['in C order', cOrder, {}],
    ['in Fortran order', fortran, {}],
    ['deflated', cOrder, { deflated: true }],
    ['deflated in Fortran order', fortran, { deflated: true }],
  ])('a wrong checksum is found %s', async (_, bytes, how) => {
    const call = () =>
      momentsOfSource(memorySource(zip(bytes, { ...how, crc32: 1 })), undefined, settings(), 10);
    await expectRejection(call, 'ERR_INVALID_INPUT', 'x.npy is damaged: expected CRC-32 00000001');
  });

  test('reports rows: ever more of them, and all at the end, once', async () => {
    const seen: Progress[] = [];
    const onProgress = (progress: Progress) => seen.push(progress);
    await momentsOfSource(memorySource(cOrder), undefined, settings({ onProgress }), 10);
    expect(seen.at(-1)).toEqual({ done: rows, total: rows, fraction: 1 });
    for (let i = 1; i < seen.length; i += 1) expect(seen[i]!.done).toBeGreaterThan(seen[i - 1]!.done);
  });

  test('what a progress callback throws becomes the rejection', async () => {
    const path = join(folder, 'throws.npy');
    await writeMatrix(path, x);
    const onProgress = () => {
      throw new RangeError('mine');
    };
    await expect(momentsOfFile(path, { onProgress })).rejects.toThrow(new RangeError('mine'));
  });

  test('an abort in mid-file settles it within 100 ms', async () => {
    const path = join(folder, 'large.npy');
    await writeMatrix(path, matrix(new Float32Array(100_000 * 500), 100_000, 500));
    const controller = new AbortController();
    const call = momentsOfFile(path, { signal: controller.signal });
    const settled = call.catch((error: unknown) => ({ error, at: performance.now() }));
    await new Promise((resolve) => setTimeout(resolve, 150));
    const before = performance.now();
    controller.abort('enough');
    const { error, at } = (await settled) as { error: unknown; at: number };
    expect(error).toMatchObject({ code: 'ERR_ABORTED', name: 'AbortError', cause: 'enough' });
    expect(at - before).toBeLessThan(100);
  });

  test('names bad arguments and files', async () => {
    const untyped = momentsOfFile as (...parameters: unknown[]) => Promise<unknown>;
    await expectRejection(
      () => untyped(1),
      'ERR_INVALID_INPUT',
      'momentsOfFile: path must be the path of a file',
    );
    await expectRejection(() => untyped('x', { threads: 0 }), 'ERR_INVALID_INPUT', 'momentsOfFile: threads');
    await expectRejection(() => untyped('x', { rows: 1 }), 'ERR_INVALID_INPUT', "unknown option 'rows'");
    await expectRejection(() => untyped(join(folder, 'absent')), 'ERR_FILE', 'absent');
    const wide = join(folder, 'wide.npy');
    await writeFile(wide, npyBytes('<f2', [1, 40_000], Buffer.alloc(80_000)));
    await expectRejection(() => momentsOfFile(wide), 'ERR_INVALID_INPUT', 'at most 32768 columns');
  });
});
