// A long loop that is given up ends soon, and has taken no memory for what it has not come to.

import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { simulateGaussianLoop } from '../../src/gaussian-loop/simulate-gaussian-loop.js';

const index = new URL('../../dist/index.js', import.meta.url).href;
// Its means and errors take 64 MB, its 64 groups would take 4 GB.
const loop = {
  variant: 'fully-synthetic',
  dim: 2,
  synthetic: 100,
  generations: 1_000_000,
  replicates: 100,
  threads: 2,
} as const;

test('worker.terminate() in the middle of a million generations', async () => {
  const before = process.memoryUsage().rss;
  const program = `const { parentPort } = require('node:worker_threads');
    import(${JSON.stringify(index)}).then(({ simulateGaussianLoop }) =>
      simulateGaussianLoop({ ...${JSON.stringify(loop)}, onProgress: () => parentPort.postMessage('begun') }));`;
  const worker = new Worker(program, { eval: true });
  await new Promise((resolve) => worker.once('message', resolve));
  await delay(200);
  expect(process.memoryUsage().rss - before).toBeLessThan(500e6);
  const start = performance.now();
  await worker.terminate();
  expect(performance.now() - start).toBeLessThan(1000);
});

test('an abort: the threads stop, too', async () => {
  const controller = new AbortController();
  const running = simulateGaussianLoop({ ...loop, series: true, replicates: 50, signal: controller.signal });
  const outcome = running.catch((error: unknown) => error);
  await delay(200);
  controller.abort();
  expect(await outcome).toMatchObject({ code: 'ERR_ABORTED' });
  await delay(200);
  const used = process.cpuUsage();
  await delay(500);
  const { user, system } = process.cpuUsage(used);
  expect((user + system) / 1e6).toBeLessThan(0.25); // of a second, of two threads that would take all of it
});
