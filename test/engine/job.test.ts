// What becomes of a job: its result, its progress, an abort, a throwing callback, a failure of each kind.
// (That every heavy call keeps the rules, and in time, is tested in test/timing/heavy-calls.test.ts.)

import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { moments } from '../../src/distributions/moments.js';
import { checkJobOptions, type JobOptions, runJob } from '../../src/engine/job.js';
import { native } from '../../src/engine/native.js';
import type { NativeFaultRequest } from '../../src/engine/native-types.js';
import type { Progress } from '../../src/engine/progress.js';
import { expectRejection, rejection } from '../support/rejection.js';

/** A job that lasts `steps` milliseconds and then fails as `kind` says. */
function fault(options: JobOptions, request: Partial<NativeFaultRequest> = {}): Promise<number> {
  const settings = checkJobOptions('fault', options);
  return runJob(settings, async () =>
    native().startFault({ threads: settings.threads, kind: 'none', steps: 0, inResult: false, ...request }),
  );
}

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

describe('a job', () => {
  test('leaves no listener behind, however it ends', async () => {
    const { signal } = new AbortController();
    await fault({ signal });
    expect(listeners(signal)).toBe(0);
    await rejection(() => fault({ signal }, { kind: 'runtime_error' }));
    expect(listeners(signal)).toBe(0);
    await rejection(() => fault({ signal }, { kind: 'runtime_error', atStart: true }));
    expect(listeners(signal)).toBe(0);
  });

  test('ignores an abort after it has settled', async () => {
    const controller = new AbortController();
    const promise = fault({ signal: controller.signal }, { steps: 5 });
    expect(await promise).toBe(5);
    controller.abort();
    expect(await promise).toBe(5);
  });

  test('stops its thread when aborted', async () => {
    const job = native().startFault({ threads: 1, kind: 'none', steps: 60_000, inResult: false });
    const began = performance.now();
    job.cancel();
    await expect(job.promise).rejects.toMatchObject({ code: 'ERR_ABORTED' });
    expect(performance.now() - began).toBeLessThan(100);
    expect(job.progress().done).toBeLessThan(100);
  });

  test('that lasts long enough reports progress on the way', async () => {
    const reports: Progress[] = [];
    await fault({ onProgress: (progress) => reports.push(progress) }, { steps: 400 });
    expect(reports.length).toBeGreaterThanOrEqual(3);
    expect(reports[0]!.fraction).toBeLessThan(0.5);
    expect(reports.at(-1)).toEqual({ done: 400, total: 400, fraction: 1 });
  });

  test('that knows no total reports its end', async () => {
    const reports: Progress[] = [];
    await fault({ onProgress: (progress) => reports.push(progress) });
    expect(reports).toEqual([{ done: 1, total: 1, fraction: 1 }]);
  });

  test('that fails reports no end', async () => {
    const reports: Progress[] = [];
    const onProgress = (progress: Progress) => reports.push(progress);
    await rejection(() => fault({ onProgress }, { kind: 'runtime_error', steps: 120 }));
    expect(reports.map(({ fraction }) => fraction)).not.toContain(1);
  });
});

