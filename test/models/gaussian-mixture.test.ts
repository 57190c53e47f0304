import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import type { Matrix } from '../../src/base/shapes.js';
import {
  type CovarianceForm,
  covarianceForms,
  type MixtureParameters,
} from '../../src/distributions/mixture.js';
import { moments } from '../../src/distributions/moments.js';
import { autophagousLoop } from '../../src/loops/autophagous-loop.js';
import { gaussian } from '../../src/models/gaussian.js';
import { gaussianMixture } from '../../src/models/gaussian-mixture.js';
import { mixtureReference } from '../../src/references/mixture-reference.js';
import {
  multiply,
  normal,
  normals,
  orthogonal,
  type Rows,
  toRows,
  transpose,
  uniform,
} from '../support/numbers.js';
import { plainLogLikelihood, plainMixture, plainStep, posterior } from '../support/plain-mixture.js';
import { expectRejection } from '../support/rejection.js';
import { scikitLearn } from '../support/scikit-learn.js';

/** Rows near `components` centres, each cloud with its own size and tilt. */
function clouds(rows: number, cols: number, components: number, seed: number, offset = 0): Matrix {
  const next = normal(seed);
  const choose = uniform(seed + 1);
  const centres = Float64Array.from({ length: components * cols }, () => 4 * next());
  const data = new Float64Array(rows * cols);
  for (let i = 0; i < rows; i += 1) {
    const k = Math.floor(choose() * components);
    const common = next();
    for (let j = 0; j < cols; j += 1) {
      data[i * cols + j] = offset + centres[k * cols + j]! + (0.5 + k / components) * (next() + 0.6 * common);
    }
  }
  return matrix(data, rows, cols);
}

/** A start that is far from any optimum: rows as means, the data's own scale as covariance. */
function startAt(data: Matrix, components: number, form: CovarianceForm): MixtureParameters {
  const { rows, cols } = data;
  const step = Math.floor(rows / components);
  const means = new Float64Array(components * cols);
  for (let k = 0; k < components; k += 1)
    means.set(data.data.subarray(k * step * cols, (k * step + 1) * cols), k * cols);
  const one = Float64Array.from({ length: cols * cols }, (_, i) => (i % (cols + 1) === 0 ? 3 : 0.1));
  const covariances = {
    full: () => Float64Array.from({ length: components * cols * cols }, (_, i) => one[i % (cols * cols)]!),
    tied: () => one,
    diagonal: () => new Float64Array(components * cols).fill(3),
    spherical: () => new Float64Array(components).fill(3),
  }[form]();
  const total = (components * (components + 1)) / 2;
  const weights = Float64Array.from({ length: components }, (_, k) => (k + 1) / total);
  return { weights, means: matrix(means, components, cols), covariance: form, covariances };
}

function mapRows(x: Matrix, change: (row: number[]) => number[]): Matrix {
  const rows = toRows(x.data, x.cols).map(change);
  return matrix(Float64Array.from(rows.flat()), x.rows, x.cols);
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  const scale = Math.max(...Array.from(expected, Math.abs), 1e-300);
  for (let i = 0; i < expected.length; i += 1)
    expect(Math.abs(actual[i]! - expected[i]!)).toBeLessThanOrEqual(tolerance * scale);
}

/** The variance of each column, or that of a normal distribution with its greatest density where that is smaller; no values equal. */
async function columnScales(data: Matrix, components: number): Promise<number[]> {
  const { covariance, dim, count } = await moments(data);
  const rows = toRows(data.data, dim);
  return Array.from({ length: dim }, (_, j) => {
    const values = rows.map((row) => row[j]!).sort((a, b) => a - b);
    const share = Math.min(1 / 2, Math.max(1 / (2 * components), 8 / count));
    const held = Math.ceil(share * count);
    const widths = values.slice(held - 1).map((value, i) => value - values[i]!);
    const deviation = Math.min(...widths) / (share * Math.sqrt(2 * Math.PI));
    return Math.min(((count - 1) / count) * covariance[j * (dim + 1)]!, deviation ** 2);
  });
}

