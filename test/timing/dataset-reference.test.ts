import { expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { datasetReference } from '../../src/references/dataset-reference.js';

test('a large data set is shuffled in slices: the event loop stays free', async () => {
  const rows = 3_000_000;
  const samples = datasetReference(matrix(new Float32Array(rows), rows, 1)).open(1n);
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);
  await samples.draw(rows, { seed: 1n, generation: 1 });
  clearInterval(timer);
  // In one piece it takes above 150 ms; the rest is room for a busy machine.
  expect(longest).toBeLessThan(100);
});
