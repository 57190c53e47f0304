import { describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { moments } from '../../src/distributions/moments.js';
import { frechetDistance } from '../../src/metrics/frechet.js';
import {
  type FrechetDistanceInterval,
  frechetDistanceInterval,
} from '../../src/metrics/frechet-distance-interval.js';
import { expectCoverage, holds, meanOf } from '../support/coverage.js';
import {
  type Draw,
  exponentialDraws,
  gaussianDraws,
  logNormalDraws,
  standardGaussian,
} from '../support/draws.js';
import { normals } from '../support/numbers.js';
import { expectRejection } from '../support/rejection.js';
import { repetitions } from '../support/sizes.js';

const dim = 8;
const one = { threads: 1 } as const; // small calls: a thread costs more than it helps

interface Setting {
  readonly name: string;
  readonly draws: (seed: number) => Draw;
  readonly rows: readonly [number, number];
  readonly mean: number;
  readonly deviation: number;
}

const settings: readonly Setting[] = [
  { name: 'Gaussian, 300 and 200 rows', draws: gaussianDraws, rows: [300, 200], mean: 0.3, deviation: 1.2 },
  { name: 'Gaussian, 200 and 200 rows', draws: gaussianDraws, rows: [200, 200], mean: 0.5, deviation: 1.5 },
  {
    name: 'exponential, 500 and 400 rows',
    draws: exponentialDraws,
    rows: [500, 400],
    mean: 0.3,
    deviation: 1.2,
  },
];

function pair({ rows, mean, deviation }: Setting, draw: Draw, cols: number) {
  return [draw(rows[0], cols, 0, 1), draw(rows[1], cols, mean, deviation)] as const;
}

async function repeat(setting: Setting, trials: number, cols = dim): Promise<FrechetDistanceInterval[]> {
  const draw = setting.draws(1);
  const results: FrechetDistanceInterval[] = [];
  for (let seed = 0; seed < trials; seed += 1) {
    results.push(await frechetDistanceInterval(...pair(setting, draw, cols), { seed, ...one }));
  }
  return results;
}

/** The expectation of the distance, from many samples: its error is a thirtieth of the distance's own, or less. */
async function expectedDistance(setting: Setting, cols = dim) {
  const draw = setting.draws(2);
  const values: number[] = [];
  for (let i = 0; i < repetitions(4_000); i += 1) {
    values.push((await frechetDistance(...pair(setting, draw, cols), one)).distance);
  }
  return meanOf(values);
}

describe.each(settings)('the 95 % interval of the Fréchet distance: $name', (setting) => {
  test('it holds the expected distance in 95 % of the cases, and error and bias are right on average', async () => {
    const trials = repetitions(1_000);
    const results = await repeat(setting, trials);
    const expected = await expectedDistance(setting);
    expectCoverage(results.filter(({ interval }) => holds(interval, expected.mean)).length, trials);
    // The jackknife's variance is too large, if anything (Efron & Stein 1981), here by less than 15 % of the error; it
    // is an average of squares with a relative error of sqrt(2 / 19) or less each, times 2 for heavy tails.
    const rootMeanSquare = Math.sqrt(meanOf(results.map((result) => result.standardError ** 2)).mean);
    expect(rootMeanSquare / expected.deviation).toBeGreaterThan(0.95);
    expect(rootMeanSquare / expected.deviation).toBeLessThan(1.15);
    // What is left of the bias is of second order: below a tenth of it here.
    const populations = dim * (setting.mean ** 2 + (setting.deviation - 1) ** 2);
    const bias = expected.mean - populations;
    const estimated = meanOf(results.map((result) => result.bias));
    expect(Math.abs(estimated.mean - bias)).toBeLessThan(
      bias / 10 + 4.5 * Math.hypot(estimated.standardError, expected.standardError),
    );
  });
});

test('equal populations: the interval is wider than it need be, never narrower', async () => {
  const setting = { ...settings[1]!, mean: 0, deviation: 1 };
  const expected = await expectedDistance(setting);
  const trials = repetitions(400);
  const results = await repeat(setting, trials);
  const held = results.filter(({ interval }) => holds(interval, expected.mean)).length;
  expect(held / trials).toBeGreaterThan(0.95 - 4.5 * Math.sqrt((0.95 * 0.05) / trials));
});

// Symmetric intervals, distance -+ t standardError, held in 70 and 82 % of these cases: they end too low.
describe.each([
  { name: 'log-normal, 100 and 100 rows', rows: [100, 100], least: 0.88 },
  { name: 'log-normal, 400 and 400 rows', rows: [400, 400], least: 0.93 },
] as const)('with heavy tails: $name', ({ name, rows, least }) => {
  test('the interval still holds in nearly 95 % of the cases, and the result says that a few rows decide', async () => {
    const setting: Setting = { name, draws: logNormalDraws, rows, mean: 0.27, deviation: 1.35 };
    const trials = repetitions(1_200);
    const results = await repeat(setting, trials, 2);
    const expected = await expectedDistance(setting, 2);
    const held = results.filter(({ interval }) => holds(interval, expected.mean)).length / trials;
    expect(held).toBeGreaterThan(least - 4.5 * Math.sqrt((least * (1 - least)) / trials));
    const warned = results.filter(({ heavyTails }) => heavyTails).length / trials;
    expect(warned).toBeGreaterThan(0.8);
  });
});

// In one dimension, where squared distances from the mean are skewed most.
test.each([1, 2, 8])('normal rows in %i dimensions have no heavy tails', async (cols) => {
  const draw = gaussianDraws(cols);
  const trials = repetitions(1_200);
  let warned = 0;
  for (let i = 0; i < trials; i += 1) {
    const rows = [50, 100, 400][i % 3]!;
    const result = await frechetDistanceInterval(draw(rows, cols, 0, 1), draw(rows, cols, 1, 2), one);
    warned += result.heavyTails ? 1 : 0;
  }
  expect(warned / trials).toBeLessThan(0.05);
});

describe('frechetDistanceInterval', () => {
  const a = matrix(Float32Array.from(normals(300 * 12, 1)), 300, 12);
  const b = matrix(
    normals(250 * 12, 2).map((value) => 1.3 * value + 0.2),
    250,
    12,
  );

  test('says what frechetDistance says, and with which error', async () => {
    const plain = await frechetDistance(a, b);
    const result = await frechetDistanceInterval(a, b);
    expect(result).toMatchObject({ ...plain, groups: 20, seed: '0' });
    const { standardError, standardErrors, interval, degreesOfFreedom } = result;
    expect(Math.hypot(standardErrors.a, standardErrors.b) / standardError).toBeCloseTo(1, 12);
    // Welch and Satterthwaite, 19 degrees of freedom a side.
    const welch = standardError ** 4 / ((standardErrors.a ** 4 + standardErrors.b ** 4) / 19);
    expect(degreesOfFreedom / welch).toBeCloseTo(1, 12);
    // Its ends solve (distance - v)^2 = t^2 standardError^2 v / distance: their product is distance^2, and t^2 is
    // (upper - distance) (distance - lower) / standardError^2.
    const [lower, upper] = interval;
    expect((lower * upper) / plain.distance ** 2).toBeCloseTo(1, 12);
    const t = Math.sqrt((upper - plain.distance) * (plain.distance - lower)) / standardError;
    expect(t).toBeGreaterThan(1.96);
    expect(t).toBeLessThan(2.1);
  });

  test('of a sample and itself is no wider than a few of its errors', async () => {
    const { distance, standardError, interval, heavyTails } = await frechetDistanceInterval(a, a);
    expect(distance).toBeLessThan(1e-12);
    expect(standardError).toBeGreaterThan(0);
    expect(interval[0]).toBe(0);
    expect(interval[1]).toBeGreaterThan(distance);
    expect(interval[1]).toBeLessThan(5 * standardError);
    expect(heavyTails).toBe(false);
  });

  test('is the same for 1, 2 and 7 threads, and another for another seed', async () => {
    const options = { groups: 11, seed: '5' };
    const first = await frechetDistanceInterval(a, b, { ...options, threads: 1 });
    for (const threads of [2, 7]) {
      expect(await frechetDistanceInterval(a, b, { ...options, threads })).toEqual(first);
    }
    const other = await frechetDistanceInterval(a, b, { ...options, seed: 6 });
    expect(other.distance).toBe(first.distance);
    expect(other.standardError).not.toBe(first.standardError);
    expect(other.standardError / first.standardError).toBeGreaterThan(0.5);
    expect(other.standardError / first.standardError).toBeLessThan(2);
  });

  test('counts moments as known exactly', async () => {
    const known = await moments(a);
    const result = await frechetDistanceInterval(known, b);
    expect(result.standardErrors).toEqual({ a: 0, b: result.standardError });
    expect(result.degreesOfFreedom).toBe(19);
    // Against a itself, to the rounding of b's distance from float64 moments.
    const both = await frechetDistanceInterval(a, b);
    expect(result.standardErrors.b / both.standardErrors.b).toBeCloseTo(1, 9);
  });

  test('works for fewer rows than dimensions', async () => {
    const wide = matrix(normals(30 * 200, 3), 30, 200);
    const other = matrix(normals(25 * 200, 4), 25, 200);
    const result = await frechetDistanceInterval(wide, other);
    expect(result.standardError).toBeGreaterThan(0);
    expect(result.standardError).toBeLessThan(result.distance / 5);
    expect(result.bias).toBeGreaterThan(0);
  });

  test('has an interval for few rows, and no error for data without scatter', async () => {
    const near = matrix(normals(8 * 2, 7), 8, 2);
    const result = await frechetDistanceInterval(near, matrix(near.data.slice().reverse(), 8, 2));
    expect(result.interval[0]).toBeGreaterThanOrEqual(0);
    expect(result.interval[0]).toBeLessThan(result.distance);
    expect(result.groups).toBe(8);
    const constant = matrix(new Float64Array(20).fill(1), 10, 2);
    const shifted = matrix(new Float64Array(20).fill(2), 10, 2);
    expect(await frechetDistanceInterval(constant, shifted)).toMatchObject({
      distance: 2,
      standardError: 0,
      interval: [2, 2],
      bias: 0,
    });
  });

  test.each([
    [{ groups: 1 }, 'groups must be an integer from 2 to 250, got 1'],
    [{ groups: 251 }, 'groups must be an integer from 2 to 250, got 251'],
    [{ groups: 2.5 }, 'groups must be an integer from 2 to 250, got 2.5'],
    [{ seed: -1 }, 'seed must be a safe integer'],
    [{ group: 3 }, "unknown option 'group'; did you mean 'groups'?"],
    [{ threads: 0 }, 'threads must be an integer from 1 to 1024, got 0'],
  ])('refuses %o', async (options, message) => {
    await expectRejection(
      () => frechetDistanceInterval(a, b, options as object),
      'ERR_INVALID_INPUT',
      `frechetDistanceInterval: ${message}`,
    );
  });

  test('refuses sides without an error, of different dimensions, or with a NaN', async () => {
    const known = standardGaussian(12);
    const refused = (left: never, right: never, ...pieces: string[]) =>
      expectRejection(() => frechetDistanceInterval(left, right), 'ERR_INVALID_INPUT', ...pieces);
    await refused(known as never, known as never, 'a or b must be a sample (a Matrix)');
    await refused(matrix(new Float64Array(36), 3, 12) as never, b as never, 'at least 4 rows each', 'got 3');
    await refused(
      standardGaussian(3) as never,
      b as never,
      'a and b must have the same dimension, got 3 and 12 columns',
    );
    const turned = matrix(new Float64Array(12 * 40), 12, 40);
    await refused(
      turned as never,
      b as never,
      'got 40 and 12 columns: the first looks transposed (a row is a sample)',
    );
    await refused(b as never, turned as never, 'got 12 and 40 columns: the second looks transposed');
    const broken = b.data.slice();
    broken[25] = Number.NaN;
    await refused(a as never, matrix(broken, 250, 12) as never, 'b must be finite, got NaN at row 2, column 1');
  });
});
