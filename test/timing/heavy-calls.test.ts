// What all heavy calls have in common: progress and cancellation.

import { getEventListeners } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import type { MadloopError } from '../../src/base/errors.js';
import { native } from '../../src/engine/native.js';
import type { Progress } from '../../src/engine/progress.js';
import { heavyCalls } from '../support/heavy-calls.js';
import { rejection } from '../support/rejection.js';
import { fullSize } from '../support/sizes.js';

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

describe.each(heavyCalls)('$name', ({ start }) => {
  let duration = Number.NaN; // in ms, of a whole call

  // The first call also makes its inputs and touches its memory for the first time: no measure of the others, of which there are
  // fewer in normal size.
  beforeAll(async () => {
    if (fullSize) await start({});
  });

  test('reports progress that never falls, at most 20 times a second, the last time exactly', async () => {
    const reports: Progress[] = [];
    const began = performance.now();
    await start({ onProgress: (progress) => reports.push(progress) });
    duration = performance.now() - began;

    const count = reports.length;
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThanOrEqual((20 * duration) / 1000 + 1);
    const last = reports.at(-1)!;
    expect(last).toEqual({ done: last.total, total: last.total, fraction: 1 });
    for (const [i, { done, total, fraction }] of reports.entries()) {
      expect(fraction).toBe(done / total);
      if (i > 0) {
        expect(done).toBeGreaterThanOrEqual(reports[i - 1]!.done);
        expect(fraction).toBeGreaterThan(reports[i - 1]!.fraction);
      }
    }
    await sleep(120);
    expect(reports).toHaveLength(count);
  });

  test('does not start with an aborted signal', async () => {
    const reason = new Error('no');
    const began = performance.now();
    const error = await rejection(() => start({ signal: AbortSignal.abort(reason) }));
    expect(performance.now() - began).toBeLessThan(100);
    expect(error).toMatchObject({ code: 'ERR_ABORTED', name: 'AbortError', cause: reason });
  });

  test.each(fullSize ? [0, 0.02, 0.15, 0.4] : [0, 0.15])(
    'rejects within 100 ms of an abort after %f of its time',
    async (part) => {
      // A call that ends before its abort was quicker than the one that was measured, on a busy machine by several times: its own
      // time is the better measure then.
      for (let tries = 0; tries < 5; tries += 1) {
        const controller = new AbortController();
        const reason = { why: 'enough' };
        let settledAt = Number.POSITIVE_INFINITY;
        const began = performance.now();
        const outcome = start({ signal: controller.signal }).then(
          () => 'resolved',
          (error: MadloopError) => error,
        );
        const settled = outcome.then(() => {
          settledAt = performance.now();
        });
        const delay = part * duration;
        if (delay > 0) await sleep(delay);
        const abortedAt = performance.now();
        if (settledAt < abortedAt) {
          duration = settledAt - began;
          continue;
        }
        controller.abort(reason);
        await settled;
        expect(settledAt - abortedAt).toBeLessThan(100);
        expect(await outcome).toMatchObject({ code: 'ERR_ABORTED', name: 'AbortError', cause: reason });
        expect(listeners(controller.signal)).toBe(0);
        // The native job winds down by itself; wait for it, so that the next measurement is of that call alone.
        await sleep(100);
        return;
      }
      expect.unreachable('five calls in a row ended before their abort');
    },
  );
});

test('eight jobs do not hold up the file system, as jobs on the pool of libuv would', async () => {
  const jobs = Array.from({ length: 8 }, () =>
    native().startFault({ threads: 1, kind: 'none', steps: 60_000, inResult: false }),
  );
  const began = performance.now();
  await readFile(new URL(import.meta.url));
  expect(performance.now() - began).toBeLessThan(50);
  for (const job of jobs) job.cancel();
  await Promise.allSettled(jobs.map(({ promise }) => promise));
});
