// marked(): a watermark that loops amplify. filter(): training sets that a detector of synthetic rows has thinned. Both against the
// exact moments of Gaussian loops.

import { describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { autophagousLoop } from '../../src/loops/autophagous-loop.js';
import {
  type ReplicatedLoopResult,
  replicatedAutophagousLoop,
} from '../../src/loops/replicated-autophagous-loop.js';
import { bestOf } from '../../src/models/best-of.js';
import { externalModel } from '../../src/models/external-model.js';
import { type FilterOptions, filter } from '../../src/models/filter.js';
import { gaussian } from '../../src/models/gaussian.js';
import type { FitOptions, GenerativeModel, OpenModel, RowBlock } from '../../src/models/generative-model.js';
import { type MarkedOptions, marked } from '../../src/models/marked.js';
import { gaussianReference } from '../../src/references/gaussian-reference.js';
import { ZScores } from '../oracle/support/z-scores.js';
import { normals, toRows } from '../support/numbers.js';
import { expectRejection, expectThrow } from '../support/rejection.js';
import { repetitions } from '../support/sizes.js';

const dim = 2;
const generations = 5;
const reference = gaussianReference({ dim });

interface Case {
  readonly variant: 'fully-synthetic' | 'fresh-data';
  readonly real?: number;
  readonly initial?: number;
  readonly synthetic: number;
  readonly lambda: number;
}

async function seriesOf(options: Case, model: GenerativeModel, metrics: object = {}) {
  const replicates = repetitions(1_000);
  const { series }: ReplicatedLoopResult = await replicatedAutophagousLoop({
    ...{ ...options, reference, model, generations, replicates, seed: 9, series: true },
    metrics: ['meanNormSquared', 'trace', ...(Object.keys(metrics).length > 0 ? [metrics as never] : [])],
  });
  return (metric: string, t: number) =>
    Float64Array.from({ length: replicates }, (_, r) => series!.metrics[metric]![r * generations + t - 1]!);
}

describe('marked', () => {
  const strength = 0.4;
  const unit = [0.6, -0.8];

  // With m the mean along the mark: m' = q (m + s); E|mean|^2 and E tr covariance as without, with |mean + s u|^2 for |mean|^2.
  function exact({ variant, real = 0, initial = real, synthetic, lambda }: Case) {
    let [m, v, trace] = [0, dim / initial, dim];
    return Array.from({ length: generations }, (_, index) => {
      if (index > 0) {
        const n = real + synthetic;
        const [p, q] = [real / n, synthetic / n];
        const moved = v + 2 * strength * m + strength ** 2;
        const mean =
          (variant === 'fresh-data' ? (p ** 2 * dim) / real : 0) +
          q ** 2 * (moved + (lambda * trace) / synthetic);
        const sumOfSquares = real * dim + synthetic * (moved + lambda * trace);
        [m, v, trace] = [q * (m + strength), mean, (sumOfSquares - n * mean) / (n - 1)];
      }
      return { m, v, trace };
    });
  }

  test.each<Case>([
    { variant: 'fully-synthetic', initial: 12, synthetic: 10, lambda: 1 },
    { variant: 'fresh-data', real: 6, synthetic: 14, lambda: 1 },
    { variant: 'fresh-data', real: 15, synthetic: 5, lambda: 0.5 },
  ])('the loop amplifies it, exactly: %o', async (options) => {
    const model = marked(gaussian(), { direction: [3, -4], strength });
    const along = async ({ moments }: { moments(): Promise<{ mean: Float64Array }> }) => {
      const { mean } = await moments();
      return mean[0]! * unit[0]! + mean[1]! * unit[1]!;
    };
    const series = await seriesOf(options, model, { along });
    const z = new ZScores();
    for (const [i, { m, v, trace }] of exact(options).entries()) {
      z.addSample(`t = ${i + 1}: along`, series('along', i + 1), m);
      z.addSample(`t = ${i + 1}: |mean|^2`, series('meanNormSquared', i + 1), v);
      z.addSample(`t = ${i + 1}: trace`, series('trace', i + 1), trace);
    }
    z.check();
    // As the documentation has it: q + q^2 + ... + q^(t - 1).
    const q = options.synthetic / ((options.real ?? 0) + options.synthetic);
    let sum = 0;
    for (let t = 1; t < generations; t += 1) sum += q ** t;
    expect(exact(options).at(-1)!.m).toBeCloseTo(strength * sum, 12);
  });

  test('moves every sample, and nothing else', async () => {
    const data = matrix(normals(20, 4), 10, 2);
    const options = { seed: 5n };
    const still = await (
      await marked(gaussian(), { direction: [1, 1], strength: 0 }).fit(data, options)
    ).sample(50, { seed: 5n, lambda: 0.7 });
    for (const direction of [[3, -4], Float64Array.of(3e300, -4e300), [3e-300, -4e-300]]) {
      const fitted = await marked(gaussian(), { direction, strength }).fit(data, options);
      const drawn = await fitted.sample(50, { seed: 5n, lambda: 0.7 });
      for (const [i, row] of toRows(drawn.data, 2).entries()) {
        for (const j of [0, 1]) expect(row[j]).toBeCloseTo(still.data[2 * i + j]! + strength * unit[j]!, 13);
      }
      // What was learnt is what it was.
      expect(fitted.moments).toEqual((await gaussian().fit(data)).moments);
    }
  });

  test("leaves a model's own matrix alone, and keeps float32", async () => {
    const own = matrix(Float32Array.of(1, 2, 3, 4), 2, 2);
    const model = externalModel({ fit: () => null, sample: () => own });
    const fitted = await marked(model, { direction: [0, 1], strength: 0.5 }).fit(own, { seed: 1n });
    expect((await fitted.sample(2)).data).toEqual(Float32Array.of(1, 2.5, 3, 4.5));
    expect(own.data).toEqual(Float32Array.of(1, 2, 3, 4));
  });

  test.each<[string, object, string]>([
    ['no direction', { strength: 1 }, 'direction must be a Float64Array or an array of numbers, got undefined'],
    [
      'none at all',
      { direction: [0, 0], strength: 1 },
      'direction must have an element that is not 0, got 2 elements',
    ],
    [
      'an empty one',
      { direction: [], strength: 1 },
      'direction must have an element that is not 0, got 0 elements',
    ],
    [
      'an infinite one',
      { direction: [1, Infinity], strength: 1 },
      'direction[1] must be a finite number, got Infinity',
    ],
    ['no strength', { direction: [1] }, 'strength must be a finite number'],
    ['an infinite strength', { direction: [1], strength: Infinity }, 'strength must be a finite number'],
  ])('refuses %s', (_, options, message) => {
    expectThrow(() => marked(gaussian(), options as MarkedOptions), 'ERR_INVALID_INPUT', `marked: ${message}`);
  });

  test('refuses a direction of other data, and what is no model', async () => {
    const fitted = await marked(gaussian(), { direction: [1, 0, 0], strength: 1 }).fit(
      matrix(normals(20, 4), 10, 2),
      { seed: 1n },
    );
    const message = 'marked: direction must have as many elements as a row, 2, got 3';
    await expectRejection(() => fitted.sample(3), 'ERR_INVALID_INPUT', message);
    expectThrow(
      () => marked({} as GenerativeModel, { direction: [1], strength: 1 }),
      'ERR_INVALID_INPUT',
      'marked: model must have a method fit',
    );
  });
});

describe('filter', () => {
  test('ends in the middle of judging when it is stopped', async () => {
    const rows = 2 ** 18;
    const stopped = new AbortController();
    let fitted = false;
    const model: GenerativeModel = {
      fit: async (data, options) => {
        fitted = true;
        return gaussian().fit(data, options);
      },
    };
    const rates = { truePositiveRate: 0.5, falsePositiveRate: 0.1 };
    const fitting = filter(model, rates).fit(matrix(new Float64Array(rows), rows, 1), {
      blocks: [
        { rows: rows / 2, real: true },
        { rows: rows / 2, real: false },
      ],
      seed: 1n,
      signal: stopped.signal,
    });
    stopped.abort();
    await expectRejection(async () => fitting, 'ERR_ABORTED', 'filter: aborted by its signal');
    expect(fitted).toBe(false);
  });

  /** P(k of n) of a binomial law. */
  function binomial(n: number, p: number): number[] {
    let row = [1];
    for (let i = 0; i < n; i += 1) {
      row = Array.from({ length: row.length + 1 }, (_, k) => (row[k] ?? 0) * (1 - p) + (row[k - 1] ?? 0) * p);
    }
    return row;
  }

  // A mean over how many rows of each kind are left; of the rest of the training set nothing changes.
  function exact(
    { real = 0, initial = real, synthetic, lambda }: Case,
    { truePositiveRate, falsePositiveRate }: FilterOptions,
  ) {
    const over = (counts: [number, number], value: (real: number, synthetic: number) => number) => {
      const [reals, synthetics] = [
        binomial(counts[0], 1 - falsePositiveRate),
        binomial(counts[1], 1 - truePositiveRate),
      ];
      let [total, weight] = [0, 0];
      for (const [r, pr] of reals.entries()) {
        for (const [s, ps] of synthetics.entries()) {
          if (r + s < 2) continue; // as likely as 1e-9 in the cases below
          total += pr * ps * value(r, s);
          weight += pr * ps;
        }
      }
      return total / weight;
    };
    let [v, trace] = [over([initial, 0], (r) => dim / r), dim];
    return Array.from({ length: generations }, (_, index) => {
      if (index > 0) {
        const [before, spread] = [v, lambda * trace];
        const mean = (r: number, s: number) => (r * dim + s * spread + s * s * before) / (r + s) ** 2;
        const counts: [number, number] = [real, synthetic];
        v = over(counts, mean);
        trace = over(counts, (r, s) => (r * dim + s * (before + spread) - (r + s) * mean(r, s)) / (r + s - 1));
      }
      return { v, trace };
    });
  }

  test.each<[Case, FilterOptions]>([
    [
      { variant: 'fresh-data', real: 20, synthetic: 20, lambda: 1 },
      { truePositiveRate: 0.9, falsePositiveRate: 0.2 },
    ],
    [
      { variant: 'fresh-data', real: 12, synthetic: 30, lambda: 0.6 },
      { truePositiveRate: 0.5, falsePositiveRate: 0 },
    ],
    [
      { variant: 'fresh-data', real: 15, synthetic: 25, lambda: 1 },
      { truePositiveRate: 1, falsePositiveRate: 0 },
    ],
    [
      { variant: 'fully-synthetic', initial: 30, synthetic: 40, lambda: 0.8 },
      { truePositiveRate: 0.3, falsePositiveRate: 0.1 },
    ],
  ])('thins a loop as its rates say: %o, %o', async (options, rates) => {
    const series = await seriesOf(options, filter(gaussian(), rates));
    const z = new ZScores();
    for (const [i, { v, trace }] of exact(options, rates).entries()) {
      z.addSample(`t = ${i + 1}: |mean|^2`, series('meanNormSquared', i + 1), v);
      z.addSample(`t = ${i + 1}: trace`, series('trace', i + 1), trace);
    }
    z.check();
  });

  test("filtering hurts without sampling bias: n_e / n_r = (1 - FPR) (1 + q')", () => {
    const ratio = (rates: FilterOptions, [n, m] = [2000, 4000]) => {
      // Of many rows the numbers left are their means.
      const [r, s] = [n! * (1 - rates.falsePositiveRate), m! * (1 - rates.truePositiveRate)];
      let v = 1 / r;
      for (let t = 0; t < 500; t += 1) v = (r + s + s * s * v) / (r + s) ** 2;
      const q = s / (s + r);
      expect(1 / v / n!).toBeCloseTo((1 - rates.falsePositiveRate) * (1 + q), 9);
      return 1 / v / n!;
    };
    const none = ratio({ truePositiveRate: 0, falsePositiveRate: 0 });
    const good = ratio({ truePositiveRate: 0.9, falsePositiveRate: 0.01 });
    const perfect = ratio({ truePositiveRate: 1, falsePositiveRate: 0 });
    expect([none, good, perfect].map((x) => x.toFixed(4))).toEqual(['1.6667', '1.1564', '1.0000']);
  });

  /** A model that writes down what it is told. */
  function listening() {
    const told: (Pick<FitOptions, 'realCount' | 'blocks' | 'weights'> & { values: number[] })[] = [];
    const model: GenerativeModel = {
      name: 'listener',
      fit(data, { realCount, blocks, weights }) {
        told.push({ realCount, blocks, ...(weights && { weights }), values: [...data.data] });
        return { sample: (count) => matrix(new Float64Array(count).fill(-told.length), count, 1) };
      },
    };
    return { model, told };
  }
  const blocks: RowBlock[] = [
    { rows: 200, real: true },
    { rows: 300, real: false, generation: 1 },
    { rows: 100, real: false, generation: 2 },
  ];
  const values = matrix(
    Float64Array.from({ length: 600 }, (_, i) => i),
    600,
    1,
  );

  test('keeps the order of rows, their origins and weights', async () => {
    const { model, told } = listening();
    const weights = Float64Array.from({ length: 600 }, (_, i) => 1000 + i);
    await filter(model, { truePositiveRate: 0.5, falsePositiveRate: 0.1 }).fit(values, {
      seed: 3n,
      blocks,
      weights,
    });
    const [{ realCount, blocks: left, weights: theirs, values: rows }] = told as [(typeof told)[0]];
    expect(rows).toEqual([...rows].sort((a, b) => a - b));
    expect([...theirs!]).toEqual(rows.map((row) => 1000 + row));
    expect(realCount).toBe(rows.filter((row) => row < 200).length);
    expect(left).toEqual([
      { rows: realCount!, real: true },
      { rows: rows.filter((row) => row >= 200 && row < 500).length, real: false, generation: 1 },
      { rows: rows.filter((row) => row >= 500).length, real: false, generation: 2 },
    ]);
    expect(realCount).toBeGreaterThan(150);
    expect(realCount).toBeLessThan(200);
  });

  test.each([
    [{ truePositiveRate: 0, falsePositiveRate: 0 }, 600, 200],
    [{ truePositiveRate: 1, falsePositiveRate: 0 }, 200, 200],
    [{ truePositiveRate: 0, falsePositiveRate: 1 }, 400, 0],
  ])('rates of 0 and 1 are exact: %o', async (rates, rows, real) => {
    const { model, told } = listening();
    await filter(model, rates).fit(values, { seed: 3n, blocks });
    expect([told[0]!.values.length, told[0]!.realCount]).toEqual([rows, real]);
  });

  test('depends on the seed alone, and judges anew in every generation', async () => {
    const run = async (seed: number, threads: number) => {
      const { model, told } = listening();
      const loop = {
        variant: 'synthetic-augmentation',
        reference: gaussianReference({ dim: 1 }),
        real: 60,
        synthetic: 10,
      } as const;
      const wrapped = filter(model, { truePositiveRate: 0.5, falsePositiveRate: 0.5 });
      const counts: number[] = [];
      for await (const { realCount } of autophagousLoop({
        ...loop,
        model: wrapped,
        generations: 4,
        metrics: [],
        seed,
        threads,
      }))
        counts.push(realCount);
      expect(counts).toEqual([60, 60, 60, 60]); // before the filter
      return told.map(({ values: rows }) => rows.filter((x) => x > -4 && !Number.isInteger(x)));
    };
    const some = await run(1, 1);
    expect(await run(1, 3)).toEqual(some);
    expect(await run(2, 1)).not.toEqual(some);
    expect(new Set(some.map((rows) => rows.join())).size).toBe(4);
  });

  test('works with curation, ranges of lambda and resources', async () => {
    const closed: string[] = [];
    const inner: GenerativeModel & { open(): OpenModel } = {
      lambdaRange: [0, 2],
      fit: () => ({ sample: (count) => matrix(new Float64Array(count), count, 1) }),
      open: () => ({ ...inner, close: () => void closed.push('closed') }),
    };
    const rates = { truePositiveRate: 0.5, falsePositiveRate: 0 };
    const model = filter(bestOf(inner, { candidates: 2, score: ({ rows }) => new Float64Array(rows) }), rates);
    expect([model.name, model.lambdaRange]).toEqual(['filter bestOf model', [0, 2]]);
    const loop = {
      variant: 'fresh-data',
      reference: gaussianReference({ dim: 1 }),
      real: 5,
      synthetic: 5,
      lambda: 2,
    } as const;
    for await (const _ of autophagousLoop({ ...loop, model, generations: 2, metrics: [] }));
    expect(closed).toEqual(['closed']);
  });

  test.each<[string, object, string]>([
    ['no rate', { truePositiveRate: 0.5 }, 'falsePositiveRate must be a number from 0 to 1, got undefined'],
    [
      'a rate above 1',
      { truePositiveRate: 1.5, falsePositiveRate: 0 },
      'truePositiveRate must be a number from 0 to 1, got 1.5',
    ],
  ])('refuses %s', (_, options, message) => {
    expectThrow(() => filter(gaussian(), options as FilterOptions), 'ERR_INVALID_INPUT', `filter: ${message}`);
  });

  test('refuses to guess, and to fit to nothing', async () => {
    const rates = { truePositiveRate: 1, falsePositiveRate: 1 };
    expectThrow(
      () => filter(null as unknown as GenerativeModel, rates),
      'ERR_INVALID_INPUT',
      'filter: model must have a method fit',
    );
    const message = 'filter: blocks must say where each row comes from, as in every loop, got none';
    await expectRejection(
      async () => filter(gaussian(), rates).fit(values, { seed: 1n }),
      'ERR_INVALID_INPUT',
      message,
    );
    const few = 'filter: blocks must have as many rows as the training set, 600, got 200';
    await expectRejection(
      async () => filter(gaussian(), rates).fit(values, { seed: 1n, blocks: blocks.slice(0, 1) }),
      'ERR_INVALID_INPUT',
      few,
    );
    const nothing = 'filter: training set must have a row that is let through, got none';
    await expectRejection(
      async () => filter(gaussian(), rates).fit(values, { seed: 1n, blocks }),
      'ERR_INVALID_INPUT',
      nothing,
    );
  });

  test('without a loop, realCount says which rows are real', async () => {
    const { model, told } = listening();
    await filter(model, { truePositiveRate: 1, falsePositiveRate: 0 }).fit(values, { seed: 3n, realCount: 50 });
    expect(told[0]!.values).toHaveLength(50);
  });
});
