// kernelDensity() and bootstrap(): the two extremes of models that keep their training set.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import type { Matrix } from '../../src/base/shapes.js';
import { moments } from '../../src/distributions/moments.js';
import { bootstrap } from '../../src/models/bootstrap.js';
import { gaussian } from '../../src/models/gaussian.js';
import type { GenerativeModel } from '../../src/models/generative-model.js';
import { kernelDensity } from '../../src/models/kernel-density.js';
import { multiply, normals, orthogonal, toRows } from '../support/numbers.js';
import { logNormal } from '../support/plain-mixture.js';

function sample(rows: number, cols: number, seed: number): Matrix {
  const values = normals(rows * cols, seed);
  return matrix(
    values.map((value, i) => value * (1 + (i % cols)) + 0.3 * values[i - (i % cols)]!),
    rows,
    cols,
  );
}

/** Mean and covariance of weighted points with more covariance around each. */
function weightedMoments(points: number[][], weights: number[], added: (i: number, j: number) => number) {
  const dim = points[0]!.length;
  const total = weights.reduce((sum, w) => sum + w, 0);
  const average = (f: (x: number[]) => number) =>
    points.reduce((sum, x, k) => sum + weights[k]! * f(x), 0) / total;
  const mean = Array.from({ length: dim }, (_, i) => average((x) => x[i]!));
  const covariance = Array.from({ length: dim }, (_, i) =>
    Array.from(
      { length: dim },
      (_, j) => average((x) => (x[i]! - mean[i]!) * (x[j]! - mean[j]!)) + added(i, j),
    ),
  );
  return { mean, covariance };
}

/** z-scores of a sample's mean and covariance against the law's. */
function expectMoments(x: Matrix, { mean, covariance }: { mean: number[]; covariance: number[][] }): void {
  const rows = toRows(x.data, x.cols);
  const n = rows.length;
  const z = (values: number[], expected: number) => {
    const average = values.reduce((sum, value) => sum + value, 0) / n;
    const squares = values.reduce((sum, value) => sum + (value - average) ** 2, 0);
    return Math.abs(average - expected) / Math.sqrt(squares / n / n);
  };
  for (const [i, expected] of mean.entries()) {
    expect(
      z(
        rows.map((row) => row[i]!),
        expected,
      ),
    ).toBeLessThan(4.5);
    for (const [j, element] of covariance[i]!.entries()) {
      const products = rows.map((row) => (row[i]! - expected) * (row[j]! - mean[j]!));
      expect(z(products, element)).toBeLessThan(4.5);
    }
  }
}

