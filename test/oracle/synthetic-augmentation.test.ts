// Synthetic augmentation (one fixed real set, memory 1, the latest pool) against its exact first moments.

import { describe, expect, it } from 'vitest';
import type { GaussianLoopOptions } from '../../src/index.js';
import { repetitions } from '../support/sizes.js';
import { describeLoop, runLoop } from './support/loop-runs.js';
import { map } from './support/sample.js';
import {
  augmentationMoments,
  stationaryAugmentationMoments,
  stationaryAugmentationTrace,
} from './support/synthetic-augmentation.js';
import { ZScores } from './support/z-scores.js';

const engines = ['moments', 'samples'] as const;

describe('synthetic augmentation', () => {
  it.each(engines)('has the exact first moments in every generation (%s)', async (engine) => {
    const z = new ZScores();
    const cases = [
      { dim: 2, real: 8, synthetic: 12, lambda: 0.9 },
      { dim: 1, real: 5, synthetic: 20, lambda: 1 },
      { dim: 1, real: 2, synthetic: 1, lambda: 0.8 },
      { dim: 5, real: 3, synthetic: 4, lambda: 1 },
      { dim: 6, real: 9, synthetic: 3, lambda: 0.5 },
      { dim: 4, real: 20, synthetic: 2, lambda: 0 },
    ];
    for (const [i, loop] of cases.entries()) {
      const generations = 14;
      const options: GaussianLoopOptions = { variant: 'synthetic-augmentation', ...loop, generations, engine };
      const run = await runLoop({ ...options, replicates: repetitions(8_000), seed: 4_000 + i });
      for (const [index, { m, s }] of augmentationMoments(loop, generations).entries()) {
        const t = index + 1;
        z.addSample(`${describeLoop(options)}, t = ${t}: |mu|^2`, run.at('meanNormSquared', t), m);
        z.addSample(`${describeLoop(options)}, t = ${t}: trace`, run.at('trace', t), s);
      }
    }
    z.check();
  });

  it.each(engines)('does not diverge, not even at lambda = 1 (%s)', async (engine) => {
    const z = new ZScores();
    const cases = [
      { dim: 4, real: 10, synthetic: 40, lambda: 1 },
      { dim: 3, real: 6, synthetic: 6, lambda: 1 },
      { dim: 3, real: 10, synthetic: 40, lambda: 0.9 },
    ];
    for (const [i, loop] of cases.entries()) {
      const generations = 150;
      const options: GaussianLoopOptions = { variant: 'synthetic-augmentation', ...loop, generations, engine };
      const run = await runLoop({ ...options, replicates: repetitions(1_000), seed: 4_100 + i });
      const limit = stationaryAugmentationMoments(loop);
      for (const t of [100, 125, 150]) {
        z.addSample(`${describeLoop(options)}, t = ${t}: |mu|^2`, run.at('meanNormSquared', t), limit.m);
        z.addSample(`${describeLoop(options)}, t = ${t}: trace`, run.at('trace', t), limit.s);
        const drift = map(run.at('trace', t), (late, early) => late - early, run.at('trace', 75));
        z.addSample(`${describeLoop(options)}, t = ${t}: drift`, drift, 0);
      }
    }
    z.check();
  });

  it('stays below what it keeps of the real set at d = 100', async () => {
    const loop = { dim: 100, real: 150, synthetic: 300, lambda: 1 };
    const run = await runLoop({
      variant: 'synthetic-augmentation',
      ...loop,
      generations: 80,
      replicates: 16,
      seed: 4_200,
    });
    const z = new ZScores();
    z.addSample('|mu|^2', run.at('meanNormSquared', 80), stationaryAugmentationMoments(loop).m);
    z.addSample('trace', run.at('trace', 80), stationaryAugmentationTrace(loop));
    z.check();
    const distance = run.generations.map((generation) => generation.distance.mean);
    expect(distance[79]!).toBeLessThan(1.1 * distance[39]!);
  });
});
