// Sample counts and bias that differ between generations: which entry belongs to which generation, what is the same as without
// schedules, and what is refused. (Their law is in test/oracle/schedules.test.ts.)

import { describe, expect, test } from 'vitest';
import { type GaussianLoopOptions, loopVariants } from '../../src/gaussian-loop/parameters.js';
import { simulateGaussianLoop } from '../../src/gaussian-loop/simulate-gaussian-loop.js';
import { admissibleThreshold, effectiveSampleSize, limitPoint } from '../../src/index.js';
import { autophagousLoop } from '../../src/loops/autophagous-loop.js';
import type { AutophagousLoopOptions } from '../../src/loops/loop-options.js';
import { replicatedAutophagousLoop } from '../../src/loops/replicated-autophagous-loop.js';
import { sampleMetrics } from '../../src/loops/sample-metrics.js';
import { gaussian } from '../../src/models/gaussian.js';
import { gaussianReference } from '../../src/references/gaussian-reference.js';
import { expectRejection, expectThrow } from '../support/rejection.js';
import { markedReference, RecordingModel } from './recording-model.js';

/** The counts of real and synthetic samples in each generation, and the biases with which samples were asked for. */
async function record(options: object) {
  const model = new RecordingModel();
  const all = { reference: markedReference, metrics: [], generations: 5, ...options, model };
  for await (const _ of autophagousLoop(all as unknown as AutophagousLoopOptions));
  const count = (isReal: boolean) =>
    model.trainingSets.map((set) => set.filter(({ maker }) => (maker === 0) === isReal).length);
  return {
    real: count(true),
    synthetic: count(false),
    lambda: model.sampleCalls.map(({ options: { lambda } }) => lambda),
    calls: model.sampleCalls,
    sets: model.trainingSets,
  };
}

describe('an entry belongs to its generation', () => {
  const synthetic = [77, 3, 5, 4];
  const lambda = [0.11, 0.9, 0.5];
  const lists = { synthetic, lambda };
  const functions = {
    synthetic: (t: number) => synthetic[t - 1] ?? 4,
    lambda: (t: number) => lambda[t - 1] ?? 0.5,
  };

  test.each([
    ['lists', lists, [10, 2, 6]],
    ['functions', functions, (t: number) => [10, 2, 6][t - 1] ?? 6],
    ['a Float64Array', lists, Float64Array.of(10, 2, 6)],
  ])('%s', async (_, schedules, real) => {
    const fresh = await record({ variant: 'fresh-data', real, ...schedules });
    expect(fresh).toMatchObject({
      real: [10, 2, 6, 6, 6],
      synthetic: [0, 3, 5, 4, 4],
      lambda: [0.9, 0.5, 0.5, 0.5],
    });
    const first = await record({ variant: 'fresh-data', initial: 9, real, ...schedules });
    expect(first.real).toEqual([9, 2, 6, 6, 6]);
    const all = await record({ variant: 'fresh-data', real, ...schedules, pool: 'accumulate' });
    expect(all.synthetic).toEqual([0, 3, 8, 12, 16]);
    const alone = await record({ variant: 'fully-synthetic', ...schedules });
    // As many real samples as generation 2 has: the first entry of synthetic is of no generation.
    expect(alone).toMatchObject({ real: [3, 0, 0, 0, 0], synthetic: [0, 3, 5, 4, 4] });
    const fixed = await record({ variant: 'synthetic-augmentation', real: 6, ...schedules });
    expect(fixed).toMatchObject({ real: [6, 6, 6, 6, 6], synthetic: [0, 3, 5, 4, 4] });
    const combined = await record({ variant: 'combined', realFixed: 3, realFresh: real, ...schedules });
    expect(combined.real).toEqual([13, 5, 9, 9, 9]);
  });

  test('synthetic samples may stop, also those of several models', async () => {
    const { synthetic: made } = await record({
      variant: 'fresh-data',
      real: 5,
      synthetic: [9, 4, 0, 0, 6],
      memory: 3,
    });
    expect(made).toEqual([0, 4, 0, 0, 6]);
  });

  test('a function is asked once for each generation, in order', async () => {
    const asked: number[] = [];
    const real = (t: number) => {
      asked.push(t);
      return 5;
    };
    await record({ variant: 'fresh-data', real, synthetic: 3 });
    expect(asked).toEqual([1, 2, 3, 4, 5]);
  });

  test('replicates have the schedules of one call, whatever a function says later', async () => {
    let calls = 0;
    const synthetic = (): number => {
      calls += 1;
      return 2 + calls; // 3, 4, 5, 6
    };
    const { generations } = await replicatedAutophagousLoop({
      ...{ variant: 'fresh-data', reference: gaussianReference({ dim: 2 }), model: gaussian(), real: 5 },
      ...{ synthetic, generations: 4, replicates: 3 },
    } as Parameters<typeof replicatedAutophagousLoop>[0]);
    expect(calls).toBe(4);
    expect(generations.map(({ syntheticCount }) => syntheticCount)).toEqual([0, 4, 5, 6]);
  });
});

