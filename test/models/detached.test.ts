// What other people's code does to the memory it is given, or says it has, ends in typed errors.

import { expect, test } from 'vitest';
import {
  bestOf,
  type FittedModel,
  filter,
  type GenerativeModel,
  gaussian,
  gaussianMixture,
  MadloopError,
  type Matrix,
  marked,
  matrix,
  topFraction,
  truncated,
} from '../../src/index.js';
import { normals } from '../support/numbers.js';

const data = matrix(normals(40, 5), 20, 2);
const take = ({ data }: Matrix) => structuredClone(null, { transfer: [data.buffer as ArrayBuffer] });
const options = { seed: 1n, lambda: 1 };

const scores: [string, (x: Matrix) => Float64Array | Promise<Float64Array>][] = [
  [
    'at once',
    (x) => {
      take(x);
      return new Float64Array(x.rows);
    },
  ],
  [
    'after its answer',
    (x) => {
      setImmediate(() => take(x));
      return new Float64Array(x.rows);
    },
  ],
];
const count = 30_000; // in several slices

test.each(scores)('a score that takes the samples away %s', async (_, score) => {
  for (const model of [
    bestOf(gaussian(), { candidates: 2, score }),
    bestOf(gaussian(), { candidates: 2, score, temperature: 1 }),
    topFraction(gaussian(), { fraction: 0.5, by: score }),
  ]) {
    const fitted = await model.fit(data, { seed: 1n });
    const error = await fitted.sample(count, options).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(MadloopError);
    expect(error).toMatchObject({ code: 'ERR_INVALID_INPUT', message: expect.stringContaining('alone') });
  }
});

/** Draws samples, and takes their memory away a little later. */
const taking: GenerativeModel = {
  fit: (data) => ({
    moments: { dim: data.cols, mean: new Float64Array(2), covariance: Float64Array.of(1, 0, 0, 1) },
    sample(count) {
      const x = matrix(new Float64Array(count * data.cols), count, data.cols);
      setImmediate(() => take(x));
      return x;
    },
  }),
};
test.each([
  ['marked', marked(taking, { direction: [1, 0], strength: 1 })],
  ['truncated', truncated(taking, { radius: 9 })],
])('%s, of a model that takes its samples back', async (_, model) => {
  const fitted = await model.fit(data, { seed: 1n });
  await expect(fitted.sample(2 ** 20, options)).rejects.toMatchObject({ code: 'ERR_INVALID_INPUT' });
});

const hostile = (trap: ProxyHandler<object>, target: object = {}) => new Proxy(target, trap) as FittedModel;
const failing = () => {
  throw new TypeError('trap');
};
test('a previous model that throws when it is looked at', async () => {
  const warm = gaussianMixture({ components: 2, start: 'previous' });
  const fitted = await warm.fit(data);
  const blocks = [{ rows: data.rows, real: true }];
  const score = (x: Matrix) => new Float64Array(x.rows);
  const chosen = bestOf(warm, { candidates: 2, score });
  const curated = await chosen.fit(data, { seed: 1n });
  for (const [model, previous] of [
    [warm, hostile({ getPrototypeOf: failing })],
    [warm, hostile({ get: failing }, fitted)],
    [chosen, hostile({ getPrototypeOf: failing })],
    [chosen, hostile({ get: failing }, curated)],
    [filter(warm, { truePositiveRate: 0, falsePositiveRate: 0 }), hostile({ getPrototypeOf: failing })],
  ] as [GenerativeModel, FittedModel][]) {
    const fit = async () => model.fit(data, { seed: 1n, previous, blocks });
    await expect(fit()).rejects.toMatchObject({
      code: 'ERR_INVALID_INPUT',
      message: expect.stringContaining('previous must be readable'),
    });
  }
});
