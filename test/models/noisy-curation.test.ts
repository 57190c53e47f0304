// bestOf() above temperature 0, and scores with noise of their own.

import { describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import type { Matrix } from '../../src/base/shapes.js';
import { autophagousLoop } from '../../src/loops/autophagous-loop.js';
import { type BestOfOptions, bestOf } from '../../src/models/best-of.js';
import { bootstrap } from '../../src/models/bootstrap.js';
import type { Score } from '../../src/models/curation.js';
import { FittedGaussian } from '../../src/models/fitted-gaussian.js';
import { gaussian } from '../../src/models/gaussian.js';
import type { GenerativeModel } from '../../src/models/generative-model.js';
import { topFraction } from '../../src/models/top-fraction.js';
import { gaussianReference } from '../../src/references/gaussian-reference.js';
import { ZScores } from '../oracle/support/z-scores.js';
import { uniform } from '../support/numbers.js';
import { expectThrow } from '../support/rejection.js';

const first: Score = ({ data, rows, cols }) => Float64Array.from({ length: rows }, (_, i) => data[i * cols]!);
const standard: GenerativeModel = {
  fit: () => new FittedGaussian({ dim: 1, mean: new Float64Array(1), covariance: Float64Array.of(1) }),
};
const one = matrix(new Float64Array(2), 2, 1);

async function samplesOf(
  model: GenerativeModel,
  training: Matrix,
  count: number,
  seed = 3n,
): Promise<Float64Array> {
  const fitted = await model.fit(training, { seed: 1n });
  return Float64Array.from((await fitted.sample(count, { lambda: 1, seed })).data);
}

describe('bestOf at a temperature', () => {
  // Candidates from few values, so that the law of the chosen one is a sum over all K-tuples.
  const values = [0, 0, 0, 1, 1, 3]; // the bootstrap draws each with 1/6
  test.each([
    [2, 1],
    [3, 0.5],
    [3, 10],
    [4, 2],
  ])(
    'of %i candidates, temperature %f: each value as often as the softmax says',
    async (candidates, temperature) => {
      const probabilities = new Map<number, number>();
      const visit = (tuple: number[]): void => {
        if (tuple.length < candidates) {
          for (const value of values) visit([...tuple, value]);
          return;
        }
        const weights = tuple.map((value) => Math.exp(value / temperature));
        const total = weights.reduce((a, b) => a + b, 0);
        for (const [i, value] of tuple.entries()) {
          const share = weights[i]! / total / values.length ** candidates;
          probabilities.set(value, (probabilities.get(value) ?? 0) + share);
        }
      };
      visit([]);
      const training = matrix(Float64Array.from(values), values.length, 1);
      const model = bestOf(bootstrap(), { candidates, score: first, temperature });
      const drawn = await samplesOf(model, training, 100_000);
      const z = new ZScores();
      for (const [value, p] of probabilities) {
        const found = drawn.filter((x) => x === value).length / drawn.length;
        z.add(`${value}`, found, p, Math.sqrt((p * (1 - p)) / drawn.length));
      }
      z.check();
    },
  );

  test('of many candidates: the density is multiplied by exp(score / temperature)', async () => {
    // N(0, 1) becomes N(1 / temperature, 1); of 1,000 candidates, up to about a hundredth.
    const model = bestOf(standard, { candidates: 1000, score: first, temperature: 2 });
    const drawn = await samplesOf(model, one, 4000);
    const mean = drawn.reduce((a, b) => a + b, 0) / drawn.length;
    const variance = drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0) / drawn.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.01 + 4.5 / Math.sqrt(drawn.length));
    expect(Math.abs(variance - 1)).toBeLessThan(0.02 + 4.5 * Math.sqrt(2 / drawn.length));
  });

  test('0 is the default and the argmax, bit for bit', async () => {
    const options: BestOfOptions = { candidates: 5, score: first };
    const best = await samplesOf(bestOf(standard, options), one, 3000);
    expect(await samplesOf(bestOf(standard, { ...options, temperature: 0 }), one, 3000)).toEqual(best);
    // So is what is nearly 0; equal scores apart, there is no other way to choose.
    expect(await samplesOf(bestOf(standard, { ...options, temperature: 1e-300 }), one, 3000)).toEqual(best);
    expect(await samplesOf(bestOf(standard, { ...options, temperature: 1 }), one, 3000)).not.toEqual(best);
  });

  test('equal scores are chosen alike, and infinite ones before all others', async () => {
    const training = matrix(Float64Array.of(1, 2, 3), 3, 1);
    const count = (drawn: Float64Array, value: number) => drawn.filter((x) => x === value).length;
    const even = bestOf(bootstrap(), {
      candidates: 3,
      score: ({ rows }) => new Float64Array(rows),
      temperature: 1,
    });
    const z = new ZScores();
    for (const value of [1, 2, 3])
      z.add(
        `${value}`,
        count(await samplesOf(even, training, 30_000), value),
        10_000,
        Math.sqrt((30_000 * 2) / 9),
      );
    z.check();
    const infinite: Score = ({ data }) =>
      Float64Array.from(data, (x) => (x === 2 ? Infinity : x === 3 ? -Infinity : 0));
    const drawn = await samplesOf(
      bestOf(bootstrap(), { candidates: 8, score: infinite, temperature: 1 }),
      training,
      5000,
    );
    // Three only where all eight are, two wherever one is.
    z.add('2', count(drawn, 2) / 5000, 1 - (2 / 3) ** 8, Math.sqrt((2 / 3) ** 8 / 5000));
    expect(count(drawn, 3)).toBeLessThan(10);
    z.check();
  });

  test('depends on the seed alone: not on threads, and batches differ', async () => {
    const model = bestOf(standard, { candidates: 40, score: first, temperature: 1 });
    const fitted = await model.fit(one, { seed: 1n });
    // 3,000 samples of 40 candidates are two batches.
    const draw = async (seed: bigint, threads: number) =>
      (await fitted.sample(3000, { lambda: 1, seed, threads })).data;
    const some = await draw(5n, 1);
    expect(await draw(5n, 3)).toEqual(some);
    expect(await draw(6n, 1)).not.toEqual(some);
    expect(new Set(some).size).toBe(3000);
  });

  test.each([
    [-1, 'temperature must be a number of at least 0, got -1'],
    [Number.NaN, 'got NaN'],
    [Number.POSITIVE_INFINITY, 'got Infinity'],
    ['1', 'got "1"'],
  ])('refuses temperature %j', (temperature, message) => {
    const options = { candidates: 2, score: first, temperature } as BestOfOptions;
    expectThrow(() => bestOf(standard, options), 'ERR_INVALID_INPUT', 'bestOf: temperature must', message);
  });
});