describe('a schedule that never changes', () => {
  const sizes = {
    'fully-synthetic': { initial: 7, synthetic: 8 },
    'synthetic-augmentation': { real: 6, synthetic: 8 },
    'fresh-data': { initial: 7, real: 3, synthetic: 8 },
    combined: { initial: 6, realFixed: 2, realFresh: 3, synthetic: 8 },
  } as const;
  const names = ['real', 'realFresh', 'synthetic', 'lambda'] as const;
  const scheduled = (options: Readonly<Record<string, unknown>>, of: (value: number) => unknown) => {
    const changed = names
      .filter((name) => options[name] !== undefined)
      .map((name) => [name, of(options[name] as number)]);
    return { ...options, ...Object.fromEntries(changed) };
  };
  const syntheticPools = ['latest', 'accumulate', 'subsample'] as const;
  const cases = loopVariants.flatMap((variant) =>
    syntheticPools.flatMap((pool) => [1, 3].map((memory) => [variant, pool, memory] as const)),
  );

  test.each(cases)('is the constant, to the last bit: %s, %s, memory %i', async (variant, pool, memory) => {
    const options = { variant, ...sizes[variant], lambda: 0.8, pool, memory, generations: 4, seed: 4 };
    const plain = await record(options);
    expect(await record(scheduled(options, (value) => [value, value, value]))).toEqual(plain);
    expect(await record(scheduled(options, (value) => [value]))).toEqual(plain);
    expect(await record(scheduled(options, (value) => () => value))).toEqual(plain);
    for (const engine of pool === 'subsample' ? (['samples'] as const) : (['moments', 'samples'] as const)) {
      const gaussianOptions = { ...options, engine, dim: 3, replicates: 4, series: true };
      const { series } = await simulateGaussianLoop(gaussianOptions as GaussianLoopOptions);
      for (const of of [
        (value: number) => [value, value, value],
        (value: number) => [value],
        (value: number) => () => value,
      ]) {
        const again = scheduled(gaussianOptions, of) as unknown as GaussianLoopOptions;
        expect((await simulateGaussianLoop(again)).series).toEqual(series);
      }
    }
  });
});

