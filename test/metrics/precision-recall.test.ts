import { beforeAll, describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import type { Matrix } from '../../src/base/shapes.js';
import { type ManifoldConvention, precisionRecall } from '../../src/metrics/precision-recall.js';
import { runScript } from '../support/child.js';
import { uniform } from '../support/numbers.js';
import { rejection } from '../support/rejection.js';

const column = (...values: number[]) => matrix(Float64Array.from(values), values.length, 1);

function random(rows: number, cols: number, seed: number, value: (next: () => number) => number): Matrix {
  const next = uniform(seed);
  return matrix(
    Float32Array.from({ length: rows * cols }, () => value(next)),
    rows,
    cols,
  );
}

/** A standard normal number (Box-Muller). */
function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
}

/** The definitions, in float64: exact for the integers they are used on. */
function plain(real: Matrix, generated: Matrix, k: number, convention: ManifoldConvention) {
  const squared = (a: Matrix, i: number, b: Matrix, j: number) => {
    let sum = 0;
    for (let c = 0; c < a.cols; c += 1) sum += (a.data[i * a.cols + c]! - b.data[j * b.cols + c]!) ** 2;
    return sum;
  };
  const indices = (a: Matrix) => Array.from({ length: a.rows }, (_, i) => i);
  const radii = (a: Matrix) =>
    indices(a).map(
      (i) =>
        indices(a)
          .filter((j) => j !== i)
          .map((j) => squared(a, i, a, j))
          .sort((x, y) => x - y)[k - 1]!,
    );
  const inside = (distance: number, radius: number) =>
    convention === 'prdc' ? distance < radius : distance <= radius;
  const realRadii = radii(real);
  const generatedRadii = radii(generated);
  const around = indices(generated).map(
    (j) => indices(real).filter((i) => inside(squared(real, i, generated, j), realRadii[i]!)).length,
  );
  const recalled = indices(real).map((i) =>
    indices(generated).some((j) => inside(squared(real, i, generated, j), generatedRadii[j]!)),
  );
  const covered = indices(real).map((i) =>
    indices(generated).some((j) => inside(squared(real, i, generated, j), realRadii[i]!)),
  );
  const share = (flags: boolean[]) => flags.filter(Boolean).length / flags.length;
  return {
    precision: share(around.map((count) => count > 0)),
    recall: share(recalled),
    density: around.reduce((a, b) => a + b, 0) / (k * generated.rows),
    coverage: share(covered),
  };
}

// Small sets on a line that tell apart every convention in use.
describe.each([
  {
    real: [0, 1, 2, 3],
    generated: [-1, 4, 0.5, 10],
    k: 1,
    prdc: [0.25, 1, 0.5, 0.5],
    kynk: [0.75, 1, 1, 0.75],
  },
  {
    real: [-1, 4, 0.5, 10],
    generated: [0, 1, 2, 3],
    k: 1,
    prdc: [1, 0.25, 1.5, 0.75],
    kynk: [1, 0.75, 1.75, 0.75],
  },
  {
    real: [0, 0, 0, 5, 6, 9],
    generated: [0, 0, 5, 7.5, 20, -1],
    k: 1,
    prdc: [1 / 3, 1 / 2, 1 / 3, 1 / 3],
    kynk: [2 / 3, 1, 1.5, 1],
  },
  {
    real: [0, 0, 0, 5, 6, 9],
    generated: [0, 0, 5, 7.5, 20, -1],
    k: 2,
    prdc: [1 / 3, 1, 5 / 12, 1 / 2],
    kynk: [2 / 3, 1, 1, 1],
  },
  {
    real: Array(8).fill(1),
    generated: Array(8).fill(1),
    k: 3,
    prdc: [0, 0, 0, 0],
    kynk: [1, 1, 8 / 3, 1],
  },
])('real $real, generated $generated, k = $k', ({ real, generated, k, prdc, kynk }) => {
  test.each([
    { convention: 'prdc', expected: prdc },
    { convention: 'kynkaanniemi', expected: kynk },
  ] as const)('$convention', async ({ convention, expected }) => {
    const result = await precisionRecall(column(...real), column(...generated), { k, convention });
    const [precision, recall, density, coverage] = expected as [number, number, number, number];
    expect(result).toMatchObject({ precision, recall, coverage, k, convention });
    expect(result.density).toBeCloseTo(density, 14);
  });
});

