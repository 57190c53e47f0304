// A result depends on the parameters and the seed alone, to the last bit.

import { describe, expect, it } from 'vitest';
import type { GaussianLoopOptions } from '../../src/index.js';
import { everyLoop } from './support/every-loop.js';
import { describeLoop, type LoopRun, metrics, runLoop } from './support/loop-runs.js';
import { estimate } from './support/sample.js';

const engines = ['moments', 'samples'] as const;
// Regular and singular sizes; more replicates than the engine has groups of them, and not a multiple.
const cases: GaussianLoopOptions[] = [
  { dim: 4, initial: 12, real: 8, synthetic: 7 },
  { dim: 5, initial: 4, real: 3, synthetic: 3 },
].flatMap(({ dim, ...counts }) =>
  everyLoop(counts).map((loop) => ({
    ...loop,
    dim,
    lambda: 0.9,
    generations: 6,
    replicates: 101,
    seed: 9_000,
  })),
);

/** All numbers of a run, bit for bit (NaN included). */
function bytes({ generations, series }: LoopRun): string {
  const table = generations.flatMap(({ distance, meanNormSquared, trace, logDeterminant }) =>
    [distance, meanNormSquared, trace, logDeterminant].flatMap((value) => [
      value?.mean ?? Number.NaN,
      value?.standardError ?? Number.NaN,
    ]),
  );
  return [Float64Array.from(table), ...metrics.map((metric) => series[metric])]
    .map((values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64'))
    .join(' ');
}

describe.each(engines)('%s', (engine) => {
  it('gives the same bytes for 1, 2 and 7 threads', async () => {
    for (const options of cases) {
      const [one, two, seven] = await Promise.all(
        [1, 2, 7].map(async (threads) => bytes(await runLoop({ ...options, engine, threads }))),
      );
      expect(two === one, describeLoop(options)).toBe(true);
      expect(seven === one, describeLoop(options)).toBe(true);
    }
  });

  it('gives the same bytes for 1, 2 and 7 threads at d = 100', async () => {
    const options: GaussianLoopOptions = {
      variant: 'fresh-data',
      dim: 100,
      initial: 150,
      real: 60,
      synthetic: 140,
      lambda: 0.9,
      memory: 2,
      generations: 4,
      replicates: 9,
      engine,
    };
    const runs = await Promise.all(
      [1, 2, 7].map(async (threads) => bytes(await runLoop({ ...options, threads }))),
    );
    expect(new Set(runs).size).toBe(1);
  });

  it('gives each replicate its series whatever the number of replicates', async () => {
    for (const options of cases) {
      const all = await runLoop({ ...options, engine });
      for (const replicates of [1, 5, 64, 65]) {
        const { series } = await runLoop({ ...options, engine, replicates });
        for (const metric of metrics) {
          expect(series[metric], `${describeLoop(options)}, ${replicates}`).toEqual(
            all.series[metric].subarray(0, series[metric].length),
          );
        }
      }
    }
  });

  it('gives each generation its values whatever the number of generations', async () => {
    for (const options of cases) {
      const long = await runLoop({ ...options, engine, replicates: 3 });
      const short = await runLoop({ ...options, engine, replicates: 3, generations: 4 });
      for (const metric of metrics) {
        for (let t = 1; t <= 4; t += 1) expect(short.at(metric, t)).toEqual(long.at(metric, t));
      }
    }
  });

  it('gives means and standard errors of its series', async () => {
    for (const options of cases) {
      const run = await runLoop({ ...options, engine });
      for (const generation of run.generations) {
        for (const metric of metrics) {
          const values = run.at(metric, generation.t);
          const reported = generation[metric];
          if (reported === null) {
            expect(values.some(Number.isNaN)).toBe(true);
            continue;
          }
          const { mean, standardError } = estimate(values);
          // Two ways of summing 101 numbers.
          const size = Math.max(...values.map(Math.abs));
          expect(Math.abs(reported.mean - mean)).toBeLessThan(1e-13 * size);
          expect(Math.abs(reported.standardError - standardError)).toBeLessThan(1e-13 * size);
        }
      }
    }
  });

  it('gives other numbers for other seeds and to each replicate its own', async () => {
    for (const options of cases) {
      const run = await runLoop({ ...options, engine });
      const other = await runLoop({ ...options, engine, seed: 9_001 });
      for (const metric of ['distance', 'meanNormSquared', 'trace'] as const) {
        for (const t of [1, 6]) {
          const values = [...run.at(metric, t), ...other.at(metric, t)];
          expect(new Set(values).size, `${describeLoop(options)}: ${metric}, t = ${t}`).toBe(values.length);
        }
      }
    }
  });

  it('repeats a run from its own parameters', async () => {
    for (const options of cases) {
      const run = await runLoop({ ...options, engine });
      expect(bytes(await runLoop(run.parameters))).toBe(bytes(run));
    }
  });
});

it('takes a seed as a number, a bigint or a string', async () => {
  const options = { ...cases[0]!, replicates: 2 };
  const runs = await Promise.all(
    [123, 123n, '123'].map(async (seed) => bytes(await runLoop({ ...options, seed }))),
  );
  expect(new Set(runs).size).toBe(1);
});