describe('simulateGaussianLoop', () => {
  const loop = { variant: 'fresh-data', dim: 2, generations: 5, replicates: 3, series: true } as const;

  test('says what it ran, and repeats itself from that', async () => {
    const first = await simulateGaussianLoop({
      ...loop,
      real: [10, 20, 40],
      synthetic: (t) => Math.min(3 * t, 9),
      lambda: Float64Array.of(1, 0.5),
    });
    expect(first.parameters).toMatchObject({
      initial: 10,
      real: [10, 20, 40],
      synthetic: [3, 6, 9],
      lambda: [1, 0.5],
    });
    const again = await simulateGaussianLoop({ ...JSON.parse(JSON.stringify(first.parameters)), series: true });
    expect(again).toEqual(first);
    const combined = await simulateGaussianLoop({
      ...loop,
      ...{ variant: 'combined', realFixed: 3, realFresh: [0, 4], synthetic: [0, 5, 6] },
    });
    expect(combined.parameters).toMatchObject({
      initial: 3,
      real: [3, 7],
      realFresh: [0, 4],
      synthetic: [0, 5, 6],
    });
    const alone = await simulateGaussianLoop({
      ...loop,
      variant: 'fully-synthetic',
      real: [7, 8],
      synthetic: [0, 5, 6],
    });
    expect(alone.parameters).toMatchObject({ initial: 5, real: 0, synthetic: [0, 5, 6] });
  });

  test('does not read what belongs to generation 1, nor what comes after the last', async () => {
    const run = async (options: object) =>
      (await simulateGaussianLoop({ ...loop, initial: 12, ...options } as GaussianLoopOptions)).series;
    const first = await run({
      real: [10, 20, 40, 5, 6],
      synthetic: [1, 6, 9, 4, 8],
      lambda: [0, 0.5, 1, 0.2, 0.4],
    });
    expect(
      await run({ real: [99, 20, 40, 5, 6], synthetic: [9, 6, 9, 4, 8], lambda: [1, 0.5, 1, 0.2, 0.4] }),
    ).toEqual(first);
    expect(
      await run({
        real: [1, 20, 40, 5, 6, 7],
        synthetic: [0, 6, 9, 4, 8, 0, 1],
        lambda: [1, 0.5, 1, 0.2, 0.4, 0],
      }),
    ).toEqual(first);
    expect(
      await run({ real: [10, 20, 40, 5, 7], synthetic: [1, 6, 9, 4, 8], lambda: [0, 0.5, 1, 0.2, 0.4] }),
    ).not.toEqual(first);
  });

  test.each([1, 2, 7])('depends on nothing else (%i threads)', async (threads) => {
    const options = {
      ...loop,
      real: [10, 20],
      synthetic: [0, 30, 3],
      lambda: [1, 0.4],
      memory: 2,
      replicates: 9,
    };
    expect(await simulateGaussianLoop({ ...options, threads })).toEqual(await simulateGaussianLoop(options));
  });
});

