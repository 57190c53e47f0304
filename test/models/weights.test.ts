// Rows with weights: what a fit makes of them, for every model that takes them, and loops with a weight for the real rows.

import { describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import type { Matrix } from '../../src/base/shapes.js';
import { replicatedAutophagousLoop } from '../../src/loops/replicated-autophagous-loop.js';
import { bestOf } from '../../src/models/best-of.js';
import { bootstrap } from '../../src/models/bootstrap.js';
import { externalModel } from '../../src/models/external-model.js';
import { gaussian } from '../../src/models/gaussian.js';
import { gaussianMixture } from '../../src/models/gaussian-mixture.js';
import type { FitOptions, FittedModel, GenerativeModel } from '../../src/models/generative-model.js';
import { kernelDensity } from '../../src/models/kernel-density.js';
import { processModel } from '../../src/models/process-model/process-model.js';
import { gaussianReference } from '../../src/references/gaussian-reference.js';
import { ZScores } from '../oracle/support/z-scores.js';
import { normals } from '../support/numbers.js';
import { expectRejection, expectThrow } from '../support/rejection.js';
import { repetitions } from '../support/sizes.js';

const dim = 3;
const rows = 40;
const data = matrix(
  normals(rows * dim, 5).map((value, i) => value * (1 + (i % dim)) + 2),
  rows,
  dim,
);
const counts = Float64Array.from({ length: rows }, (_, i) => [1, 3, 0, 2, 1][i % 5]!);

/** Every row as often as its weight says. */
function repeated(x: Matrix, times: Float64Array): Matrix {
  const all: number[] = [];
  for (const [i, count] of times.entries())
    for (let copy = 0; copy < count; copy += 1) all.push(...x.data.subarray(i * x.cols, (i + 1) * x.cols));
  return matrix(Float64Array.from(all), all.length / x.cols, x.cols);
}

const start = {
  weights: [0.5, 0.5],
  means: matrix(Float64Array.of(1, 1, 1, 3, 3, 3), 2, dim),
  covariance: 'full',
  covariances: Float64Array.of(1, 0, 0, 0, 2, 0, 0, 0, 3, 2, 0, 0, 0, 2, 0, 0, 0, 2),
} as const;
const formsOf = (covariance: 'full' | 'tied' | 'diagonal' | 'spherical') =>
  gaussianMixture({
    ...{ components: 2, covariance, tolerance: 0, maximumIterations: 12 },
    start: {
      ...{ weights: Float64Array.of(0.5, 0.5), means: start.means, covariance },
      covariances: {
        full: start.covariances,
        tied: start.covariances.slice(0, 9),
        diagonal: Float64Array.of(1, 2, 3, 2, 2, 2),
        spherical: Float64Array.of(2, 2),
      }[covariance],
    },
    regularisation: 0,
  });

// Models whose fit to weighted rows is that to rows which occur so often.
const models: readonly (readonly [string, GenerativeModel])[] = [
  ['gaussian', gaussian({ divisor: 'mle' })],
  ['kernelDensity', kernelDensity({ bandwidth: 0.7 })],
  ['bootstrap', bootstrap()],
  ['gaussianMixture, one component', gaussianMixture({ components: 1, regularisation: 0 })],
  ['gaussianMixture, full', formsOf('full')],
  ['gaussianMixture, tied', formsOf('tied')],
  ['gaussianMixture, diagonal', formsOf('diagonal')],
  ['gaussianMixture, spherical', formsOf('spherical')],
];

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(found.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i += 1)
    expect(Math.abs(found[i]! - expected[i]!)).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(expected[i]!)),
    );
}

