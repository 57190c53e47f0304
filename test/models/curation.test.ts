// truncated(), topFraction() and bestOf(): what is kept, in which law, and what happens when nothing is.

import { describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import type { Gaussian, Matrix } from '../../src/base/shapes.js';
import { bestOf } from '../../src/models/best-of.js';
import { bootstrap } from '../../src/models/bootstrap.js';
import type { Score } from '../../src/models/curation.js';
import { FittedGaussian } from '../../src/models/fitted-gaussian.js';
import { gaussian } from '../../src/models/gaussian.js';
import { gaussianMixture } from '../../src/models/gaussian-mixture.js';
import type { FitOptions, GenerativeModel } from '../../src/models/generative-model.js';
import { kernelDensity } from '../../src/models/kernel-density.js';
import { topFraction } from '../../src/models/top-fraction.js';
import { truncated } from '../../src/models/truncated.js';
import { chiSquareCdf } from '../oracle/support/chi-square.js';
import { ZScores } from '../oracle/support/z-scores.js';
import { normals, toRows } from '../support/numbers.js';

/** A training set that only has a width. */
function ofDim(dim: number): Matrix {
  return matrix(new Float64Array(2 * dim), 2, dim);
}

/** A model that "fits" always the same Gaussian. */
function fixed(moments: Gaussian): GenerativeModel<FittedGaussian> {
  return { name: 'fixed', fit: () => new FittedGaussian(moments) };
}

const step = { seed: 1n };
const nothing = ofDim(2);
const one = ofDim(1);
const column = (x: Matrix, j: number) =>
  Float64Array.from({ length: x.rows }, (_, i) => x.data[i * x.cols + j]!);
const first: Score = (x) => column(x, 0);

/** N((1, ..), C) with a factor of C, so that samples can be whitened. */
function tilted(dim: number): { gaussian: Gaussian; whiten: (row: number[]) => number[] } {
  const factor = (i: number, j: number) => (i === j ? 1 + i : i > j ? 0.4 : 0);
  const covariance = Float64Array.from({ length: dim * dim }, (_, index) => {
    const [i, j] = [Math.floor(index / dim), index % dim];
    let sum = 0;
    for (let l = 0; l < dim; l += 1) sum += factor(i, l) * factor(j, l);
    return sum;
  });
  const whiten = (row: number[]) => {
    const z: number[] = [];
    for (const [i, value] of row.entries())
      z.push((value - 1 - z.reduce((sum, zj, j) => sum + factor(i, j) * zj, 0)) / factor(i, i));
    return z;
  };
  return { gaussian: { dim, mean: new Float64Array(dim).fill(1), covariance }, whiten };
}

describe('truncated', () => {
  test.each([
    [1, 1.5],
    [2, 1],
    [5, 2.5],
    [10, 3],
  ])('in %i dimensions, radius %f: the covariance shrinks by F_{d+2} / F_d', async (dim, radius) => {
    const { gaussian: source, whiten } = tilted(dim);
    const fitted = await truncated(fixed(source), { radius }).fit(ofDim(source.dim), step);
    const x = await fitted.sample(20_000, { seed: 7 });
    const rows = toRows(x.data, dim).map(whiten);
    const squares = rows.map((row) => row.reduce((sum, z) => sum + z * z, 0));
    expect(Math.max(...squares)).toBeLessThanOrEqual(radius ** 2 * (1 + 1e-9));
    const lambda = chiSquareCdf(radius ** 2, dim + 2) / chiSquareCdf(radius ** 2, dim);
    const z = new ZScores();
    z.addSample('squared norm', squares, dim * lambda);
    for (let i = 0; i < dim; i += 1) {
      z.addSample(
        `mean ${i}`,
        Float64Array.from(rows, (row) => row[i]!),
        0,
      );
      z.addSample(
        `variance ${i}`,
        Float64Array.from(rows, (row) => row[i]! ** 2),
        lambda,
      );
      const j = (i + 1) % dim;
      if (j !== i)
        z.addSample(
          `covariance ${i} ${j}`,
          Float64Array.from(rows, (row) => row[i]! * row[j]!),
          0,
        );
    }
    z.check();
  });

  test('keeps a share F_d of the candidates', async () => {
    const { gaussian: source } = tilted(3);
    let drawn = 0;
    const counting: GenerativeModel = {
      fit: () => ({
        moments: source,
        sample: (count, options) => {
          drawn += count;
          return new FittedGaussian(source).sample(count, options);
        },
      }),
    };
    const fitted = await truncated(counting, { radius: 1 }).fit(ofDim(source.dim), step);
    const count = 5000;
    await fitted.sample(count);
    const rate = chiSquareCdf(1, 3); // 0.199
    expect(drawn).toBeGreaterThan((0.95 * count) / rate);
    expect(drawn).toBeLessThan((1.4 * count) / rate);
  });

  test('gives up where almost nothing is inside, and says how much was', async () => {
    const fitted = await truncated(fixed(tilted(20).gaussian), { radius: 0.5 }).fit(ofDim(20), step);
    await expect(fitted.sample(10)).rejects.toMatchObject({
      code: 'ERR_NO_CONVERGENCE',
      message: expect.stringMatching(
        /^truncated: radius must let at least 1 in 1,000 samples through, got 0\.5: 0 of \d{6} candidates were inside \(0\.0 %\)$/,
      ),
    });
  });

  test('a singular Gaussian is cut within its range, and needs moments', async () => {
    const flat = { dim: 2, mean: Float64Array.of(0, 5), covariance: Float64Array.of(4, 0, 0, 0) };
    const fitted = await truncated(fixed(flat), { radius: 1 }).fit(nothing, step);
    const x = await fitted.sample(500);
    for (const [a, b] of toRows(x.data, 2)) expect([Math.abs(a!) <= 2 * (1 + 1e-12), b]).toEqual([true, 5]);
    const without = { name: 'mine', fit: () => ({ sample: () => nothing }) };
    const model = await truncated(without, { radius: 1 }).fit(nothing, step);
    await expect(model.sample(2)).rejects.toThrow(
      /truncated: model must have moments when fitted, got none from mine/,
    );
  });
});

describe('topFraction', () => {
  test.each([0.9, 0.5, 0.05])(
    'of a Gaussian, %f along a direction: mean +i, variance 1 - i (i - z)',
    async (fraction) => {
      const { gaussian: source, whiten } = tilted(2);
      const fitted = await topFraction(fixed(source), { fraction, by: first }).fit(nothing, step);
      const n = 20_000;
      const rows = toRows((await fitted.sample(n, { seed: 3 })).data, 2).map(whiten);
      const z = normalQuantile(1 - fraction);
      const i = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI) / fraction;
      // The n best of n / fraction: their mean varies less than that of independent draws, so the check is on the safe side.
      const scores = new ZScores();
      const along = Float64Array.from(rows, (row) => row[0]!);
      scores.addSample('mean', along, i);
      scores.addSample(
        'variance',
        along.map((value) => (value - i) ** 2),
        1 - i * (i - z),
      );
      scores.addSample(
        'across',
        Float64Array.from(rows, (row) => row[1]!),
        0,
      );
      scores.addSample(
        'variance across',
        Float64Array.from(rows, (row) => row[1]! ** 2),
        1,
      );
      scores.check();
    },
  );

  test('by density keeps the likeliest: of a Gaussian the ball that holds the fraction', async () => {
    const { gaussian: source, whiten } = tilted(2);
    const fitted = await topFraction(fixed(source), { fraction: 0.5 }).fit(nothing, step);
    const squares = toRows((await fitted.sample(20_000, { seed: 2 })).data, 2).map((row) => {
      const [a, b] = whiten(row);
      return a! ** 2 + b! ** 2;
    });
    // F_2(r^2) = 1 - exp(-r^2 / 2) = 1/2.
    const r2 = 2 * Math.log(2);
    expect(Math.max(...squares)).toBeGreaterThan(0.97 * r2);
    expect(Math.max(...squares)).toBeLessThan(1.03 * r2);
    const z = new ZScores();
    z.addSample('squared norm', squares, (2 * chiSquareCdf(r2, 4)) / chiSquareCdf(r2, 2));
    z.check();
  });

  test('keeps the best of the candidates in their order, of equal ones the first', async () => {
    const candidates = [3, 1, 2, 3, 2, 2];
    const source = { fit: () => ({ sample: () => matrix(Float64Array.from(candidates), 6, 1) }) };
    const kept = async (fraction: number, count: number) => [
      ...(await (await topFraction(source, { fraction, by: first }).fit(one, step)).sample(count)).data,
    ];
    expect(await kept(0.5, 3)).toEqual([3, 2, 3]);
    expect(await kept(2 / 6, 2)).toEqual([3, 3]);
    expect(await kept(1, 6)).toEqual(candidates);
    const last = topFraction(source, { fraction: 4 / 6, by: async (x) => [...x.data.keys()] });
    expect([...(await (await last.fit(one, step)).sample(4)).data]).toEqual([2, 3, 2, 2]);
  });

  test('works on every model that has a density', async () => {
    const data = matrix(normals(200, 1), 100, 2);
    for (const model of [
      gaussian(),
      gaussianMixture({ components: 2 }),
      kernelDensity(),
      truncated(gaussian(), { radius: 2 }),
    ]) {
      const fitted = await topFraction(model as GenerativeModel, { fraction: 0.1 }).fit(data, step);
      const all = await fitted.model.sample(300, { lambda: 1, seed: 5n });
      const median = (values: Float64Array) => values.slice().sort()[Math.floor(values.length / 2)]!;
      const before = median(await fitted.model.logDensity!(all, {}));
      expect(median(await fitted.model.logDensity!(await fitted.sample(300), {}))).toBeGreaterThan(before);
    }
    await expect((await topFraction(bootstrap(), { fraction: 0.5 }).fit(data, step)).sample(2)).rejects.toThrow(
      /topFraction: model must have a method logDensity when fitted, for by: 'density', got none from bootstrap/,
    );
  });
});

