import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import type { Matrix } from '../../src/base/shapes.js';
import { autophagousLoop } from '../../src/loops/autophagous-loop.js';
import { type ExternalModelOptions, externalModel } from '../../src/models/external-model.js';
import { gaussian } from '../../src/models/gaussian.js';
import type { GenerativeModel } from '../../src/models/generative-model.js';
import { gaussianReference } from '../../src/references/gaussian-reference.js';
import { expectRejection, expectThrow, rejection } from '../support/rejection.js';

const data = matrix(Float64Array.of(1, 2, 3, 4, 5, 6), 3, 2);
const zeros = (rows: number) => matrix(new Float64Array(2 * rows), rows, 2);
const reference = gaussianReference({ dim: 2 });
const loop = { variant: 'fresh-data', reference, real: 5, synthetic: 5, generations: 4, seed: 3 } as const;

/** The Gaussian model by way of externalModel, at once or after a while. */
function wrapped(asynchronous: boolean) {
  return externalModel({
    name: 'wrapped',
    fit: async (x, options) => {
      if (asynchronous) await delay(1);
      return gaussian().fit(x, options);
    },
    sample: async (fitted, count, options) => {
      if (asynchronous) await delay(1);
      return fitted.sample(count, options);
    },
    moments: (fitted) => fitted.moments,
    timeLimits: { fit: 60, sample: 60 },
  });
}

test.each([false, true])(
  'a model that is wrapped runs as it does bare (asynchronous: %s)',
  async (asynchronous) => {
    const run = async (model: GenerativeModel) => {
      const metrics = [];
      for await (const generation of autophagousLoop({ ...loop, model, lambda: 0.9 }))
        metrics.push(generation.metrics);
      return metrics;
    };
    expect(await run(wrapped(asynchronous))).toEqual(await run(gaussian()));
  },
);

test('passes on what it is given, with defaults for those who call it themselves', async () => {
  const seen: unknown[] = [];
  const model = externalModel({
    fit(x, { seed, threads, signal }) {
      seen.push([x, seed, threads, signal]);
      return 'state';
    },
    sample(state, count, { lambda, seed, threads, signal }) {
      seen.push([state, count, lambda, seed, threads, signal]);
      return zeros(count);
    },
  });
  const { signal } = new AbortController();
  await (await model.fit(data, { seed: '7', threads: 1, signal })).sample(2, {
    lambda: 0.5,
    seed: 8n,
    threads: 3,
  });
  await (await model.fit(data)).sample(3);
  expect(seen).toEqual([
    [data, 7n, 1, signal],
    ['state', 2, 0.5, 8n, 3, undefined],
    [data, 0n, expect.any(Number), undefined],
    ['state', 3, 1, 0n, expect.any(Number), undefined],
  ]);
});

test('a call that takes too long is ended, and told by its signal', async () => {
  let told: AbortSignal | undefined;
  const model = externalModel({
    name: 'slow',
    fit: () => 0,
    sample: (_, count, { signal }) => {
      told = signal;
      return delay(10_000, zeros(count), { ref: false });
    },
    timeLimits: { sample: 0.05 },
  });
  const yielded: number[] = [];
  const error = await rejection(async () => {
    for await (const { t } of autophagousLoop({ ...loop, model, metrics: [] })) yielded.push(t);
  });
  expect([error.code, error.message]).toEqual([
    'ERR_TIMEOUT',
    'autophagousLoop: generation 2: 5 samples of slow of generation 1: slow: sample: took longer than its time limit of 0.05 s',
  ]);
  expect(yielded).toEqual([1]);
  expect(told!.aborted).toBe(true);
});

test('a call that is in time leaves no timer behind, and its signal alone', async () => {
  let told: AbortSignal | undefined;
  const model = externalModel({
    fit: (_, { signal }) => {
      told = signal;
    },
    sample: (_, count) => zeros(count),
    timeLimits: { fit: 0.05 },
  });
  await model.fit(data);
  await delay(100);
  expect(told!.aborted).toBe(false);
});

test.each<[string, unknown, string]>([
  ['nothing', undefined, 'got undefined'],
  ['an array', [1, 2], 'got an array of length 2'],
  ['too few rows', zeros(1), 'got 1 x 2'],
  ['other columns', matrix(new Float64Array(6), 2, 3), 'got 2 x 3'],
  [
    'a length that does not fit',
    { data: new Float64Array(3), rows: 2, cols: 2 },
    'length rows x cols = 2 x 2 = 4, got 3',
  ],
])('a generator that returns %s breaks its contract', async (_, drawn, got) => {
  const model = externalModel({ name: 'faulty', fit: () => 0, sample: () => drawn as Matrix });
  const fitted = await model.fit(data);
  await expectRejection(
    () => fitted.sample(2),
    'ERR_MODEL',
    'faulty: sample must return a 2 x 2 matrix, ',
    got,
  );
});

test('what a generator throws is passed on, and named by the loop', async () => {
  const model = externalModel({
    name: 'faulty',
    fit: () => {
      throw new Error('out of ideas');
    },
    sample: (_, count) => zeros(count),
  });
  await expect(model.fit(data)).rejects.toThrow(/^out of ideas$/);
  const run = () => autophagousLoop({ ...loop, model }).next();
  await expectRejection(run, 'ERR_MODEL', 'generation 1: fit of faulty to 5 samples: out of ideas');
});

test('wrong moments are refused', async () => {
  const options = { fit: () => 0, sample: (_: number, count: number) => zeros(count) };
  const model = externalModel({ ...options, moments: () => ({ dim: 2, mean: [0, 0] }) as never });
  await expectRejection(() => model.fit(data), 'ERR_INVALID_INPUT', 'moments.mean must be a Float64Array');
});

test.each<[string, object, string]>([
  ['no fit', { fit: undefined }, 'fit must be a function, got undefined'],
  ['no sample', { sample: 3 }, 'sample must be a function, got 3'],
  ['moments that are no function', { moments: {} }, 'moments must be a function, got an object'],
  ['an empty name', { name: '' }, 'name must be a name, got ""'],
  [
    'an endless limit',
    { timeLimits: { fit: Number.POSITIVE_INFINITY } },
    'timeLimits.fit must be a number from',
  ],
  ['an unknown option', { timeLimit: {} }, "unknown option 'timeLimit'; did you mean 'timeLimits'?"],
])('refuses %s', (_, change, message) => {
  const options = {
    fit: () => 0,
    sample: () => zeros(1),
    ...change,
  } as unknown as ExternalModelOptions<number>;
  expectThrow(() => externalModel(options), 'ERR_INVALID_INPUT', `externalModel: ${message}`);
});