describe.each(models)('%s', (_, model) => {
  const fit = async (options: object, x = data): Promise<FittedModel> => model.fit(x, { seed: 1n, ...options });

  test('a whole weight is a row that occurs so often', async () => {
    const weighted = await fit({ weights: counts });
    const plain = await fit({}, repeated(data, counts));
    expectClose(weighted.moments!.mean, plain.moments!.mean, 1e-13);
    expectClose(weighted.moments!.covariance, plain.moments!.covariance, 1e-12);
    if (weighted.logDensity === undefined) return;
    const at = matrix(normals(20 * dim, 8), 20, dim);
    expectClose(await weighted.logDensity(at, {}), await plain.logDensity!(at, {}), 1e-11);
  });

  test('the scale of weights does not matter, nor does a plain array', async () => {
    const first = await fit({ weights: counts });
    for (const weights of [counts.map((w) => 1e200 * w), [...counts], counts.map((w) => 1e-200 * w)]) {
      const { moments } = await fit({ weights });
      expectClose(moments!.mean, first.moments!.mean, 1e-13);
      expectClose(moments!.covariance, first.moments!.covariance, 1e-12);
    }
  });

  test('a row without weight is not there', async () => {
    const one = new Float64Array(rows).fill(1);
    one[3] = 0;
    const far = matrix(Float64Array.from(data.data), rows, dim);
    const without = await fit({}, repeated(data, one));
    // 1e20 is what many formats fill missing values with.
    for (const value of [1e6, 1e20, -1e300]) {
      far.data[3 * dim] = value;
      const { moments } = await fit({ weights: one }, far);
      expectClose(moments!.mean, without.moments!.mean, 1e-12);
      expectClose(moments!.covariance, without.moments!.covariance, 1e-12);
    }
    far.data[3 * dim] = Number.NaN;
    await expectRejection(() => fit({ weights: one }, far), 'ERR_INVALID_INPUT', 'NaN at row 3, column 0');
  });

  test('weights of any size', async () => {
    const { moments } = await fit({ weights: counts });
    const tiny = await fit({ weights: counts.map((weight) => weight * 5e-324) });
    expectClose(tiny.moments!.mean, moments!.mean, 1e-12);
    expectClose(tiny.moments!.covariance, moments!.covariance, 1e-12);
  });

  test('equal weights are none', async () => {
    const equal = await fit({ weights: new Float64Array(rows).fill(7) });
    const plain = await fit({});
    expectClose(equal.moments!.mean, plain.moments!.mean, 1e-14);
    expectClose(equal.moments!.covariance, plain.moments!.covariance, 1e-13);
  });

  test.each([
    ['too few', [1, 2], `weights must have one for each of ${rows} rows, got 2`],
    [
      'a negative one',
      counts.map((w, i) => (i === 4 ? -1 : w)),
      'weights[4] must be a finite number of at least 0, got -1',
    ],
    [
      'NaN',
      counts.map((w, i) => (i === 4 ? Number.NaN : w)),
      'weights[4] must be a finite number of at least 0, got NaN',
    ],
    [
      'an infinity',
      counts.map((w, i) => (i === 4 ? Infinity : w)),
      'weights[4] must be a finite number of at least 0, got Infinity',
    ],
    ['none above 0', new Float64Array(rows), 'weights must have a finite sum above 0, got 0'],
    [
      'an infinite sum',
      new Float64Array(rows).fill(1e308),
      'weights must have a finite sum above 0, got Infinity',
    ],
    ['text', ['1'], 'weights[0] must be a number, got "1"'],
  ])('refuses %s', async (__, weights, message) => {
    await expectRejection(() => fit({ weights }), 'ERR_INVALID_INPUT', message);
  });
});

test.each([
  ['gaussian', gaussian()],
  ['kernelDensity', kernelDensity()],
])('%s refuses weights that leave one row, of which there is no covariance', async (name, model) => {
  const message = `${name}: training set must have at least 2 rows of weight above 0, got 1`;
  for (const others of [0, 1e-308]) {
    const weights = Float64Array.from({ length: rows }, (_, i) => (i === 2 ? 1e308 : others));
    await expectRejection(() => model.fit(data, { weights }), 'ERR_INVALID_INPUT', message);
  }
});