describe('bestOf', () => {
  // Mean and variance of the largest of K standard normals.
  test.each([
    [1, 0, 1],
    [2, 0.56419, 0.68169],
    [3, 0.846284, 0.559467],
    [4, 1.029375, 0.491715],
    [8, 1.4236, 0.372897],
  ])('of %i: mean +%f standard deviations, variance times %f', async (candidates, e, v) => {
    const { gaussian: source, whiten } = tilted(2);
    const fitted = await bestOf(fixed(source), { candidates, score: first }).fit(nothing, step);
    const rows = toRows((await fitted.sample(40_000, { seed: 9 })).data, 2).map(whiten);
    const z = new ZScores();
    const along = Float64Array.from(rows, (row) => row[0]!);
    z.addSample('mean', along, e);
    z.addSample(
      'variance',
      along.map((value) => (value - e) ** 2),
      v,
    );
    z.addSample(
      'across',
      Float64Array.from(rows, (row) => row[1]!),
      0,
    );
    z.addSample(
      'variance across',
      Float64Array.from(rows, (row) => row[1]! ** 2),
      1,
    );
    z.check();
  });

  test('takes the first of equal candidates, in every batch', async () => {
    let sizes: number[] = [];
    const source = {
      fit: () => ({
        sample: (count: number) => {
          sizes.push(count);
          return matrix(
            Float64Array.from({ length: count * 1000 }, (_, i) => Math.floor(i / 1000)),
            count,
            1000,
          );
        },
      }),
    };
    const even: Score = (x) => column(x, 0).map((value) => value % 2);
    const model = bestOf(source, { candidates: 3, score: even });
    const fitted = await model.fit(matrix(new Float64Array(2000), 2, 1000), step);
    expect([...column(await fitted.sample(4), 0)]).toEqual([1, 3, 7, 9]);
    expect(sizes).toEqual([12]);
    sizes = [];
    const many = await fitted.sample(2_000_000 / 1000);
    expect(many.rows).toBe(2000);
    expect(sizes.length).toBeGreaterThan(1);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(6000);
  });
});

