// Limit points against exact results, published values and the plain simulation.

import { describe, expect, it } from 'vitest';
import { checkJobOptions } from '../../src/engine/job.js';
import { expectedDistance, type LimitPointOptions, limitPoint, simulateGaussianLoop } from '../../src/index.js';
import { LimitPointEstimator } from '../../src/limits/limit-point-estimator.js';
import type { LimitPoint } from '../../src/limits/limit-point-result.js';
import { resolveLimitPointParameters } from '../../src/limits/parameters.js';
import { simulateChains } from '../../src/limits/simulate-chains.js';
import { fullSize, repetitions } from '../support/sizes.js';
import { distanceBracket, stationarySecondMoments } from './support/fresh-data-moments.js';
import { ZScores } from './support/z-scores.js';

/** Runs many estimators side by side. */
async function estimateAll(estimators: readonly LimitPointEstimator[]): Promise<LimitPoint[]> {
  for (;;) {
    const work = estimators.flatMap((estimator) => {
      const wanted = estimator.next();
      return wanted ? [{ estimator, first: wanted.first, count: wanted.count }] : [];
    });
    if (work.length === 0) return estimators.map((estimator) => estimator.result());
    const sums = await simulateChains(work, checkJobOptions('test', {}));
    for (const [i, { estimator, first }] of work.entries()) estimator.add(first, sums[i]!);
  }
}

function estimatorOf(options: object): LimitPointEstimator {
  return new LimitPointEstimator('test', resolveLimitPointParameters('test', options));
}

