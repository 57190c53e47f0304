import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import type { Matrix } from '../../src/base/shapes.js';
import { matrixSquareRoot } from '../../src/distributions/matrix-square-root.js';
import { moments } from '../../src/distributions/moments.js';
import { multiply, normals, orthogonal, type Rows, toRows, transpose } from '../support/numbers.js';
import { expectRejection, rejection } from '../support/rejection.js';

const epsilon = Number.EPSILON;
const singleEpsilon = 2 ** -23;

function square(...values: readonly number[]): Matrix {
  const n = Math.sqrt(values.length);
  return matrix(Float64Array.from(values), n, n);
}

function fromRows(rows: Rows): Matrix {
  return matrix(Float64Array.from(rows.flat()), rows.length, rows.length);
}

function rowsOf({ data, cols }: Matrix): Rows {
  return toRows(data, cols);
}

/** Exactly symmetric, whatever rounding did. */
function symmetricPart(a: Rows): Rows {
  return a.map((row, i) => row.map((value, j) => (value + a[j]![i]!) / 2));
}

/** Largest difference of entries. */
function difference(a: Rows, b: Rows): number {
  return Math.max(...a.flatMap((row, i) => row.map((value, j) => Math.abs(value - b[i]![j]!))));
}

/** Largest sum of a row's sizes: a bound on the largest eigenvalue. */
function norm(a: Rows): number {
  return Math.max(...a.map((row) => row.reduce((sum, value) => sum + Math.abs(value), 0)));
}

/** Backward error of the decomposition and of the product, and that of the reference's own product. */
function tolerance(a: Rows): number {
  return 8 * (a.length + 4) * epsilon * norm(a);
}

describe('matrixSquareRoot', () => {
  test('of a diagonal matrix takes the roots of its entries, exactly', async () => {
    const root = await matrixSquareRoot(square(4, 0, 0, 0, 9, 0, 0, 0, 16));
    expect(root).toEqual(square(2, 0, 0, 0, 3, 0, 0, 0, 4));
    expect(root.data).toBeInstanceOf(Float64Array);
    expect(await matrixSquareRoot(square(2))).toEqual(square(Math.SQRT2));
    expect(await matrixSquareRoot(square(0, 0, 0, 0))).toEqual(square(0, 0, 0, 0));
  });

  test('of [[2, 1], [1, 2]] is that of the closed form', async () => {
    // Eigenvalues 3 and 1: diagonal (sqrt 3 + 1) / 2, off it (sqrt 3 - 1) / 2.
    const [on, off] = [(Math.sqrt(3) + 1) / 2, (Math.sqrt(3) - 1) / 2];
    const root = await matrixSquareRoot(square(2, 1, 1, 2));
    expect(difference(rowsOf(root), rowsOf(square(on, off, off, on)))).toBeLessThan(8 * epsilon);
  });

  test('of a singular matrix: (u u^T)^(1/2) = u u^T / |u|', async () => {
    const u = [3, 0, 4, 12];
    const outer = u.map((x) => u.map((y) => x * y));
    const root = rowsOf(await matrixSquareRoot(fromRows(outer)));
    const expected = outer.map((row) => row.map((value) => value / 13));
    expect(difference(root, expected)).toBeLessThan(16 * epsilon * 13);
  });

  test('of a covariance with fewer samples than dimensions squares to it', async () => {
    const [rows, cols] = [20, 70];
    const { covariance } = await moments(matrix(normals(rows * cols, 1), rows, cols));
    const given = matrix(covariance, cols, cols);
    const root = rowsOf(await matrixSquareRoot(given));
    expect(difference(multiply(root, root), rowsOf(given))).toBeLessThan(tolerance(rowsOf(given)));
  });

  test('takes float32 and returns float64', async () => {
    const cols = 40;
    const { covariance } = await moments(matrix(normals(15 * cols, 2), 15, cols));
    const single = matrix(Float32Array.from(covariance), cols, cols);
    const root = await matrixSquareRoot(single);
    expect(root.data).toBeInstanceOf(Float64Array);
    // Rounding to float32 left eigenvalues of either sign, which the root cannot have.
    const rows = rowsOf(single);
    expect(difference(multiply(rowsOf(root), rowsOf(root)), rows)).toBeLessThan(
      cols * singleEpsilon * norm(rows),
    );
    // The same numbers as float64 are not a covariance.
    await expectRejection(
      () => matrixSquareRoot(matrix(Float64Array.from(single.data), cols, cols)),
      'ERR_NOT_POSITIVE_SEMIDEFINITE',
      'matrixSquareRoot: covariance must be positive semidefinite, got smallest eigenvalue -',
    );
  });

  test('leaves its input alone, shared or not', async () => {
    const data = Float64Array.of(2, 1, 1, 2);
    const shared = new Float64Array(new SharedArrayBuffer(32));
    shared.set(data);
    const root = await matrixSquareRoot(matrix(data, 2, 2));
    expect(await matrixSquareRoot(matrix(shared, 2, 2))).toEqual(root);
    expect(data).toEqual(Float64Array.of(2, 1, 1, 2));
    expect(shared).toEqual(data);
  });

  test('is the same for 1, 2 and 7 threads', async () => {
    const cols = 300;
    const { covariance } = await moments(matrix(normals(400 * cols, 3), 400, cols));
    const first = await matrixSquareRoot(matrix(covariance, cols, cols), { threads: 1 });
    for (const threads of [2, 7]) {
      expect(await matrixSquareRoot(matrix(covariance, cols, cols), { threads })).toEqual(first);
    }
  });
});

