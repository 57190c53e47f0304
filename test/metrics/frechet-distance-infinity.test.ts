import { describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { moments } from '../../src/distributions/moments.js';
import { expectedDistance } from '../../src/limits/expected-distance.js';
import { frechetDistance } from '../../src/metrics/frechet.js';
import {
  type FrechetDistanceInfinity,
  type FrechetDistanceInfinityOptions,
  frechetDistanceInfinity,
} from '../../src/metrics/frechet-distance-infinity.js';
import { expectCoverage, holds, meanOf } from '../support/coverage.js';
import { type Draw, exponentialDraws, gaussianDraws, standardGaussian } from '../support/draws.js';
import { normals } from '../support/numbers.js';
import { expectRejection } from '../support/rejection.js';
import { repetitions } from '../support/sizes.js';

const dim = 8;
const [mean, deviation] = [0.3, 1.2];
const truth = dim * (mean ** 2 + (deviation - 1) ** 2);

async function repeat(
  draw: Draw,
  rows: number,
  trials: number,
  options: FrechetDistanceInfinityOptions,
): Promise<FrechetDistanceInfinity[]> {
  const results: FrechetDistanceInfinity[] = [];
  for (let seed = 0; seed < trials; seed += 1) {
    const reference = options.extrapolate === 'both' ? draw(rows, dim, 0, 1) : standardGaussian(dim);
    const generated = draw(rows, dim, mean, deviation);
    results.push(await frechetDistanceInfinity(reference, generated, { threads: 1, seed, ...options }));
  }
  return results;
}

describe.each([
  { name: 'Gaussian against a known reference', draws: gaussianDraws, options: {}, inflation: 1.1 },
  { name: 'exponential against a known reference', draws: exponentialDraws, options: {}, inflation: 1.1 },
  {
    name: 'two Gaussian samples',
    draws: gaussianDraws,
    options: { extrapolate: 'both' },
    // the part of the error that is quadratic in the noise counts double, and is larger with two samples
    inflation: 1.2,
  },
] as const)('the 95 % interval of FD-infinity: $name', ({ draws, options, inflation }) => {
  test('it holds the distance of the populations in 95 % of the cases', async () => {
    const trials = repetitions(2_000);
    const results = await repeat(draws(1), 400, trials, options);
    expectCoverage(results.filter(({ interval }) => holds(interval, truth)).length, trials);
    const estimates = meanOf(results.map(({ distance }) => distance));
    // The plain distance is some 9 % or more above; what second order leaves is below 2 % of the truth.
    expect(Math.abs(estimates.mean - truth)).toBeLessThan(0.02 * truth + 4.5 * estimates.standardError);
    const plain = meanOf(results.map(({ points }) => points[0]!.distance));
    expect(plain.mean - truth).toBeGreaterThan(0.05 * truth);
    // Extrapolation costs hardly any precision: each row has the same weight at every size.
    expect(estimates.deviation / plain.deviation).toBeLessThan(1.1);
    const rootMeanSquare = Math.sqrt(meanOf(results.map((result) => result.standardError ** 2)).mean);
    expect(rootMeanSquare / estimates.deviation).toBeGreaterThan(0.93);
    expect(rootMeanSquare / estimates.deviation).toBeLessThan(inflation + 0.03);
  });
});

describe('what is left of the bias, for equal Gaussians, where E[distance] is known exactly', () => {
  // The expectation of the intercept is the intercept of the expectations.
  const intercept = async (d: number, rows: number, points: number) => {
    const values: number[] = [];
    for (let k = 1; k <= points; k += 1) values.push(await expectedDistance({ dim: d, samples: rows / k }));
    const middle = (points + 1) / 2;
    const average = values.reduce((sum, value) => sum + value, 0) / points;
    const sum = (term: (k: number, value: number) => number) =>
      values.reduce((total, value, i) => total + term(i + 1, value), 0);
    const slope = sum((k, value) => (k - middle) * (value - average)) / sum((k) => (k - middle) ** 2);
    return average - slope * middle;
  };

  test.each([
    [25, 5, 0.04],
    [25, 10, 0.14],
    [50, 5, 0.02],
    [8, 2, 0.04],
  ])('rows = %i cols, %i points: %f of that of the plain distance, too low', async (ratio, points, part) => {
    const plain = await expectedDistance({ dim: 100, samples: 100 * ratio });
    const left = (await intercept(100, 100 * ratio, points)) / plain;
    expect(left).toBeLessThan(0);
    expect(-left).toBeGreaterThan(0.85 * part);
    expect(-left).toBeLessThan(1.05 * part);
  });

  test('it falls with the square of the rows', async () => {
    const at = (rows: number) => intercept(50, rows, 5);
    const ratio = (await at(4_000)) / (await at(8_000));
    expect(ratio).toBeGreaterThan(3.8);
    expect(ratio).toBeLessThan(4.4);
  });

  test('the estimates have that expectation', async () => {
    const draw = gaussianDraws(3);
    const values: number[] = [];
    for (let seed = 0; seed < repetitions(1_000); seed += 1) {
      const options = { points: 5, threads: 1, seed };
      const { distance } = await frechetDistanceInfinity(standardGaussian(6), draw(100, 6, 0, 1), options);
      values.push(distance);
    }
    const { mean: average, standardError } = meanOf(values);
    expect(Math.abs(average - (await intercept(6, 100, 5)))).toBeLessThan(4.5 * standardError);
  });
});

describe('frechetDistanceInfinity', () => {
  const reference = matrix(normals(500 * 10, 1), 500, 10);
  const generated = matrix(
    Float32Array.from(normals(450 * 10, 2), (value) => 1.2 * value + 0.1),
    450,
    10,
  );

  test('is the intercept of the least-squares line through its points', async () => {
    const result = await frechetDistanceInfinity(reference, generated);
    expect(result).toMatchObject({ groups: 20, extrapolate: 'generated', seed: '0', degreesOfFreedom: 19 });
    const { points, slope, distance, rSquared } = result;
    expect(points.map(({ rows, subsets }) => [rows, subsets])).toEqual([
      [450, 1],
      [225, 2],
      [150, 3],
      [112.5, 4],
      [90, 5],
    ]);
    const plain = (await frechetDistance(reference, generated)).distance;
    expect(points[0]!.distance / plain).toBeCloseTo(1, 12);
    // Residuals of a least-squares line are orthogonal to 1 and to 1 / rows.
    const residuals = points.map((point) => point.distance - distance - slope / point.rows);
    expect(residuals.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 12);
    expect(residuals.reduce((sum, value, i) => sum + value / points[i]!.rows, 0)).toBeCloseTo(0, 12);
    expect(rSquared).toBeGreaterThan(0.9);
    expect(rSquared).toBeLessThanOrEqual(1);
    expect(distance).toBeLessThan(plain);
  });

  test('is the same for 1, 2 and 7 threads, and another for another seed', async () => {
    const options = { points: 3, groups: 13, extrapolate: 'both', seed: 1n } as const;
    const first = await frechetDistanceInfinity(reference, generated, { ...options, threads: 1 });
    for (const threads of [2, 7]) {
      expect(await frechetDistanceInfinity(reference, generated, { ...options, threads })).toEqual(first);
    }
    const other = await frechetDistanceInfinity(reference, generated, { ...options, seed: 2 });
    expect(other.distance).not.toBe(first.distance);
  });

  test('takes fewer points where subsets would be too small, and fewer groups', async () => {
    const rows = (count: number) => matrix(generated.data.slice(0, count * 10), count, 10);
    expect((await frechetDistanceInfinity(reference, rows(130))).points).toHaveLength(3);
    const least = await frechetDistanceInfinity(reference, rows(23));
    expect(least.points).toHaveLength(2);
    expect(least.groups).toBe(11);
  });

  test('takes the reference as moments, too', async () => {
    const known = await frechetDistanceInfinity(await moments(reference), generated);
    const sample = await frechetDistanceInfinity(reference, generated);
    expect(known.distance / sample.distance).toBeCloseTo(1, 9);
    expect(known.standardError / sample.standardError).toBeCloseTo(1, 9);
  });

  test.each([
    [{ points: 1 }, 'points must be an integer of at least 2, got 1'],
    [{ points: 45 }, 'a sample must have more than points x cols = 45 x 10 rows to extrapolate from, got 450'],
    [{ points: 4, groups: 7 }, 'groups must be an integer of at least 8, got 7'],
    [{ groups: 226 }, 'groups must be at most rows / 2 = 225, got 226'],
    [{ extrapolate: 'real' }, "extrapolate must be one of 'generated', 'both', got \"real\""],
    [{ sizes: 3 }, "unknown option 'sizes'"],
  ])('refuses %o', async (options, message) => {
    await expectRejection(
      () => frechetDistanceInfinity(reference, generated, options as object),
      'ERR_INVALID_INPUT',
      `frechetDistanceInfinity: ${message}`,
    );
  });

  test('refuses moments where it needs rows, and too few rows', async () => {
    const known = standardGaussian(10);
    const refused = (call: () => Promise<unknown>, ...pieces: string[]) =>
      expectRejection(call, 'ERR_INVALID_INPUT', 'frechetDistanceInfinity: ', ...pieces);
    await refused(
      () => frechetDistanceInfinity(reference, known as never),
      'generated must be a sample (a Matrix), got moments',
    );
    await refused(
      () => frechetDistanceInfinity(known, generated, { extrapolate: 'both' }),
      "reference must be a sample (a Matrix) with extrapolate: 'both', got moments",
    );
    await refused(
      () => frechetDistanceInfinity(known, matrix(new Float64Array(200), 20, 10)),
      'more than points x cols = 2 x 10 rows',
      'got 20',
    );
    await refused(
      () => frechetDistanceInfinity(standardGaussian(3), generated),
      'reference and generated must have the same dimension, got 3 and 10',
    );
  });
});
