// The fully synthetic loop against its closed forms. Its moments grow heavy tails: at lambda = 1 the relative variance of
// tr Sigma_t is about (1 + 2 / k)^t - 1, so sample means are compared only for t well below k = n - 1, and at later times
// what has light tails: the log-determinant, and everything at lambda well below 1.

import { describe, expect, it } from 'vitest';
import type { GaussianLoopOptions } from '../../src/index.js';
import { repetitions } from '../support/sizes.js';
import { freshDataMoments } from './support/fresh-data-moments.js';
import {
  expectedDistanceInOneDimension,
  expectedMeanNormSquared,
  expectedSecondMoments,
  expectedTrace,
  limitingDistance,
  logDeterminantLaw,
} from './support/fully-synthetic.js';
import { describeLoop, runLoop } from './support/loop-runs.js';
import { map } from './support/sample.js';
import { ZScores } from './support/z-scores.js';

const engines = ['moments', 'samples'] as const;

describe.each(engines)('moments for t well below n (%s)', (engine) => {
  const cases = [
    { dim: 1, initial: 30, synthetic: 30, lambda: 1 },
    { dim: 3, initial: 10, synthetic: 40, lambda: 0.9 },
    { dim: 4, initial: 60, synthetic: 30, lambda: 0.5 },
    { dim: 10, initial: 40, synthetic: 40, lambda: 1 },
    // n_ini or n at most d: singular from then on.
    { dim: 30, initial: 50, synthetic: 25, lambda: 1 },
    { dim: 30, initial: 20, synthetic: 50, lambda: 0.8 },
  ];
  const generations = 8;

  it('has E tr, E|mu|^2 and E tr^2', async () => {
    const z = new ZScores();
    for (const [i, loop] of cases.entries()) {
      const options: GaussianLoopOptions = { variant: 'fully-synthetic', ...loop, generations, engine };
      const replicates = repetitions(Math.round(40_000 / loop.dim));
      const run = await runLoop({ ...options, replicates, seed: 3_000 + i });
      const exact = freshDataMoments({ ...loop, real: 0 }, loop.initial, generations);
      for (let t = 1; t <= generations; t += 1) {
        const label = `${describeLoop(options)}, t = ${t}`;
        const trace = run.at('trace', t);
        const { b } = expectedSecondMoments(loop, t);
        const { m, c, f } = exact[t - 1]!;
        z.addKnown(`${label} s`, trace, expectedTrace(loop, t), b - expectedTrace(loop, t) ** 2);
        z.addSample(
          `${label} b`,
          map(trace, (s) => s * s),
          b,
        );
        const norm = run.at('meanNormSquared', t);
        z.addKnown(`${label} m`, norm, expectedMeanNormSquared(loop, t), c - m * m);
        z.addSample(
          `${label} f`,
          map(norm, (m, s) => m * s, trace),
          f,
        );
      }
    }
    z.check();
  });
});

// Factors keep a log-determinant however far the eigenvalues are spread. Samples do not: at n = d + 1 some chains are
// singular to float64 from about generation 15 on.
describe.each([
  ['moments', 60],
  ['samples', 10],
] as const)('the log-determinant (%s)', (engine, generations) => {
  it('is the exact random walk', async () => {
    const z = new ZScores();
    const cases = [
      { dim: 1, initial: 10, synthetic: 5, lambda: 1 },
      { dim: 1, initial: 2, synthetic: 2, lambda: 0.9 },
      { dim: 4, initial: 5, synthetic: 5, lambda: 1 },
      { dim: 4, initial: 12, synthetic: 9, lambda: 0.7 },
      { dim: 10, initial: 100, synthetic: 20, lambda: 1 },
    ];
    for (const [i, loop] of cases.entries()) {
      const options: GaussianLoopOptions = { variant: 'fully-synthetic', ...loop, generations, engine };
      const replicates = repetitions(Math.round(8_000 / loop.dim));
      const run = await runLoop({ ...options, replicates, seed: 3_100 + i });
      for (const t of [1, 2, 3, 5, 10, 20, 40, 60].filter((t) => t <= generations)) {
        const { mean, variance } = logDeterminantLaw(loop, t);
        const values = run.at('logDeterminant', t);
        z.addKnown(`${describeLoop(options)}, t = ${t}: mean`, values, mean, variance);
        z.addSample(
          `${describeLoop(options)}, t = ${t}: variance`,
          map(values, (value) => (value - mean) ** 2),
          variance,
        );
      }
      // Steps are independent: what the second half adds does not depend on the first.
      const half = generations / 2;
      const [early, late] = [logDeterminantLaw(loop, half), logDeterminantLaw(loop, generations)];
      const before = run.at('logDeterminant', half);
      const steps = map(run.at('logDeterminant', generations), (after, value) => after - value, before);
      const centred = map(before, (value) => value - early.mean);
      z.addKnown(
        `${describeLoop(options)}: steps`,
        steps,
        late.mean - early.mean,
        late.variance - early.variance,
      );
      z.addSample(
        `${describeLoop(options)}: covariance of steps`,
        map(steps, (step, value) => (step - (late.mean - early.mean)) * value, centred),
        0,
      );
    }
    z.check();
  });
});

