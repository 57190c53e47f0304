import { expect, test } from 'vitest';
import { meanAndError } from '../../src/base/mean-and-error.js';

test('the standard error of a mean is the standard deviation over the root of the count', () => {
  const expected = { mean: 3, standardError: Math.sqrt(14 / 3 / 4) };
  expect(meanAndError([1, 2, 3, 6])).toEqual(expected);
  expect(meanAndError(Float64Array.of(1, 2, 3, 6))).toEqual(expected);
  expect(meanAndError([5])).toEqual({ mean: 5, standardError: Number.NaN });
});
