// A covariance is a matrix, too: one under any name must not be read as features, where nothing after it could notice.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { moments } from '../../src/distributions/moments.js';
import { readFeatures, readMatrix } from '../../src/features/matrix-file.js';
import { momentsOfFile } from '../../src/features/moments-of-file.js';
import { mayBeCovariance } from '../../src/files/statistics-arrays.js';
import { normals } from '../support/numbers.js';
import { expectRejection } from '../support/rejection.js';
import { npyBytes, zipBytes } from '../support/zip-bytes.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'madloop-covariance-'));
});
afterAll(() => rm(folder, { recursive: true }));

const float64 = (shape: number[], values: ArrayLike<number>) =>
  npyBytes('<f8', shape, Buffer.from(Float64Array.from(values).buffer));
const float32 = (shape: number[], values: ArrayLike<number>) =>
  npyBytes('<f4', shape, Buffer.from(Float32Array.from(values).buffer));

async function file(arrays: Record<string, Uint8Array>): Promise<string> {
  const path = join(folder, 'x.npz');
  await writeFile(
    path,
    zipBytes(Object.entries(arrays).map(([name, bytes]) => ({ name: `${name}.npy`, bytes }))),
  );
  return path;
}

async function npyFile(bytes: Uint8Array): Promise<string> {
  const path = join(folder, 'x.npy');
  await writeFile(path, bytes);
  return path;
}

const dim = 6;
const { mean, covariance } = await moments(matrix(normals(300 * dim, 7), 300, dim));
const few = await moments(matrix(normals(4 * dim, 7), 4, dim)); // singular

describe('a covariance beside a vector of its length', () => {
  test.each<[string, Record<string, Uint8Array>, RegExp]>([
    ['mu and cov', { mu: float64([dim], mean), cov: float64([dim, dim], covariance) }, /"mu" of 6 .* "cov"/],
    ['m and S', { m: float64([dim], mean), S: float64([dim, dim], covariance) }, /"m" of 6 .* "S"/],
    ['arr_0 and arr_1', { arr_0: float64([dim], mean), arr_1: float64([dim, dim], covariance) }, /"arr_1"/],
    ['float32', { m: float32([dim], mean), S: float32([dim, dim], covariance) }, /"S"/],
    [
      'rounded to float16 on one side of the diagonal',
      {
        m: float64([dim], mean),
        S: float64(
          [dim, dim],
          covariance.map((v, i) => (Math.floor(i / dim) > i % dim ? v * (1 + 2 ** -11) : v)),
        ),
      },
      /"S"/,
    ],
    ['one column', { m: float64([1], [3]), S: float64([1, 1], [2]) }, /"S"/],
    ['a singular one', { m: float64([dim], few.mean), S: float64([dim, dim], few.covariance) }, /"S"/],
    ['sFID alone', { mu_s: float64([dim], mean), sigma_s: float64([dim, dim], covariance) }, /"sigma_s"/],
  ])('is no features: %s', async (_, arrays, names) => {
    const path = await file(arrays);
    for (const read of [readMatrix, momentsOfFile]) {
      await expectRejection(
        () => read(path),
        'ERR_INVALID_INPUT',
        "the option 'mean' and the option 'covariance'",
        "by the option 'array'",
      );
      await expect(read(path)).rejects.toMatchObject({ message: expect.stringMatching(names) });
    }
  });

  test('is read where it is named', async () => {
    const path = await file({ m: float64([dim], mean), S: float64([dim, dim], covariance) });
    expect([...(await readMatrix(path, { array: 'S' })).data]).toEqual([...covariance]);
  });

  test("chainer's names are statistics, as pytorch-fid's", async () => {
    const path = await file({ mean: float64([dim], mean), cov: float64([dim, dim], covariance) });
    await expectRejection(() => readMatrix(path), 'ERR_INVALID_INPUT', 'holds statistics ("mean", "cov")');
  });
});