describe.each(engines)('d = 1 (%s)', (engine) => {
  it('has E distance in every generation', async () => {
    const z = new ZScores();
    for (const [i, loop] of [
      { dim: 1, initial: 10, synthetic: 40, lambda: 1 },
      { dim: 1, initial: 2, synthetic: 20, lambda: 0.9 },
      { dim: 1, initial: 100, synthetic: 5, lambda: 0.5 },
      { dim: 1, initial: 5, synthetic: 3, lambda: 0.3 },
    ].entries()) {
      const generations = 15;
      const options: GaussianLoopOptions = { variant: 'fully-synthetic', ...loop, generations, engine };
      const run = await runLoop({ ...options, replicates: repetitions(20_000), seed: 3_200 + i });
      for (let t = 1; t <= generations; t += 1) {
        z.addSample(
          `${describeLoop(options)}, t = ${t}`,
          run.at('distance', t),
          expectedDistanceInOneDimension(loop, t),
        );
      }
    }
    z.check();
  });
});

describe.each(engines)('lambda < 1 (%s)', (engine) => {
  it('collapses to a point at the limiting distance', async () => {
    const z = new ZScores();
    for (const [i, loop] of [
      { dim: 3, initial: 10, synthetic: 12, lambda: 0.7 },
      { dim: 5, initial: 8, synthetic: 4, lambda: 0.4 },
      { dim: 2, initial: 50, synthetic: 30, lambda: 0.8 },
    ].entries()) {
      const generations = 180;
      const options: GaussianLoopOptions = { variant: 'fully-synthetic', ...loop, generations, engine };
      const run = await runLoop({ ...options, replicates: repetitions(1_500), seed: 3_300 + i });
      // tr Sigma^(1/2) <= sqrt(d tr Sigma) is of order d lambda^(t / 2), below 1e-9 here.
      z.addSample(describeLoop(options), run.at('distance', generations), limitingDistance(loop));
    }
    z.check();
  });
});

describe('n <= d', () => {
  it('has no log-determinant from the first self-consumption on', async () => {
    for (const engine of engines) {
      for (const [synthetic, initial] of [
        [6, 20],
        [2, 20],
        [3, 3],
      ] as const) {
        const { generations } = await runLoop({
          variant: 'fully-synthetic',
          dim: 6,
          initial,
          synthetic,
          generations: 30,
          replicates: 10,
          engine,
        });
        const found = generations.map(({ logDeterminant }) => logDeterminant !== null);
        expect(found).toEqual(generations.map(({ t }) => t === 1 && initial > 6));
      }
    }
  });

  it('stays singular though later generations have more samples', async () => {
    for (const engine of engines) {
      const { generations } = await runLoop({
        variant: 'fully-synthetic',
        dim: 6,
        initial: 4,
        synthetic: 50,
        generations: 30,
        replicates: 10,
        engine,
      });
      for (const { t, logDeterminant } of generations) expect(logDeterminant, `t = ${t}`).toBeNull();
    }
  });
});