describe('limit points', () => {
  it('hold for any counts, up to a billion: rounding in the expectations of controls stays below the error', async () => {
    // The large-d limit, which at such counts is exact to 0.3 (d / n) / d of itself.
    for (const [dim, real, options] of [
      [100, 1e9, {}],
      [100, 5e6, {}],
      [100, 5e6, { lambda: 0.9 }],
      [100, 3e5, {}],
      [50, 1e7, {}],
      [10, 1e6, { seed: 1 }],
      [10, 1e7, { divisor: 'mle' }],
      [5, 1e7, {}],
      [1, 1e7, {}],
    ] as const) {
      const loop = { dim, real, synthetic: real, ...options };
      const { distance, standardError } = await limitPoint(loop);
      const limit = await limitPoint({ ...loop, method: 'deterministic' });
      const error = standardError + (limit.distance * 0.3) / real;
      expect(standardError).toBeLessThanOrEqual(1e-3 * distance);
      expect(Math.abs(distance - limit.distance)).toBeLessThan(4.5 * error);
    }
  });

  it('agree with plain simulations at d = 100', async () => {
    // 12,000 to 16,000 stationary generations of a NumPy loop each, with the standard error of that.
    const z = new ZScores();
    for (const [real, synthetic, lambda, distance, error] of [
      [100, 900, 1, 12.2935, 0.013],
      [100, 900, 0.8, 20.6281, 0.0039],
      [1_000, 1_000, 1, 1.7509, 0.00047],
      [200, 50, 0.85, 11.3073, 0.002],
      [250, 1_000, 0.7, 13.437, 0.009],
      [1_000, 10_000, 1, 1.3594, 0.0028],
    ] as const) {
      const limit = await limitPoint({ dim: 100, real, synthetic, lambda });
      expect(limit.standardError).toBeLessThanOrEqual(1e-3 * limit.distance);
      z.add(
        `${real}, ${synthetic}, ${lambda}`,
        limit.distance,
        distance,
        Math.hypot(error, limit.standardError),
      );
    }
    z.check();
  });

  it('are the expected distance of plain estimation without synthetic samples', async () => {
    const z = new ZScores();
    for (const [dim, real] of [
      [1, 5],
      [1, 2],
      [2, 5],
      [5, 6],
      [20, 8],
      [20, 200],
      [100, 101],
    ] as const) {
      const exact = await expectedDistance({ dim, samples: real });
      const { distance, standardError } = await limitPoint({ dim, real, synthetic: 0, relativeError: 5e-4 });
      z.add(`d = ${dim}, n = ${real}`, distance, exact, standardError);
    }
    z.check();
  });

  it('keep their digits where model and reference are nearly the same', async () => {
    const z = new ZScores();
    for (const real of [1e6, 1e9, 1e12]) {
      const exact = await expectedDistance({ dim: 3, samples: real });
      const { distance, standardError } = await limitPoint({ dim: 3, real, synthetic: 0 });
      z.add(`n = ${real}`, distance / exact, 1, standardError / exact);
    }
    z.check();
  });

  it('lie between their rigorous bounds', async () => {
    const grid = [1, 2, 5, 30].flatMap((dim) =>
      [6, 40].flatMap((real) =>
        // Of 6 real and 300 synthetic samples the chains are the longest by far.
        [3, 50, ...(fullSize || real === 40 ? [300] : [])].flatMap((synthetic) =>
          [0, 0.5, 0.9, 1].map((lambda) => ({ dim, real, synthetic, lambda })),
        ),
      ),
    );
    const limits = await estimateAll(grid.map((loop) => estimatorOf({ ...loop, relativeError: 0.01 })));
    for (const [i, loop] of grid.entries()) {
      const { distance, standardError } = limits[i]!;
      const { lower, upper } = distanceBracket(loop.dim, stationarySecondMoments(loop));
      expect(distance, JSON.stringify(loop)).toBeGreaterThan(lower - 4.5 * standardError);
      expect(distance, JSON.stringify(loop)).toBeLessThan(upper + 4.5 * standardError);
    }
  });

  it('are where the plain loop goes: every variant, memory, divisor and reference', async () => {
    const z = new ZScores();
    const reference = { mean: [1, -2], covariance: [4, 1.2, 1.2, 1] };
    for (const options of [
      { variant: 'fresh-data', dim: 3, real: 6, synthetic: 9, lambda: 0.8 },
      { variant: 'fresh-data', dim: 3, real: 6, synthetic: 9, lambda: 0.8, divisor: 'mle' },
      { variant: 'fresh-data', dim: 5, real: 3, synthetic: 2, lambda: 1 },
      { variant: 'fresh-data', dim: 2, real: 8, synthetic: 15, memory: 4 },
      { variant: 'fresh-data', dim: 2, real: 8, synthetic: 15, memory: 3, reference, divisor: 'mle' },
      { variant: 'fresh-data', dim: 2, real: 8, synthetic: 15, lambda: 0.9, reference },
      { variant: 'synthetic-augmentation', dim: 2, real: 8, synthetic: 12, lambda: 0.9 },
      { variant: 'synthetic-augmentation', dim: 4, real: 4, synthetic: 4 },
      { variant: 'synthetic-augmentation', dim: 2, real: 8, synthetic: 12, memory: 2, divisor: 'mle' },
      { variant: 'synthetic-augmentation', dim: 2, real: 8, synthetic: 12, reference },
    ] as const) {
      const limit = await limitPoint({ ...options, relativeError: 2e-3 });
      const generations = 40; // e^-8 and less is left of generation 1
      const { generations: plain } = await simulateGaussianLoop({
        ...options,
        generations,
        replicates: repetitions(3_000),
        seed: 7,
      });
      const { mean, standardError } = plain.at(-1)!.distance;
      z.add(JSON.stringify(options), limit.distance, mean, Math.hypot(limit.standardError, standardError));
    }
    z.check();
  });

  it('scale with the reference', async () => {
    const loop = { dim: 3, real: 6, synthetic: 9, lambda: 0.9, relativeError: fullSize ? 1e-3 : 3e-3 };
    const plain = await limitPoint(loop);
    const scaled = await limitPoint({
      ...loop,
      reference: { mean: [5, 0, 1], covariance: [7, 0, 0, 0, 7, 0, 0, 0, 7] },
      seed: 1,
    });
    const z = new ZScores();
    z.add(
      'covariance 7 I',
      scaled.distance,
      7 * plain.distance,
      Math.hypot(scaled.standardError, 7 * plain.standardError),
    );
    // In one direction alone.
    const flat = await limitPoint({
      ...loop,
      reference: { mean: [0, 0, 0], covariance: [4, 0, 0, 0, 0, 0, 0, 0, 0] },
    });
    const line = await limitPoint({ ...loop, dim: 1, seed: 2 });
    z.add(
      'covariance of rank 1',
      flat.distance,
      4 * line.distance,
      Math.hypot(flat.standardError, 4 * line.standardError),
    );
    z.check();
  });
});