describe('what weights mean', () => {
  test('the unbiased covariance is that of reliability weights, also far from 0', async () => {
    for (const shift of [0, 1e6]) {
      const x = matrix(
        data.data.map((value) => value + shift),
        rows,
        dim,
      );
      const weights = counts.map((w, i) => w + 0.1 * (i % 7));
      const { moments } = await gaussian().fit(x, { weights });
      const total = weights.reduce((a, b) => a + b, 0);
      const p = weights.map((w) => w / total);
      // About the shift, where nothing cancels.
      const at = (i: number, j: number) => x.data[i * dim + j]! - shift;
      const mean = Array.from({ length: dim }, (_, j) =>
        p.reduce((sum, share, i) => sum + share * at(i, j), 0),
      );
      const denominator = 1 - p.reduce((sum, share) => sum + share * share, 0);
      expectClose(
        moments.mean.map((value) => value - shift),
        mean,
        shift * 1e-15 + 1e-13,
      );
      for (let j = 0; j < dim; j += 1) {
        for (let l = 0; l < dim; l += 1) {
          const exact =
            p.reduce((sum, share, i) => sum + share * (at(i, j) - mean[j]!) * (at(i, l) - mean[l]!), 0) /
            denominator;
          expect(Math.abs(moments.covariance[j * dim + l]! - exact)).toBeLessThan(shift * 1e-15 + 1e-12);
        }
      }
    }
  });

  test.each([0.5, 1e-6, 1e-15, 1e-17, 1e-40, 1e-300])(
    'of two rows it is that of equal weights, at %f too',
    async (weight) => {
      // sum p_i d_i^2 / (1 - sum p_i^2) = (x_1 - x_2)^2 / 2, whatever the p_i.
      for (const [a, b] of [
        [0.1, 0.7],
        [-1e6, 1e6 + 1],
      ] as const) {
        const x = matrix(Float64Array.of(a, b), 2, 1);
        const { moments } = await gaussian().fit(x, { weights: [1, weight] });
        const kernels = await kernelDensity({ bandwidth: 1 }).fit(x, { weights: [weight, 1], seed: 1 });
        expect(moments.covariance[0]! / ((b - a) ** 2 / 2)).toBeCloseTo(1, 14);
        expect(moments.mean[0]! / (a + (weight / (1 + weight)) * (b - a))).toBeCloseTo(1, 14);
        expect(kernels.moments.mean[0]! / (b - (weight / (1 + weight)) * (b - a))).toBeCloseTo(1, 14);
        expect(kernels.moments.covariance[0]).toBeGreaterThanOrEqual(1);
        expect(Number.isFinite(kernels.moments.covariance[0])).toBe(true);
      }
    },
  );

  test('it is unbiased', async () => {
    const weights = Float64Array.of(4, 1, 1, 0.5, 2);
    const traces: number[] = [];
    for (let i = 0; i < 300; i += 1) {
      const { moments } = await gaussian().fit(matrix(normals(10, 100 + i), 5, 2), { weights });
      traces.push(moments.covariance[0]! + moments.covariance[3]!);
    }
    const z = new ZScores();
    z.addSample('trace', traces, 2);
    z.check();
  });

  test('rules of kernel densities have the effective number of rows', async () => {
    const weights = counts.map((w, i) => w + 0.1 * (i % 7));
    const total = weights.reduce((a, b) => a + b, 0);
    const effective = total ** 2 / weights.reduce((sum, w) => sum + w * w, 0);
    const scott = await kernelDensity().fit(data, { weights });
    expect(scott.bandwidth).toBeCloseTo(effective ** (-1 / (dim + 4)), 12);
    const silverman = await kernelDensity({ bandwidth: 'silverman' }).fit(data, { weights });
    expect(silverman.bandwidth).toBeCloseTo(((effective * (dim + 2)) / 4) ** (-1 / (dim + 4)), 12);
    const { moments } = await gaussian().fit(data, { weights });
    expectClose(
      scott.kernel,
      moments.covariance.map((element) => scott.bandwidth ** 2 * element),
      1e-12,
    );
  });

  test.each([1, 0.5, 0])('the bootstrap draws rows by weight, at lambda %f by its power', async (lambda) => {
    const values = matrix(Float64Array.of(1, 2, 3, 1), 4, 1);
    const weights = Float64Array.of(1, 3, 0, 1); // 1: 2, 2: 3
    const drawn = await (await bootstrap().fit(values, { weights })).sample(20_000, { lambda, seed: 3 });
    const power = (w: number) => (lambda === 0 ? (w === 3 ? 1 : 0) : w ** (1 / lambda));
    const exact = power(2) / (power(2) + power(3));
    const found = drawn.data.filter((x) => x === 1).length / 20_000;
    expect(drawn.data.filter((x) => x === 3)).toHaveLength(0);
    expect(Math.abs(found - exact)).toBeLessThanOrEqual(4.5 * Math.sqrt((exact * (1 - exact)) / 20_000));
  });

  test('the bits of a fit without weights are what they were', async () => {
    for (const model of [gaussian(), kernelDensity(), bootstrap()]) {
      const plain = await model.fit(data, { seed: 1n });
      const told = await model.fit(data, { seed: 1n, realCount: 10 });
      expect(told.moments).toEqual(plain.moments);
      const equal = await model.fit(data, { seed: 1n, weights: new Float64Array(rows).fill(3) });
      expect(equal.moments).toEqual(plain.moments);
    }
  });
});