describe('expectation-maximisation', () => {
  // Dimensions on both sides of the engine's routes: 1 to 4, to 16, above; more rows than one tile, and a part of one.
  const shapes = covarianceForms.flatMap((form) =>
    [1, 2, 3, 4, 7, 18].map((cols) => [form, cols] as [CovarianceForm, number]),
  );

  test.each(shapes)('takes the steps of the textbook: %s, %i dimensions', async (form, cols) => {
    const [components, steps, regularisation] = [3, 4, 1e-3];
    const data = clouds(290, cols, components, 10 + cols, 100);
    const start = startAt(data, components, form);
    const model = gaussianMixture({
      components,
      covariance: form,
      start,
      regularisation,
      tolerance: 0,
      maximumIterations: steps,
    });
    const fitted = await model.fit(data);
    let plain = plainMixture(start);
    const added = (await columnScales(data, components)).map((scale) => regularisation * scale);
    for (let step = 0; step < steps; step += 1) plain = plainStep(plain, data, form, added);

    const found = plainMixture(fitted);
    expect([fitted.iterations, fitted.converged]).toEqual([steps, false]);
    expectClose(found.weights, plain.weights, 1e-10);
    expectClose(found.means.flat(), plain.means.flat(), 1e-11);
    expectClose(found.covariances.flat(2), plain.covariances.flat(2), 1e-9);
    const expected = plainLogLikelihood(plain, data);
    expect(Math.abs(fitted.logLikelihood - expected)).toBeLessThan(1e-10 * Math.abs(expected));
    const densities = await fitted.logDensity(data);
    const byRow = toRows(data.data, cols).map((x) => posterior(plain, x).log);
    expectClose(densities, byRow, 1e-9);
  });

  test.each(covarianceForms)(
    'never lowers the likelihood, and says when it has converged: %s',
    async (form) => {
      const data = clouds(500, 2, 4, 3);
      const start = startAt(data, 4, form);
      const options = { components: 4, covariance: form, start, regularisation: 0 };
      let before = Number.NEGATIVE_INFINITY;
      for (const maximumIterations of [1, 2, 4, 8, 16, 32]) {
        const { logLikelihood } = await gaussianMixture({ ...options, tolerance: 0, maximumIterations }).fit(
          data,
        );
        expect(logLikelihood).toBeGreaterThan(before);
        before = logLikelihood;
      }
      const fitted = await gaussianMixture({ ...options, tolerance: 1e-9, maximumIterations: 10_000 }).fit(
        data,
      );
      expect(fitted.converged).toBe(true);
      const more = { ...options, tolerance: 0, maximumIterations: fitted.iterations + 50 };
      expect((await gaussianMixture(more).fit(data)).logLikelihood - fitted.logLikelihood).toBeLessThan(1e-7);
    },
  );

  test('k-means finds separated clusters, and restarts keep the likeliest', async () => {
    const centres = Float64Array.from({ length: 50 }, (_, i) => (i % 2 ? (i >> 1) % 5 : Math.floor(i / 10)));
    const reference = mixtureReference({
      means: matrix(centres, 25, 2),
      covariance: 'spherical',
      covariances: new Float64Array(25).fill(0.03 ** 2),
    });
    const data = await reference.open(1n).draw(3000, { generation: 1, seed: 5n });
    const single = await Promise.all(
      [0, 1, 2, 3].map((seed) => gaussianMixture({ components: 25 }).fit(data, { seed })),
    );
    const fitted = await gaussianMixture({ components: 25, restarts: 20 }).fit(data);
    for (const { logLikelihood } of single)
      expect(fitted.logLikelihood).toBeGreaterThanOrEqual(logLikelihood - 1e-12);
    const modes = toRows(fitted.means.data, 2).map((mean) => mean.map(Math.round).join());
    expect(new Set(modes).size).toBe(25);
  });

  test.skipIf(scikitLearn === undefined)("reaches scikit-learn's likelihood from the same start", async () => {
    const data = clouds(1000, 3, 6, 21);
    const start = startAt(data, 6, 'full');
    const fitted = await gaussianMixture({ components: 6, start, tolerance: 1e-4, regularisation: 0 }).fit(
      data,
    );
    const precisions = toRows(start.covariances, 9).map((values) => inverse(toRows(values, 3)).flat());
    const request = {
      data: [...data.data],
      weights: [...start.weights],
      means: [...start.means.data],
      precisions,
    };
    const program = `
import json, sys, numpy
from sklearn.mixture import GaussianMixture
q = json.load(sys.stdin)
x = numpy.array(q['data']).reshape(-1, 3)
m = GaussianMixture(6, tol=1e-4, max_iter=100, reg_covar=0, init_params='random_from_data',
    random_state=0, weights_init=q['weights'], means_init=numpy.array(q['means']).reshape(6, 3),
    precisions_init=numpy.array(q['precisions']).reshape(6, 3, 3)).fit(x)
print(json.dumps([m.score(x), m.n_iter_, m.means_.ravel().tolist(), m.covariances_.ravel().tolist(), m.weights_.tolist()]))`;
    const run = spawnSync(scikitLearn!, ['-c', program], { input: JSON.stringify(request), encoding: 'utf8' });
    expect(run.stderr).toBe('');
    const [score, iterations, means, covariances, weights] = JSON.parse(run.stdout);
    expect(fitted.iterations).toBe(iterations);
    expect(Math.abs(fitted.logLikelihood / score - 1)).toBeLessThan(1e-12);
    expectClose(fitted.means.data, means, 1e-9);
    expectClose(fitted.covariances, covariances, 1e-9);
    expectClose(fitted.weights, weights, 1e-9);
  });

  test.each(covarianceForms)('is the same for any number of threads: %s', async (form) => {
    const data = clouds(20_000, 3, 5, 8);
    const model = gaussianMixture({ components: 5, covariance: form, restarts: 3, maximumIterations: 20 });
    const fits = await Promise.all([1, 2, 7].map((threads) => model.fit(data, { threads, seed: 4 })));
    for (const fit of fits.slice(1)) expect(fit).toEqual(fits[0]);
    const samples = await Promise.all([1, 2, 7].map((threads) => fits[0]!.sample(3000, { threads, seed: 9 })));
    for (const sample of samples.slice(1)) expect(sample).toEqual(samples[0]);
    const densities = await Promise.all([1, 2, 7].map((threads) => fits[0]!.logDensity(data, { threads })));
    for (const values of densities.slice(1)) expect(values).toEqual(densities[0]);
    // Neither does the start of a longer sample depend on its length.
    expect((await fits[0]!.sample(1000, { seed: 9 })).data).toEqual(samples[0]!.data.slice(0, 3000));
  });
});

