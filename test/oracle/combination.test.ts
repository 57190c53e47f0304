// Combinations of the three loops: fixed real, fresh real and synthetic samples in one training set, and the pools.

import { describe, expect, it } from 'vitest';
import { expectedDistance, type GaussianLoopOptions } from '../../src/index.js';
import { repetitions } from '../support/sizes.js';
import { type CombinedLoop, combinedMoments, limitingSampleSize } from './support/combination.js';
import { expectedMoments } from './support/expected-moments.js';
import { describeLoop, metrics, runLoop } from './support/loop-runs.js';
import { subsamplingTraces } from './support/subsampling.js';
import { ZScores } from './support/z-scores.js';

const engines = ['moments', 'samples'] as const;

describe.each(engines)('fixed, fresh and synthetic samples (%s)', (engine) => {
  it('have the exact first moments in every generation', async () => {
    const z = new ZScores();
    const cases: (CombinedLoop & { initial: number })[] = [
      { dim: 2, initial: 70, realFixed: 40, realFresh: 30, synthetic: 130, lambda: 1 },
      { dim: 3, initial: 12, realFixed: 4, realFresh: 3, synthetic: 9, lambda: 0.9 },
      { dim: 1, initial: 2, realFixed: 2, realFresh: 1, synthetic: 20, lambda: 1 },
      { dim: 5, initial: 6, realFixed: 1, realFresh: 5, synthetic: 4, lambda: 0.7 },
      // Singular throughout.
      { dim: 9, initial: 4, realFixed: 2, realFresh: 2, synthetic: 3, lambda: 1 },
      { dim: 4, initial: 10, realFixed: 6, realFresh: 3, synthetic: 0, lambda: 1 },
    ];
    for (const [i, loop] of cases.entries()) {
      const generations = 14;
      const options: GaussianLoopOptions = { variant: 'combined', ...loop, generations, engine };
      const run = await runLoop({ ...options, replicates: repetitions(5_000), seed: 10_000 + i });
      for (const [index, { m, s }] of combinedMoments(loop, loop.initial, generations).entries()) {
        const t = index + 1;
        z.addSample(`${describeLoop(options)}, t = ${t}: |mu|^2`, run.at('meanNormSquared', t), m);
        z.addSample(`${describeLoop(options)}, t = ${t}: trace`, run.at('trace', t), s);
      }
    }
    z.check();
  });
});

describe('effective sample size at lambda = 1', () => {
  const dim = 5;
  // So many samples that what the limit leaves out, relative d / N, is far below the standard errors.
  const total = 1_000_000;

  it('is N / [p_f / (1 - q)^2 + (p_r + q) / (1 - q^2)] all over the simplex', async () => {
    const z = new ZScores();
    const shares = [0.1, 0.3, 0.5, 0.7];
    for (const q of shares) {
      for (const fixed of [0, 0.5, 1]) {
        const synthetic = Math.round(q * total);
        const realFixed = Math.round(fixed * (total - synthetic));
        const loop = { realFixed, realFresh: total - synthetic - realFixed, synthetic };
        const generations = 40; // 0.7^40 = 6e-7
        const options: GaussianLoopOptions = { variant: 'combined', dim, ...loop, generations };
        const run = await runLoop({ ...options, replicates: repetitions(2_000), seed: 10_100 });
        const samples = limitingSampleSize(loop);
        const distance = await expectedDistance({ dim, samples: Math.round(samples) });
        z.addSample(`${describeLoop(options)}: distance`, run.at('distance', generations), distance);
        z.addSample(`${describeLoop(options)}: |mu|^2`, run.at('meanNormSquared', generations), dim / samples);
      }
    }
    z.check();
  });

  it.each([0, 0.5, 1])(
    '(K + q) / (K p + q) n_r with memory K and fresh samples, less with fixed: %d',
    async (fixed) => {
      // Exact for the mean, whatever the share of fixed samples; in closed form without them.
      const z = new ZScores();
      const [real, synthetic, memory, generations] = [300_000, 700_000, 3, 60];
      const loop = { realFixed: fixed * real, realFresh: (1 - fixed) * real, synthetic, memory };
      const options: GaussianLoopOptions = { variant: 'combined', dim, ...loop, generations };
      const run = await runLoop({ ...options, replicates: repetitions(2_000), seed: 10_200 });
      const exact = expectedMoments(run.parameters, generations).at(-1)!.meanNormSquared;
      z.addSample(describeLoop(options), run.at('meanNormSquared', generations), exact);
      z.addSample(
        `${describeLoop(options)}: distance`,
        run.at('distance', generations),
        await expectedDistance({ dim, samples: Math.round(dim / exact) }),
      );
      z.check();
      const [p, q] = [real / (real + synthetic), synthetic / (real + synthetic)];
      const closed = (real * (memory + q)) / (memory * p + q);
      if (fixed === 0) expect(Math.abs(dim / exact / closed - 1)).toBeLessThan(1e-5);
      else expect(dim / exact).toBeLessThan(closed);
    },
  );

  it('is n / (1 + 1/4 + ... + 1/t^2) where all is kept', async () => {
    const z = new ZScores();
    const samples = 100_000;
    const options = { variant: 'combined', dim, realFixed: samples, synthetic: samples } as const;
    const run = await runLoop({
      ...options,
      pool: 'accumulate',
      generations: 12,
      replicates: repetitions(4_000),
      seed: 10_300,
    });
    let sum = 0;
    for (let t = 1; t <= 12; t += 1) {
      sum += 1 / t ** 2;
      const distance = await expectedDistance({ dim, samples: Math.round(samples / sum) });
      z.addSample(`t = ${t}`, run.at('distance', t), distance);
    }
    z.check();
  });
});