describe('integers, with ties and duplicates: as by definition', () => {
  test.each([
    { cols: 2, range: 5, offset: 0 },
    { cols: 5, range: 3, offset: 1e5 },
    { cols: 64, range: 256, offset: 0 },
  ])('$cols columns, $range values from $offset', async ({ cols, range, offset }) => {
    const value = (next: () => number) => offset + Math.floor(range * next());
    const real = random(70, cols, 1, value);
    const generated = random(60, cols, 2, value);
    for (const convention of ['kynkaanniemi', 'prdc'] as const) {
      const results = await precisionRecall(real, generated, { k: [1, 3, 5], convention });
      for (const { k, density, ...rest } of results) {
        const { density: expectedDensity, ...expected } = plain(real, generated, k, convention);
        expect(rest).toMatchObject(expected);
        expect(density).toBeCloseTo(expectedDensity, 13);
      }
    }
  });
});

test('an offset changes nothing where the data keep their digits', async () => {
  // With float32 norms 3 to 9 of 800 decisions change at 100 and 170 to 215 at 1,000; 2^-10 steps survive an offset in float32.
  const draw = (offset: number) => (next: () => number) =>
    offset + Math.round(normal(next) * 2 ** 10) / 2 ** 10;
  const at = async (offset: number) =>
    precisionRecall(random(400, 64, 3, draw(offset)), random(400, 64, 4, draw(offset)), { k: 3 });
  const { resolved: _, ...expected } = await at(0);
  for (const offset of [100, 1_000, 4_000]) expect(await at(offset)).toMatchObject(expected);
});

test('one pass for a list of k gives what one call for each does', async () => {
  const real = random(90, 4, 5, normal);
  const generated = random(80, 4, 6, normal);
  const list = await precisionRecall(real, generated, { k: [7, 1, 3, 7], samples: true });
  expect(list.map(({ k }) => k)).toEqual([1, 3, 7]);
  for (const { resolved: _, ...result } of list) {
    const { resolved: __, ...single } = await precisionRecall(real, generated, { k: result.k, samples: true });
    expect(result).toEqual(single);
  }
});

test('the samples add up to the metrics', async () => {
  const real = random(90, 3, 7, normal);
  const generated = random(70, 3, 8, (next) => 0.7 + normal(next));
  const { samples, ...result } = await precisionRecall(real, generated, { k: 4, samples: true });
  const share = (counts: Float64Array) => counts.filter((count) => count > 0).length / counts.length;
  expect(share(samples!.realBallsAroundGenerated)).toBe(result.precision);
  expect(share(samples!.generatedBallsAroundReal)).toBe(result.recall);
  expect(share(samples!.generatedInRealBall)).toBe(result.coverage);
  const total = (counts: Float64Array) => counts.reduce((a, b) => a + b, 0);
  expect(total(samples!.realBallsAroundGenerated) / (4 * 70)).toBeCloseTo(result.density, 14);
  expect(total(samples!.generatedInRealBall)).toBe(total(samples!.realBallsAroundGenerated));
  expect(samples!.realRadius).toHaveLength(90);
  expect(samples!.generatedRadius).toHaveLength(70);
});

test('radii are distances in the units of the data', async () => {
  const { samples } = await precisionRecall(column(0, 3e8, 4e8), column(1, 2), { k: 1, samples: true });
  expect([...samples!.realRadius]).toEqual([3e8, 1e8, 1e8]);
  expect([...samples!.generatedRadius]).toEqual([1, 1]);
});

test('a set against itself is all precise, all recalled, all covered', async () => {
  const x = random(300, 20, 9, (next) => 1e4 + normal(next));
  expect(await precisionRecall(x, x)).toMatchObject({ precision: 1, recall: 1, coverage: 1 });
  expect((await precisionRecall(x, x)).density).toBeGreaterThanOrEqual(1);
});

