import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { type KernelDistance, kernelDistance } from '../../src/metrics/kernel-distance.js';
import { expectCoverage, holds, meanOf } from '../support/coverage.js';
import { type Draw, exponentialDraws, gaussianDraws } from '../support/draws.js';
import { normals } from '../support/numbers.js';
import { RandomState } from '../support/numpy-random-state.js';
import { expectRejection } from '../support/rejection.js';
import { repetitions } from '../support/sizes.js';

describe('kernelDistance, as other programs state it', () => {
  test('TF-GAN: float32 randn(512, 256) and 1.1 randn + 0.05, one block: 0.0083886147967', async () => {
    const random = new RandomState(0);
    const real = matrix(Float32Array.from(random.randn(512, 256)), 512, 256);
    const generated = matrix(
      Float32Array.from(random.randn(512, 256), (value) => 1.1 * value + 0.05),
      512,
      256,
    );
    const result = await kernelDistance(real, generated);
    expect(Math.abs(result.distance - 0.0083886147967)).toBeLessThan(5.1e-14); // its last digit, and rounding
    expect(result).toMatchObject({
      blockSize: 512,
      blocks: 1,
      disjoint: true,
      degree: 3,
      gamma: 1 / 256,
      coef0: 1,
    });
    expect(result.standardError).toBeNaN();
    expect(result.interval).toEqual([Number.NaN, Number.NaN]);
  });

  test('three points against three: 0.5 (6.03 with the diagonal, 3.08 without that of the cross term)', async () => {
    const a = matrix(Float64Array.of(0, 0, 1, 0, 0, 1), 3, 2);
    const b = matrix(Float64Array.of(1, 1, 2, 0, 0, 2), 3, 2);
    expect((await kernelDistance(a, b)).distance).toBeCloseTo(0.5, 14);
    // With (x.y)^2: sums of 0 over pairs of a, 16 over pairs of b, 10 over pairs of both.
    const squares = await kernelDistance(a, b, { degree: 2, gamma: 1, coef0: 0 });
    expect(squares.distance).toBeCloseTo(16 / 6 - (2 * 10) / 9, 14);
  });
});

/**
 * The squared discrepancy of two distributions of independent equal components, kernel (x.y / dim + 1)^3, from their
 * first three moment tensors: the kernel is 1 + 3 g x.y + 3 g^2 (x.y)^2 + g^3 (x.y)^3 with g = 1 / dim.
 */
function exactDiscrepancy(dim: number, a: Component, b: Component): number {
  const indices = Array.from({ length: dim }, (_, i) => i);
  const tensor = (component: Component, ...index: number[]) => {
    const counts = indices.map((i) => index.filter((j) => j === i).length);
    return counts.reduce((product, count) => product * component[count]!, 1);
  };
  const square = (...index: number[]) => (tensor(a, ...index) - tensor(b, ...index)) ** 2;
  let sum = 0;
  for (const i of indices) {
    sum += (3 / dim) * square(i);
    for (const j of indices) {
      sum += (3 / dim ** 2) * square(i, j);
      for (const k of indices) sum += (1 / dim ** 3) * square(i, j, k);
    }
  }
  return sum;
}

/** E[x^0], ..., E[x^3] of a component. */
type Component = readonly [number, number, number, number];

/** The component mean + deviation x, x of mean 0, variance 1 and this skewness. */
function component(mean: number, deviation: number, skewness: number): Component {
  const third = mean ** 3 + 3 * mean * deviation ** 2 + skewness * deviation ** 3;
  return [1, mean, mean ** 2 + deviation ** 2, third];
}

async function repeat(
  draw: Draw,
  dim: number,
  trials: number,
  mean: number,
  deviation: number,
): Promise<KernelDistance[]> {
  const results: KernelDistance[] = [];
  for (let seed = 0; seed < trials; seed += 1) {
    const options = { blockSize: 40, seed, threads: 1 };
    results.push(await kernelDistance(draw(600, dim, 0, 1), draw(600, dim, mean, deviation), options));
  }
  return results;
}

