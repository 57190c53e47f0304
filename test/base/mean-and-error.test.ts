import { expect, test } from 'vitest';
import { meanAndError } from '../../src/base/mean-and-error.js';

test('the standard error of a mean is the standard deviation over the root of the count', () => {
  const expected = { mean: 3, standardError: Math.sqrt(14 / 3 / 4) };
  expect(meanAndError([1, 2, 3, 6])).toEqual(expected);
  expect(meanAndError(Float64Array.of(1, 2, 3, 6))).toEqual(expected);
  expect(meanAndError([5])).toEqual({ mean: 5, standardError: Number.NaN });
});

test.each([-1022, -900, -401, 401, 700, 1020])(
  'and so it is of numbers whose squares are none: 2^%i',
  (exponent) => {
    const unit = 2 ** exponent;
    const { mean, standardError } = meanAndError([unit, 2 * unit, 3 * unit, 6 * unit]);
    expect([mean / unit, standardError / unit]).toEqual([3, Math.sqrt(14 / 3 / 4)]);
  },
);
