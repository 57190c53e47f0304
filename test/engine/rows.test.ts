import { expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { concatenateRows, firstNonFinite } from '../../src/engine/rows.js';

test.each([Float64Array, Float32Array])(
  'the first NaN or infinity is found wherever it is (%o)',
  async (Type) => {
    const extreme = Type === Float32Array ? 3e38 : 1.7e308;
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      for (let place = 0; place < 21; place += 1) {
        const data = new Type(21).fill(-extreme);
        expect(await firstNonFinite(matrix(data, 7, 3))).toBeUndefined();
        data[20] = Number.POSITIVE_INFINITY;
        data[place] = value;
        expect(await firstNonFinite(matrix(data, 7, 3))).toEqual({
          row: Math.floor(place / 3),
          col: place % 3,
          value: place === 20 ? value : data[place],
        });
      }
    }
  },
);

test('in a matrix of several slices, too', async () => {
  const data = new Float64Array(3 * 2 ** 19).fill(1);
  data[2 ** 20 + 5] = Number.NaN;
  const { row, col } = (await firstNonFinite(matrix(data, 3 * 2 ** 17, 4)))!;
  expect([row, col]).toEqual([2 ** 18 + 1, 1]);
});

test('rows of several parts follow each other, as float64 unless all are float32', async () => {
  const [a, b] = [matrix(Float32Array.of(1, 2, 3, 4), 2, 2), matrix(Float64Array.of(5, 6), 1, 2)];
  expect(await concatenateRows([a, b], 2)).toEqual(matrix(Float64Array.of(1, 2, 3, 4, 5, 6), 3, 2));
  expect(await concatenateRows([a, a], 2)).toEqual(matrix(Float32Array.of(1, 2, 3, 4, 1, 2, 3, 4), 4, 2));
  expect(await concatenateRows([a], 2)).toBe(a);
});
