// The fresh data loop with memory against its exact first moments: synthetic samples choose their models at random.

import { describe, expect, it } from 'vitest';
import type { GaussianLoopOptions } from '../../src/index.js';
import { repetitions } from '../support/sizes.js';
import { describeLoop, metrics, runLoop } from './support/loop-runs.js';
import { type MemoryLoop, memoryMoments } from './support/memory.js';
import { estimate } from './support/sample.js';
import { ZScores } from './support/z-scores.js';

const generations = 14;

function runMemoryLoop(loop: MemoryLoop, engine: 'moments' | 'samples', replicates: number, seed: number) {
  const options: GaussianLoopOptions = { variant: 'fresh-data', ...loop, generations, engine };
  return runLoop({ ...options, replicates, seed });
}

describe.each(['moments', 'samples'] as const)('memory (%s)', (engine) => {
  it('has the exact first moments in every generation', async () => {
    const z = new ZScores();
    const plain = { dim: 2, initial: 5, real: 5, synthetic: 11, lambda: 0.9 };
    const cases: MemoryLoop[] = [
      { ...plain, memory: 2 },
      { ...plain, memory: 3 },
      { ...plain, memory: 100 },
      { dim: 1, initial: 2, real: 3, synthetic: 40, lambda: 1, memory: 4 },
      // Singular parts and models; more models than synthetic samples.
      { dim: 5, initial: 3, real: 2, synthetic: 3, lambda: 0.7, memory: 6 },
      { dim: 6, initial: 20, real: 4, synthetic: 4, lambda: 1, memory: 2 },
    ];
    for (const [i, loop] of cases.entries()) {
      const run = await runMemoryLoop(loop, engine, repetitions(5_000), 6_000 + i);
      for (const [index, { m, s }] of memoryMoments(loop, generations).entries()) {
        const label = `${describeLoop(run.parameters)}, t = ${index + 1}`;
        z.addSample(`${label}: |mu|^2`, run.at('meanNormSquared', index + 1), m);
        z.addSample(`${label}: trace`, run.at('trace', index + 1), s);
      }
    }
    z.check();
  });

  it('draws the model of each sample at random, not equally many from each', async () => {
    // At lambda = 0 a synthetic sample is its model's mean, so the choice is all the randomness there is.
    const loop: MemoryLoop = { dim: 10, initial: 4, real: 2, synthetic: 4, lambda: 0, memory: 4 };
    const run = await runMemoryLoop(loop, engine, 8_000, 6_100);
    const norm = run.at('meanNormSquared', generations);
    const trace = run.at('trace', generations);
    const z = new ZScores();
    const random = memoryMoments(loop, generations).at(-1)!;
    z.addSample('|mu|^2', norm, random.m);
    z.addSample('trace', trace, random.s);
    z.check();
    // The test could tell.
    const equal = memoryMoments(loop, generations, 'equal').at(-1)!;
    expect(Math.abs(random.m - equal.m)).toBeGreaterThan(10 * estimate(norm).standardError);
  });
});

it('memory beyond the models there are makes no difference', async () => {
  const loop = { dim: 3, initial: 6, real: 4, synthetic: 8, lambda: 0.9 };
  const [all, more] = await Promise.all(
    [generations - 1, 1000].map((memory) => runMemoryLoop({ ...loop, memory }, 'moments', 20, 6_200)),
  );
  for (const metric of metrics) expect(more!.series[metric]).toEqual(all!.series[metric]);
});
