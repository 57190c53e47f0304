import { describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { expectThrow } from '../support/rejection.js';

// What callers could pass in spite of the types.
const untyped = matrix as (data: unknown, rows: unknown, cols: unknown) => unknown;

describe('matrix', () => {
  test('is a plain object over the very data given', () => {
    const data = Float32Array.of(1, 2, 3, 4, 5, 6);
    expect(matrix(data, 2, 3)).toEqual({ data, rows: 2, cols: 3 });
    expect(matrix(data, 2, 3).data).toBe(data);
  });

  test.each([
    ['no data', undefined, 'data must be a Float64Array or Float32Array, got undefined'],
    ['numbers in an array', [1, 2], 'got an array of length 2'],
    ['integers', Int32Array.of(1, 2), 'got Int32Array of length 2'],
    ['a DataView', new DataView(new ArrayBuffer(16)), 'got DataView'],
    ['a Buffer', Buffer.alloc(16), 'got Uint8Array of length 16'],
    ['an ArrayBuffer', new ArrayBuffer(16), 'got an object'],
  ])('refuses %s as data', (_, data, message) => {
    expectThrow(() => untyped(data, 1, 2), 'ERR_INVALID_INPUT', 'matrix: data must', message);
  });

  test.each([
    [0, '0'],
    [-1, '-1'],
    [-0, '-0'],
    [1.5, '1.5'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [2 ** 53 + 2, '9007199254740994'],
    ['3', '"3"'],
    [3n, '3n'],
    [null, 'null'],
    [undefined, 'undefined'],
  ])('refuses %s rows or columns, and shows the value', (size, shown) => {
    const message = `must be an integer of at least 1, got ${shown}`;
    expectThrow(() => untyped(new Float64Array(1), size, 1), 'ERR_INVALID_INPUT', `matrix: rows ${message}`);
    expectThrow(() => untyped(new Float64Array(1), 1, size), 'ERR_INVALID_INPUT', `matrix: cols ${message}`);
  });

  test('refuses data of another length, and shows both', () => {
    expectThrow(
      () => matrix(new Float64Array(5), 2, 3),
      'ERR_INVALID_INPUT',
      'matrix: data must have length rows x cols = 2 x 3 = 6, got 5',
    );
  });

  test('refuses sizes whose product is not exact', () => {
    expectThrow(
      () => matrix(new Float64Array(1), 2 ** 32, 2 ** 32),
      'ERR_INVALID_INPUT',
      '4294967296 x 4294967296',
    );
  });

  test('refuses detached data', () => {
    const data = new Float64Array(4);
    structuredClone(data.buffer, { transfer: [data.buffer] });
    expectThrow(() => matrix(data, 2, 2), 'ERR_INVALID_INPUT', 'matrix: data', 'its buffer was transferred');
  });
});