describe('kernelDensity', () => {
  const data = sample(60, 2, 5);
  const points = toRows(data.data, 2);

  test('takes its bandwidth from the rules, or as given', async () => {
    const { covariance } = await moments(data);
    for (const [bandwidth, h] of [
      ['scott', 60 ** (-1 / 6)],
      ['silverman', (60 * (4 / 4)) ** (-1 / 6)],
    ] as const) {
      const fitted = await kernelDensity({ bandwidth }).fit(data);
      expect(fitted.bandwidth).toBeCloseTo(h, 14);
      for (const [i, element] of fitted.kernel.entries())
        expect(element).toBeCloseTo(h * h * covariance[i]!, 13);
    }
    const three = sample(60, 3, 5);
    const { bandwidth } = await kernelDensity({ bandwidth: 'silverman' }).fit(three);
    expect(bandwidth).toBeCloseTo((60 * (5 / 4)) ** (-1 / 7), 14);
    const wide = await kernelDensity().fit(sample(50, 400, 5));
    expect(wide.bandwidth).toBeCloseTo(50 ** (-1 / 404), 14);
    expect([...(await kernelDensity({ bandwidth: 0.5 }).fit(data)).kernel]).toEqual([0.25, 0, 0, 0.25]);
  });

  test.each(['scott', 0.7] as const)('has the density of its kernels: bandwidth %s', async (bandwidth) => {
    const fitted = await kernelDensity({ bandwidth }).fit(data);
    const at = sample(200, 2, 77);
    const found = await fitted.logDensity(at);
    const kernel = toRows(fitted.kernel, 2);
    for (const [i, x] of toRows(at.data, 2).entries()) {
      const density = points.reduce((sum, centre) => sum + Math.exp(logNormal(x, centre, kernel)), 0) / 60;
      expect(found[i]).toBeCloseTo(Math.log(density), 10);
    }
  });

  test('far from all samples the density is still told apart', async () => {
    const fitted = await kernelDensity({ bandwidth: 0.01 }).fit(data);
    const [near, far] = await fitted.logDensity(matrix(Float64Array.of(1e3, 0, 1e4, 0), 2, 2));
    expect(near).toBeLessThan(-1e9);
    expect(far).toBeLessThan(50 * near!);
    const [beyond] = await fitted.logDensity(matrix(Float64Array.of(1e200, 0), 1, 2));
    expect(beyond).toBe(Number.NEGATIVE_INFINITY);
  });

  test('beside a fill value in one row, whatever it is', async () => {
    const at = sample(20, 2, 77);
    const densities = async (fill: number) => {
      const filled = matrix(Float64Array.from(data.data), data.rows, data.cols);
      filled.data[7] = fill;
      return (await kernelDensity({ bandwidth: 0.7 }).fit(filled)).logDensity(at);
    };
    const expected = await densities(1e5);
    for (const fill of [1e16, 1e20, -1e100]) {
      for (const [i, found] of (await densities(fill)).entries()) expect(found).toBeCloseTo(expected[i]!, 9);
    }
  });

  test.each([1, 0.5, 0.1])(
    'at lambda %f samples have the law of reweighted, narrower kernels',
    async (lambda) => {
      const fitted = await kernelDensity({ bandwidth: 'silverman' }).fit(data);
      const kernel = toRows(fitted.kernel, 2);
      const densities = points.map((x) =>
        points.reduce((sum, centre) => sum + Math.exp(logNormal(x, centre, kernel)), 0),
      );
      const weights = densities.map((density) => density ** (1 / lambda - 1));
      const law = weightedMoments(points, weights, (i, j) => lambda * kernel[i]![j]!);
      expectMoments(await fitted.sample(40_000, { lambda, seed: 3 }), law);
      if (lambda === 1) {
        const { mean, covariance } = fitted.moments;
        for (const [i, element] of covariance.entries())
          expect(element).toBeCloseTo(law.covariance.flat()[i]!, 12);
        for (const [i, element] of mean.entries()) expect(element).toBeCloseTo(law.mean[i]!, 13);
      }
    },
  );

  test('at lambda 0 samples are the training sample of the highest density', async () => {
    const fitted = await kernelDensity().fit(data);
    const densities = await fitted.logDensity(data);
    const best = points[densities.indexOf(Math.max(...densities))]!;
    for (const row of toRows((await fitted.sample(50, { lambda: 0 })).data, 2)) expect(row).toEqual(best);
  });

  test('for many samples of a Gaussian lambda is the one of the Gaussian model', async () => {
    const large = matrix(normals(8000, 9), 8000, 1);
    const fitted = await kernelDensity({ bandwidth: 0.1 }).fit(large);
    const { covariance } = await moments(await fitted.sample(100_000, { lambda: 0.5, seed: 4 }));
    // The weighted samples' precision is 1 + 1 / (1 + h^2), and the kernel adds lambda h^2: 0.5075. The density estimate
    // itself has an error of some per cent where it matters (1 / sqrt(2 sqrt(pi) n h p) = 0.03 at the middle).
    const expected = 1 / (1 + 1 / 1.01) + 0.5 * 0.01;
    expect(Math.abs(covariance[0]! / expected - 1)).toBeLessThan(0.03);
  });

  test('works where columns are constant or dependent', async () => {
    const flat = matrix(Float64Array.from(points.flatMap(([a, b]) => [a!, 7, b!, a! + b!])), 60, 4);
    const fitted = await kernelDensity().fit(flat);
    for (const lambda of [1, 0.5, 0]) {
      for (const row of toRows((await fitted.sample(200, { lambda, seed: 2 })).data, 4)) {
        expect(row[1]).toBeCloseTo(7, 9);
        expect(row[3]).toBeCloseTo(row[0]! + row[2]!, 9);
      }
    }
    // Within the plane it is the estimate of the two columns with this bandwidth, up to the constant of the coordinates.
    const { covariance } = await moments(data);
    const kernel = toRows(
      covariance.map((element) => fitted.bandwidth ** 2 * element),
      2,
    );
    const other = points.map((x) =>
      Math.log(points.reduce((sum, centre) => sum + Math.exp(logNormal(x, centre, kernel)), 0)),
    );
    const shifts = (await fitted.logDensity(flat)).map((value, i) => value - other[i]!);
    expect(Math.max(...shifts) - Math.min(...shifts)).toBeLessThan(1e-9);
    // Samples that are all equal have no kernel at all.
    const point = await kernelDensity().fit(matrix(new Float64Array(10).fill(3), 5, 2));
    expect([...(await point.sample(2, { lambda: 0.5 })).data]).toEqual([3, 3, 3, 3]);
  });

  test.each<[unknown, RegExp]>([
    ['wide', /kernelDensity: bandwidth must be 'scott', 'silverman' or a positive number, got "wide"/],
    [0, /got 0/],
    [Number.NaN, /got NaN/],
    [null, /got null/],
  ])('refuses bandwidth %s', (bandwidth, message) => {
    expect(() => kernelDensity({ bandwidth: bandwidth as number })).toThrow(message);
  });

  test('refuses a single sample', async () => {
    await expect(kernelDensity().fit(matrix(Float64Array.of(1), 1, 1))).rejects.toThrow(
      /kernelDensity: training set must have at least 2 rows, got 1/,
    );
  });
});