describe('realWeight', () => {
  const makers = [
    ['gaussian', (realWeight: number) => gaussian({ realWeight })],
    ['kernelDensity', (realWeight: number) => kernelDensity({ realWeight })],
    ['bootstrap', (realWeight: number) => bootstrap({ realWeight })],
    ['gaussianMixture', (realWeight: number) => gaussianMixture({ components: 1, realWeight })],
  ] as const;
  const blocks = [
    { rows: 10, real: true },
    { rows: 25, real: false, generation: 1 },
    { rows: 5, real: true },
  ];

  test.each(makers)('%s: is the weight of all real rows together', async (_, make) => {
    const fit = async (model: GenerativeModel, options: object) =>
      (await model.fit(data, { seed: 1n, ...options })).moments!;
    const plain = make(0.5); // without both kinds: not used
    const own = Float64Array.from({ length: rows }, (__, i) => (i < 10 || i >= 35 ? 0.8 / 15 : 0.2 / 25));
    const weighted = await fit(make(0.8), { blocks });
    const byRow = await fit(plain, { weights: own, realCount: rows });
    expectClose(weighted.mean, byRow.mean, 1e-13);
    expectClose(weighted.covariance, byRow.covariance, 1e-12);
    // Within a kind in proportion to the rows' own weights.
    const both = await fit(make(0.8), { blocks, weights: counts });
    const sum = (real: boolean) =>
      counts.reduce((total, w, i) => total + ((i < 10 || i >= 35) === real ? w : 0), 0);
    const shares = counts.map((w, i) => (i < 10 || i >= 35 ? (0.8 * w) / sum(true) : (0.2 * w) / sum(false)));
    const expected = await fit(plain, { weights: shares, realCount: rows });
    expectClose(both.mean, expected.mean, 1e-13);
    expectClose(both.covariance, expected.covariance, 1e-12);
    // 0 and 1: one kind alone.
    const real = await fit(plain, {
      weights: own.map((__, i) => (i < 10 || i >= 35 ? 1 : 0)),
      realCount: rows,
    });
    expectClose((await fit(make(1), { blocks })).mean, real.mean, 1e-13);
    for (const realCount of [0, rows]) {
      expectClose(
        (await fit(plain, { realCount })).covariance,
        (await fit(make(0.1), { realCount })).covariance,
        1e-15,
      );
    }
  });

  test.each(makers)('%s: needs to be told which rows are real', async (name, make) => {
    const message = `${name}: realWeight must be left out of a fit that is not told realCount or blocks, got 0.8`;
    await expectRejection(async () => make(0.8).fit(data), 'ERR_INVALID_INPUT', message);
    const weights = counts.map((w, i) => (i < 10 || i >= 35 ? 0 : w));
    const none = `${name}: weights must be above 0 for some real row, got none`;
    await expectRejection(async () => make(0.8).fit(data, { blocks, weights }), 'ERR_INVALID_INPUT', none);
    expectThrow(
      () => make(1.1),
      'ERR_INVALID_INPUT',
      `${name}: realWeight must be a number from 0 to 1, got 1.1`,
    );
  });

  // E|mean|^2 and E tr covariance of each generation with weight w on n fresh real rows and 1 - w on m synthetic ones: the mean is
  // w m_r + (1 - w) m_s, and the weighted scatter sum p_i |x_i|^2 - |mean|^2. (The first is equation 2 of He, Xu & Cheng 2025.)
  function exactMoments(n: number, m: number, w: number, lambda: number, d: number, generations: number) {
    let [v, s] = [d / n, d];
    return Array.from({ length: generations }, (_, index) => {
      if (index > 0) {
        const mean = (w ** 2 * d) / n + (1 - w) ** 2 * (v + (lambda * s) / m);
        const scatter = w * d + (1 - w) * (v + lambda * s) - mean;
        [v, s] = [mean, scatter / (1 - w ** 2 / n - (1 - w) ** 2 / m)];
      }
      return { meanNormSquared: v, trace: s };
    });
  }

  test.each([
    [12, 8, 0.5, 1, 'latest'],
    [12, 8, 0.8, 0.7, 'latest'],
    [5, 40, 0.618, 1, 'latest'],
  ] as const)(
    'in a loop, n = %i, m = %i, w = %f, lambda = %f: the exact moments',
    async (n, m, w, lambda, pool) => {
      const [generations, replicates] = [5, repetitions(1_000)];
      const { series } = await replicatedAutophagousLoop({
        ...{
          variant: 'fresh-data',
          real: n,
          synthetic: m,
          lambda,
          pool,
          generations,
          replicates,
          seed: 6,
          series: true,
        },
        reference: gaussianReference({ dim: 2 }),
        model: gaussian({ realWeight: w }),
        metrics: ['meanNormSquared', 'trace'],
      });
      const z = new ZScores();
      for (const [i, exact] of exactMoments(n, m, w, lambda, 2, generations).entries()) {
        for (const metric of ['meanNormSquared', 'trace'] as const) {
          const values = Float64Array.from(
            { length: replicates },
            (_, r) => series!.metrics[metric]![r * generations + i]!,
          );
          z.addSample(`t = ${i + 1}: ${metric}`, values, exact[metric]);
        }
      }
      z.check();
    },
  );

  test('the best weight for as many synthetic as real rows is the golden ratio, and 1.618 times as good', () => {
    // n v / d in the limit, of many rows: [w^2 + (1 - w)^2] / (w (2 - w)), whose least value is at w = 1 / phi and is that itself.
    const golden = (Math.sqrt(5) - 1) / 2;
    const limit = (w: number) => 1e6 * exactMoments(1e6, 1e6, w, 1, 1, 400).at(-1)!.meanNormSquared;
    expect(limit(golden)).toBeCloseTo(golden, 4);
    for (const other of [golden - 0.01, golden + 0.01, 0.5])
      expect(limit(other)).toBeGreaterThan(limit(golden));
  });
});

describe('other models', () => {
  test('code of others is given the weights, also when it is curated', async () => {
    const seen: FitOptions[] = [];
    const model = externalModel({
      fit(_, options) {
        seen.push(options);
        return null;
      },
      sample: () => data,
    });
    await model.fit(data, { weights: [...counts] });
    await bestOf(model, { candidates: 1, score: ({ rows: n }) => new Float64Array(n) }).fit(data, {
      seed: 1n,
      weights: counts,
    });
    expect(seen.map(({ weights }) => weights)).toEqual([counts, counts]);
  });

  test('a process refuses them', async () => {
    const model = processModel({ command: ['true'] });
    const message =
      'processModel: fit: weights must be left out: the protocol has none, got Float64Array of length 40';
    await expectRejection(() => model.fit(data, { weights: counts }), 'ERR_INVALID_INPUT', message);
  });
});
