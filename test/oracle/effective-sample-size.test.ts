// n_e and the admissible threshold against closed forms, and the deterministic limit against Monte Carlo.

import { describe, expect, it } from 'vitest';
import { admissibleThreshold, effectiveSampleSize, expectedDistance, limitPoint } from '../../src/index.js';
import { expectCoverage, holds } from '../support/coverage.js';
import { expectRejection } from '../support/rejection.js';
import { fullSize, repetitions } from '../support/sizes.js';
import { ZScores } from './support/z-scores.js';

/** The standard error of a ratio n_e / n_r, from its 95 % interval. */
function standardErrorOf([low, high]: readonly [number, number]): number {
  return (high - low) / (2 * 1.96);
}

describe('effectiveSampleSize', () => {
  it('is n_r without synthetic samples, for either divisor', async () => {
    const z = new ZScores();
    for (const divisor of ['unbiased', 'mle'] as const) {
      for (const [dim, real] of [
        [1, 5],
        [10, 40],
        [10, 6],
      ] as const) {
        const { ratio, ratioInterval } = await effectiveSampleSize({ dim, real, synthetic: 0, divisor });
        z.add(`${divisor}, d = ${dim}, n_r = ${real}`, ratio, 1, standardErrorOf(ratioInterval));
      }
    }
    z.check();
  });

  // From 12,000 to 16,000 stationary generations of an independent program, distance +- standard error:
  // 1.75090 +- 0.00047, 1.3594 +- 0.0028, 12.2935 +- 0.013.
  it.each([
    [1000, 1000, 1.512, 1.7509, 0.00047],
    [1000, 10_000, 1.944, 1.3594, 0.0028],
    [100, 900, 2.277, 12.2935, 0.013],
  ])(
    'at d = 100, n_r = %d, n_s = %d, lambda = 1 is %f n_r',
    async (real, synthetic, ratio, distance, error) => {
      const size = await effectiveSampleSize({ dim: 100, real, synthetic, relativeError: 5e-4, seed: 3 });
      const z = new ZScores();
      // Theirs in the same units: the ratio falls about like 1 / distance; and half a unit of the last digit printed.
      const theirs = (ratio * error) / distance + 0.0005;
      z.add('ratio', size.ratio, ratio, Math.hypot(standardErrorOf(size.ratioInterval), theirs));
      z.check();
      expect(size.admissible).toBe(true);
    },
  );

  it('has 95 % intervals that hold the value in 95 % of all seeds, and exactly where those of the limit do', async () => {
    const cell = { dim: 10, real: 40, synthetic: 40, lambda: 0.8 };
    const exact = await effectiveSampleSize({ ...cell, relativeError: 2e-5, seed: 1_000_000 });
    const trials = repetitions(300);
    let hits = 0;
    for (let seed = 0; seed < trials; seed += 1) {
      const { interval, limit } = await effectiveSampleSize({ ...cell, relativeError: 1e-3, seed });
      const hit = holds(interval, exact.effectiveSampleSize);
      expect(hit).toBe(holds(limit.interval, exact.limit.distance));
      if (hit) hits += 1;
    }
    expectCoverage(hits, trials);
  });

  it('depends on parameters and seed alone', async () => {
    const options = { dim: 5, real: 20, synthetic: 30, lambda: 0.8, seed: 9 };
    const expected = await effectiveSampleSize({ ...options, threads: 1 });
    for (const threads of [2, 7]) expect(await effectiveSampleSize({ ...options, threads })).toEqual(expected);
    expect((await effectiveSampleSize({ ...options, seed: 10 })).interval).not.toEqual(expected.interval);
  });

  it('scales with a reference of covariance c I', async () => {
    const reference = { mean: [5, -5], covariance: [9, 0, 0, 9] };
    const cell = { real: 10, synthetic: 20, lambda: 0.9 };
    const plain = await effectiveSampleSize({ ...cell, dim: 2 });
    const scaled = await effectiveSampleSize({ ...cell, reference });
    const z = new ZScores();
    const error = Math.hypot(standardErrorOf(plain.ratioInterval), standardErrorOf(scaled.ratioInterval));
    z.add('ratio', scaled.ratio, plain.ratio, error);
    z.check();
    expect(scaled.limit.distance / plain.limit.distance).toBeCloseTo(9, 0);
  });
});

