// The event loop stays free during every heavy call, argument checks and copying included.

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { mergeMoments } from '../../src/distributions/moments.js';
import { simulateGaussianLoop } from '../../src/gaussian-loop/simulate-gaussian-loop.js';
import { heavyCalls } from '../support/heavy-calls.js';

/** The longest time, in ms, between two turns of the event loop while `work` runs; the monitor looks every 2 ms. */
async function longestDelay(work: () => Promise<unknown>): Promise<number> {
  const monitor = monitorEventLoopDelay({ resolution: 2 });
  monitor.enable();
  await sleep(10); // the monitor's first tick
  await work();
  await sleep(10);
  monitor.disable();
  return monitor.max / 1e6;
}

/**
 * Expects that `work` does not block the loop. What the code itself does to the loop it does in every run; the system
 * may deny a thread its processor for tens of milliseconds in some. So of five runs one must be free of delays.
 */
async function expectFreeLoop(work: () => Promise<unknown>): Promise<void> {
  const delays: number[] = [];
  while (delays.length < 5 && !delays.some((delay) => delay < 50)) delays.push(await longestDelay(work));
  expect(
    Math.min(...delays),
    `longest delay of each run: ${delays.map(Math.round).join(', ')} ms`,
  ).toBeLessThan(50);
}

async function block(milliseconds: number): Promise<void> {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

test('the monitor sees a blocked loop', async () => {
  expect(await longestDelay(() => block(60))).toBeGreaterThan(50);
  await expect(expectFreeLoop(() => block(60))).rejects.toThrow('longest delay of each run');
});

describe('the event loop is never held for 50 ms by', () => {
  // Making the test data, and compiling the code, is not what is measured.
  beforeAll(async () => {
    for (const { start } of heavyCalls) {
      const controller = new AbortController();
      const promise = start({ signal: controller.signal });
      controller.abort();
      await promise.catch(() => {});
    }
    await sleep(300);
  });

  test.each(heavyCalls)('$name', async ({ start }) => {
    await expectFreeLoop(() => start({}));
  });

  test.each([
    { generations: 10_000, replicates: 80 },
    { generations: 1_000_000, replicates: 1 },
  ])('simulateGaussianLoop with $generations generations and their series', async (size) => {
    const options = { variant: 'fresh-data', dim: 1, real: 5, synthetic: 5, series: true } as const;
    await expectFreeLoop(() => simulateGaussianLoop({ ...options, ...size }));
  });

  test('mergeMoments at dim 700, although it is synchronous', async () => {
    const dim = 700;
    const part = { count: 10, dim, mean: new Float64Array(dim), covariance: new Float64Array(dim * dim) };
    await expectFreeLoop(async () => mergeMoments(part, part));
  });
});