describe('equivariance', () => {
  const steps = { tolerance: 0, maximumIterations: 6 };

  test('scale and shift', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...covarianceForms),
        fc.integer({ min: 1, max: 5 }),
        fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
        fc.double({ min: -50, max: 50, noNaN: true }),
        fc.nat(1000),
        async (form, cols, scale, shift, seed) => {
          const data = clouds(200, cols, 3, seed);
          const moved = mapRows(data, (row) => row.map((value) => scale * (value + shift)));
          const model = gaussianMixture({ components: 3, covariance: form, ...steps });
          const [a, b] = [await model.fit(data, { seed }), await model.fit(moved, { seed })];
          expectClose(b.weights, a.weights, 1e-7);
          expectClose(
            b.means.data,
            a.means.data.map((value) => scale * (value + shift)),
            1e-7,
          );
          expectClose(
            b.covariances,
            a.covariances.map((value) => scale ** 2 * value),
            1e-6,
          );
          expect(b.logLikelihood - (a.logLikelihood - cols * Math.log(scale))).toBeCloseTo(0, 6);
        },
      ),
      { numRuns: 40, seed: 1 },
    );
  });

  test('every column has a scale of its own', async () => {
    const scales = [1e-9, 1, 1e7];
    const data = clouds(300, 3, 3, 12);
    const scaled = (row: number[]) => row.map((value, j) => scales[j]! * value);
    for (const form of ['full', 'tied', 'diagonal'] as const) {
      const start = startAt(data, 3, form);
      const factor = (i: number) =>
        form === 'diagonal' ? scales[i % 3]! ** 2 : scales[Math.floor(i / 3) % 3]! * scales[i % 3]!;
      const other: MixtureParameters = {
        ...start,
        means: mapRows(start.means, scaled),
        covariances: start.covariances.map((value, i) => factor(i) * value),
      };
      const options = { components: 3, covariance: form, regularisation: 1e-3, ...steps };
      const a = await gaussianMixture({ ...options, start }).fit(data);
      const b = await gaussianMixture({ ...options, start: other }).fit(mapRows(data, scaled));
      expectClose(b.weights, a.weights, 1e-9);
      expectClose(
        mapRows(b.means, (row) => row.map((value, j) => value / scales[j]!)).data,
        a.means.data,
        1e-9,
      );
      expectClose(
        b.covariances.map((value, i) => value / factor(i)),
        a.covariances,
        1e-8,
      );
    }
  });

  test('rotation, and of diagonal covariances permutation of the columns', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...covarianceForms),
        fc.integer({ min: 2, max: 6 }),
        fc.nat(1000),
        async (form, cols, seed) => {
          const data = clouds(200, cols, 3, seed);
          const reversed = Array.from({ length: cols }, (_, i) =>
            Array.from({ length: cols }, (_, j) => Number(i + j === cols - 1)),
          );
          const turn: Rows = form === 'diagonal' ? reversed : orthogonal(cols, seed + 5);
          const rotate = (row: number[]) => multiply([row], turn)[0]!;
          const model = gaussianMixture({ components: 3, covariance: form, regularisation: 0, ...steps });
          const a = plainMixture(await model.fit(data, { seed }));
          const b = plainMixture(await model.fit(mapRows(data, rotate), { seed }));
          expectClose(b.weights, a.weights, 1e-7);
          expectClose(b.means.flat(), a.means.flatMap(rotate), 1e-7);
          const rotated = a.covariances.map((c) => multiply(transpose(turn), multiply(c, turn)));
          expectClose(b.covariances.flat(2), rotated.flat(2), 1e-6);
        },
      ),
      { numRuns: 40, seed: 2 },
    );
  });

  test('the order of the rows, and of the components of a start, does not matter', async () => {
    const data = clouds(300, 2, 3, 4);
    const start = startAt(data, 3, 'full');
    const shuffled = mapRows(data, (row) => row);
    toRows(data.data, 2)
      .reverse()
      .forEach((row, i) => {
        shuffled.data.set(row, 2 * i);
      });
    const reversed: MixtureParameters = {
      ...start,
      weights: start.weights.slice().reverse(),
      means: matrix(Float64Array.from(toRows(start.means.data, 2).reverse().flat()), 3, 2),
    };
    const a = await gaussianMixture({ components: 3, start, ...steps }).fit(data);
    const b = await gaussianMixture({ components: 3, start: reversed, ...steps }).fit(shuffled);
    expect(a.logLikelihood).toBeCloseTo(b.logLikelihood, 11);
    expectClose(b.weights.slice().reverse(), a.weights, 1e-10);
    expectClose(toRows(b.means.data, 2).reverse().flat(), a.means.data, 1e-10);
  });
});