describe('a score with noise', () => {
  const seeds: bigint[] = [];
  const noisy: Score = ({ data, rows, cols }, { seed }) => {
    seeds.push(seed);
    const next = uniform(Number(seed & 0xffff_ffffn));
    return Float64Array.from({ length: rows }, (_, i) => data[i * cols]! - Math.log(-Math.log(next())));
  };
  const models = [
    ['bestOf', bestOf(gaussian(), { candidates: 2, score: noisy })],
    ['topFraction', topFraction(gaussian(), { fraction: 0.5, by: noisy })],
  ] as const;

  test.each(models)('repeats a loop: %s', async (_, model) => {
    const distances = async (seed: number) => {
      const loop = {
        variant: 'fully-synthetic',
        reference: gaussianReference({ dim: 1 }),
        synthetic: 50,
        generations: 5,
      } as const;
      const found: number[] = [];
      for await (const { metrics } of autophagousLoop({ ...loop, model, seed })) found.push(metrics.distance!);
      return found;
    };
    const some = await distances(1);
    expect(await distances(1)).toEqual(some);
    expect(await distances(2)).not.toEqual(some);
  });

  test('has a seed of its own in every batch and generation', async () => {
    seeds.length = 0;
    const fitted = await models[0][1].fit(matrix(Float64Array.of(1, 2, 3), 3, 1), { seed: 1n });
    await fitted.sample(70_000, { seed: 1n }); // three batches of candidates
    await fitted.sample(10, { seed: 2n });
    expect(seeds).toHaveLength(4);
    expect(new Set(seeds).size).toBe(4);
  });

  test('with Gumbel noise the best of K is the softmax choice', async () => {
    // Both have the law of the first test: compare means over the same candidates' law.
    const gumbel = await samplesOf(bestOf(standard, { candidates: 3, score: noisy }), one, 40_000);
    const softmax = await samplesOf(
      bestOf(standard, { candidates: 3, score: first, temperature: 1 }),
      one,
      40_000,
      8n,
    );
    const mean = (x: Float64Array) => x.reduce((a, b) => a + b, 0) / x.length;
    expect(Math.abs(mean(gumbel) - mean(softmax))).toBeLessThan(4.5 * Math.sqrt(2 / 40_000));
    expect(mean(softmax)).toBeGreaterThan(0.3);
  });
});
