import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import type { Gaussian, Matrix, Moments } from '../../src/base/shapes.js';
import { moments } from '../../src/distributions/moments.js';
import { frechetDistance } from '../../src/metrics/frechet.js';
import { multiply, normals, orthogonal, type Rows, toRows, transpose } from '../support/numbers.js';
import { RandomState } from '../support/numpy-random-state.js';
import { plainFrechetDistance } from '../support/plain-references.js';

function traceOf({ dim, covariance }: Gaussian): number {
  return Array.from({ length: dim }, (_, i) => covariance[i * dim + i]!).reduce((a, b) => a + b, 0);
}

async function traces(a: Matrix, b: Matrix): Promise<number> {
  return traceOf(await moments(a)) + traceOf(await moments(b));
}

function flat(rows: Rows): Float64Array {
  return Float64Array.from(rows.flat());
}

function gaussian(mean: readonly number[], covariance: readonly number[]): Gaussian {
  return { dim: mean.length, mean: Float64Array.from(mean), covariance: Float64Array.from(covariance) };
}

function identity(dim: number): Float64Array {
  return Float64Array.from({ length: dim * dim }, (_, i) => (i % (dim + 1) === 0 ? 1 : 0));
}

describe('frechetDistance, as other programs state it', () => {
  test('pytorch-fid: means 0 and 1 in 2048 dimensions, unit covariances: 2048', async () => {
    const dim = 2048;
    const covariance = identity(dim);
    const result = await frechetDistance(
      { dim, mean: new Float64Array(dim), covariance },
      { dim, mean: new Float64Array(dim).fill(1), covariance },
    );
    expect(result.meanTerm).toBe(2048);
    expect(Math.abs(result.distance - 2048)).toBeLessThan(1e-12 * 2 * dim);
  });

  test('MONAI: constant rows (1,2) and rows (2,2), (1,2), (1,2): 4/9', async () => {
    const result = await frechetDistance(
      matrix(Float64Array.of(1, 2, 1, 2, 1, 2), 3, 2),
      matrix(Float64Array.of(2, 2, 1, 2, 1, 2), 3, 2),
    );
    expect(Math.abs(result.distance - 4 / 9)).toBeLessThan(1e-15);
  });

  test('burn: data and the same data shifted by (2, 0, 0) or (1, 1): the squared shift', async () => {
    const x = matrix(Float64Array.of(1, 2, 0, 3, 4, 1, 5, 6, 5), 3, 3);
    const shifted = matrix(
      x.data.map((value, i) => (i % 3 === 0 ? value + 2 : value)),
      3,
      3,
    );
    expect(Math.abs((await frechetDistance(x, shifted)).distance - 4)).toBeLessThan(
      1e-12 * (await traces(x, shifted)),
    );
    const y = matrix(Float64Array.of(1, 0, 0, 1, 1, 1, 0.5, 0.5), 4, 2);
    const both = matrix(
      y.data.map((value) => value + 1),
      4,
      2,
    );
    expect(Math.abs((await frechetDistance(y, both)).distance - 2)).toBeLessThan(1e-14);
  });

  test('closed form: [[2,1],[1,2]] and diag(3,1): 8 - 2 sqrt 14', async () => {
    const result = await frechetDistance(gaussian([0, 0], [2, 1, 1, 2]), gaussian([0, 0], [3, 0, 0, 1]));
    expect(Math.abs(result.distance - (8 - 2 * Math.sqrt(14)))).toBeLessThan(1e-12 * 8);
    expect(result.wasserstein2).toBe(Math.sqrt(result.distance));
    expect(result.meanTerm).toBe(0);
    expect(result.covarianceTerm).toBe(result.distance);
    expect(result.errorBound).toBeGreaterThan(0);
    expect(result.errorBound).toBeLessThan(1e-12 * 8);
  });

  test('FastFID: a covariance of low rank is at distance 0 from itself and (1 - sqrt 2)^2 trace from its double', async () => {
    const [rows, cols] = [40, 300];
    const x = matrix(normals(rows * cols, 1), rows, cols);
    const stretched = matrix(
      x.data.map((value) => value * Math.SQRT2),
      rows,
      cols,
    );
    const trace = traceOf(await moments(x));
    const meanTerm =
      (Math.SQRT2 - 1) ** 2 * (await moments(x)).mean.reduce((sum, value) => sum + value * value, 0);
    const expected = meanTerm + (1 - Math.SQRT2) ** 2 * trace;
    expect((await frechetDistance(x, x)).distance).toBeLessThan(1e-12 * 2 * trace);
    expect(Math.abs((await frechetDistance(x, stretched)).distance - expected)).toBeLessThan(1e-12 * 3 * trace);
  });
});