describe('what regularisation leaves as it is', () => {
  // Two clusters of 300 rows in columns of age and income, so to speak.
  const table = (): Matrix => {
    const noise = normals(1200, 8);
    return matrix(
      Float64Array.from({ length: 1200 }, (_, i) => {
        const first = i % 4 < 2;
        return i % 2 === 0 ? (first ? 30 : 60) + 5 * noise[i]! : (first ? 4e5 : 9e5) + 1e5 * noise[i]!;
      }),
      600,
      2,
    );
  };
  const options = { components: 2, restarts: 5 } as const;

  test('columns of small variance beside one of large variance', async () => {
    const data = table();
    const exact = await gaussianMixture({ ...options, regularisation: 0 }).fit(data, { seed: 1 });
    const fitted = await gaussianMixture(options).fit(data, { seed: 1 });
    expect(Math.abs(fitted.logLikelihood - exact.logLikelihood)).toBeLessThan(1e-4);
    expectClose(fitted.moments.covariance, exact.moments.covariance, 1e-4);
    expect(Math.abs(fitted.moments.covariance[0]! / exact.moments.covariance[0]! - 1)).toBeLessThan(1e-4);
    const warm = gaussianMixture({ ...options, start: 'previous' });
    let previous = await warm.fit(data, { seed: 1 });
    for (let generation = 0; generation < 30; generation += 1)
      previous = await warm.fit(data, { seed: 2n, previous });
    expect(Math.abs(previous.moments.covariance[0]! / exact.moments.covariance[0]! - 1)).toBeLessThan(1e-4);
  });

  test('clusters beside a row far out', async () => {
    const cluster = normals(400, 3);
    const data = matrix(Float64Array.of(...cluster, 1e8, -1e8), 201, 2);
    const { moments: own } = await gaussian({ divisor: 'mle' }).fit(matrix(cluster, 200, 2));
    for (const covariance of ['full', 'diagonal', 'spherical'] as const) {
      const fitted = await gaussianMixture({ components: 2, covariance, restarts: 3 }).fit(data, { seed: 1 });
      const found = fitted.weights[0]! > 0.5 ? 0 : 1;
      expect(fitted.weights[found]).toBeCloseTo(200 / 201, 12);
      const size = fitted.covariances.length / 2;
      const trace =
        covariance === 'spherical'
          ? 2 * fitted.covariances[found]!
          : fitted.covariances[found * size]! + fitted.covariances[(found + 1) * size - 1]!;
      expect(Math.abs(trace / (own.covariance[0]! + own.covariance[3]!) - 1)).toBeLessThan(1e-5);
    }
  });

  // However many clusters and however far apart they are, the scale is that of one: what is added to its variance is the
  // regularisation times the square of their number.
  test.each([
    { components: 2, distance: 1e4 },
    { components: 2, distance: 1e7 },
    { components: 5, distance: 1e5 },
  ])(
    '$components clusters in one column, $distance standard deviations apart',
    async ({ components, distance }) => {
      const rows = 200 * components;
      const column = normals(rows, 9).map((value, i) => value + distance * (i % components));
      const options = { components, restarts: 5 };
      const exact = await gaussianMixture({ ...options, regularisation: 0 }).fit(matrix(column, rows, 1), {
        seed: 1,
      });
      const fitted = await gaussianMixture(options).fit(matrix(column, rows, 1), { seed: 1 });
      expect([...fitted.weights].every((weight) => Math.abs(weight - 1 / components) < 1e-9)).toBe(true);
      expect(Math.abs(fitted.logLikelihood - exact.logLikelihood)).toBeLessThan(1e-6 * components ** 2);
      for (let k = 0; k < components; k += 1) {
        const excess = fitted.covariances[k]! / exact.covariances[k]! - 1;
        expect(excess).toBeGreaterThan(0);
        expect(excess).toBeLessThan(2e-6 * components ** 2);
      }
    },
  );

  test('a column of few ones among zeros, and a constant one', async () => {
    const noise = normals(300, 4);
    const data = matrix(
      Float64Array.from({ length: 900 }, (_, i) =>
        i % 3 === 0 ? noise[i / 3]! : i % 3 === 1 ? Number(i % 90 === 1) : 7,
      ),
      300,
      3,
    );
    const fitted = await gaussianMixture({ components: 2, covariance: 'diagonal' }).fit(data, { seed: 3 });
    for (let k = 0; k < 2; k += 1) expect(fitted.covariances[3 * k + 2]).toBeLessThan(1e-6);
    expect(fitted.logLikelihood).toBeGreaterThan(0);
  });

  test('one component, of any form', async () => {
    const data = table();
    const { moments: expected } = await gaussian({ divisor: 'mle' }).fit(data);
    const fitted = await gaussianMixture({ components: 1 }).fit(data);
    expect(fitted.moments).toMatchObject({ mean: expected.mean, covariance: expected.covariance });
    const diagonal = await gaussianMixture({ components: 1, covariance: 'diagonal' }).fit(data);
    expect(diagonal.covariances).toEqual(Float64Array.of(expected.covariance[0]!, expected.covariance[3]!));
  });
});