describe('the native side of a call', () => {
  /** A job that never ends by itself, and counts how often it is cancelled. */
  function endless() {
    const job = {
      cancelled: 0,
      promise: new Promise<never>(() => {}),
      cancel() {
        job.cancelled += 1;
      },
      progress: () => ({ done: 0, total: 0 }),
    };
    return job;
  }

  test('is cancelled, once, by an abort', async () => {
    const controller = new AbortController();
    const job = endless();
    const promise = runJob(checkJobOptions('f', { signal: controller.signal }), async () => job);
    await sleep(5);
    expect(job.cancelled).toBe(0);
    controller.abort();
    await expectRejection(() => promise, 'ERR_ABORTED', 'f: aborted by its signal');
    expect(job.cancelled).toBe(1);
  });

  test('is not started when the abort comes while its input is prepared', async () => {
    const controller = new AbortController();
    let started = false;
    const promise = runJob(checkJobOptions('f', { signal: controller.signal }), async (throwIfSettled) => {
      await sleep(20);
      throwIfSettled();
      started = true;
      return endless();
    });
    controller.abort();
    await expectRejection(() => promise, 'ERR_ABORTED');
    await sleep(40);
    expect(started).toBe(false);
  });

  test('is cancelled when it starts although the call has been aborted', async () => {
    const controller = new AbortController();
    const job = endless();
    const promise = runJob(checkJobOptions('f', { signal: controller.signal }), async () => {
      await sleep(20);
      return job;
    });
    controller.abort();
    await expectRejection(() => promise, 'ERR_ABORTED');
    await sleep(40);
    expect(job.cancelled).toBe(1);
  });

  test('is cancelled by a throwing onProgress, and never asked again', async () => {
    const job = { ...endless(), asked: 0 };
    job.progress = () => {
      job.asked += 1;
      return { done: job.asked, total: 100 };
    };
    job.cancel = () => {
      job.cancelled += 1;
    };
    const onProgress = () => {
      throw new Error('mine');
    };
    await expect(runJob(checkJobOptions('f', { onProgress }), async () => job)).rejects.toThrow('mine');
    await sleep(120);
    expect([job.cancelled, job.asked]).toEqual([1, 1]);
  });

  test.each([
    [
      'goes back',
      [
        { done: 50, total: 100 },
        { done: 40, total: 100 },
        { done: 60, total: 100 },
      ],
      [0.5, 0.6, 1],
    ],
    [
      'raises its total',
      [
        { done: 50, total: 100 },
        { done: 60, total: 200 },
        { done: 150, total: 200 },
      ],
      [0.5, 0.75, 1],
    ],
    [
      'lowers both its numbers',
      [
        { done: 50, total: 100 },
        { done: 40, total: 60 },
        { done: 60, total: 70 },
      ],
      [0.5, 60 / 70, 1],
    ],
    [
      'stands still',
      [
        { done: 1, total: 4 },
        { done: 1, total: 4 },
        { done: 1, total: 4 },
      ],
      [0.25, 1],
    ],
    [
      'overshoots',
      [
        { done: 0, total: 0 },
        { done: 8, total: 4 },
        { done: 9, total: 4 },
      ],
      [1],
    ],
  ])('may report progress that %s: the callback does not see it', async (_, samples, fractions) => {
    const seen: number[] = [];
    let end: (value: string) => void = () => {};
    const job = {
      ...endless(),
      promise: new Promise<string>((resolve) => {
        end = resolve;
      }),
    };
    let next = 0;
    job.progress = () => {
      const sample = samples[Math.min(next, samples.length - 1)]!;
      next += 1;
      if (next === samples.length) end('result');
      return sample;
    };
    const onProgress = ({ fraction }: Progress) => seen.push(fraction);
    expect(await runJob(checkJobOptions('f', { onProgress }), async () => job)).toBe('result');
    expect(seen).toEqual(fractions);
  });
});

describe('an onProgress', () => {
  test.each([
    ['an Error', new RangeError('mine')],
    ['null', null],
    ['undefined', undefined],
    ['a string', 'stop'],
  ])('that throws %s stops the job, which rejects with just that', async (_, thrown) => {
    let calls = 0;
    const controller = new AbortController();
    const outcome = await fault(
      {
        signal: controller.signal,
        onProgress: () => {
          calls += 1;
          throw thrown;
        },
      },
      { steps: 60_000 },
    ).then(
      () => 'resolved',
      (error: unknown) => ({ error }),
    );
    expect(outcome).toEqual({ error: thrown });
    if (typeof outcome === 'object') expect(outcome.error).toBe(thrown);
    await sleep(120);
    expect(calls).toBe(1);
    expect(listeners(controller.signal)).toBe(0);
  });

  test('that throws at the last report rejects the call', async () => {
    const thrown = new Error('at the end');
    const onProgress = () => {
      throw thrown;
    };
    await expect(fault({ onProgress })).rejects.toBe(thrown);
  });

  test('may abort its own call', async () => {
    const controller = new AbortController();
    const options = { signal: controller.signal, onProgress: () => controller.abort('here') };
    const error = await rejection(() => fault(options, { steps: 60_000 }));
    expect(error).toMatchObject({ code: 'ERR_ABORTED', cause: 'here' });
  });

  test('may call madloop', async () => {
    const inner: Promise<unknown>[] = [];
    await fault({ onProgress: () => inner.push(moments(matrix(Float64Array.of(1, 2), 2, 1))) }, { steps: 120 });
    expect(inner.length).toBeGreaterThan(0);
    for (const result of await Promise.all(inner)) expect(result).toMatchObject({ mean: Float64Array.of(1.5) });
  });
});

