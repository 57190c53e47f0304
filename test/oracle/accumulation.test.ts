// Accumulation: n real samples once, n synthetic ones a generation, all kept; against its exact first moments.

import { describe, it } from 'vitest';
import type { GaussianLoopOptions } from '../../src/index.js';
import { repetitions } from '../support/sizes.js';
import { accumulationMoments } from './support/accumulation.js';
import { describeLoop, runLoop } from './support/loop-runs.js';
import { map } from './support/sample.js';
import { ZScores } from './support/z-scores.js';

describe.each(['moments', 'samples'] as const)('accumulation (%s)', (engine) => {
  it.each([
    ['unbiased', 1],
    ['mle', 1],
    ['unbiased', 0.8],
    ['mle', 0.8],
  ] as const)('has the exact first moments in every generation (%s, lambda = %d)', async (divisor, lambda) => {
    const z = new ZScores();
    const generations = 20;
    for (const [i, [dim, samples]] of [
      [1, 5],
      [1, 2],
      [3, 10],
      [4, 3],
    ].entries() as Iterable<[number, [number, number]]>) {
      const options: GaussianLoopOptions = {
        variant: 'synthetic-augmentation',
        pool: 'accumulate',
        dim,
        real: samples,
        synthetic: samples,
        lambda,
        divisor,
        engine,
        generations,
      };
      const run = await runLoop({ ...options, replicates: repetitions(4_000), seed: 5_000 + i });
      const label = describeLoop(options);
      for (const [index, { m, s }] of accumulationMoments(
        { dim, samples, lambda, divisor },
        generations,
      ).entries()) {
        const t = index + 1;
        z.addSample(`${label}, t = ${t}: |mu|^2`, run.at('meanNormSquared', t), m);
        z.addSample(`${label}, t = ${t}: trace`, run.at('trace', t), s);
        if (divisor === 'mle' && lambda === 1) {
          // Conserved in expectation: what the covariance loses, the mean has wandered.
          const sum = map(run.at('meanNormSquared', t), (norm, trace) => norm + trace, run.at('trace', t));
          z.addSample(`${label}, t = ${t}: |mu|^2 + trace`, sum, dim);
        }
      }
    }
    z.check();
  });
});