describe('features are read as before', () => {
  const square = normals(dim * dim, 3);
  const symmetric = Float64Array.from(square, (_, i) => {
    const [row, col] = [Math.floor(i / dim), i % dim];
    return square[Math.max(row, col) * dim + Math.min(row, col)]!;
  });
  test.each<[string, Record<string, Uint8Array>]>([
    ['a square one beside labels', { x: float64([dim, dim], square), labels: float64([dim], mean) }],
    ['a symmetric one, not semidefinite', { x: float64([dim, dim], symmetric), labels: float64([dim], mean) }],
    ['one with NaN', { x: float64([1, 1], [Number.NaN]), labels: float64([1], mean.slice(0, 1)) }],
    ['a covariance without a mean', { x: float64([dim, dim], covariance) }],
    ['one beside a vector of another length', { x: float64([dim, dim], covariance), y: float64([2], [1, 2]) }],
    [
      'one beside texts',
      { x: float64([dim, dim], covariance), y: npyBytes('<U1', [dim], Buffer.alloc(4 * dim)) },
    ],
  ])('%s', async (_, arrays) => {
    expect((await readMatrix(await file(arrays))).rows).toBeGreaterThan(0);
  });
});

describe('a covariance alone', () => {
  const fortran = Buffer.from(
    float64([dim, dim], covariance).toString('latin1').replace('False, ', 'True,  '),
    'latin1',
  );
  const alone: [string, () => Promise<string>, string][] = [
    [
      'in a .npz file',
      () => file({ cov: float64([dim, dim], covariance) }),
      'name "cov" by the option \'array\'',
    ],
    ['in float32', () => file({ S: float32([dim, dim], covariance) }), 'name "S"'],
    [
      'beside a text',
      () => file({ S: float64([dim, dim], covariance), t: npyBytes('<U1', [1], Buffer.alloc(4)) }),
      'name "S"',
    ],
    [
      'beside a vector of another length',
      () => file({ S: float64([dim, dim], covariance), y: float64([2], [1, 2]) }),
      'name "S"',
    ],
    [
      'in a .npy file',
      () => npyFile(float64([dim, dim], covariance)),
      'save it in an .npz file and name it there',
    ],
    ['in Fortran order', () => npyFile(fortran), 'it is a symmetric matrix of 6 x 6'],
    ['singular', () => npyFile(float64([dim, dim], few.covariance)), 'looks like a covariance without a mean'],
    ['of two columns', () => npyFile(float64([2, 2], [2, 1, 1, 3])), 'expected features'],
  ];
  test.each(alone)('%s is no features', async (_, make, remedy) => {
    const path = await make();
    for (const read of [readFeatures, momentsOfFile])
      await expectRejection(() => read(path), 'ERR_INVALID_INPUT', 'a covariance without a mean', remedy);
    expect((await readMatrix(path)).rows).toBeGreaterThan(1);
  });

  test('is told by its first rows where it is large', async () => {
    const size = 3_000; // more than 64 MiB
    const data = new Float64Array(size * size);
    for (let i = 0; i < size; i += 1) data[i * size + i] = 1 + i;
    await expectRejection(
      () => npyFile(float64([size, size], data)).then(momentsOfFile),
      'ERR_INVALID_INPUT',
      '3000 x 3000',
    );
  });

  test('is read where it is named', async () => {
    const path = await file({ cov: float64([dim, dim], covariance) });
    expect([...(await readFeatures(path, { array: 'cov' })).data]).toEqual([...covariance]);
    expect((await momentsOfFile(path, { array: 'cov' })).count).toBe(dim);
  });
});

test.each<[string, number, number[]]>([
  ['one row of one column', 1, [3]],
  ['square', 3, [4, 1, 2, 1.5, 4, 1, 2, 1, 4]],
  ['symmetric with a negative variance', 2, [1, 0, 0, -1]],
  ['distances, symmetric without a diagonal', 3, [0, 1, 2, 1, 0, 3, 2, 3, 0]],
])('features that are no covariance: %s', async (_, size, values) => {
  const path = await npyFile(float64([size, size], values));
  expect([...(await readFeatures(path)).data]).toEqual(values);
  expect((await momentsOfFile(path)).count).toBe(size);
});

test('a large covariance is told without holding up the event loop', async () => {
  const size = 1_500;
  const data = new Float64Array(size * size);
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j < size; j += 1) data[i * size + j] = 1 / (1 + Math.abs(i - j));
  }
  // Turns of the event loop, rather than times, which depend on what else the machine does.
  let turns = 0;
  let next = setImmediate(function turn() {
    turns += 1;
    next = setImmediate(turn);
  });
  expect(await mayBeCovariance(matrix(data, size, size))).toBe(true);
  clearImmediate(next);
  expect(turns).toBeGreaterThan(size ** 2 / 2 / 2 ** 17);
});