// The values were computed from these data in 40-digit arithmetic; the ones with 13 digits are known to no more.
describe('frechetDistance of numpy.random.RandomState(seed).randn data', () => {
  test.each([
    [1, 4, 4, 4.753837617472013],
    [2023, 2, 2, 7.539442135252918],
    [2023, 4, 4, 3.440776825816764],
    [2023, 16, 16, 12.727839203423839],
    [2023, 4, 256, 562.2297695626886],
    [2023, 64, 16, 2.589557918226],
    [2023, 256, 64, 8.623356161617],
    [2023, 1024, 64, 2.216407743191],
  ])('seed %i, two matrices %i x %i: %f', async (seed, rows, cols, expected) => {
    const random = new RandomState(seed);
    const a = matrix(random.randn(rows, cols), rows, cols);
    const b = matrix(random.randn(rows, cols), rows, cols);
    const { distance, errorBound } = await frechetDistance(a, b);
    const tolerance = 1e-12 * (await traces(a, b));
    expect(Math.abs(distance - expected)).toBeLessThan(tolerance);
    expect(errorBound).toBeLessThan(tolerance);
  });

  test('seed 0, TF-GAN: two float32 matrices 512 x 256: 65.74272365043', async () => {
    const random = new RandomState(0);
    const a = matrix(Float32Array.from(random.randn(512, 256)), 512, 256);
    const b = matrix(Float32Array.from(random.randn(512, 256)), 512, 256);
    const { distance } = await frechetDistance(a, b);
    expect(Math.abs(distance - 65.74272365043)).toBeLessThan(1e-12 * (await traces(a, b)));
  });

  test('seed 0, TF-GAN: two float32 matrices 256 x 2048, of rank 255: 2898.3856636834', async () => {
    const random = new RandomState(0);
    const a = matrix(Float32Array.from(random.randn(256, 2048)), 256, 2048);
    const b = matrix(Float32Array.from(random.randn(256, 2048)), 256, 2048);
    const { distance, meanTerm } = await frechetDistance(a, b);
    expect(Math.abs(meanTerm - 14.991064054562)).toBeLessThan(1e-11);
    expect(Math.abs(distance - 2898.3856636834)).toBeLessThan(1e-12 * (await traces(a, b)));
  });
});

