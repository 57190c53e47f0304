// Work that gives the event loop turns ends at the next of them once its signal is aborted.

import { expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { mixtureMoments } from '../../src/distributions/mixture.js';
import { toStatistics } from '../../src/features/statistics.js';
import { modeMetrics } from '../../src/loops/modes.js';
import { bootstrap } from '../../src/models/bootstrap.js';
import type { GenerativeModel } from '../../src/models/generative-model.js';
import { marked } from '../../src/models/marked.js';
import { mixtureReference } from '../../src/references/mixture-reference.js';
import { expectRejection } from '../support/rejection.js';

const column = (rows: number) =>
  matrix(
    Float64Array.from({ length: rows }, (_, i) => i),
    rows,
    1,
  );
const dim = 1_000;
const square = new Float64Array(dim * dim);
const wide = {
  weights: new Float64Array(50).fill(0.02),
  means: matrix(new Float64Array(50 * dim), 50, dim),
  covariance: 'spherical' as const,
  covariances: new Float64Array(50).fill(1),
};

/** Each begins its work, of many turns, and is told of the signal. */
const works: readonly (readonly [string, () => Promise<(signal: AbortSignal) => Promise<unknown>>])[] = [
  [
    'marked',
    async () => {
      const model: GenerativeModel = { fit: () => ({ sample: () => column(2 ** 22) }) };
      const fitted = await marked(model, { direction: [1], strength: 1 }).fit(column(3), { seed: 0n });
      return (signal) => fitted.sample(2 ** 22, { lambda: 1, seed: 0n, signal });
    },
  ],
  [
    'bootstrap',
    async () => {
      const fitted = await bootstrap().fit(column(400_000));
      return (signal) => fitted.sample(10, { lambda: 0.5, signal });
    },
  ],
  [
    'modes',
    async () => {
      const modes = { centres: column(100), radius: 1 };
      return (signal) => modeMetrics(column(1_000_000), modes, { where: 'sampleMetrics', signal });
    },
  ],
  ['moments of mixtures', async () => (signal) => mixtureMoments(wide, { where: 'gaussianMixture', signal })],
  ['a reference', async () => (signal) => Promise.resolve(mixtureReference(wide).moments({ signal }))],
  [
    'statistics',
    async () => (signal) =>
      toStatistics(
        { dim, mean: new Float64Array(dim), covariance: square, count: 5 },
        { where: 'readStatistics', signal },
      ),
  ],
];

test.each(works)('%s', async (_, begin) => {
  const work = await begin();
  const controller = new AbortController();
  const ended = async () => typeof (await work(controller.signal));
  const promise = expectRejection(ended, 'ERR_ABORTED', 'aborted by its signal');
  await new Promise((resolve) => setImmediate(resolve));
  const aborted = performance.now();
  controller.abort();
  await promise;
  expect(performance.now() - aborted).toBeLessThan(200);
});