describe("method 'deterministic'", () => {
  // n_r / d, n_s / d, lambda
  it.each([
    [1, 9, 1],
    [1, 9, 0.8],
    [2, 0.5, 0.85],
    [2.5, 10, 0.7],
    [10, 10, 1],
  ])(
    'meets Monte Carlo at n_r = %d d, n_s = %d d, lambda = %d, better as d grows',
    async (real, synthetic, lambda) => {
      for (const dim of [10, 30, 100]) {
        const cell = { dim, real: real * dim, synthetic: synthetic * dim, lambda };
        const formula = await limitPoint({ ...cell, method: 'deterministic' });
        const { distance, standardError } = await limitPoint({ ...cell, relativeError: 1e-3 });
        const stated = formula.accuracy!.relativeError;
        expect(stated).toBeCloseTo((0.3 * formula.accuracy!.dispersion) / dim, 12);
        expect(Math.abs(formula.distance / distance - 1), `d = ${dim}`).toBeLessThan(
          stated + (4.5 * standardError) / distance,
        );
        if (dim === 100)
          expect(Math.abs(formula.distance / distance - 1)).toBeLessThan(
            0.002 + (4.5 * standardError) / distance,
          );
      }
    },
  );
});

describe('admissibleThreshold', () => {
  // lim n_s* for n_r -> infinity
  const closedForm = (dim: number, lambda: number) =>
    (4 * (2 - lambda) + (dim + 1) * (0.5 + 1.5 * lambda - lambda ** 2)) / (1 - lambda) ** 2;

  it('has its published limits', () => {
    expect([0.3, 0.7, 0.85].map((lambda) => Math.round(closedForm(100, lambda)))).toEqual([191, 1247, 4929]);
  });

  it.each([
    [1, 0.3],
    [1, 0.7],
    [10, 0.3],
    [10, 0.7],
  ])('approaches them for many real samples at d = %d, lambda = %d', async (dim, lambda) => {
    const { synthetic, standardError } = await admissibleThreshold({ dim, real: 100_000, lambda });
    // The next order is n_s* / n_r.
    const closed = closedForm(dim, lambda);
    expect(Math.abs(synthetic - closed)).toBeLessThan(4.5 * standardError + (10 * closed ** 2) / 100_000);
    expect(standardError).toBeLessThan(0.01 * synthetic);
  });

  // At d = 100, good to about 0.5 %.
  it.each([
    [100, 0.3, 393],
    [100, 0.7, 1206],
    [250, 0.1, 116],
    [250, 0.7, 774],
    [250, 0.85, 1687],
    [1000, 0.3, 195],
    [1000, 0.7, 839],
  ])('at d = 100, n_r = %d, lambda = %d is %d', async (real, lambda, expected) => {
    const { synthetic, standardError, interval, bounded, nearest } = await admissibleThreshold({
      dim: 100,
      real,
      lambda,
      seed: 5,
    });
    expect(bounded).toBe('yes');
    expect(standardError).toBeLessThanOrEqual(0.0101 * synthetic);
    expect(Math.abs(synthetic - expected)).toBeLessThan(0.006 * expected + 4.5 * standardError);
    expect(holds(interval, synthetic)).toBe(true);
    expect(Math.abs(nearest!.synthetic / synthetic - 1)).toBeLessThan(0.03);
  });

  it('is where n_e passes n_r', async () => {
    const cell = { dim: 5, real: 30, lambda: 0.6 };
    const { synthetic } = await admissibleThreshold({ ...cell, relativeError: 5e-3 });
    const below = await effectiveSampleSize({ ...cell, synthetic: Math.round(0.8 * synthetic) });
    const above = await effectiveSampleSize({ ...cell, synthetic: Math.round(1.2 * synthetic) });
    expect(below.admissible).toBe(true);
    expect(above.admissible).toBe(false);
  });

  // There the limit falls to a third of its value without synthetic samples before it rises to d.
  it.each([
    [1, 2, 0.5],
    [1, 3, 0.5],
    [2, 3, 0.3],
  ])('is the last of two crossings at d = %d, n_r = %d, lambda = %d', async (dim, real, lambda) => {
    const { synthetic } = await admissibleThreshold({ dim, real, lambda, relativeError: 1e-3 });
    const target = await expectedDistance({ dim, samples: real });
    const at = (factor: number) =>
      limitPoint({
        dim,
        real,
        lambda,
        synthetic: Math.round(factor * synthetic),
        // At 0.95 and 1.05 of the threshold the limit differs from the target by 0.2 % and more.
        relativeError: 5e-4,
        seed: 3,
      });
    for (const factor of [0.1, 0.5, 0.95]) expect((await at(factor)).interval[1]).toBeLessThan(target);
    for (const factor of [1.05, 2, 100]) expect((await at(factor)).interval[0]).toBeGreaterThan(target);
  });

  it('refuses at once where the limit hardly depends on n_s, and where chains would run for days', async () => {
    await expectRejection(
      () => admissibleThreshold({ dim: 100, real: 1e9, lambda: 0.7 }),
      'ERR_NO_CONVERGENCE',
      'relativeError asks for a limit point to',
      'it hardly depends on n_s near 1243',
    );
    await expectRejection(
      () => admissibleThreshold({ dim: 100, real: 1_000, lambda: 1 - 1e-9 }),
      'ERR_NO_CONVERGENCE',
      '1e+6 seconds of one core',
    );
  });

  // The second and the third of runs to 2e-5: n_s as a real number, between two whole ones, where the step to it and the slope are
  // all that there is. The first is the mean of 500 other seeds, with a standard error of 0.0003, where one run has 0.008.
  const thresholds = [
    [{ dim: 10, real: 40, lambda: 0.8, relativeError: 3e-3 }, 174.0223],
    [{ dim: 3, real: 6, lambda: 0.6, relativeError: 5e-2 }, 72.0798],
    [{ dim: 1, real: 30, lambda: 0.9, relativeError: 5e-2 }, 152.0635],
  ] as const;
  // In normal size the corner alone.
  it.each(fullSize ? thresholds : thresholds.slice(2))(
    'has intervals that hold the threshold for 95 of 100 seeds: %o',
    async (cell, exact) => {
      const trials = repetitions(120);
      let hits = 0;
      for (let seed = 0; seed < trials; seed += 1) {
        const { interval } = await admissibleThreshold({ ...cell, seed });
        if (holds(interval, exact)) hits += 1;
      }
      expectCoverage(hits, trials);
    },
    180_000,
  );

  it('is unbounded for unbiased samples, and where real samples alone are worse than a collapsed model', async () => {
    const unbounded = {
      bounded: 'unbounded',
      synthetic: Number.POSITIVE_INFINITY,
      standardError: 0,
      nearest: null,
    };
    expect(await admissibleThreshold({ dim: 100, real: 50, lambda: 1 })).toMatchObject(unbounded);
    expect(await expectedDistance({ dim: 100, samples: 20 })).toBeGreaterThan(100);
    expect(await admissibleThreshold({ dim: 100, real: 20, lambda: 0.5 })).toMatchObject(unbounded);
    // So it is: a loop of nearly synthetic samples alone is at d, and better than 20 real ones.
    const { distance } = await limitPoint({ dim: 100, real: 20, synthetic: 1e6, lambda: 0.5 });
    expect(distance).toBeLessThan(101);
  });

  it('depends on options and seed alone', async () => {
    const options = { dim: 4, real: 25, lambda: 0.5, seed: 2 };
    const expected = await admissibleThreshold({ ...options, threads: 1 });
    for (const threads of [2, 7]) expect(await admissibleThreshold({ ...options, threads })).toEqual(expected);
  });
});
