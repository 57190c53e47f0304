// Statistics in less than float64: what rounding did to them is no error of the caller's, and is in the bound.

import { describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import type { GivenGaussian, Matrix } from '../../src/base/shapes.js';
import { moments } from '../../src/distributions/moments.js';
import { frechetDistance } from '../../src/metrics/frechet.js';
import { frechetDistanceInfinity } from '../../src/metrics/frechet-distance-infinity.js';
import { frechetDistanceInterval } from '../../src/metrics/frechet-distance-interval.js';
import { normals, uniform } from '../support/numbers.js';
import { expectRejection } from '../support/rejection.js';

/** rows x dim numbers about `mean`. */
function sample(rows: number, dim: number, seed: number, { scale = 1, mean = 0 } = {}): Matrix {
  return matrix(
    normals(rows * dim, seed).map((value) => mean + scale * value),
    rows,
    dim,
  );
}

/** As a program would that computes in float32: one product a pair, summed in an order of its own for either triangle. */
function singleMoments({ data, rows, cols }: Matrix): GivenGaussian {
  const mean = new Float32Array(cols);
  for (let i = 0; i < rows; i += 1)
    for (let j = 0; j < cols; j += 1) mean[j]! += Math.fround(data[i * cols + j]! / rows);
  const covariance = new Float32Array(cols * cols);
  for (let i = 0; i < cols; i += 1) {
    for (let j = 0; j < cols; j += 1) {
      let sum = 0;
      for (let k = 0; k < rows; k += 1) {
        const row = j < i ? k : rows - 1 - k;
        const a = Math.fround(data[row * cols + i]! - mean[i]!);
        const b = Math.fround(data[row * cols + j]! - mean[j]!);
        sum = Math.fround(sum + Math.fround(a * b));
      }
      covariance[i * cols + j] = sum / (rows - 1);
    }
  }
  return { dim: cols, mean: Float64Array.from(mean), covariance };
}

/** E xx^T - mean mean^T in float64, as programs compute it that see each batch once. */
function onePassMoments({ data, rows, cols }: Matrix): GivenGaussian {
  const sums = new Float64Array(cols);
  const products = new Float64Array(cols * cols);
  for (let k = 0; k < rows; k += 1) {
    for (let i = 0; i < cols; i += 1) {
      const value = data[k * cols + i]!;
      sums[i]! += value;
      for (let j = 0; j < cols; j += 1) products[i * cols + j]! += value * data[k * cols + j]!;
    }
  }
  const mean = sums.map((sum) => sum / rows);
  const covariance = products.map(
    (product, at) => (product - rows * mean[Math.floor(at / cols)]! * mean[at % cols]!) / (rows - 1),
  );
  return { dim: cols, mean, covariance };
}

async function rounded(x: Matrix): Promise<GivenGaussian> {
  const { dim, mean, covariance } = await moments(x);
  return { dim, mean: mean.map(Math.fround), covariance: Float32Array.from(covariance) };
}

/** Softmax of normals: rows that sum to 1, so that the covariance is singular. */
function probabilities(rows: number, dim: number, seed: number): Matrix {
  const data = normals(rows * dim, seed).map(Math.exp);
  for (let i = 0; i < rows; i += 1) {
    const row = data.subarray(i * dim, (i + 1) * dim);
    const sum = row.reduce((total, value) => total + value, 0);
    row.forEach((value, j) => {
      row[j] = value / sum;
    });
  }
  return matrix(data, rows, dim);
}

function oneHot(rows: number, dim: number, seed: number): Matrix {
  const next = uniform(seed);
  const data = new Float64Array(rows * dim);
  for (let i = 0; i < rows; i += 1) data[i * dim + Math.floor(dim * next() ** 1.2)] = 1;
  return matrix(data, rows, dim);
}

/** Constant columns among others: variances of 0 exactly, which a formula of one pass makes negative. */
function withConstants(rows: number, dim: number, seed: number): Matrix {
  const { data } = sample(rows, dim, seed, { mean: 3 });
  return matrix(
    data.map((value, i) => (i % dim < 3 ? 7.1 : value)),
    rows,
    dim,
  );
}

const cases: [string, Matrix, Matrix][] = [
  ['fewer rows than columns', sample(30, 60, 1), sample(30, 60, 2, { scale: 1.1 })],
  ['fewer rows than columns, far from 0', sample(30, 60, 3, { mean: 10 }), sample(25, 60, 4, { mean: 10.5 })],
  ['rows that sum to 1', probabilities(500, 40, 5), probabilities(400, 40, 6)],
  ['one-hot rows', oneHot(300, 12, 7), oneHot(300, 12, 8)],
  ['constant columns', withConstants(90, 20, 9), withConstants(80, 20, 10)],
  ['full rank', sample(400, 20, 11, { mean: 5 }), sample(300, 20, 12, { scale: 2 })],
];

describe.each(cases)('%s', (_, x, y) => {
  test.each([
    ['rounded to float32', rounded],
    ['computed in float32', async (z: Matrix) => singleMoments(z)],
    ['computed in float64 in one pass', async (z: Matrix) => onePassMoments(z)],
  ])('%s: the distance of the samples, within the bound', async (_, statistics) => {
    const exact = (await frechetDistance(x, y)).distance;
    const [a, b] = [await statistics(x), await statistics(y)];
    for (const [left, right] of [
      [a, b],
      [x, b],
      [a, y],
    ] as const) {
      const { distance, errorBound } = await frechetDistance(left, right);
      // The bound is about what storage leaves open; summation in float32 makes some times that.
      expect(Math.abs(distance - exact)).toBeLessThanOrEqual(4 * errorBound);
      expect(Math.abs(distance - exact)).toBeLessThan(2e-3 * exact + 1e-9);
    }
    const self = await frechetDistance(a, a);
    expect(self.distance).toBe(0);
  });

  test('rounded to float32 the bound holds, and says more than that of float64', async () => {
    const exact = (await frechetDistance(x, y)).distance;
    const [a, b] = [await rounded(x), await rounded(y)];
    const { distance, errorBound } = await frechetDistance(a, b);
    expect(Math.abs(distance - exact)).toBeLessThanOrEqual(errorBound);
    expect(errorBound).toBeGreaterThan(1e-9 * exact);
    // The same numbers in float64, said to be no more accurate.
    const wide = ({ dim, mean, covariance }: GivenGaussian): GivenGaussian => ({
      dim,
      mean: Float64Array.from(mean),
      covariance: Float64Array.from(covariance),
      precision: 'float32',
    });
    expect(await frechetDistance(wide(a), wide(b))).toEqual({ ...(await frechetDistance(a, b)) });
  });
});

describe('statistics in float32', () => {
  const [x, y] = [sample(30, 60, 1), sample(40, 60, 2)];

  test('widened without a word are judged as float64, and the message says the way', async () => {
    const { dim, mean, covariance } = await rounded(x);
    const a = { dim, mean: Float64Array.from(mean), covariance: Float64Array.from(covariance) };
    await expectRejection(
      () => frechetDistance(a, y),
      'ERR_NOT_POSITIVE_SEMIDEFINITE',
      'a.covariance must be positive semidefinite, got smallest eigenvalue -',
      'if that is rounding of a covariance computed in single precision, give it as float32',
      'or replace it by its symmetric part without negative eigenvalues',
    );
    const { distance, errorBound } = await frechetDistance({ ...a, precision: 'float32' }, y);
    expect(Math.abs(distance - (await frechetDistance(x, y)).distance)).toBeLessThanOrEqual(errorBound);
  });

  test('enter intervals and FD∞ as well', async () => {
    const reference = await rounded(sample(300, 5, 3));
    const generated = sample(200, 5, 4);
    const exact = await moments(sample(300, 5, 3));
    for (const metric of [frechetDistanceInterval, frechetDistanceInfinity]) {
      const difference =
        (await metric(reference, generated)).distance - (await metric(exact, generated)).distance;
      expect(Math.abs(difference)).toBeLessThan(1e-5);
    }
  });

  test('what no rounding explains is refused, with what can be done where some might', async () => {
    const refused = (covariance: Float64Array | Float32Array, ...pieces: string[]) =>
      expectRejection(
        () =>
          frechetDistance(
            { dim: 2, mean: new Float64Array(2), covariance },
            { dim: 2, mean: new Float64Array(2), covariance },
          ),
        'ERR_NOT_POSITIVE_SEMIDEFINITE',
        ...pieces,
      );
    await refused(
      Float32Array.of(1, 2, 2, 1),
      'a.covariance must be positive semidefinite, got smallest eigenvalue -1',
    );
    await refused(Float32Array.of(1, 0.5, 0.4, 1), 'a.covariance must be symmetric');
    await refused(
      Float64Array.of(1, 1 + 1e-7 / 3, 1 + 1e-7 / 3, 1),
      'smallest eigenvalue',
      'give it as float32',
    );
    await refused(Float64Array.of(1, 0.5, 0.5 + 1e-7 / 3, 1), 'must be symmetric', 'give it as float32');
    const far = { dim: 2, mean: Float64Array.of(1e9, 1e9), covariance: Float64Array.of(1, 2, 2, 1) };
    await expectRejection(
      () => frechetDistance(far, far),
      'ERR_NOT_POSITIVE_SEMIDEFINITE',
      'smallest eigenvalue',
    );
  });

  test('wrong ones are named', async () => {
    const good = { dim: 2, mean: new Float64Array(2), covariance: Float64Array.of(1, 0, 0, 1) };
    const untyped = frechetDistance as (...parameters: unknown[]) => Promise<unknown>;
    for (const [wrong, piece] of [
      [{ ...good, precision: 'float16' }, "a.precision must be 'float32' or left out"],
      [{ ...good, covariance: [1, 0, 0, 1] }, 'a.covariance must be a Float64Array or Float32Array'],
      [{ ...good, covariance: new Float32Array(3) }, 'a.covariance must have length dim x dim = 4, got 3'],
    ] as const) {
      await expectRejection(() => untyped(wrong, good), 'ERR_INVALID_INPUT', `frechetDistance: ${piece}`);
    }
  });
});

describe('statistics of different extractors', () => {
  const gaussian = { dim: 1, mean: new Float64Array(1), covariance: Float64Array.of(1) };
  const [a, b] = [
    { ...gaussian, extractor: 'inception-v3' },
    { ...gaussian, extractor: 'clip-vit' },
  ];

  test('are not compared, unless told to', async () => {
    await expectRejection(
      () => frechetDistance(a, b),
      'ERR_INVALID_INPUT',
      'a and b must have features of the same extractor',
      'got "inception-v3" and "clip-vit"',
    );
    expect((await frechetDistance(a, b, { anyExtractor: true })).distance).toBe(0);
  });

  test('are compared where one is not known, or both are the same', async () => {
    for (const other of [a, gaussian, matrix(Float64Array.of(1, 2, 3), 3, 1), { ...gaussian, extractor: 3 }]) {
      expect((await frechetDistance(a, other as typeof a)).distance).toBeGreaterThanOrEqual(0);
    }
  });
});