// 1e20 is what many formats fill missing values with.
describe.each(covarianceForms)('a fill value in one row or in many, %s', (covariance) => {
  const rows = 300;
  interface Among {
    readonly every?: number;
    readonly single?: boolean;
    readonly weights?: Float64Array;
  }
  /** What of a fit and its densities does not depend on where the far row is. */
  async function apart(cols: number, fill: number, { every = rows, single = false, weights }: Among = {}) {
    const { data } = clouds(rows, cols, 3, 4);
    const near = matrix(data.slice(0, 9 * cols), 9, cols);
    for (let i = 37; i < rows; i += every) data[i * cols + 1] = fill;
    const x = matrix(single ? Float32Array.from(data) : data, rows, cols);
    const model = gaussianMixture({ components: 4, covariance }); // of several runs the likeliest may be another by its last bit
    const fitted = await model.fit(x, { seed: 1, ...(weights && { weights }) });
    const means = toRows(fitted.means.data, cols);
    const farOut = means.findIndex((mean) => Math.abs(mean[1]!) > 1e5);
    if (every === rows) expectClose(means[farOut]!, x.data.subarray(37 * cols, 38 * cols), 1e-14);
    return [
      fitted.logLikelihood,
      ...fitted.weights,
      ...means.flatMap((mean, k) => (k === farOut ? [] : mean)),
      ...fitted.covariances,
      ...(await fitted.logDensity(near)),
      ...(await fitted.logDensity(matrix(x.data.slice(37 * cols, 38 * cols), 1, cols))),
    ];
  }

  test.each([2, 6, 20])('leaves the other rows of %i columns as a smaller one does', async (cols) => {
    const expected = await apart(cols, 1e7);
    for (const fill of [1e16, 1e20, -1e140]) expectClose(await apart(cols, fill), expected, 1e-8);
    const equal = new Float64Array(rows).fill(3);
    expectClose(await apart(cols, 1e20, { weights: equal }), expected, 1e-8);
    expectClose(await apart(cols, 1e20, { single: true }), await apart(cols, 1e7, { single: true }), 1e-8);
    // In a third of the rows: k-means' centres are rounded, and another optimum may be found.
    const [likelihood] = await apart(cols, 1e7, { every: 3 });
    for (const fill of [1e20, -1e30])
      expect(Math.abs((await apart(cols, fill, { every: 3 }))[0]! - likelihood!)).toBeLessThan(1);
  });
});