describe('accumulate and subsample', () => {
  it.each([
    ['unbiased', 1],
    ['mle', 1],
    ['unbiased', 0.8],
    ['mle', 0.5],
  ] as const)('has the exact traces (%s, lambda = %d)', async (divisor, lambda) => {
    const z = new ZScores();
    for (const [i, [dim, samples]] of [
      [1, 6],
      [2, 12],
      [4, 3],
    ].entries() as Iterable<[number, [number, number]]>) {
      const loop = { dim, samples, lambda, divisor };
      for (const variant of ['combined', 'synthetic-augmentation'] as const) {
        const options: GaussianLoopOptions = {
          variant,
          ...(variant === 'combined' ? { realFixed: samples } : { real: samples }),
          dim,
          synthetic: samples,
          lambda,
          divisor,
          pool: 'subsample',
          engine: 'samples',
          generations: 15,
        };
        const run = await runLoop({ ...options, replicates: repetitions(8_000), seed: 10_400 + i });
        for (const [index, trace] of subsamplingTraces(loop, 15).entries()) {
          z.addSample(`${describeLoop(options)}, t = ${index + 1}`, run.at('trace', index + 1), trace);
        }
      }
    }
    z.check();
  });

  it.each(['unbiased', 'mle'] as const)('has the exact first moments in every loop (%s)', async (divisor) => {
    const z = new ZScores();
    const counts: Partial<GaussianLoopOptions>[] = [
      { variant: 'fully-synthetic', initial: 7, synthetic: 9, subsample: 6 },
      { variant: 'synthetic-augmentation', real: 7, synthetic: 5, subsample: 10 },
      { variant: 'fresh-data', initial: 8, real: 4, synthetic: 6, subsample: 10 },
      { variant: 'combined', initial: 9, realFixed: 3, realFresh: 4, synthetic: 5, subsample: 8 },
      { variant: 'combined', initial: 5, realFixed: 2, realFresh: 1, synthetic: 2, subsample: 3 },
    ];
    for (const [i, loop] of counts.entries()) {
      for (const memory of [1, 3]) {
        const options = { ...loop, dim: 3, lambda: 0.8, memory, divisor, pool: 'subsample', engine: 'samples' };
        const generations = 8;
        const run = await runLoop({
          ...(options as GaussianLoopOptions),
          generations,
          replicates: repetitions(4_000),
          seed: 10_500 + i,
        });
        for (const [index, exact] of expectedMoments(run.parameters, generations).entries()) {
          const label = `${describeLoop(run.parameters)}, t = ${index + 1}`;
          z.addSample(`${label}: |mu|^2`, run.at('meanNormSquared', index + 1), exact.meanNormSquared);
          z.addSample(`${label}: trace`, run.at('trace', index + 1), exact.trace);
        }
      }
    }
    z.check();
  });

  it('of all there is in generation 2 is what accumulate trains on', async () => {
    const loop = { dim: 3, initial: 9, realFixed: 4, realFresh: 3, synthetic: 6, generations: 2 } as const;
    const settings = {
      variant: 'combined',
      engine: 'samples',
      replicates: 50,
      seed: 10_600,
      lambda: 0.9,
    } as const;
    const [all, some] = [
      await runLoop({ ...loop, ...settings, pool: 'accumulate' }),
      await runLoop({ ...loop, ...settings, pool: 'subsample', subsample: 13 }),
    ];
    for (const metric of metrics) {
      const values = some.at(metric, 2);
      for (const [i, expected] of all.at(metric, 2).entries()) {
        // The same samples, summed in another order.
        expect(Math.abs(values[i]! - expected)).toBeLessThan(1e-9 * (1 + Math.abs(expected)));
      }
    }
  });

  it('stays in the subspace of its samples', async () => {
    const run = await runLoop({
      variant: 'combined',
      dim: 6,
      initial: 4,
      realFixed: 4,
      synthetic: 30,
      subsample: 20,
      pool: 'subsample',
      engine: 'samples',
      generations: 8,
      replicates: 500,
      seed: 10_700,
    });
    expect(run.series.logDeterminant.filter((value) => !Number.isNaN(value)).length).toBe(0);
  });

  it('gives the same bytes for 1, 2 and 7 threads and for any number of replicates', async () => {
    const options: GaussianLoopOptions = {
      variant: 'combined',
      dim: 4,
      realFixed: 4,
      realFresh: 3,
      synthetic: 6,
      memory: 2,
      lambda: 0.9,
      pool: 'subsample',
      engine: 'samples',
      generations: 6,
      seed: 10_800,
    };
    const [one, two, seven, few] = await Promise.all([
      runLoop({ ...options, replicates: 101, threads: 1 }),
      runLoop({ ...options, replicates: 101, threads: 2 }),
      runLoop({ ...options, replicates: 101, threads: 7 }),
      runLoop({ ...options, replicates: 5, threads: 3 }),
    ]);
    for (const metric of metrics) {
      expect(two!.series[metric]).toEqual(one!.series[metric]);
      expect(seven!.series[metric]).toEqual(one!.series[metric]);
      expect(few!.series[metric]).toEqual(one!.series[metric].subarray(0, few!.series[metric].length));
    }
    expect((await runLoop({ ...one!.parameters })).series).toEqual(one!.series);
  });
});

