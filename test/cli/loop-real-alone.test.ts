import { expect, test } from 'vitest';
import { expectedRealAlone, laterRealCount } from '../../src/cli/loop/real-alone.js';
import { expectedDistance } from '../../src/index.js';

const loop = { variant: 'fresh-data', dim: 3, initial: 200, divisor: 'unbiased' };

test('what real samples alone reach is exact, generation by generation', async () => {
  const at = (samples: number) => expectedDistance({ dim: 3, samples });
  const [first, most, last] = [await at(200), await at(40), await at(20)];
  const distances = async (parameters: object) =>
    (await expectedRealAlone({ ...loop, ...parameters }, 4, {}))?.map(({ distance }) => distance);
  expect(await distances({ real: [7, 40, 20] })).toEqual([first, most, last, last]);
  expect(await distances({ real: 20 })).toEqual([first, last, last, last]);
  expect(await distances({ variant: 'fully-synthetic', real: 0 })).toEqual([first, first, first, first]);
  expect(await distances({ real: 1 })).toEqual([first, Number.NaN, Number.NaN, Number.NaN]);
  const reference = { mean: [1, 2, 3], covariance: [4, 0, 0, 0, 4, 0, 0, 0, 4] };
  expect(await distances({ real: 20, reference })).toEqual([first, last, last, last].map((one) => 4 * one));
  // Known of no other data.
  const other = { mean: [0, 0, 0], covariance: [4, 0, 0, 0, 1, 0, 0, 0, 1] };
  expect(await distances({ real: 20, reference: other })).toBeUndefined();
  expect(await distances({ real: 20, data: 'real.npy' })).toBeUndefined();
});

test('one line needs as many real samples in every generation after the first', () => {
  expect(laterRealCount({ ...loop, real: 20 }, 5)).toBe(20);
  expect(laterRealCount({ ...loop, real: [9, 20, 20] }, 5)).toBe(20);
  expect(laterRealCount({ ...loop, real: [20, 20, 9] }, 5)).toBeUndefined();
  expect(laterRealCount({ ...loop, real: [20, 20, 9] }, 2)).toBe(20);
  expect(laterRealCount({ ...loop, real: 20 }, 1)).toBe(200);
  expect(laterRealCount({ ...loop, variant: 'fully-synthetic', real: 0 }, 5)).toBe(200);
});
