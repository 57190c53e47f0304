// Loops whose sample counts and bias differ between generations, in every variant, pool and memory, against the exact first
// moments of each generation: both engines and the sample-by-sample driver.

import { describe, expect, it } from 'vitest';
import {
  type autophagousLoop,
  type GaussianLoopOptions,
  gaussian,
  gaussianReference,
  replicatedAutophagousLoop,
} from '../../src/index.js';
import { fullSize, repetitions } from '../support/sizes.js';
import { expectedMoments } from './support/expected-moments.js';
import { describeLoop, runLoop } from './support/loop-runs.js';
import { ZScores } from './support/z-scores.js';

const generations = 6;
const dim = 3;

// Counts that grow, fall, stop and begin again; a bias that comes and goes.
const synthetic = [99, 4, 0, 9, 6, 12];
const lambda = [0, 0.9, 0.4, 1, 0.7];
const variants = [
  { variant: 'fully-synthetic', initial: 9, synthetic: [0, 12, 6, 15, 9] },
  { variant: 'synthetic-augmentation', real: 6, synthetic },
  { variant: 'fresh-data', real: [10, 8, 12, 3, 5, 20], synthetic },
  { variant: 'combined', initial: 9, realFixed: 3, realFresh: [7, 5, 0, 6, 2], synthetic },
] as const;
const loops = variants.flatMap((sizes) =>
  (['latest', 'accumulate', 'subsample'] as const).flatMap((pool) =>
    [1, 3].map((memory): GaussianLoopOptions => {
      const all = { ...sizes, pool, memory, dim, lambda, generations };
      return pool === 'subsample' ? { ...all, subsample: 3, engine: 'samples' } : all;
    }),
  ),
);

describe.each(['moments', 'samples'] as const)('first moments (%s)', (engine) => {
  it('are exact in every generation of every loop', async () => {
    const z = new ZScores();
    for (const loop of loops) {
      if (loop.pool === 'subsample' && engine === 'moments') continue;
      const run = await runLoop({ ...loop, engine, replicates: repetitions(4_000), seed: 7_300 });
      const exact = expectedMoments(run.parameters, generations);
      for (let t = 1; t <= generations; t += 1) {
        const label = `${describeLoop(loop)}, t = ${t}`;
        z.addSample(`${label}: |mu|^2`, run.at('meanNormSquared', t), exact[t - 1]!.meanNormSquared);
        z.addSample(`${label}: trace`, run.at('trace', t), exact[t - 1]!.trace);
      }
    }
    z.check();
  });

  it('would be told from those of the constant that a schedule begins with', async () => {
    const options = {
      variant: 'fresh-data',
      dim,
      real: [8, 8, 80],
      synthetic: 4,
      generations: 3,
      engine,
    } as const;
    const run = await runLoop({ ...options, replicates: repetitions(4_000), seed: 7_301 });
    const z = new ZScores();
    const [, , wrong] = expectedMoments({ ...run.parameters, real: 8 }, 3);
    z.addSample('|mu|^2', run.at('meanNormSquared', 3), wrong!.meanNormSquared);
    expect(() => z.check()).toThrow();
  });
});

it('autophagousLoop has the same first moments, with lists and with functions of t', async () => {
  const z = new ZScores();
  const replicates = fullSize ? 400 : 50;
  for (const [i, { engine: _, dim: __, ...loop }] of loops.entries()) {
    const entry = (list: unknown) => (t: number) => (Array.isArray(list) ? (list[t - 1] ?? list.at(-1)) : list);
    const asFunctions = { synthetic: entry(loop.synthetic), lambda: entry(loop.lambda) };
    const options = {
      ...(loop as unknown as Parameters<typeof autophagousLoop>[0]),
      ...(i % 2 === 0 ? {} : asFunctions),
    };
    const { series } = await replicatedAutophagousLoop({
      ...options,
      reference: gaussianReference({ dim }),
      model: gaussian(),
      metrics: ['meanNormSquared', 'trace'],
      replicates,
      seed: 3,
      series: true,
    });
    const { parameters } = await runLoop({ ...loop, dim, engine: 'samples', replicates: 2 });
    const exact = expectedMoments(parameters, generations);
    for (const t of [2, 4, 6]) {
      for (const metric of ['meanNormSquared', 'trace'] as const) {
        const values = Float64Array.from(
          { length: replicates },
          (_, r) => series!.metrics[metric]![r * generations + t - 1]!,
        );
        z.addSample(`${describeLoop({ dim, ...loop })}, t = ${t}: ${metric}`, values, exact[t - 1]![metric]);
      }
    }
  }
  z.check();
});