describe.each(engines)('the paper’s loops are the combined loop with parts of it empty (%s)', (engine) => {
  const counts = { dim: 4, synthetic: 7 };
  const reductions: readonly [string, GaussianLoopOptions, Partial<GaussianLoopOptions>][] = [
    ['fully synthetic', { variant: 'fully-synthetic', initial: 9, ...settings(counts) }, { initial: 9 }],
    [
      'synthetic augmentation',
      { variant: 'synthetic-augmentation', real: 6, ...settings(counts) },
      { realFixed: 6 },
    ],
    [
      'fresh data',
      { variant: 'fresh-data', initial: 9, real: 6, ...settings(counts) },
      { initial: 9, realFresh: 6 },
    ],
  ];

  it.each(reductions)('%s, to the last bit', async (_, named, parts) => {
    for (const pool of [
      'latest',
      'accumulate',
      ...(engine === 'samples' ? ['subsample' as const] : []),
    ] as const) {
      for (const memory of [1, 3]) {
        const shared = { pool, memory, engine };
        const run = await runLoop({ ...named, ...shared });
        const combined = await runLoop({ variant: 'combined', ...settings(counts), ...parts, ...shared });
        for (const metric of metrics) {
          expect(combined.series[metric], describeLoop({ ...named, ...shared })).toEqual(run.series[metric]);
        }
      }
    }
  });

  function settings(sizes: { dim: number; synthetic: number }) {
    return { ...sizes, lambda: 0.9, generations: 6, replicates: 30, seed: 10_900 };
  }
});