describe('what is wrong is refused, by name and entry', () => {
  const fresh = { variant: 'fresh-data', dim: 2, real: 10, synthetic: 20, generations: 5 };
  const thrown = (): number => {
    throw new RangeError('no idea');
  };
  const wrong: readonly (readonly [string, object, string])[] = [
    ['an empty list', { real: [] }, 'real must have at least one entry, got an empty list'],
    ['a count of none', { real: [10, 0] }, 'real[1] must be an integer of at least 1, got 0'],
    ['a fraction', { synthetic: [0, 2.5] }, 'synthetic[1] must be an integer of at least 0, got 2.5'],
    [
      'an entry that is undefined',
      { synthetic: [1, undefined, 2] },
      'synthetic[1] must be an integer of at least 0, got undefined',
    ],
    [
      'a hole',
      { synthetic: Object.assign(Array(3), { 0: 1, 2: 2 }) },
      'synthetic[1] must be an integer of at least 0, got undefined',
    ],
    [
      'billions of holes',
      { synthetic: new Array(2 ** 32 - 1) },
      'synthetic[0] must be an integer of at least 0, got undefined',
    ],
    [
      'a list in a list',
      { synthetic: [1, [2]] },
      'synthetic[1] must be an integer of at least 0, got an array of length 1',
    ],
    ['text', { lambda: ['1'] }, 'lambda[0] must be a number from 0 to 1, got "1"'],
    ['a bias above 1', { lambda: [1, 1, 1.5] }, 'lambda[2] must be a number from 0 to 1, got 1.5'],
    ['NaN of a function', { lambda: () => Number.NaN }, 'lambda[0] must be a number from 0 to 1, got NaN'],
    [
      'a promise of a function',
      { lambda: async () => 1 },
      'lambda must return a number for each generation, got a promise for t = 1',
    ],
    [
      'a promise that nobody waits for',
      { lambda: async () => Promise.reject(new Error('nobody waits')) },
      'lambda must return a number for each generation, got a promise for t = 1',
    ],
    [
      'what a function throws',
      { lambda: thrown },
      'lambda must return a number for each generation, got RangeError: no idea for t = 1',
    ],
    [
      'the form of files',
      { real: { schedule: [10, 20] } },
      'real must be an integer of at least 1, got an object',
    ],
    [
      'too few samples in some generation',
      { real: [10, 5, 1, 5], synthetic: [0, 5, 0, 5] },
      'real + synthetic must be at least 2, the training samples of a generation, got 1 in generation 3',
    ],
    [
      'a fixed set that changes',
      { variant: 'synthetic-augmentation', real: [10, 12] },
      'real must be 10 in every generation of synthetic augmentation, whose real set is fixed, got 12 in generation 2',
    ],
    [
      'too few synthetic samples alone',
      { variant: 'fully-synthetic', real: undefined, synthetic: [0, 5, 1] },
      'synthetic[2] must be an integer of at least 2, got 1',
    ],
    [
      'another sum',
      { variant: 'combined', real: [8, 9], realFixed: 3, realFresh: [5, 5, 7] },
      'real must equal realFixed + realFresh = 8, got 9 in generation 2',
    ],
    [
      'a part of no combined loop',
      { realFresh: [0, 1] },
      "realFresh must be left out unless variant is 'combined', got 1",
    ],
    [
      'a subsample of more than there is',
      { pool: 'subsample', subsample: 14, engine: 'samples', real: [10, 10, 4], synthetic: [0, 9, 0] },
      'subsample must be at most 13, all that generation 3 has, got 14',
    ],
    [
      'a function for ever',
      { generations: 1_000_001, real: () => 10 },
      'real must be a number or a list where there are more than 1000000 generations, got a function',
    ],
  ];

  test.each(wrong)('%s', async (_what, options, message) => {
    const given = { ...fresh, ...options };
    await expectRejection(
      () => simulateGaussianLoop(given as unknown as GaussianLoopOptions),
      'ERR_INVALID_INPUT',
      `simulateGaussianLoop: ${message}`,
    );
    const { dim, engine: _, ...driven } = given as { dim: number; engine?: string };
    const loop = { ...driven, reference: gaussianReference({ dim }), model: gaussian() };
    const next = () => autophagousLoop(loop as unknown as AutophagousLoopOptions).next();
    await expectRejection(next, 'ERR_INVALID_INPUT', `autophagousLoop: ${message}`);
  });

  test('the subsample is by default what every generation has', async () => {
    const options = { ...fresh, pool: 'subsample', engine: 'samples', real: [10, 10, 4], synthetic: [0, 9, 0] };
    const { parameters } = await simulateGaussianLoop({
      ...options,
      initial: 99,
    } as unknown as GaussianLoopOptions);
    expect(parameters.subsample).toBe(13);
  });

  test.each([
    ['a list', [10, 20]],
    ['a function', () => 10],
    ['a schedule of a file', { schedule: [10, 20] }],
  ])('limit points refuse %s', async (_, schedule) => {
    const cell = { dim: 2, real: 10, synthetic: 10, lambda: 0.5 };
    for (const name of ['real', 'synthetic', 'lambda']) {
      const given = { ...cell, [name]: schedule } as never;
      const message = `${name} must be one number, as a loop with a schedule has no limit point, got `;
      await expectRejection(() => limitPoint(given), 'ERR_INVALID_INPUT', `limitPoint: ${message}`);
      await expectRejection(
        () => effectiveSampleSize(given),
        'ERR_INVALID_INPUT',
        `effectiveSampleSize: ${message}`,
      );
      if (name === 'synthetic') continue;
      const { synthetic: __, ...question } = given as { synthetic: unknown };
      await expectRejection(
        () => admissibleThreshold(question as never),
        'ERR_INVALID_INPUT',
        `admissibleThreshold: ${message}`,
      );
    }
  });
});

describe('sampleMetrics', () => {
  test('takes a bias for each generation', async () => {
    const { calls } = await record({
      ...{ variant: 'fresh-data', real: 5, synthetic: 3, generations: 4, lambda: 0.3 },
      metrics: [sampleMetrics({ count: 6, lambda: [0.1, 0.2] })],
    });
    const measured = calls.filter(({ count }) => count === 6);
    expect(measured.map(({ maker, options: { lambda } }) => [maker, lambda])).toEqual([
      [1, 0.1],
      [2, 0.2],
      [3, 0.2],
      [4, 0.2],
    ]);
  });

  test('refuses others', () => {
    const message = 'sampleMetrics: lambda[1] must be a number of at least 0, got -2';
    expectThrow(() => sampleMetrics({ lambda: [1, -2] }), 'ERR_INVALID_INPUT', message);
    const asked = () => sampleMetrics({ lambda: (() => 1) as never });
    expectThrow(
      asked,
      'ERR_INVALID_INPUT',
      'sampleMetrics: lambda must be a number of at least 0, got a function',
    );
  });
});
