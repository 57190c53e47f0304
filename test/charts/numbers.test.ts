import { expect, test } from 'vitest';
import { lambdaText, numberText, rangeEnds } from '../../src/charts/numbers.js';
import { intervalText } from '../../src/cli/terminal/interval-text.js';

test('the ends of an interval have as many digits as tell them apart', () => {
  expect(rangeEnds([0.0740171, 0.0740174], 5, numberText)).toEqual(['0.0740171', '0.0740174']);
  expect(rangeEnds([0.25, 0.75], 5, numberText)).toEqual(['0.25', '0.75']);
  expect(rangeEnds([1, 1], 5, numberText)).toEqual(['1', '1']);
  expect(intervalText([4361.712, 4361.738], Number.NaN)).toBe('4361.71 to 4361.74');
  expect(intervalText([18.7012, 18.7378], 0.01)).toBe('18.701 to 18.738');
  expect(intervalText([18.7012, 18.7013], 0.01)).toBe('18.7012 to 18.7013');
});

test('lambda has as many digits as give the answers of the number itself', () => {
  expect([2 / 3, 1, 0, 0.5, 0.9].map(lambdaText)).toEqual(['0.666667', '1', '0', '0.5', '0.9']);
  for (const lambda of [1 / 1.0001, 1e-7 / 3, 1 / 7, 1 - 1e-9 / 3]) {
    const shown = Number(lambdaText(lambda));
    expect(Math.abs(shown / lambda - 1)).toBeLessThan(1e-5);
    expect(Math.abs((1 - shown) / (1 - lambda) - 1)).toBeLessThan(1e-5);
  }
});