describe('bootstrap', () => {
  // Values 0, 1 and 2 occur 5, 3 and 2 times.
  const data = matrix(Float64Array.of(0, 1, 0, 2, 1, 0, 0, 2, 1, -0), 10, 1);

  test('knows its own moments', async () => {
    const { mean, covariance } = (await bootstrap().fit(data)).moments;
    expect(mean[0]).toBeCloseTo(0.7, 15);
    expect(covariance[0]).toBeCloseTo(1.1 - 0.49, 14);
    const { moments: mle } = await gaussian({ divisor: 'mle' }).fit(data);
    expect(covariance).toEqual(mle.covariance);
  });

  test.each<[number, number[]]>([
    [1, [5, 3, 2]],
    [0.5, [25, 9, 4]],
    [0, [1, 0, 0]],
  ])('at lambda %f a value of frequency m is drawn in proportion to m^(1/lambda)', async (lambda, weights) => {
    const fitted = await bootstrap().fit(data);
    const n = 40_000;
    const { data: drawn } = await fitted.sample(n, { lambda, seed: 5 });
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (const [value, weight] of weights.entries()) {
      const count = drawn.filter((x) => x === value).length;
      const expected = (n * weight) / total;
      const standardError = Math.sqrt(expected * (1 - weight / total));
      expect(Math.abs(count - expected)).toBeLessThanOrEqual(4.5 * standardError);
    }
  });

  test('keeps float32 values, and rows whole', async () => {
    const x = matrix(Float32Array.of(0.1, 1, 0.2, 2, 0.3, 3), 3, 2);
    const rows = new Set(toRows(x.data, 2).map(String));
    for (const lambda of [1, 0.5, 0]) {
      const drawn = await (await bootstrap().fit(x)).sample(100, { lambda });
      expect(new Set(toRows(drawn.data, 2).map(String))).toEqual(rows);
    }
  });

  test('is a kernel density without a kernel', async () => {
    const x = sample(30, 2, 1);
    const narrow = await kernelDensity({ bandwidth: 1e-150 }).fit(x);
    const a = await (await bootstrap().fit(x)).sample(100, { seed: 3 });
    expect((await narrow.sample(100, { seed: 3 })).data).toEqual(a.data);
  });
});

describe.each<[string, GenerativeModel]>([
  ['kernelDensity, Scott', kernelDensity()],
  ['kernelDensity, Silverman', kernelDensity({ bandwidth: 'silverman' })],
  ['bootstrap', bootstrap()],
])('%s', (_, model) => {
  test('commutes with shifts, scales, rotations and permutations of the columns', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
        fc.double({ min: -20, max: 20, noNaN: true }),
        fc.nat(1000),
        async (cols, scale, shift, seed) => {
          const data = sample(40, cols, seed);
          const turn = orthogonal(cols, seed + 1);
          const change = (x: Matrix) =>
            matrix(
              Float64Array.from(
                toRows(x.data, cols).flatMap((row) =>
                  multiply([row], turn)[0]!.map((v) => scale * (v + shift)),
                ),
              ),
              x.rows,
              cols,
            );
          const options = { seed: BigInt(seed), lambda: 1 };
          const step = { seed: options.seed };
          const [a, b] = [await model.fit(data, step), await model.fit(change(data), step)];
          const expected = toRows(a.moments!.covariance, cols);
          const turned = multiply(multiply(toRows(turnTranspose(turn), cols), expected), turn).flat();
          const size = Math.max(...turned.map(Math.abs));
          for (const [i, element] of b.moments!.covariance.entries())
            expect(Math.abs(element / scale ** 2 - turned[i]!)).toBeLessThan(1e-9 * size);
          // Samples of a kernel use a factor of its covariance, which a rotation changes: their law commutes, not they.
          if (a.logDensity === undefined) {
            const moved = change(await a.sample(50, options));
            const own = await b.sample(50, options);
            for (const [i, value] of own.data.entries()) expect(value).toBeCloseTo(moved.data[i]!, 7);
          } else {
            const at = sample(50, cols, seed + 2);
            const before = await a.logDensity(at, {});
            const after = await b.logDensity!(change(at), {});
            for (const [i, value] of after.entries())
              expect(value + cols * Math.log(scale)).toBeCloseTo(before[i]!, 6);
          }
        },
      ),
      { numRuns: 30, seed: 3 },
    );
  });

  test('is the same for any number of threads', async () => {
    const data = sample(3000, 2, 8);
    const fitted = await model.fit(data, { seed: 1n });
    for (const lambda of [1, 0.5]) {
      const samples = await Promise.all(
        [1, 2, 7].map((threads) => fitted.sample(2000, { lambda, seed: 3n, threads })),
      );
      for (const other of samples.slice(1)) expect(other).toEqual(samples[0]);
    }
  });
});

function turnTranspose(a: number[][]): number[] {
  return a.flatMap((_, j) => a.map((row) => row[j]!));
}
