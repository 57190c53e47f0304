import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import type { Matrix, Moments } from '../../src/base/shapes.js';
import { mergeMoments, moments } from '../../src/distributions/moments.js';
import { normals } from '../support/numbers.js';
import { plainMoments } from '../support/plain-references.js';

/** Largest difference of two covariances, relative to the root of the product of the variances (a correlation's scale). */
function covarianceError(a: Moments, b: Moments): number {
  let worst = 0;
  for (let i = 0; i < a.dim; i += 1) {
    for (let j = 0; j < a.dim; j += 1) {
      const scale = Math.sqrt(b.covariance[i * b.dim + i]! * b.covariance[j * b.dim + j]!);
      worst = Math.max(worst, Math.abs(a.covariance[i * a.dim + j]! - b.covariance[i * b.dim + j]!) / scale);
    }
  }
  return worst;
}

function rowsOf(x: Matrix, begin: number, end: number): Matrix {
  return matrix(x.data.slice(begin * x.cols, end * x.cols), end - begin, x.cols);
}

describe('moments', () => {
  test('of pytorch-fid: rows (0,0,0), (.5,.5,.5), (1,1,1) have mean .5 and covariance .25', async () => {
    const result = await moments(matrix(Float64Array.of(0, 0, 0, 0.5, 0.5, 0.5, 1, 1, 1), 3, 3));
    expect(result).toEqual({
      count: 3,
      dim: 3,
      mean: new Float64Array(3).fill(0.5),
      covariance: new Float64Array(9).fill(0.25),
    });
  });

  test('of burn: [[1,2],[3,4],[5,6]] have mean 3, 4 and covariance 4', async () => {
    const result = await moments(matrix(Float64Array.of(1, 2, 3, 4, 5, 6), 3, 2));
    expect(result).toEqual({
      count: 3,
      dim: 2,
      mean: Float64Array.of(3, 4),
      covariance: new Float64Array(4).fill(4),
    });
  });

  test('of one row have covariance zero', async () => {
    const result = await moments(matrix(Float64Array.of(3, -4), 1, 2));
    expect(result).toEqual({ count: 1, dim: 2, mean: Float64Array.of(3, -4), covariance: new Float64Array(4) });
  });

  // Both sides are sums of n products, each with an error of n eps of the variances at most.
  test.each([
    [2, 1],
    [2, 5],
    [7, 3],
    [100, 17],
    [1_000, 33],
  ])('of %i x %i are those of the definition, in either precision', async (rows, cols) => {
    const float64 = matrix(normals(rows * cols, rows), rows, cols);
    const float32 = matrix(Float32Array.from(float64.data), rows, cols);
    for (const x of [float64, float32]) {
      const [result, expected] = [await moments(x), plainMoments(x)];
      expect(covarianceError(result, expected)).toBeLessThan(2 * rows * 2 ** -53);
      for (let j = 0; j < cols; j += 1) {
        expect(Math.abs(result.mean[j]! - expected.mean[j]!)).toBeLessThan(rows * 2 ** -53 * 5);
      }
    }
  });

  test('keep 1e-12 of the covariance where the mean is 1e4 standard deviations', async () => {
    const [rows, cols] = [2_000, 6];
    // Multiples of 2^-20 survive the shift exactly, so the covariance of the shifted data is that of the data.
    const data = normals(rows * cols, 3).map((value) => Math.round(value * 2 ** 20) / 2 ** 20);
    const shifted = data.map((value) => value + 1e4);
    const result = await moments(matrix(shifted, rows, cols));
    expect(covarianceError(result, plainMoments(matrix(data, rows, cols)))).toBeLessThan(1e-12);
  });

  test('are the same bytes for 1, 2 and 7 threads, and wherever the data lie in memory', async () => {
    const [rows, cols] = [3_001, 37];
    const data = normals(rows * cols, 4);
    const first = await moments(matrix(data, rows, cols), { threads: 1 });
    for (const threads of [2, 7]) expect(await moments(matrix(data, rows, cols), { threads })).toEqual(first);
    for (const offset of [1, 2, 3, 5]) {
      const shared = new Float64Array(new SharedArrayBuffer((data.length + offset) * 8)).subarray(offset);
      shared.set(data);
      expect(await moments(matrix(shared, rows, cols))).toEqual(first);
    }
  });
});

describe('mergeMoments', () => {
  test('of two parts are the moments of the whole, for any split', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer(),
        async (left, right, cols, seed) => {
          const x = matrix(normals((left + right) * cols, seed), left + right, cols);
          const whole = plainMoments(x);
          const merged = mergeMoments(
            await moments(rowsOf(x, 0, left)),
            await moments(rowsOf(x, left, left + right)),
          );
          expect(merged.count).toBe(whole.count);
          expect(merged.dim).toBe(cols);
          // A sample of two may have a tiny variance, so the scale is that of the data, whose values are below 6.
          const bound = 80 * 2 ** -53 * 36;
          for (let i = 0; i < cols; i += 1)
            expect(Math.abs(merged.mean[i]! - whole.mean[i]!)).toBeLessThan(bound);
          for (let i = 0; i < cols * cols; i += 1) {
            expect(Math.abs(merged.covariance[i]! - whole.covariance[i]!)).toBeLessThan(bound);
          }
        },
      ),
      { seed: 1, numRuns: 100 },
    );
  });

  test('is associative up to rounding', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.integer(), async (cols, seed) => {
        const sizes = [3, 50, 11];
        const parts = await Promise.all(
          sizes.map((rows, i) => moments(matrix(normals(rows * cols, seed + i), rows, cols))),
        );
        const [a, b, c] = parts as [Moments, Moments, Moments];
        const left = mergeMoments(mergeMoments(a, b), c);
        const right = mergeMoments(a, mergeMoments(b, c));
        expect(left.count).toBe(right.count);
        expect(covarianceError(left, right)).toBeLessThan(64 * 2 ** -53 * 10);
      }),
      { seed: 2, numRuns: 50 },
    );
  });
});
