// Sample counts that no machine holds: typed errors at once, no hang, memory or not.

import { expect, test } from 'vitest';
import { multinomialUniform } from '../../src/distributions/multinomial.js';
import { autophagousLoop, gaussian, gaussianReference } from '../../src/index.js';

test.each([1, 3])('1e12 synthetic samples are refused, not counted one by one (memory %i)', async (memory) => {
  const loop = autophagousLoop({
    variant: 'fresh-data',
    reference: gaussianReference({ dim: 2 }),
    model: gaussian(),
    initial: 10,
    real: 10,
    synthetic: 1e12,
    generations: 3,
    memory,
  });
  await loop.next(); // generation 1 is real
  await expect(loop.next()).rejects.toMatchObject({ code: 'ERR_OUT_OF_MEMORY' });
});

test('multinomial counts add up, are even, and follow the seed', () => {
  const counts = multinomialUniform(1e12, 5, 7n);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1e12);
  for (const count of counts) expect(Math.abs(count - 2e11) / Math.sqrt(1e12 * 0.2 * 0.8)).toBeLessThan(4.5);
  expect(multinomialUniform(1e12, 5, 7n)).toEqual(counts);
  expect(multinomialUniform(1e12, 5, 8n)).not.toEqual(counts);
  expect([...multinomialUniform(9, 1, 7n)]).toEqual([9]);
});