describe.each([
  [4, 'Gaussian', gaussianDraws, 0],
  [16, 'exponential', exponentialDraws, 2],
] as const)('kernelDistance of samples in %i dimensions, %s', (dim, _, draws, skewness) => {
  test('is unbiased, and its 95 % interval holds the exact value in 95 % of the cases', async () => {
    const trials = repetitions(2_000);
    const results = await repeat(draws(1), dim, trials, 0.4, 1.2);
    const exact = exactDiscrepancy(dim, component(0, 1, skewness), component(0.4, 1.2, skewness));
    const { mean, standardError, deviation } = meanOf(results.map(({ distance }) => distance));
    expect(Math.abs(mean - exact)).toBeLessThan(4.5 * standardError);
    expect(exact).toBeGreaterThan(20 * standardError); // or the line above would say little
    expectCoverage(results.filter(({ interval }) => holds(interval, exact)).length, trials);
    // The error's square is unbiased.
    const variances = meanOf(results.map((result) => result.standardError ** 2));
    expect(Math.abs(variances.mean / deviation ** 2 - 1)).toBeLessThan(
      4.5 * Math.hypot(variances.standardError / variances.mean, Math.sqrt(8 / trials)),
    );
  });

  test('is 0 on average for equal populations', async () => {
    const trials = repetitions(1_000);
    const results = await repeat(draws(2), dim, trials, 0, 1);
    const { mean, standardError } = meanOf(results.map(({ distance }) => distance));
    expect(Math.abs(mean)).toBeLessThan(4.5 * standardError);
    expectCoverage(results.filter(({ interval }) => holds(interval, 0)).length, trials);
  });
});