describe('frechetDistance, by its laws', () => {
  const sizes = fc.record({
    rows: fc.integer({ min: 2, max: 30 }),
    cols: fc.integer({ min: 1, max: 12 }),
    seed: fc.integer({ min: 0, max: 2 ** 31 }),
  });
  // Two data sets of the same width and different lengths, with fewer or more samples than dimensions.
  const pair = ({ rows, cols, seed }: { rows: number; cols: number; seed: number }): [Matrix, Matrix] => [
    matrix(normals(rows * cols, seed), rows, cols),
    matrix(
      normals((rows + 3) * cols, seed + 1).map((value) => 1.5 * value + 0.5),
      rows + 3,
      cols,
    ),
  ];
  const always = (law: (a: Matrix, b: Matrix, tolerance: number, seed: number) => Promise<void>) =>
    fc.assert(
      fc.asyncProperty(sizes, async (size) => {
        const [a, b] = pair(size);
        await law(a, b, 1e-12 * (await traces(a, b)), size.seed);
      }),
      { seed: 3, numRuns: 60 },
    );
  const distance = async (a: Matrix | Moments, b: Matrix | Moments) => (await frechetDistance(a, b)).distance;

  test('it is zero from any data to itself', () =>
    always(async (a, _, tolerance) => {
      const self = await distance(a, a);
      expect(self).toBeGreaterThanOrEqual(0);
      expect(self).toBeLessThan(tolerance);
    }));

  test('it is symmetric', () =>
    always(async (a, b, tolerance) => {
      expect(Math.abs((await distance(a, b)) - (await distance(b, a)))).toBeLessThan(tolerance);
    }));

  test('data and their moments are at the same distance, where the covariances determine it', () =>
    always(async (a, b) => {
      const [fromData, fromMoments] = [
        await frechetDistance(a, b),
        await frechetDistance(await moments(a), await moments(b)),
      ];
      const bound = fromData.errorBound + fromMoments.errorBound;
      expect(Math.abs(fromData.distance - fromMoments.distance)).toBeLessThanOrEqual(bound);
      const mixed = await frechetDistance(a, await moments(b));
      expect(Math.abs(fromData.distance - mixed.distance)).toBeLessThanOrEqual(
        fromData.errorBound + mixed.errorBound,
      );
    }));

  test('an orthogonal map of both sides changes nothing', () =>
    always(async (a, b, tolerance, seed) => {
      const map = transpose(orthogonal(a.cols, seed));
      const mapped = (x: Matrix) => matrix(flat(multiply(toRows(x.data, x.cols), map)), x.rows, x.cols);
      expect(Math.abs((await distance(mapped(a), mapped(b))) - (await distance(a, b)))).toBeLessThan(
        4 * tolerance,
      );
    }));

  test('a shift of both sides changes nothing, and one of a single side only the mean term', () =>
    always(async (a, b, tolerance) => {
      const shifted = (x: Matrix) =>
        matrix(
          x.data.map((value) => value + 3),
          x.rows,
          x.cols,
        );
      expect(Math.abs((await distance(shifted(a), shifted(b))) - (await distance(a, b)))).toBeLessThan(
        8 * tolerance,
      );
      const [before, after] = [await frechetDistance(a, b), await frechetDistance(shifted(a), b)];
      expect(Math.abs(after.covarianceTerm - before.covarianceTerm)).toBeLessThan(8 * tolerance);
    }));

  test('a scale of both sides multiplies it by the square', () =>
    always(async (a, b, tolerance) => {
      const scaled = (x: Matrix) =>
        matrix(
          x.data.map((value) => value * 3),
          x.rows,
          x.cols,
        );
      expect(Math.abs((await distance(scaled(a), scaled(b))) - 9 * (await distance(a, b)))).toBeLessThan(
        9 * tolerance,
      );
    }));

  test('extreme scales neither overflow nor underflow', () =>
    always(async (a, b, tolerance) => {
      for (const scale of [2 ** -400, 2 ** 400]) {
        const scaled = (x: Matrix) =>
          matrix(
            x.data.map((value) => value * scale),
            x.rows,
            x.cols,
          );
        const unscaled = (await distance(scaled(a), scaled(b))) / scale / scale;
        expect(Math.abs(unscaled - (await distance(a, b)))).toBeLessThan(tolerance);
      }
    }));

  test('it is that of the formula for covariances of full rank', () =>
    always(async (a, b) => {
      const dim = Math.min(a.cols, 6);
      const wide = (x: Matrix) => matrix(normals(50 * dim, x.rows + x.cols), 50, dim);
      const [left, right] = [await moments(wide(a)), await moments(wide(b))];
      // The reference's square roots: condition numbers are below 10, so 1e-12 of the traces is ample for both.
      const tolerance = 1e-12 * (traceOf(left) + traceOf(right));
      expect(Math.abs((await distance(left, right)) - plainFrechetDistance(left, right))).toBeLessThan(
        tolerance,
      );
    }));
});

describe('frechetDistance', () => {
  test('is the same number for 1, 2 and 7 threads', async () => {
    const a = matrix(normals(700 * 90, 5), 700, 90);
    const b = matrix(normals(600 * 90, 6), 600, 90);
    const first = await frechetDistance(a, b, { threads: 1 });
    for (const threads of [2, 7]) expect(await frechetDistance(a, b, { threads })).toEqual(first);
  });

  test('of entries whose squares overflow is an error or infinite, never a number', async () => {
    const huge = gaussian([0, 0], [Number.MAX_VALUE, 0, 0, Number.MAX_VALUE]);
    const outcome = await frechetDistance(huge, gaussian([0, 0], [1, 0, 0, 1])).then(
      ({ distance, errorBound }) => [distance, errorBound],
      (error: { code?: string }) => error.code,
    );
    expect([
      [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
      'ERR_INVALID_INPUT',
      'ERR_NO_CONVERGENCE',
    ]).toContainEqual(outcome);
    // Samples are scaled: their square alone overflows.
    for (const scale of [1e154, 1e160, 1e300]) {
      const far = (offset: number) =>
        matrix(
          normals(60, 3).map((value) => scale * (value + offset)),
          20,
          3,
        );
      const { distance, errorBound, wasserstein2 } = await frechetDistance(far(0), far(3));
      expect([distance, errorBound]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
      expect(wasserstein2 / scale).toBeCloseTo(3 * Math.sqrt(3), 10);
    }
  });
});
