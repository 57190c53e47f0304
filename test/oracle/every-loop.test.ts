// Every variant, pool, memory, divisor and engine against the exact first moments, and the two engines against each other.

import { describe, expect, it } from 'vitest';
import type { GaussianLoopOptions } from '../../src/index.js';
import { repetitions } from '../support/sizes.js';
import { everyLoop } from './support/every-loop.js';
import { expectedMoments } from './support/expected-moments.js';
import { kolmogorovSmirnov, kolmogorovSmirnovLimit } from './support/kolmogorov-smirnov.js';
import { describeLoop, metrics, runLoop } from './support/loop-runs.js';
import { ZScores, zLimit } from './support/z-scores.js';

const engines = ['moments', 'samples'] as const;

// One dimension; more samples than dimensions; singular parts of regular models; singular models.
const sizes = [
  { dim: 1, initial: 9, real: 3, synthetic: 12 },
  { dim: 3, initial: 10, real: 6, synthetic: 9 },
  { dim: 5, initial: 9, real: 5, synthetic: 4 },
  { dim: 6, initial: 3, real: 2, synthetic: 3 },
];

describe.each(engines)('first moments (%s)', (engine) => {
  it.each(sizes)('are exact in every loop: $dim, $initial, $real, $synthetic', async ({ dim, ...counts }) => {
    const z = new ZScores();
    const generations = 6;
    for (const loop of everyLoop(counts)) {
      for (const divisor of ['unbiased', 'mle'] as const) {
        // lambda 0.7 keeps the tails of the fully synthetic loop light.
        const options: GaussianLoopOptions = { ...loop, dim, lambda: 0.7, divisor, engine, generations };
        const run = await runLoop({ ...options, replicates: repetitions(2_000), seed: 7_000 });
        const exact = expectedMoments(run.parameters, generations);
        for (const t of [1, 2, 3, 6]) {
          const { meanNormSquared, trace } = exact[t - 1]!;
          z.addSample(
            `${describeLoop(options)}, t = ${t}: |mu|^2`,
            run.at('meanNormSquared', t),
            meanNormSquared,
          );
          z.addSample(`${describeLoop(options)}, t = ${t}: trace`, run.at('trace', t), trace);
        }
      }
    }
    z.check();
  });
});

describe.each(engines)('a model in a subspace (%s)', (engine) => {
  // Every model is a combination of `initial` points at most d, or of a singular model's samples.
  it.each([
    { variant: 'synthetic-augmentation', dim: 5, real: 5, synthetic: 4, pool: 'latest', memory: 1 },
    { variant: 'synthetic-augmentation', dim: 5, real: 5, synthetic: 40, pool: 'accumulate', memory: 3 },
    { variant: 'synthetic-augmentation', dim: 6, real: 2, synthetic: 3, pool: 'latest', memory: 1 },
    { variant: 'fully-synthetic', dim: 5, initial: 5, synthetic: 30, pool: 'latest', memory: 3 },
    { variant: 'fully-synthetic', dim: 5, initial: 4, synthetic: 30, pool: 'accumulate', memory: 1 },
  ] as const)('has no log-determinant in any replicate: %o', async (loop) => {
    const run = await runLoop({ ...loop, generations: 6, replicates: 1_000, seed: 7_200, engine });
    expect(run.series.logDeterminant.filter((value) => !Number.isNaN(value)).length).toBe(0);
  });
});

describe('the two engines', () => {
  it.each(sizes)(
    'have one law in every loop: $dim, $initial, $real, $synthetic',
    async ({ dim, ...counts }) => {
      const replicates = repetitions(2_500);
      const different: string[] = [];
      for (const loop of everyLoop(counts)) {
        const options: GaussianLoopOptions = { ...loop, dim, lambda: 0.9, generations: 7, replicates };
        const [moments, samples] = await Promise.all(
          engines.map((engine, i) => runLoop({ ...options, engine, seed: 7_100 + i })),
        );
        for (const t of [2, 7]) {
          for (const metric of metrics) {
            const [first, second] = [moments!, samples!].map((run) =>
              run.at(metric, t).filter((x) => !Number.isNaN(x)),
            );
            const label = `${describeLoop(options)}, t = ${t}: ${metric}`;
            // Some loops are singular in some replicates only: as often for both, and the others have one law.
            const [regular, other] = [first!.length / replicates, second!.length / replicates];
            const pooled = (regular + other) / 2;
            const standardError = Math.sqrt((2 * pooled * (1 - pooled)) / replicates);
            if (Math.abs(regular - other) > zLimit * standardError) {
              different.push(`${label}: regular in ${regular} and ${other} of the replicates`);
            }
            if (pooled === 0) continue;
            const distance = kolmogorovSmirnov(first!, second!);
            const limit = kolmogorovSmirnovLimit(first!.length, second!.length);
            if (!(distance <= limit)) different.push(`${label}: ${distance} > ${limit}`);
          }
        }
      }
      expect(different).toEqual([]);
    },
  );

  it('would be told apart if one had another lambda', async () => {
    const replicates = repetitions(2_500);
    const options: GaussianLoopOptions = {
      variant: 'fresh-data',
      dim: 3,
      real: 6,
      synthetic: 9,
      generations: 7,
      replicates,
    };
    const right = await runLoop({ ...options, lambda: 0.9, engine: 'moments', seed: 7_100 });
    const wrong = await runLoop({ ...options, lambda: 0.8, engine: 'samples', seed: 7_101 });
    for (const metric of ['trace', 'logDeterminant'] as const) {
      expect(kolmogorovSmirnov(right.at(metric, 7), wrong.at(metric, 7))).toBeGreaterThan(
        kolmogorovSmirnovLimit(replicates, replicates),
      );
    }
  });
});