describe('what a job throws becomes a MadloopError', () => {
  const cases = [
    ['runtime_error', 'ERR_INTERNAL', 'please report it: fault: runtime_error'],
    ['bad_alloc', 'ERR_OUT_OF_MEMORY', 'memory'],
    ['int', 'ERR_INTERNAL', 'unknown type'],
    ['madloop', 'ERR_NO_CONVERGENCE', 'fault: a core error'],
  ] as const;

  test.each(cases)('%s on its thread', async (kind, code, message) => {
    await expectRejection(() => fault({}, { kind, steps: 3 }), code, 'fault: ', message);
  });

  test.each(cases)('%s while the result is made', async (kind, code, message) => {
    await expectRejection(() => fault({}, { kind, inResult: true }), code, 'fault: ', message);
  });

  test.each(cases)('%s as it starts', async (kind, code, message) => {
    await expectRejection(() => fault({}, { kind, atStart: true }), code, 'fault: ', message);
  });

  test('except an error of JavaScript itself, which passes through', async () => {
    await expect(fault({}, { kind: 'napi', inResult: true })).rejects.toThrow('fault: a JavaScript error');
  });

  test('and its stack leads to the caller', async () => {
    async function theCaller(): Promise<unknown> {
      return await moments(matrix(Float64Array.of(Number.NaN, 1), 2, 1));
    }
    expect((await rejection(theCaller)).stack).toContain('theCaller');
  });
});

describe('many jobs', () => {
  test('at once each give their own result', async () => {
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, i) => moments(matrix(Float64Array.of(i, i + 2), 2, 1), { threads: 2 })),
    );
    expect(results.map(({ mean }) => mean[0])).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  });
});

describe('the binding itself', () => {
  // Nothing in src/ can pass these; the binding must not trust that.
  const start = (request: unknown) => () => native().startFault(request as NativeFaultRequest);
  const good = { threads: 1, kind: 'none', steps: 1, inResult: false };

  test.each([
    [undefined, 'the argument must be an object'],
    [{ ...good, threads: '1' }, 'threads must be a number'],
    [{ ...good, threads: -1 }, 'threads must be an integer from 0 to 2^53'],
    [{ ...good, threads: 1.5 }, 'threads must be an integer from 0 to 2^53'],
    [{ ...good, threads: Number.NaN }, 'threads must be an integer from 0 to 2^53'],
    [{ ...good, steps: 2 ** 60 }, 'steps must be an integer from 0 to 2^53'],
    [{ ...good, kind: 3 }, 'kind must be a string'],
    [{ ...good, inResult: 'no' }, 'inResult must be a boolean'],
  ])('refuses %j', (request, message) => {
    expect(start(request)).toThrow(message);
  });

  test.each([
    ['an array of another type', Float32Array.of(1), 'mean must be a Float64Array'],
    ['an array of another length', new Float64Array(2), 'mean must have length 1, got 2'],
    ['no array', [0], 'mean must be a typed array'],
  ])('refuses %s as an output', (_, mean, message) => {
    const x = matrix(Float64Array.of(1, 2), 2, 1);
    const request = { threads: 1, x, mean: mean as Float64Array, covariance: new Float64Array(1) };
    expect(() => native().startMoments(request)).toThrow(message);
  });

  test('refuses a detached array', () => {
    const data = Float64Array.of(1, 2);
    structuredClone(data.buffer, { transfer: [data.buffer] });
    const request = {
      x: { data, rows: 2, cols: 1 },
      mean: new Float64Array(1),
      covariance: new Float64Array(1),
    };
    expect(() => native().startMoments({ threads: 1, ...request })).toThrow('x: data must not be detached');
  });

  test('refuses sizes whose product does not fit in 64 bits', () => {
    const x = { data: Float64Array.of(1), rows: 2 ** 40, cols: 2 ** 40 };
    const request = { threads: 1, x, mean: new Float64Array(1), covariance: new Float64Array(1) };
    expect(() => native().startMoments(request)).toThrow('does not fit in 64 bits');
  });
});