describe('one component', () => {
  test('is the Gaussian model, singular covariances too', async () => {
    for (const rows of [3, 200]) {
      const data = clouds(rows, 5, 1, rows);
      const { moments: expected } = await gaussian({ divisor: 'mle' }).fit(data);
      for (const covariance of ['full', 'tied'] as const) {
        const fitted = await gaussianMixture({ components: 1, covariance, regularisation: 0 }).fit(data);
        expect(fitted.weights).toEqual(Float64Array.of(1));
        expect(fitted.moments).toMatchObject({ mean: expected.mean, covariance: expected.covariance });
        const mean = await fitted.sample(2, { lambda: 0 });
        expect(mean.data).toEqual(Float64Array.of(...expected.mean, ...expected.mean));
      }
    }
    const data = clouds(200, 5, 1, 200);
    const fitted = await gaussianMixture({ components: 1, regularisation: 0 }).fit(data);
    const other = await (await gaussian({ divisor: 'mle' }).fit(data)).logDensity(data);
    expectClose(await fitted.logDensity(data), other, 1e-12);
  });

  test('has the law of the Gaussian loop', async () => {
    // The means of many draws: both have variance lambda C / n.
    const data = clouds(50, 2, 1, 7);
    const fitted = await gaussianMixture({ components: 1, regularisation: 0 }).fit(data);
    const n = 40_000;
    const sample = await moments(await fitted.sample(n, { lambda: 0.3, seed: 2 }));
    const { mean, covariance } = fitted.moments;
    for (let i = 0; i < 2; i += 1) {
      const variance = 0.3 * covariance[3 * i]!;
      expect(Math.abs(sample.mean[i]! - mean[i]!)).toBeLessThan(4.5 * Math.sqrt(variance / n));
      expect(Math.abs(sample.covariance[3 * i]! / variance - 1)).toBeLessThan(4.5 * Math.sqrt(2 / n));
    }
  });
});

describe('degenerate data', () => {
  test('equal rows: every component is the point', async () => {
    const data = matrix(new Float64Array(20).fill(1.5), 10, 2);
    for (const covariance of covarianceForms) {
      const fitted = await gaussianMixture({ components: 3, covariance }).fit(data);
      expect(fitted.logLikelihood).toBe(Number.POSITIVE_INFINITY);
      expect([...fitted.means.data, ...(await fitted.sample(4)).data].every((value) => value === 1.5)).toBe(
        true,
      );
    }
  });

  test('rows that differ by less than a variance can tell are an error, not a point', async () => {
    const tiny = matrix(
      normals(40, 5).map((value) => 1e-300 * value),
      20,
      2,
    );
    for (const components of [1, 2]) {
      await expectRejection(
        () => gaussianMixture({ components }).fit(tiny),
        'ERR_INVALID_INPUT',
        'must not underflow',
      );
    }
    // In one column of two, too.
    await expectRejection(
      () =>
        gaussianMixture({ components: 2 }).fit(
          matrix(
            normals(40, 5).map((value, i) => (i % 2 ? 1 : 1e-170) * value),
            20,
            2,
          ),
        ),
      'ERR_INVALID_INPUT',
      'rows that differ in column 0',
    );
    const small = matrix(
      normals(40, 5).map((value) => 1e-150 * value),
      20,
      2,
    );
    const { logLikelihood } = await gaussianMixture({ components: 1 }).fit(small);
    expect(logLikelihood).toBeGreaterThan(2 * 150 * Math.LN10 - 10);
    expect(logLikelihood).toBeLessThan(2 * 150 * Math.LN10 + 10);
  });

  test('fewer different rows than components: some stay without weight, and are never drawn', async () => {
    const data = matrix(
      Float64Array.from({ length: 90 }, (_, i) => [0, 5, 9][Math.floor(i / 30)]!),
      90,
      1,
    );
    const fitted = await gaussianMixture({ components: 5 }).fit(data);
    const used = [...fitted.weights].filter((weight) => weight > 0);
    expect(used).toHaveLength(3);
    for (const weight of used) expect(weight).toBeCloseTo(1 / 3, 12);
    const drawn = new Set([...(await fitted.sample(500, { lambda: 0 })).data].map(Math.round));
    expect([...drawn].sort()).toEqual([0, 5, 9]);
  });

  test('a component that explains nothing has weight 0 and keeps its place', async () => {
    const data = clouds(100, 2, 1, 3);
    const means = Float64Array.of(0, 0, 1e4, 1e4);
    const start: MixtureParameters = {
      weights: Float64Array.of(0.5, 0.5),
      means: matrix(means, 2, 2),
      covariance: 'spherical',
      covariances: Float64Array.of(1, 1),
    };
    const fitted = await gaussianMixture({ components: 2, covariance: 'spherical', start }).fit(data);
    expect(fitted.weights).toEqual(Float64Array.of(1, 0));
    expectClose(fitted.means.data.subarray(2), [1e4, 1e4], 1e-12);
    expect(fitted.covariances[1]).toBe(1);
  });

  test('without regularisation a component that shrinks to a point is an error that says what helps', async () => {
    const values = [0, 0, 0, 0, 1, 2, 3, 4, 5, 6];
    await expect(
      gaussianMixture({ components: 2, regularisation: 0, maximumIterations: 5000, tolerance: 0 }).fit(
        matrix(Float64Array.from([...values.slice(0, 4), ...values.slice(4).map((v) => 100 + v)]), 10, 1),
      ),
    ).rejects.toMatchObject({
      code: 'ERR_NOT_POSITIVE_SEMIDEFINITE',
      message: expect.stringMatching(
        /^gaussianMixture: covariance of component \d must be positive definite.*larger regularisation/,
      ),
    });
  });
});

