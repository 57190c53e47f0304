// The call's shape and its agreement with itself; its agreement with the mathematics is tested in test/oracle.

import { describe, expect, test } from 'vitest';
import { type GaussianLoopOptions, resolveGaussianLoop } from '../../src/gaussian-loop/parameters.js';
import { runGaussianLoop, simulateGaussianLoop } from '../../src/gaussian-loop/simulate-gaussian-loop.js';
import { expectRejection } from '../support/rejection.js';

const base = {
  variant: 'fresh-data',
  dim: 5,
  real: 20,
  synthetic: 30,
  generations: 4,
} satisfies GaussianLoopOptions;

const identity = (dim: number) => Array.from({ length: dim * dim }, (_, i) => (i % (dim + 1) === 0 ? 1 : 0));

describe('simulateGaussianLoop', () => {
  test('fills in the defaults and says so', async () => {
    const { parameters } = await simulateGaussianLoop(base);
    expect(parameters).toEqual({
      variant: 'fresh-data',
      dim: 5,
      initial: 20,
      real: 20,
      synthetic: 30,
      lambda: 1,
      memory: 1,
      pool: 'latest',
      generations: 4,
      replicates: 1,
      seed: '0',
      engine: 'moments',
      divisor: 'unbiased',
    });
  });

  test('starts the fully synthetic loop from as many real samples as it draws synthetic ones', async () => {
    const options = { variant: 'fully-synthetic', dim: 2, synthetic: 30, generations: 2 } as const;
    const { parameters } = await simulateGaussianLoop(options);
    expect(parameters).toMatchObject({ initial: 30, real: 0, synthetic: 30 });
    expect((await simulateGaussianLoop({ ...options, real: 77 })).parameters).toEqual(parameters);
  });

  test('returns one row a generation, from t = 1, with means and standard errors', async () => {
    const { generations } = await simulateGaussianLoop({ ...base, replicates: 3 });
    expect(generations.map(({ t }) => t)).toEqual([1, 2, 3, 4]);
    for (const generation of generations) {
      for (const metric of ['distance', 'meanNormSquared', 'trace', 'logDeterminant'] as const) {
        expect(generation[metric]).toEqual({ mean: expect.any(Number), standardError: expect.any(Number) });
        expect(generation[metric]?.mean).not.toBeNaN();
        expect(generation[metric]?.standardError).toBeGreaterThan(0);
      }
    }
  });

  test('has no standard error for one replicate', async () => {
    const { generations } = await simulateGaussianLoop(base);
    for (const { distance } of generations) {
      expect(distance.mean).toBeGreaterThan(0);
      expect(distance.standardError).toBeNaN();
    }
  });

  test('has standard errors of variances whose squares are no numbers: they scale with the data', async () => {
    const loop = { variant: 'fresh-data', real: 5, synthetic: 5, generations: 3, replicates: 100 } as const;
    const of = (variance: number) => {
      const covariance = Float64Array.of(variance, 0, 0, variance / 2);
      return simulateGaussianLoop({ ...loop, reference: { mean: new Float64Array(2), covariance } });
    };
    const [usual, ...others] = [await of(1), await of(4 ** -300), await of(4 ** -450), await of(4 ** 400)];
    for (const [i, scale] of [4 ** -300, 4 ** -450, 4 ** 400].entries()) {
      for (const [t, { distance, trace }] of others[i]!.generations.entries()) {
        const expected = usual!.generations[t]!;
        for (const [found, once] of [
          [distance, expected.distance],
          [trace, expected.trace],
        ] as const) {
          expect(found.mean / scale / once.mean).toBeCloseTo(1, 12);
          expect(found.standardError / scale / once.standardError).toBeCloseTo(1, 12);
        }
      }
    }
    // A loop that shrinks for long comes there by itself.
    const shrinking = {
      variant: 'fully-synthetic',
      dim: 2,
      synthetic: 5,
      lambda: 0.5,
      replicates: 10,
    } as const;
    const { generations } = await simulateGaussianLoop({ ...shrinking, generations: 700 });
    const { mean, standardError } = generations.at(-1)!.trace;
    expect(mean).toBeLessThan(1e-180);
    expect(standardError).toBeGreaterThan(mean / 20);
    expect(standardError).toBeLessThanOrEqual(1.0000001 * mean);
  });

  test('has no log-determinant where the covariance is singular', async () => {
    const { generations } = await simulateGaussianLoop({
      ...base,
      dim: 30,
      initial: 10,
      real: 100,
      replicates: 2,
    });
    expect(generations.map(({ logDeterminant }) => logDeterminant === null)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  test('returns series, on request, whose means and standard errors are those of the table', async () => {
    const replicates = 7;
    const { generations, series } = await simulateGaussianLoop({ ...base, replicates, series: true });
    expect(series).toMatchObject({ replicates, generations: 4 });
    for (const metric of ['distance', 'meanNormSquared', 'trace', 'logDeterminant'] as const) {
      expect(series![metric]).toHaveLength(replicates * 4);
      for (const generation of generations) {
        const values = Array.from({ length: replicates }, (_, r) => series![metric][r * 4 + generation.t - 1]!);
        const mean = values.reduce((a, b) => a + b, 0) / replicates;
        const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (replicates - 1);
        expect(generation[metric]!.mean).toBeCloseTo(mean, 12);
        expect(generation[metric]!.standardError).toBeCloseTo(Math.sqrt(variance / replicates), 12);
      }
    }
  });

  test('returns no series unless asked to', async () => {
    expect(await simulateGaussianLoop(base)).not.toHaveProperty('series');
  });

  test.each([
    [{ variant: 'fully-synthetic' }],
    [{ variant: 'synthetic-augmentation', initial: 20 }],
    [{ variant: 'synthetic-augmentation', pool: 'accumulate' }],
    [{ variant: 'fresh-data', memory: 3, lambda: 0.8 }],
    [{ variant: 'fresh-data', engine: 'samples' }],
    [{ variant: 'fresh-data', divisor: 'mle', dim: 40 }],
  ] as const)('gives the same bytes for 1, 2 and 7 threads: %j', async (change) => {
    const run = (threads: number) =>
      simulateGaussianLoop({ ...base, replicates: 9, series: true, ...change, threads });
    const first = await run(1);
    expect(await run(2)).toEqual(first);
    expect(await run(7)).toEqual(first);
  });

  test('repeats itself from its own parameters, through JSON, too', async () => {
    const first = await simulateGaussianLoop({
      ...base,
      dim: undefined,
      seed: 2n ** 64n - 1n,
      reference: { mean: [1, 2], covariance: [2, 1, 1, 3] },
    });
    expect(first.parameters).toMatchObject({
      dim: 2,
      seed: '18446744073709551615',
      reference: { mean: Float64Array.of(1, 2), covariance: Float64Array.of(2, 1, 1, 3) },
    });
    expect(await simulateGaussianLoop(first.parameters)).toEqual(first);
    const plain = JSON.parse(
      JSON.stringify(first.parameters, (_, value) =>
        value instanceof Float64Array ? Array.from(value) : value,
      ),
    );
    expect(await simulateGaussianLoop(plain)).toEqual(first);
  });

  test('depends on the seed, and on each form of it alike', async () => {
    const run = (seed: number | bigint | string) => simulateGaussianLoop({ ...base, seed });
    const one = await run(1);
    expect(await run(1n)).toEqual(one);
    expect(await run('1')).toEqual(one);
    expect((await run(2)).generations).not.toEqual(one.generations);
    expect((await run(2n ** 32n + 1n)).generations).not.toEqual(one.generations);
  });

  test('knows its reference: a zero-variance one is reproduced exactly', async () => {
    const { generations } = await simulateGaussianLoop({
      ...base,
      dim: undefined,
      reference: { mean: [1, -1], covariance: [0, 0, 0, 0] },
    });
    for (const { distance, trace, logDeterminant } of generations) {
      expect(distance.mean).toBe(0);
      expect(trace.mean).toBe(0);
      expect(logDeterminant).toBeNull();
    }
  });

  test.each([
    [{ initial: 21 }],
    [{ real: 21, initial: 20 }],
    [{ synthetic: 31 }],
    [{ lambda: 0.9 }],
    [{ memory: 2 }],
    [{ pool: 'accumulate' }],
    [{ engine: 'samples' }],
    [{ divisor: 'mle' }],
    [{ variant: 'fully-synthetic' }],
    [{ variant: 'synthetic-augmentation' }],
    [{ reference: { mean: [0, 0, 0, 0, 1], covariance: identity(5) } }],
    [{ reference: { mean: [0, 0, 0, 0, 0], covariance: identity(5).map((value) => 2 * value) } }],
  ] as const)('hands every parameter to the engine: another result with %j', async (change) => {
    const last = async (options: GaussianLoopOptions) =>
      (await simulateGaussianLoop(options)).generations.at(-1)!.distance.mean;
    const before = await last({ ...base, initial: 20 });
    expect(await last({ ...base, initial: 20, ...change })).not.toBe(before);
  });

  test('has N(0, I) as its reference unless given another', async () => {
    const reference = { mean: [0, 0, 0, 0, 0], covariance: identity(5) };
    const [implied, given] = [
      await simulateGaussianLoop(base),
      await simulateGaussianLoop({ ...base, reference }),
    ];
    for (const [i, { distance }] of given.generations.entries()) {
      expect(distance.mean).toBeCloseTo(implied.generations[i]!.distance.mean, 12);
    }
  });

  test('a part of its replicates has the numbers that they have in the whole, to the last bit', async () => {
    for (const engine of ['moments', 'samples'] as const) {
      const { series } = await simulateGaussianLoop({ ...base, engine, replicates: 9, series: true });
      for (const [first, replicates] of [
        [0, 4],
        [4, 3],
        [7, 2],
        [8, 1],
      ] as const) {
        const part = resolveGaussianLoop('test', { ...base, engine, replicates, series: true });
        const { series: own } = await runGaussianLoop(part, first);
        const whole = series!.distance.subarray(4 * first, 4 * (first + replicates));
        expect([...own!.distance]).toEqual([...whole]);
      }
    }
    const last = 2 ** 32 - 2;
    const beyond = resolveGaussianLoop('test', { ...base, replicates: 2 });
    await expectRejection(
      () => runGaussianLoop(beyond, last),
      'ERR_INVALID_INPUT',
      'firstReplicate + replicates',
    );
  });

  test('makes a long table of generations', async () => {
    const { generations } = await simulateGaussianLoop({ ...base, dim: 1, generations: 25_000 });
    expect(generations).toHaveLength(25_000);
    expect(generations.at(-1)).toMatchObject({ t: 25_000, distance: { mean: expect.any(Number) } });
  });
});
