import { expect, test } from 'vitest';
import { admissibleThreshold, effectiveSampleSize, simulateGaussianLoop } from '../../src/index.js';
import { stationaryVariance, syntheticBeforeCollapse } from '../../src/limits/stationary-variance.js';

const fresh = { variant: 'fresh-data', divisor: 'unbiased' } as const;

test.each([
  { ...fresh, dim: 4, real: 3, synthetic: 12, lambda: 0.6, memory: 1 },
  { ...fresh, dim: 3, real: 2, synthetic: 8, lambda: 0.5, memory: 4 },
  { ...fresh, divisor: 'mle', dim: 3, real: 3, synthetic: 4, lambda: 0.7, memory: 2 },
  { ...fresh, variant: 'synthetic-augmentation', dim: 4, real: 3, synthetic: 12, lambda: 0.6, memory: 1 },
  { variant: 'synthetic-augmentation', divisor: 'mle', dim: 3, real: 4, synthetic: 6, lambda: 0.6, memory: 3 },
] as const)('the variance that is left is that of the simulated loop: %j', async (cell) => {
  const { generations } = await simulateGaussianLoop({
    ...{ generations: 40, replicates: 4_000, seed: 5, threads: 1 },
    ...cell,
  });
  const { mean, standardError } = generations.at(-1)!.trace;
  expect(Math.abs(stationaryVariance(cell) - mean / cell.dim)).toBeLessThan((4.5 * standardError) / cell.dim);
  expect(standardError / mean).toBeLessThan(0.01);
});

test('real samples alone keep all of it, or what divisor N leaves', () => {
  const alone = { ...fresh, real: 5, synthetic: 0, lambda: 0.5, memory: 1 };
  expect(stationaryVariance(alone)).toBeCloseTo(1, 12);
  expect(stationaryVariance({ ...alone, divisor: 'mle' })).toBeCloseTo(0.8, 12);
});

test('the first count that collapses is where the variance passes 0.09', () => {
  const cell = { ...fresh, real: 40, synthetic: 0, lambda: 0.3, memory: 1 };
  const most = syntheticBeforeCollapse(cell);
  expect(stationaryVariance({ ...cell, synthetic: most })).toBeCloseTo(0.09, 10);
  expect(syntheticBeforeCollapse({ ...cell, lambda: 1 })).toBe(Number.POSITIVE_INFINITY);
});

test('effective sample sizes and thresholds say what is left beside what is admissible', async () => {
  const few = { dim: 20, real: 2, lambda: 0.5 };
  const size = await effectiveSampleSize({ ...few, synthetic: 200, relativeError: 0.05, threads: 1 });
  expect(size.admissible).toBe(true);
  expect(size.stationaryVariance).toBe(
    stationaryVariance({ ...fresh, real: 2, synthetic: 200, lambda: 0.5, memory: 1 }),
  );
  expect(size.stationaryVariance).toBeLessThan(0.09);
  const { bounded, beforeCollapse } = await admissibleThreshold({ ...few, threads: 1 });
  expect(bounded).toBe('unbounded');
  expect(stationaryVariance({ ...fresh, ...few, synthetic: beforeCollapse, memory: 1 })).toBeCloseTo(0.09, 10);
  expect((await admissibleThreshold({ ...few, lambda: 1, threads: 1 })).beforeCollapse).toBe(
    Number.POSITIVE_INFINITY,
  );
});
