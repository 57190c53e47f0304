// The kernel distance of samples of different sizes, and its error from their rows.

import { describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import type { Matrix } from '../../src/base/shapes.js';
import { type KernelDistanceOptions, kernelDistance } from '../../src/metrics/kernel-distance.js';
import { holds, meanOf } from '../support/coverage.js';
import { exponentialDraws, gaussianDraws, logNormalDraws } from '../support/draws.js';
import { normals } from '../support/numbers.js';
import { expectRejection } from '../support/rejection.js';
import { repetitions } from '../support/sizes.js';

const sample = (rows: number, cols: number, seed: number) => matrix(normals(rows * cols, seed), rows, cols);

/** (x.y / cols + 1)^3 for every row x and every row y. */
function kernels(a: Matrix, b: Matrix): number[][] {
  const row = ({ data, cols }: Matrix, i: number) => data.subarray(i * cols, (i + 1) * cols);
  return Array.from({ length: a.rows }, (_, i) =>
    Array.from({ length: b.rows }, (_, j) => {
      const y = row(b, j);
      return ([...row(a, i)].reduce((sum, value, k) => sum + value * y[k]!, 0) / a.cols + 1) ** 3;
    }),
  );
}

/** The unbiased estimate by its definition, from rows of a and of b that are counted, and its jackknifed variances. */
function plainEstimate(a: Matrix, b: Matrix) {
  const [aa, bb, ab] = [kernels(a, a), kernels(b, b), kernels(a, b)];
  const all = (rows: number) => Array.from({ length: rows }, (_, i) => i);
  const within = (k: number[][], rows: number[]) => {
    let sum = 0;
    for (const i of rows) for (const j of rows) sum += i === j ? 0 : k[i]![j]!;
    return sum / (rows.length * (rows.length - 1));
  };
  const estimate = (ofA: number[], ofB: number[]) => {
    let between = 0;
    for (const i of ofA) for (const j of ofB) between += ab[i]![j]!;
    return within(aa, ofA) + within(bb, ofB) - (2 * between) / (ofA.length * ofB.length);
  };
  /** From the mean over pairs of different rows to that over all pairs. */
  const bias = (k: number[][], rows: number[]) => {
    const selves = meanOf(rows.map((i) => k[i]![i]!)).mean;
    return (selves - within(k, rows)) / rows.length;
  };
  const jackknife = (without: number[]) => {
    const { mean } = meanOf(without);
    const { length } = without;
    return ((length - 1) / length) * without.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  };
  const [ofA, ofB] = [all(a.rows), all(b.rows)];
  const others = (rows: number[], i: number) => rows.filter((row) => row !== i);
  return {
    distance: estimate(ofA, ofB),
    bias: bias(aa, ofA) + bias(bb, ofB),
    variance:
      jackknife(ofA.map((i) => estimate(others(ofA, i), ofB))) +
      jackknife(ofB.map((j) => estimate(ofA, others(ofB, j)))),
  };
}

test.each([
  [5, 40],
  [40, 5],
  [17, 17],
  [3, 3],
])('of %i and %i rows: all in one estimate, with the error of the jackknife', async (rowsOfA, rowsOfB) => {
  const [a, b] = [sample(rowsOfA, 3, 1), sample(rowsOfB, 3, 2)];
  const expected = plainEstimate(a, b);
  const result = await kernelDistance(a, b, { error: 'jackknife' });
  expect(result.distance).toBeCloseTo(expected.distance, 11);
  expect(result.standardError ** 2 / expected.variance).toBeCloseTo(1, 8);
  expect(result).toMatchObject({
    blocks: 1,
    blockSize: Math.min(rowsOfA, rowsOfB),
    blockSizes: { a: rowsOfA, b: rowsOfB },
    error: 'jackknife',
  });
  // Both parts of a score interval tell its c and its half-width.
  const [below, above] = [result.distance - result.interval[0], result.interval[1] - result.distance];
  const height = Math.max(expected.distance + expected.bias, expected.bias / 4);
  const ratio = Math.sqrt(below * above) / 2 / height;
  expect(above / below / (ratio + Math.hypot(1, ratio)) ** 2).toBeCloseTo(1, 8);
  // The estimate does not depend on what its error comes from.
  expect((await kernelDistance(a, b)).distance).toBe(result.distance);
});

test('over several tiles, and the same for any number of threads', async () => {
  const [a, b] = [sample(600, 2, 3), sample(1_300, 2, 4)];
  const expected = plainEstimate(matrix(a.data.slice(0, 120), 60, 2), matrix(b.data.slice(0, 180), 90, 2));
  expect(expected.variance).toBeGreaterThan(0);
  const first = await kernelDistance(a, b, { error: 'jackknife', threads: 1 });
  for (const threads of [2, 7])
    expect(await kernelDistance(a, b, { error: 'jackknife', threads })).toEqual(first);
  // By groups of the estimate's own formula: blocks that hold all rows once have it as their mean, up to pairs between them.
  const [aa, bb, ab] = [kernels(a, a), kernels(b, b), kernels(a, b)];
  const total = (k: number[][]) =>
    k.reduce((sum, row) => sum + row.reduce((part, value) => part + value, 0), 0);
  const diagonal = (k: number[][]) => k.reduce((sum, row, i) => sum + row[i]!, 0);
  const distance =
    (total(aa) - diagonal(aa)) / (600 * 599) +
    (total(bb) - diagonal(bb)) / (1_300 * 1_299) -
    (2 * total(ab)) / (600 * 1_300);
  expect(first.distance).toBeCloseTo(distance, 10);
});

describe('blocks', () => {
  const [a, b] = [sample(2_300, 4, 5), sample(9_000, 4, 6)];
  test.each<[KernelDistanceOptions, object]>([
    [{}, { blocks: 2, blockSizes: { a: 1_000, b: 4_500 } }],
    [{ blockSize: 'largest' }, { blocks: 2, blockSizes: { a: 1_150, b: 4_500 } }],
    [
      { blockSize: 'largest', blocks: 5 },
      { blocks: 5, blockSizes: { a: 460, b: 1_800 } },
    ],
    [{ blockSize: [100, 300] }, { blocks: 23, blockSizes: { a: 100, b: 300 } }],
    [{ blockSize: [100, 900] }, { blocks: 10, blockSizes: { a: 100, b: 900 } }],
    [
      { blockSize: [5_000, 90], blocks: 1 },
      { blocks: 1, blockSize: 90, blockSizes: { a: 2_300, b: 90 } },
    ],
    [
      { subsets: 3, blockSize: [20, 400] },
      { blocks: 3, blockSizes: { a: 20, b: 400 }, disjoint: false },
    ],
    [{ subsets: 2 }, { blocks: 2, blockSizes: { a: 1_000, b: 1_000 }, disjoint: false }],
  ])('%o', async (options, expected) => {
    expect(await kernelDistance(a, b, options)).toMatchObject(expected);
  });

  test('of one estimate a block, in which every row of either sample is once', async () => {
    // With k(x, y) = x y in one dimension and b zero, an estimate tells the rows of a, and the other way round.
    const powers = matrix(
      Float64Array.from({ length: 12 }, (_, i) => 2 ** i),
      12,
      1,
    );
    const zeros = matrix(new Float64Array(36), 36, 1);
    const kernel = { degree: 1, gamma: 1, coef0: 0, blockSize: [2, 6] as const };
    const pairs = [...(await kernelDistance(powers, zeros, kernel)).estimates].map(Math.log2);
    expect(pairs).toHaveLength(6);
    expect(pairs.reduce((sum, value) => sum + value, 0)).toBeCloseTo(66, 9);
  });

  test.each<[unknown, string]>([
    [{ blockSize: [1, 5] }, 'blockSize[0] must be an integer of at least 2, got 1'],
    [
      { blockSize: [5] },
      "blockSize must be an integer of at least 2, two of them, or 'largest', got an array of length 1",
    ],
    [{ blockSize: 'all' }, 'blockSize must be an integer of at least 2, got "all"'],
    [{ blockSize: [100, 900], blocks: 11 }, 'blocks must be an integer from 1 to 10, got 11'],
    [{ error: 'bootstrap' }, "error must be one of 'blocks', 'jackknife'"],
  ])('%o is refused', async (options, message) => {
    await expectRejection(
      () => kernelDistance(a, b, options as object),
      'ERR_INVALID_INPUT',
      `kernelDistance: ${message}`,
    );
  });

  test('samples below 2,000 rows are one block of all rows', async () => {
    for (const [rowsOfA, rowsOfB] of [
      [1_999, 1_999],
      [1_000, 9_000],
      [1_500, 1_200],
    ] as const) {
      expect(await kernelDistance(sample(rowsOfA, 2, 7), sample(rowsOfB, 2, 8))).toMatchObject({
        blocks: 1,
        blockSizes: { a: rowsOfA, b: rowsOfB },
      });
    }
  });
});

// More rows of one side than of a run: pairs between runs are left out, and each row still has its own error.
test('a side of many rows is cut into runs, unbiased', async () => {
  const [a, b] = [sample(10, 1, 9), sample(25_000, 1, 10)];
  const kernel = { degree: 1, gamma: 1, coef0: 0 };
  const result = await kernelDistance(a, b, { ...kernel, error: 'jackknife' });
  const sums = (x: Matrix) => [...x.data].reduce(([s, q], value) => [s! + value, q! + value * value], [0, 0]);
  const [sumA, squaresA] = sums(a) as [number, number];
  const within = (sumA ** 2 - squaresA) / 90;
  const [sumB] = sums(b) as [number];
  // Of b the mean over pairs is 0 with a standard error of 1 / 25,000 x sqrt(2) or, of runs, little more.
  expect(Math.abs(result.distance - (within - (2 * sumA * sumB) / 250_000))).toBeLessThan(5e-4);
  expect(result.standardError).toBeGreaterThan(0);
});

// 100 rows tell too little of such a law: neither interval comes near 95 %.
test('log-normal rows: the interval holds more often than a symmetric one, and the result warns', async () => {
  const trials = repetitions(2_000);
  const draw = logNormalDraws(5);
  const [skewness, mean, deviation] = [(Math.E + 2) * Math.sqrt(Math.E - 1), 0.27, 1.35];
  // The exact value for two columns, from the first three moments of one: pairs of columns are independent.
  const moments = (m: number, s: number) => [
    1,
    m,
    m ** 2 + s ** 2,
    m ** 3 + 3 * m * s ** 2 + skewness * s ** 3,
  ];
  const [a, b] = [moments(0, 1), moments(mean, deviation)];
  let exact = 0;
  for (let i = 0; i <= 3; i += 1) {
    for (let j = 0; i + j <= 3; j += 1) {
      const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
      const weight = 6 / (factorial(i) * factorial(j) * factorial(3 - i - j)) / 2 ** (i + j);
      exact += weight * (a[i]! * a[j]! - b[i]! * b[j]!) ** 2;
    }
  }
  let [held, heldBySymmetric, warned] = [0, 0, 0];
  for (let seed = 0; seed < trials; seed += 1) {
    const [x, y] = [draw(100, 2, 0, 1), draw(100, 2, mean, deviation)];
    const { distance, interval, heavyTails } = await kernelDistance(x, y, { error: 'jackknife', threads: 1 });
    const half = Math.sqrt((distance - interval[0]) * (interval[1] - distance));
    held += holds(interval, exact) ? 1 : 0;
    heldBySymmetric += holds([distance - half, distance + half], exact) ? 1 : 0;
    warned += heavyTails ? 1 : 0;
  }
  expect((held - heldBySymmetric) / trials).toBeGreaterThan(0.1);
  expect(held / trials).toBeGreaterThan(0.55);
  expect(warned / trials).toBeGreaterThan(0.8);
});

test('two rows leave no jackknife, and no interval', async () => {
  const result = await kernelDistance(sample(2, 3, 1), sample(9, 3, 2), { error: 'jackknife' });
  expect(result.standardError).toBeNaN();
  expect(result.interval).toEqual([Number.NaN, Number.NaN]);
});

describe.each([
  ['Gaussian', gaussianDraws],
  ['exponential', exponentialDraws],
] as const)('the jackknife over %s rows', (_, draws) => {
  test.each([
    ['60 and 60 rows that differ', 60, 60, 0.5, 0.9],
    ['40 and 400 rows that differ', 40, 400, 0.5, 0.88],
    ['60 and 60 rows of one law', 60, 60, 0, 0.93],
  ])('%s: its interval holds the mean of many', async (_, rowsOfA, rowsOfB, mean, least) => {
    const trials = repetitions(1_200);
    const draw = draws(3);
    const results: { distance: number; interval: readonly [number, number]; standardError: number }[] = [];
    for (let seed = 0; seed < trials; seed += 1) {
      const [a, b] = [draw(rowsOfA, 4, 0, 1), draw(rowsOfB, 4, mean, 1)];
      results.push(await kernelDistance(a, b, { error: 'jackknife', threads: 1 }));
    }
    const exact = mean === 0 ? 0 : meanOf(results.map(({ distance }) => distance)).mean;
    const held = results.filter(({ interval }) => holds(interval, exact)).length / trials;
    expect(held).toBeGreaterThan(least - 4.5 * Math.sqrt((least * (1 - least)) / trials));
  });
});