describe('kernelDistance', () => {
  const a = matrix(Float32Array.from(normals(2_300 * 6, 1)), 2_300, 6);
  const b = matrix(normals(3_500 * 6, 2), 3_500, 6);

  test('takes as many disjoint blocks of 1,000 rows as there are, or what is asked for', async () => {
    expect(await kernelDistance(a, b)).toMatchObject({
      blockSize: 1_000,
      blocks: 2,
      disjoint: true,
      seed: '0',
    });
    expect(await kernelDistance(a, b, { blockSize: 100 })).toMatchObject({ blockSize: 100, blocks: 23 });
    expect(await kernelDistance(a, b, { blocks: 10 })).toMatchObject({ blockSize: 230, blocks: 10 });
    expect(await kernelDistance(a, b, { blocks: 2 })).toMatchObject({ blockSize: 1_000, blocks: 2 });
    expect(await kernelDistance(a, b, { blocks: 3, blockSize: 50 })).toMatchObject({
      blockSize: 50,
      blocks: 3,
    });
    expect(await kernelDistance(a, b, { blockSize: 10_000 })).toMatchObject({ blockSize: 2_300, blocks: 1 });
  });

  test('of blocks is the mean of their estimates, with the error of a mean', async () => {
    const { distance, standardError, standardDeviation, interval, estimates } = await kernelDistance(a, b, {
      blocks: 10,
    });
    const expected = meanOf([...estimates]);
    expect(estimates).toHaveLength(10);
    expect(distance).toBeCloseTo(expected.mean, 15);
    expect(standardDeviation / expected.deviation).toBeCloseTo(1, 12);
    expect(standardError / expected.standardError).toBeCloseTo(1, 12);
    // The 97.5 % quantile of Student's t with 9 degrees of freedom, times c above and divided by it below.
    const [below, above] = [distance - interval[0], interval[1] - distance];
    expect(Math.sqrt(below * above) / standardError).toBeCloseTo(2.262157162740992, 9);
    expect(above).toBeGreaterThan(below);
  });

  test('of subsets, the usual convention, has a standard deviation but no error', async () => {
    const result = await kernelDistance(a, b, { subsets: 30, blockSize: 300 });
    expect(result).toMatchObject({ blockSize: 300, blocks: 30, disjoint: false });
    expect(new Set(result.estimates).size).toBe(30);
    expect(result.standardDeviation).toBeGreaterThan(0);
    expect(result.standardError).toBeNaN();
    expect(result.interval).toEqual([Number.NaN, Number.NaN]);
    // Subsets of all rows are the same rows, but for the order of summation.
    const all = await kernelDistance(
      matrix(a.data.slice(0, 600), 100, 6),
      matrix(b.data.slice(0, 600), 100, 6),
      {
        subsets: 3,
      },
    );
    expect(all.blockSize).toBe(100);
    expect(all.standardDeviation).toBeLessThan(1e-14);
  });

  test('is the same for 1, 2 and 7 threads, and another for another seed', async () => {
    for (const options of [{ blocks: 3 }, { subsets: 4 }]) {
      const first = await kernelDistance(a, b, { ...options, threads: 1 });
      for (const threads of [2, 7]) expect(await kernelDistance(a, b, { ...options, threads })).toEqual(first);
      expect((await kernelDistance(a, b, { ...options, seed: 1 })).distance).not.toBe(first.distance);
    }
  });

  test('scales with its kernel: gamma s^2 on data is gamma on s times the data', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 0, max: 1_000 }),
        async (degree, seed) => {
          const x = normals(60, seed);
          const y = normals(60, seed + 1);
          const twice = (data: Float64Array) =>
            matrix(
              data.map((value) => 2 * value),
              20,
              3,
            );
          const kernel = { degree, gamma: 0.2, coef0: 0.5 };
          const scaled = await kernelDistance(twice(x), twice(y), kernel);
          const direct = await kernelDistance(matrix(x, 20, 3), matrix(y, 20, 3), { ...kernel, gamma: 0.8 });
          // Powers of two change no digit but those of gamma 0.8 against 4 x 0.2.
          expect(Math.abs(scaled.distance - direct.distance)).toBeLessThan(1e-13 * (1 + 20 ** degree));
        },
      ),
      { seed: 1, numRuns: 40 },
    );
  });

  test.each([
    [{ blockSize: 1 }, 'blockSize must be an integer of at least 2, got 1'],
    [{ blocks: 0 }, 'blocks must be an integer from 1 to 1150, got 0'],
    [{ blocks: 24, blockSize: 100 }, 'blocks must be an integer from 1 to 23, got 24'],
    [{ subsets: 0 }, 'subsets must be an integer from 1 to 4294967295, got 0'],
    [{ subsets: 2, blocks: 2 }, 'blocks and subsets must not be given both'],
    [{ degree: 0 }, 'degree must be an integer from 1 to 1000, got 0'],
    [{ degree: 2.5 }, 'degree must be an integer from 1 to 1000, got 2.5'],
    [{ gamma: -1 }, 'gamma must be a number of at least 0'],
    [{ coef0: Number.NaN }, 'coef0 must be a finite number'],
    [{ gamma: 1e200 }, 'the kernel must stay within the range of doubles'],
    [{ blocksize: 3 }, "unknown option 'blocksize'; did you mean 'blockSize'?"],
  ])('refuses %o', async (options, message) => {
    await expectRejection(
      () => kernelDistance(a, b, options as object),
      'ERR_INVALID_INPUT',
      `kernelDistance: ${message}`,
    );
  });

  test('refuses samples of different widths, single rows, and NaN', async () => {
    const refused = (left: typeof a, right: typeof a, ...pieces: string[]) =>
      expectRejection(() => kernelDistance(left, right), 'ERR_INVALID_INPUT', 'kernelDistance: ', ...pieces);
    const row = matrix(new Float64Array(6), 1, 6);
    await refused(
      matrix(new Float64Array(10), 2, 5),
      b,
      'a and b must have the same number of columns, got 5 and 6',
    );
    await refused(row, b, 'a and b must have at least 2 rows each, got 1');
    const broken = b.data.slice();
    broken[20_999] = Number.NEGATIVE_INFINITY; // in a row that no block uses
    await refused(a, matrix(broken, 3_500, 6), 'b must be finite, got an infinity at row 3499, column 5');
  });
});