test('a start too far from the data to have a density there is an error, never NaN', async () => {
  const data = clouds(60, 2, 1, 5);
  for (const far of [1e100, 1e150, 1e153, 1e300]) {
    const start: MixtureParameters = {
      weights: Float64Array.of(0.5, 0.5),
      means: matrix(Float64Array.of(far, far, -far, -far), 2, 2),
      covariance: 'full',
      covariances: Float64Array.of(1, 0, 0, 1, 1, 0, 0, 1),
    };
    const outcome = await gaussianMixture({ components: 2, start })
      .fit(data)
      .catch((error: { code: string }) => error.code);
    if (typeof outcome === 'string') {
      expect(outcome).toBe(far > 1e150 ? 'ERR_INVALID_INPUT' : 'ERR_NOT_POSITIVE_SEMIDEFINITE');
    } else {
      expect([...outcome.means.data, outcome.logLikelihood].every(Number.isFinite)).toBe(true);
    }
  }
});

describe('sampling', () => {
  const mixture = {
    weights: Float64Array.of(0.2, 0.5, 0.3),
    means: matrix(Float64Array.of(0, 0, 4, 1, -2, 3), 3, 2),
    covariances: Float64Array.of(1, 0.5, 0.5, 2, 0.3, -0.1, -0.1, 0.2, 2, 0, 0, 0.1),
  };

  test.each([1, 0.4])('lambda %f scales the covariances, not the weights or means', async (lambda) => {
    const start = { ...mixture, covariance: 'full' as const };
    const data = await mixtureReference(mixture).open(0n).draw(2000, { generation: 1, seed: 3n });
    const fitted = await gaussianMixture({ components: 3, start }).fit(data);
    const { weights, means, covariances } = fitted;
    const expected = await mixtureReference({
      weights,
      means,
      covariances: covariances.map((v) => lambda * v),
    }).moments();
    const n = 100_000;
    const x = await fitted.sample(n, { lambda, seed: 6 });
    const found = await moments(x);
    for (let i = 0; i < 2; i += 1) {
      const variance = expected.covariance[3 * i]!;
      expect(Math.abs(found.mean[i]! - expected.mean[i]!)).toBeLessThan(4.5 * Math.sqrt(variance / n));
    }
    for (let i = 0; i < 2; i += 1) {
      for (let j = 0; j < 2; j += 1) {
        // From the sample's own products: their mean is the covariance, their variance the square of its standard error.
        const products = toRows(x.data, 2).map(
          (row) => (row[i]! - expected.mean[i]!) * (row[j]! - expected.mean[j]!),
        );
        const mean = products.reduce((sum, value) => sum + value, 0) / n;
        const squares = products.reduce((sum, value) => sum + (value - mean) ** 2, 0);
        const z = (mean - expected.covariance[2 * i + j]!) / Math.sqrt(squares / n / n);
        expect(Math.abs(z)).toBeLessThan(4.5);
      }
    }
  });

  test('lambda 0 draws the means alone, with their weights', async () => {
    const start = { ...mixture, covariance: 'full' as const };
    const data = await mixtureReference(mixture).open(0n).draw(2000, { generation: 1, seed: 3n });
    const fitted = await gaussianMixture({ components: 3, start }).fit(data);
    const n = 30_000;
    const rows = toRows((await fitted.sample(n, { lambda: 0, seed: 1 })).data, 2);
    for (const [k, mean] of toRows(fitted.means.data, 2).entries()) {
      const count = rows.filter((row) => row[0] === mean[0] && row[1] === mean[1]).length;
      const weight = fitted.weights[k]!;
      const z = (count - n * weight) / Math.sqrt(n * weight * (1 - weight));
      expect(Math.abs(z)).toBeLessThan(4.5);
    }
  });
});