describe('all of them', () => {
  const data = matrix(normals(300, 2), 150, 2);
  const wrappers = [
    ['truncated', (model: GenerativeModel) => truncated(model, { radius: 1.5 })],
    ['topFraction', (model: GenerativeModel) => topFraction(model, { fraction: 0.3 })],
    ['bestOf', (model: GenerativeModel) => bestOf(model, { candidates: 3, score: first })],
  ] as const;

  test.each(wrappers)('%s is seeded, and the same for any number of threads', async (name, wrap) => {
    const model = wrap(gaussianMixture({ components: 2 }) as GenerativeModel);
    expect(model.name).toBe(`${name} gaussianMixture`);
    const fitted = await model.fit(data, step);
    const samples = await Promise.all([1, 2, 7].map((threads) => fitted.sample(500, { seed: 4, threads })));
    for (const other of samples.slice(1)) expect(other).toEqual(samples[0]);
    expect(await fitted.sample(500, { seed: 5 })).not.toEqual(samples[0]);
    expect(fitted.moments).toEqual((await gaussianMixture({ components: 2 }).fit(data, step)).moments);
  });

  test.each(wrappers)('%s hands a fit the model before, without its curation', async (_, wrap) => {
    const seen: (object | undefined)[] = [];
    const inner: GenerativeModel = {
      fit(x: Matrix, options: FitOptions) {
        seen.push(options.previous);
        return gaussian().fit(x, options);
      },
    };
    const model = wrap(inner);
    const before = await model.fit(data, step);
    const other = await gaussian().fit(data);
    await model.fit(data, { ...step, previous: before });
    await model.fit(data, { ...step, previous: other });
    expect(seen).toEqual([undefined, before.model, other]);
  });

  test.each<[string, () => unknown, RegExp]>([
    [
      'radius',
      () => truncated(gaussian(), { radius: 0 }),
      /truncated: radius must be a positive number, got 0/,
    ],
    ['a model', () => truncated({} as never, { radius: 1 }), /truncated: model must have a method fit/],
    [
      'fraction',
      () => topFraction(gaussian(), { fraction: 1.1 }),
      /fraction must be a number above 0 and at most 1, got 1.1/,
    ],
    [
      'by',
      () => topFraction(gaussian(), { fraction: 0.5, by: 'beauty' as never }),
      /by must be a function of a matrix, got "beauty"/,
    ],
    [
      'candidates',
      () => bestOf(gaussian(), { candidates: 0, score: first }),
      /candidates must be an integer from 1/,
    ],
    [
      'score',
      () => bestOf(gaussian(), { candidates: 2 } as never),
      /score must be a function of a matrix, got undefined/,
    ],
    ['an unknown option', () => bestOf(gaussian(), { k: 2 } as never), /bestOf: unknown option 'k'/],
  ])('refuse %s', (_, call, message) => {
    expect(call).toThrow(message);
  });

  test.each<[Score, RegExp]>([
    [() => [1, 2], /bestOf: score must return a number for each of 6 rows, got 2 values/],
    [() => undefined as never, /got undefined values/],
    [
      ({ rows }) => Array(rows).fill(1n),
      /bestOf: score must be readable, got an error: Cannot convert a BigInt/,
    ],
    [(x) => column(x, 0).fill(Number.NaN), /bestOf: score must return numbers, got NaN for row 0/],
  ])('say what is wrong with a score: %#', async (score, message) => {
    const fitted = await bestOf(gaussian(), { candidates: 3, score }).fit(data, step);
    await expect(fitted.sample(2)).rejects.toMatchObject({
      code: 'ERR_INVALID_INPUT',
      message: expect.stringMatching(message),
    });
    const narrow = { fit: () => ({ sample: (rows: number) => matrix(new Float64Array(rows), rows, 1) }) };
    await expect(
      (await bestOf(narrow, { candidates: 2, score }).fit(data, step)).sample(3),
    ).rejects.toMatchObject({
      code: 'ERR_MODEL',
      message: 'curation: the model must return a 6 x 2 matrix, got 6 x 1',
    });
    await expect(fitted.sample(0)).rejects.toThrow(/count must be an integer of at least 1, got 0/);
  });
});

test('curated models are fitted without options, as others are', async () => {
  for (const model of [truncated(gaussian(), { radius: 2 }), topFraction(gaussian(), { fraction: 0.5 })]) {
    const fit = model.fit as unknown as (data: Matrix) => Promise<{ sample(count: number): Promise<Matrix> }>;
    expect(await (await fit(matrix(normals(40, 1), 20, 2))).sample(3)).toMatchObject({ rows: 3, cols: 2 });
  }
});

/** By bisection of the chi-square distribution function: P(|Z| <= z) = F_1(z^2). */
function normalQuantile(p: number): number {
  let [low, high] = [-9, 9];
  const cdf = (z: number) => 0.5 + (Math.sign(z) * (z === 0 ? 0 : chiSquareCdf(z * z, 1))) / 2;
  for (let i = 0; i < 80; i += 1) {
    const middle = (low + high) / 2;
    if (cdf(middle) < p) low = middle;
    else high = middle;
  }
  return low;
}
