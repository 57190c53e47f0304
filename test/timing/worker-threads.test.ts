// The engine in worker threads: each environment has its own jobs and goes without taking the process with it.

import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { simulateGaussianLoop } from '../../src/gaussian-loop/simulate-gaussian-loop.js';
import { workerUrl } from '../support/child.js';
import { fullSize } from '../support/sizes.js';

const terminations = fullSize ? 30 : 10;

const run = (seed: number) =>
  simulateGaussianLoop({ variant: 'fresh-data', dim: 20, real: 30, synthetic: 60, generations: 50, seed });

describe('worker threads', () => {
  test('and the main thread compute side by side, each its own result', async () => {
    const script = workerUrl(`
      const results = await Promise.all([0, 1, 2].map((i) => madloop.simulateGaussianLoop({
        variant: 'fresh-data', dim: 20, real: 30, synthetic: 60, generations: 50, seed: workerData + i })));
      parentPort.postMessage(results.map(({ generations }) => generations));
    `);
    const seeds = [10, 20, 30, 40];
    const workers = seeds.map((seed) => new Worker(script, { workerData: seed }));
    const exits = workers.map((worker) => once(worker, 'exit'));
    const messages = await Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0]));
    for (const [i, seed] of seeds.entries()) {
      const expected = await Promise.all([0, 1, 2].map(async (k) => (await run(seed + k)).generations));
      expect(messages[i]).toEqual(expected);
    }
    // Teardown is what breaks: each worker must also end by itself.
    expect(await Promise.all(exits)).toEqual(seeds.map(() => [0]));
  });

  test(`are terminated in mid-call, ${terminations} times, within 200 ms and without a crash`, async () => {
    const script = workerUrl(`
      const jobs = [longCall(), longCall({ engine: 'samples' }), madloop.moments(
        madloop.matrix(new Float64Array(new SharedArrayBuffer(8 * 300 * 30_000)), 30_000, 300))];
      parentPort.postMessage('running');
      await Promise.all(jobs);
    `);
    const slowest: number[] = [];
    for (let round = 0; round < terminations; round += 1) {
      const worker = new Worker(script);
      await once(worker, 'message');
      await sleep((7 * round) % 60);
      const began = performance.now();
      expect(await worker.terminate()).toBe(1);
      slowest.push(performance.now() - began);
    }
    expect(Math.max(...slowest)).toBeLessThan(200);
  });

  test('are terminated while jobs end, without a crash', async () => {
    const script = workerUrl(`
      parentPort.postMessage('running');
      for (;;) await Promise.all(Array.from({ length: 20 }, (_, i) =>
        addon().startFault({ threads: 1, kind: i % 2 ? 'none' : 'bad_alloc', steps: i % 3, inResult: i % 5 === 0 })
          .promise.catch(() => {})));
    `);
    for (let round = 0; round < 20; round += fullSize ? 1 : 2) {
      const worker = new Worker(script);
      await once(worker, 'message');
      await sleep(round);
      expect(await worker.terminate()).toBe(1);
    }
  });

  test('exit by process.exit() in mid-call', async () => {
    const script = workerUrl('longCall(); setTimeout(() => process.exit(5), 50);');
    const worker = new Worker(script);
    expect(await once(worker, 'exit')).toEqual([5]);
  });

  test('leave the main thread its own jobs when they go', async () => {
    const expected = await run(99);
    const long = simulateGaussianLoop({
      variant: 'fresh-data',
      dim: 50,
      real: 60,
      synthetic: 60,
      generations: 2_000,
    });
    const worker = new Worker(workerUrl("longCall(); parentPort.postMessage('running');"));
    await once(worker, 'message');
    await worker.terminate();
    expect(await run(99)).toEqual(expected);
    expect((await long).generations).toHaveLength(2_000);
  });
});