describe('intervals', () => {
  const real = random(400, 8, 10, normal);
  const generated = random(300, 8, 11, (next) => 0.9 * normal(next));

  test('hold the values, and come from the seed alone', async () => {
    const options = { k: [3, 5], intervals: true } as const;
    const results = await precisionRecall(real, generated, { ...options, threads: 1 });
    for (const { intervals, standardErrors, ...result } of results) {
      for (const name of ['precision', 'recall', 'density', 'coverage'] as const) {
        const [low, high] = intervals![name];
        expect(low).toBeLessThanOrEqual(result[name]);
        expect(high).toBeGreaterThanOrEqual(result[name]);
        expect(standardErrors![name]).toBeGreaterThan(0);
        expect(standardErrors![name]).toBeLessThan(0.1);
      }
    }
    expect(await precisionRecall(real, generated, { ...options, threads: 2, seed: 0n })).toEqual(results);
    const other = await precisionRecall(real, generated, { ...options, seed: 1 });
    expect(other[0]!.standardErrors!.precision).not.toBe(results[0]!.standardErrors!.precision);
    expect(other[0]!.precision).toBe(results[0]!.precision);
  });

  test('are NaN where halves have no k neighbours', async () => {
    const result = await precisionRecall(column(1, 2, 3, 4), column(1, 2, 3, 5), { k: 2, intervals: true });
    expect(result.precision).toBe(1);
    expect(result.standardErrors).toEqual({ precision: NaN, recall: NaN, density: NaN, coverage: NaN });
    expect(result.intervals!.precision).toEqual([NaN, NaN]);
  });

  test('are absent unless asked for', async () => {
    expect(await precisionRecall(real, generated)).not.toHaveProperty('intervals');
  });
});

test('memory beyond the inputs is that of tiles and lists', async () => {
  // Shared memory is not copied. A distance matrix of 8,000 x 8,000 would take 256 MB in float32.
  const script = `
    const [rows, cols] = [8_000, 512];
    const set = () => {
      const data = new Float32Array(new SharedArrayBuffer(4 * rows * cols));
      for (let i = 0; i < data.length; i += 1) data[i] = Math.random();
      return madloop.matrix(data, rows, cols);
    };
    const [real, generated] = [set(), set()];
    const few = (x) => madloop.matrix(x.data.subarray(0, 20 * cols), 20, cols);
    await madloop.precisionRecall(few(real), few(generated), { threads: 2 });
    const before = process.resourceUsage().maxRSS;
    await madloop.precisionRecall(real, generated, { threads: 2, intervals: true });
    console.log((process.resourceUsage().maxRSS - before) / 1024);
  `;
  const { output, errors } = await runScript(script);
  expect(errors).toBe('');
  expect(Number(output)).toBeGreaterThan(1);
  expect(Number(output)).toBeLessThan(64); // MiB
});

describe('errors', () => {
  const x = random(6, 2, 12, normal);
  const nan = matrix(Float32Array.from(x.data), 6, 2);
  beforeAll(() => {
    nan.data[7] = Number.NaN;
  });

  test.each([
    [
      'other columns',
      () => precisionRecall(x, random(6, 3, 1, normal)),
      'real and generated must have the same number of columns, got 2 and 3',
    ],
    [
      'one row',
      () => precisionRecall(x, random(1, 2, 1, normal)),
      'generated must have at least 2 rows, got 1',
    ],
    ['k too large', () => precisionRecall(x, x, { k: 6 }), 'k must be an integer from 1 to 5, got 6'],
    [
      'k too large by default',
      () => precisionRecall(random(4, 2, 1, normal), x),
      'k must be an integer from 1 to 3, got 5',
    ],
    ['k zero', () => precisionRecall(x, x, { k: [1, 0] }), 'k[1] must be an integer from 1 to 5, got 0'],
    [
      'no k',
      () => precisionRecall(x, x, { k: [] }),
      'k must be a number or a list of 1 to 64 numbers, got an array of length 0',
    ],
    [
      'null',
      () => precisionRecall(x, x, { convention: null as never }),
      "convention must be one of 'kynkaanniemi', 'prdc', got null",
    ],
    [
      'convention',
      () => precisionRecall(x, x, { convention: 'other' as 'prdc' }),
      `convention must be one of 'kynkaanniemi', 'prdc', got "other"`,
    ],
    [
      'unknown option',
      () => precisionRecall(x, x, { K: 3 } as object),
      `unknown option 'K'; did you mean 'k'?`,
    ],
    ['NaN', () => precisionRecall(x, nan, { k: 1 }), 'generated must be finite, got NaN at row 3, column 1'],
  ])('%s', async (_, call, message) => {
    expect(await rejection(call)).toMatchObject({
      code: 'ERR_INVALID_INPUT',
      message: `precisionRecall: ${message}`,
    });
  });
});