describe('warm starts', () => {
  test('a fit begins from the model of the generation before', async () => {
    const reference = mixtureReference({
      means: matrix(Float64Array.of(0, 0, 3, 3), 2, 2),
      covariance: 'spherical',
      covariances: [1, 0.5],
    });
    const model = gaussianMixture({ components: 2, start: 'previous' });
    const seen: Matrix[] = [];
    const recording = {
      fit: (data: Matrix, options: object) => {
        seen.push(data);
        return model.fit(data, options);
      },
    };
    const loop = {
      variant: 'fully-synthetic',
      reference,
      synthetic: 300,
      memory: 2,
      generations: 3,
      seed: 2,
    } as const;
    const fits = [];
    for await (const generation of autophagousLoop({ ...loop, model: recording })) fits.push(generation.model);
    const cold = await gaussianMixture({ components: 2, start: fits[1]! }).fit(seen[2]!);
    expect(fits[2]).toEqual(cold);
    // The first, and one that follows another kind of model, begin with k-means.
    const seed = 8;
    const kMeans = await gaussianMixture({ components: 2 }).fit(seen[0]!, { seed });
    expect(await model.fit(seen[0]!, { seed })).toEqual(kMeans);
    const previous = await gaussian().fit(seen[1]!);
    expect(await model.fit(seen[0]!, { seed, previous })).toEqual(kMeans);
  });
});

describe('errors', () => {
  const data = clouds(20, 2, 2, 1);
  const start = startAt(data, 2, 'full');

  test.each<[object, RegExp]>([
    [{}, /gaussianMixture: components must be an integer of at least 1, got undefined/],
    [{ components: 1.5 }, /components must be an integer of at least 1, got 1.5/],
    [{ components: 2, covariance: 'round' }, /covariance must be one of 'full', 'tied'.*got "round"/],
    [{ components: 2, restarts: 0 }, /restarts must be an integer from 1/],
    [{ components: 2, regularisation: -1 }, /regularisation must be a number from 0 to 1, got -1/],
    [{ components: 2, tolerance: Number.NaN }, /tolerance must be a number.*got NaN/],
    [{ components: 2, start: 'warm' }, /start must be one of 'k-means', 'previous', got "warm"/],
    [{ components: 3, start }, /start\.means\.rows must equal components = 3, got 2/],
    [{ components: 2, covariance: 'tied', start }, /start\.covariance must equal covariance = 'tied'/],
    [{ components: 2, start: { ...start, weights: [1] } }, /start\.weights must have 2 values.*got 1/],
    [{ components: 2, component: 2 }, /unknown option 'component'; did you mean 'components'/],
  ])('of options: %j', (options, message) => {
    expect(() => gaussianMixture(options as { components: number })).toThrow(message);
  });

  test.each<[string, object, Matrix, RegExp]>([
    ['too few rows', { components: 21 }, data, /at least as many rows as there are components, 21, got 20/],
    [
      'NaN',
      { components: 2 },
      matrix(Float64Array.of(1, 2, 3, Number.NaN), 2, 2),
      /training set must be finite, got NaN at row 1, column 1/,
    ],
    [
      'another dimension than the start',
      { components: 2, start },
      clouds(20, 3, 2, 1),
      /training set must have 2 columns, as start.means, got 3/,
    ],
    [
      'weights that do not sum to 1',
      { components: 2, start: { ...start, weights: [0.5, 0.6] } },
      data,
      /start\.weights must sum to 1, got 1\.1/,
    ],
  ])('of data: %s', async (_, options, x, message) => {
    const fit = gaussianMixture(options as { components: number }).fit(x);
    await expect(fit).rejects.toMatchObject({
      code: 'ERR_INVALID_INPUT',
      message: expect.stringMatching(message),
    });
  });

  test('of sampling and densities', async () => {
    const fitted = await gaussianMixture({ components: 2 }).fit(data);
    await expect(fitted.sample(3, { lambda: 2 })).rejects.toThrow(
      /sample: lambda must be a number from 0 to 1/,
    );
    await expect(fitted.sample(0)).rejects.toThrow(/sample: count must be an integer of at least 1, got 0/);
    await expect(fitted.logDensity(clouds(3, 3, 1, 1))).rejects.toThrow(/x must have 2 columns, got 3/);
    const signal = AbortSignal.abort();
    await expect(gaussianMixture({ components: 2 }).fit(data, { signal })).rejects.toMatchObject({
      code: 'ERR_ABORTED',
    });
  });
});

/** The inverse of a 3 x 3 matrix, by cofactors. */
function inverse(a: Rows): Rows {
  const at = (i: number, j: number) => a[i % 3]![j % 3]!;
  const cofactor = (i: number, j: number) =>
    at(i + 1, j + 1) * at(i + 2, j + 2) - at(i + 1, j + 2) * at(i + 2, j + 1);
  const determinant = [0, 1, 2].reduce((sum, j) => sum + at(0, j) * cofactor(0, j), 0);
  return [0, 1, 2].map((i) => [0, 1, 2].map((j) => cofactor(j, i) / determinant));
}
