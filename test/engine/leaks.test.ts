// Memory after thousands of calls of each kind, the failing ones included, is what it was before.

import { describe, expect, test } from 'vitest';
import { runScript } from '../support/child.js';
import { fullSize } from '../support/sizes.js';

// The allocator's arenas fill up over the first three to seven windows of the calls with most threads.
const windows = 10;

interface Growth {
  readonly resident: number;
  readonly external: number;
  readonly heap: number;
}

/**
 * Growth per call of the resident set, of memory outside the heap and of the heap, in bytes, each the smallest of
 * ten windows of 1,000 calls (or so many; of half as many in normal size) after a warm-up: what leaks grows in every window, what breathes does not.
 */
async function growthPerCall(call: string, fullCallsPerWindow = 1_000): Promise<Growth> {
  const callsPerWindow = fullSize ? fullCallsPerWindow : fullCallsPerWindow / 2;
  const { output, errors } = await runScript(
    `
    const x = madloop.matrix(new Float64Array(40 * 30).map((_, i) => Math.sin(i * i)), 40, 30);
    const spoilt = madloop.matrix(x.data.slice().fill(NaN, 7, 8), 40, 30);
    const covariance = madloop.matrix(new Float64Array(900).map((_, i) => Math.cos((i % 30) - Math.floor(i / 30))), 30, 30);
    const indefinite = madloop.matrix(covariance.data.map((value) => value + 1).fill(0, 0, 1), 30, 30);
    const loop = { variant: 'fresh-data', dim: 10, real: 20, synthetic: 20, generations: 5, threads: 1 };
    const call = async () => { ${call} };
    const usage = async () => {
      for (let i = 0; i < 4; i += 1) { gc(); await new Promise((resolve) => setTimeout(resolve, 5)); }
      const { rss, external, heapUsed } = process.memoryUsage();
      return { resident: rss, external, heap: heapUsed };
    };
    const usages = [];
    for (let window = 0; window <= ${windows}; window += 1) {
      for (let i = 0; i < ${callsPerWindow}; i += 10) await Promise.all(Array.from({ length: 10 }, call));
      usages.push(await usage());
    }
    console.log(JSON.stringify(usages));
  `,
    ['--expose-gc'],
  );
  expect(errors).toBe('');
  const usages: Growth[] = JSON.parse(output);
  const smallest = (what: keyof Growth) =>
    Math.min(...usages.slice(1).map((usage, i) => (usage[what] - usages[i]![what]) / callsPerWindow));
  return { resident: smallest('resident'), external: smallest('external'), heap: smallest('heap') };
}

describe('no memory is lost by', () => {
  test('doing nothing, and is found where it is lost', async () => {
    expect(await growthPerCall('')).toMatchObject({
      external: expect.toSatisfy((bytes: number) => bytes < 24),
    });
    const kept = await growthPerCall('(globalThis.kept ??= []).push(new Float64Array(40))');
    expect(kept.external).toBeGreaterThan(300);
  });

  test.each<[string, string, number?]>([
    ['moments', 'await madloop.moments(x)'],
    ['moments that fail', 'await madloop.moments(spoilt).catch(() => {})'],
    ['frechetDistance', 'await madloop.frechetDistance(x, x)'],
    ['frechetDistance that fails', 'await madloop.frechetDistance(x, spoilt).catch(() => {})'],
    ['matrixSquareRoot', 'await madloop.matrixSquareRoot(covariance)'],
    ['matrixSquareRoot that fails', 'await madloop.matrixSquareRoot(indefinite).catch(() => {})'],
    ['simulateGaussianLoop', 'await madloop.simulateGaussianLoop({ ...loop, series: true })'],
    ['expectedDistance', 'await madloop.expectedDistance({ dim: 3, samples: 10 })'],
    [
      'aborted calls',
      `
      const controller = new AbortController();
      const promise = madloop.moments(x, { signal: controller.signal, onProgress() {} });
      setTimeout(() => controller.abort(), 0);
      await promise.catch(() => {})`,
    ],
    ['calls with bad arguments', 'await madloop.moments(x, { treads: 1 }).catch(() => {})'],
    [
      'jobs that throw',
      `
      for (const kind of ['runtime_error', 'bad_alloc', 'int']) for (const inResult of [true, false])
        await addon().startFault({ threads: 1, kind, steps: 0, inResult }).promise.catch(() => {})`,
      // Of six jobs each.
      200,
    ],
    [
      'jobs that throw as they start',
      `
      try { addon().startFault({ threads: 1, kind: 'int', steps: 0, inResult: false, atStart: true }); } catch {}`,
    ],
  ])('%s', async (_, call, callsPerWindow = 1_000) => {
    const growth = await growthPerCall(call, callsPerWindow);
    // A lost typed array of these calls is at least 240 bytes of external memory, a lost handle about 100 of heap, a
    // lost covariance 7,200 resident.
    expect(growth.external).toBeLessThan(24);
    expect(growth.heap).toBeLessThan(40);
    expect(growth.resident).toBeLessThan(1_000);
  });
});