describe('matrixSquareRoot, by its laws', () => {
  const cases = fc.record({
    dim: fc.integer({ min: 1, max: 40 }),
    rank: fc.integer({ min: 1, max: 60 }),
    seed: fc.integer({ min: 0, max: 2 ** 31 }),
  });
  /** x^T x for x rank x dim normal. */
  const covarianceOf = ({ dim, rank, seed }: { dim: number; rank: number; seed: number }): Rows => {
    const x = toRows(normals(rank * dim, seed), dim);
    return symmetricPart(multiply(transpose(x), x));
  };
  const always = (law: (a: Rows, seed: number) => Promise<void>) =>
    fc.assert(
      fc.asyncProperty(cases, async (choice) => law(covarianceOf(choice), choice.seed)),
      { seed: 4, numRuns: 60 },
    );
  const rootOf = async (a: Rows) => rowsOf(await matrixSquareRoot(fromRows(a)));

  test('it is symmetric to the bit and squares to the matrix', () =>
    always(async (a) => {
      const root = await rootOf(a);
      expect(root).toEqual(transpose(root));
      expect(difference(multiply(root, root), a)).toBeLessThan(tolerance(a));
    }));

  test('an orthogonal similarity of the matrix is one of the root', () =>
    always(async (a, seed) => {
      // Made positive definite: at a singular matrix the root amplifies rounding without bound.
      const shifted = a.map((row, i) => row.map((value, j) => value + (i === j ? norm(a) : 0)));
      const q = orthogonal(a.length, seed + 1);
      const turn = (s: Rows) => multiply(multiply(q, s), transpose(q));
      const turned = symmetricPart(turn(shifted));
      // The root's derivative is at most 1 / (2 sqrt(smallest eigenvalue)), here below 1 / (2 sqrt(norm / 2)).
      const amplified = tolerance(shifted) / Math.sqrt(norm(a));
      expect(difference(await rootOf(turned), turn(await rootOf(shifted)))).toBeLessThan(2 * amplified);
    }));

  test('a scale of the matrix by a power of four is one of the root by its root, to the bit', () =>
    always(async (a) => {
      const root = await rootOf(a);
      for (const scale of [2 ** -400, 2 ** 400]) {
        const scaled = await rootOf(a.map((row) => row.map((value) => value * scale * scale)));
        expect(scaled).toEqual(root.map((row) => row.map((value) => value * scale)));
      }
    }));

  test('the root of a square is the matrix', () =>
    always(async (a) => {
      const shifted = a.map((row, i) => row.map((value, j) => value + (i === j ? norm(a) : 0)));
      const root = await rootOf(symmetricPart(multiply(shifted, shifted)));
      expect(difference(root, shifted)).toBeLessThan(tolerance(multiply(shifted, shifted)) / norm(a));
    }));
});

describe('matrixSquareRoot refuses', () => {
  const invalid = (call: () => Promise<unknown>, ...pieces: string[]) =>
    expectRejection(call, 'ERR_INVALID_INPUT', ...pieces);
  const notCovariance = (call: () => Promise<unknown>, ...pieces: string[]) =>
    expectRejection(call, 'ERR_NOT_POSITIVE_SEMIDEFINITE', ...pieces);

  test('what is no square matrix', async () => {
    await invalid(
      () => matrixSquareRoot(matrix(new Float64Array(6), 2, 3)),
      'matrixSquareRoot: covariance must be square, got 2 x 3',
    );
    await invalid(
      () => matrixSquareRoot(undefined as unknown as Matrix),
      'matrixSquareRoot: covariance must be a Matrix { data, rows, cols }, got undefined',
    );
    await invalid(
      () => matrixSquareRoot({ data: new Float64Array(3), rows: 2, cols: 2 }),
      'covariance.data must have length rows x cols = 2 x 2 = 4, got 3',
    );
    await invalid(() => matrixSquareRoot({ data: new Float64Array(0), rows: 0, cols: 0 }), 'covariance.rows');
    await invalid(() => matrixSquareRoot(square(1), { treads: 1 } as object), "did you mean 'threads'?");
  });

  test('NaN and infinities, with the place', async () => {
    await invalid(
      () => matrixSquareRoot(square(1, 0, Number.NaN, 1)),
      'matrixSquareRoot: covariance must be finite, got NaN at row 1, column 0',
    );
    await invalid(
      () => matrixSquareRoot(matrix(Float32Array.of(1, Number.NEGATIVE_INFINITY, 0, 1), 2, 2)),
      'matrixSquareRoot: covariance must be finite, got an infinity at row 0, column 1',
    );
  });

  test('a matrix that is not symmetric, with the place', async () => {
    await notCovariance(
      () => matrixSquareRoot(square(1, 0.5, 0.25, 1)),
      'matrixSquareRoot: covariance must be symmetric, got |[0][1] - [1][0]| = 0.25',
    );
  });

  test('a matrix that is not positive semidefinite, with its smallest eigenvalue', async () => {
    await notCovariance(
      () => matrixSquareRoot(square(1, 0, 0, -2)),
      'matrixSquareRoot: covariance must be positive semidefinite, got -2 at [1][1]',
    );
    const { code, message } = await rejection(() => matrixSquareRoot(square(1, 2, 2, 1)));
    expect(code).toBe('ERR_NOT_POSITIVE_SEMIDEFINITE');
    const [, smallest, largest] =
      /^matrixSquareRoot: covariance must be positive semidefinite, got smallest eigenvalue (\S+) \(largest (\S+)\)$/.exec(
        message,
      ) ?? [];
    expect(Math.abs(Number(smallest) + 1)).toBeLessThan(8 * epsilon);
    expect(Math.abs(Number(largest) - 3)).toBeLessThan(8 * epsilon);
  });
});