type LoopOptions = Pick<LimitPointOptions, 'variant' | 'lambda' | 'memory'> &
  Record<'dim' | 'real' | 'synthetic', number>;
type Known = Pick<LimitPoint, 'distance' | 'standardError'>;

describe('95 % intervals', () => {
  // With so many seeds, 95 % +- 4.5 binomial standard errors must cover the truth: of 24, at least 18. Standard errors of half
  // their size, which cover 67 %, fail nearly always in one of the cases.
  const seeds = fullSize ? 300 : 24;
  const least = 0.95 - 4.5 * Math.sqrt((0.95 * 0.05) / seeds);

  // Of long runs of another program: 1e8 generations, with the exact moments of Sigma, Sigma^2 and mu^2 as controls.
  const knownLimits = {
    skewed: { distance: 0.0451603753, standardError: 1.4e-6 },
    heavy: { distance: 0.648935, standardError: 8e-5 },
  };
  // Of one long run of another seed, which the full size makes anew: at least ten times as precise as one of those that are tested.
  const recorded = (distance: number, standardError: number) =>
    fullSize ? undefined : { distance, standardError };

  type Case = [string, LoopOptions, number, (Known | undefined)?];
  const slow: Case[] = fullSize
    ? [['fresh data, lambda = 1, slow', { dim: 2, real: 8, synthetic: 32 }, 0.02]]
    : [];

  it.each<Case>([
    ['n_s = 0, d = 1: known exactly', { dim: 1, real: 5, synthetic: 0 }, 0.02],
    ['n_s = 0, d = 3: known exactly', { dim: 3, real: 7, synthetic: 0 }, 2e-3],
    ['n_s = 0, d = 40: known exactly', { dim: 40, real: 50, synthetic: 0 }, 2e-3],
    ['fresh data', { dim: 2, real: 6, synthetic: 18, lambda: 0.9 }, 0.02, recorded(0.286072244, 6.9e-5)],
    [
      'fresh data, first moments alone',
      { dim: 1, real: 5, synthetic: 20 },
      0.05,
      recorded(0.187436151, 8.9e-5),
    ],
    ...slow,
    ['fresh data, skewed residuals', { dim: 1, real: 18, synthetic: 180 }, 0.02, knownLimits.skewed],
    ['fresh data, no fourth moment', { dim: 1, real: 2, synthetic: 2 }, 0.05, knownLimits.heavy],
    ['memory', { dim: 2, real: 10, synthetic: 10, memory: 2 }, 0.05, recorded(0.225515071, 4.3e-5)],
    [
      'augmentation',
      { variant: 'synthetic-augmentation', dim: 2, real: 8, synthetic: 12 },
      0.05,
      recorded(0.614623221, 1.2e-4),
    ],
  ])(
    'cover 95 %%, %s',
    async (_, options, relativeError, known) => {
      const limits = await estimateAll(
        Array.from({ length: seeds }, (__, seed) => estimatorOf({ ...options, relativeError, seed })),
      );
      const typical = Math.max(
        ...limits.slice(0, 5).map(({ standardError, distance }) => standardError / distance),
      );
      const truth =
        known ??
        (options.synthetic === 0
          ? { distance: await expectedDistance({ dim: options.dim, samples: options.real }), standardError: 0 }
          : // So much more precise that its own error costs a few thousandths of coverage.
            (await estimateAll([estimatorOf({ ...options, relativeError: typical / 6, seed: 999_999 })]))[0]!);
      const covered = limits.filter(
        ({ interval: [low, high] }) => low <= truth.distance && truth.distance <= high,
      ).length;
      expect(covered / seeds).toBeGreaterThan(least);
      // Of a quarter of the seeds all may be covered.
      if (fullSize) expect(covered / seeds).toBeLessThan(0.95 + 0.05);

      // No bias worth mentioning, from the burn-in, the coefficients or stopping: the mean over seeds is the truth.
      const mean = limits.reduce((sum, { distance }) => sum + distance, 0) / seeds;
      const variance = limits.reduce((sum, { distance }) => sum + (distance - mean) ** 2, 0) / (seeds - 1);
      const z = new ZScores();
      z.add(
        'mean over seeds',
        mean,
        truth.distance,
        Math.hypot(Math.sqrt(variance / seeds), truth.standardError),
      );
      z.check();
    },
    180_000,
  );
});
