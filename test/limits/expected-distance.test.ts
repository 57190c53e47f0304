import { expect, test } from 'vitest';
import { expectedDistance } from '../../src/limits/expected-distance.js';

// d = 1: S ~ chi^2(k)/k with k = n - 1, and E sqrt(S) = sqrt(2/k) Gamma((k+1)/2) / Gamma(k/2) =: c, so
// E[distance] = 1/n + E(sqrt(S) - 1)^2 = 1/n + 2 - 2 c. For k = 1, c = sqrt(2/pi); for k = 2, c = sqrt(pi)/2.
test.each([
  [2, 1 / 2 + 2 - 2 * Math.sqrt(2 / Math.PI)],
  [3, 1 / 3 + 2 - Math.sqrt(Math.PI)],
])('expectedDistance in one dimension with %i samples', async (samples, expected) => {
  const result = await expectedDistance({ dim: 1, samples });
  expect(Math.abs(result / expected - 1)).toBeLessThan(1e-10);
});

test("expectedDistance at the start of the paper's Figure 10", async () => {
  expect(await expectedDistance({ dim: 100, samples: 100 })).toBeCloseTo(31.94, 2);
});
