import { expect, test } from 'vitest';
import { meanAndError } from '../../src/base/mean-and-error.js';
import { checkJobOptions } from '../../src/engine/job.js';
import type { Progress } from '../../src/engine/progress.js';
import { replicatedAutophagousLoop } from '../../src/loops/replicated-autophagous-loop.js';
import { LoopError, replicatedLoop } from '../../src/loops/replicated-loop.js';
import { gaussian } from '../../src/models/gaussian.js';
import { gaussianReference } from '../../src/references/gaussian-reference.js';
import { expectRejection, rejection } from '../support/rejection.js';

const loop = {
  variant: 'fresh-data',
  model: gaussian(),
  reference: gaussianReference({ dim: 3 }),
  real: 5,
  synthetic: 5,
  generations: 4,
} as const;

/** A Gaussian whose fit number `count` fails. */
function failingAt(count: number): ReturnType<typeof gaussian> {
  let fits = 0;
  return {
    name: 'faulty',
    async fit(data, options) {
      fits += 1;
      if (fits === count) throw new Error('no more');
      return gaussian().fit(data, options);
    },
  };
}

test('averages and series are those of the replicates', async () => {
  const { generations, series } = await replicatedAutophagousLoop({
    ...loop,
    replicates: 5,
    seed: 1,
    series: true,
  });
  const job = checkJobOptions('test', {});
  expect(generations).toEqual(await replicatedLoop(loop, { replicates: 5, seed: 1n, job }));
  expect([series!.replicates, series!.generations]).toEqual([5, 4]);
  expect(Object.keys(series!.metrics)).toEqual(['distance', 'meanNormSquared', 'trace']);
  for (const name of ['distance', 'meanNormSquared', 'trace'] as const) {
    const values = series!.metrics[name];
    expect(values).toHaveLength(20);
    for (const { t, metrics } of generations) {
      const column = Array.from({ length: 5 }, (_, r) => values[r * 4 + t - 1]!);
      expect(new Set(column).size).toBe(5);
      expect(metrics[name]).toEqual(meanAndError(column));
    }
  }
});

test('the result does not depend on the threads, and has a series only if asked', async () => {
  const run = (threads: number) => replicatedAutophagousLoop({ ...loop, replicates: 7, seed: 4, threads });
  const result = await run(1);
  expect(result).toEqual(await run(3));
  expect(Object.keys(result)).toEqual(['generations']);
});

test('progress is counted in generations of all replicates, ends at the last, and does not flood', async () => {
  const reports: Progress[] = [];
  const start = performance.now();
  const onProgress = (progress: Progress) => reports.push(progress);
  await replicatedAutophagousLoop({ ...loop, replicates: 20, generations: 20, onProgress });
  expect(reports.at(-1)).toEqual({ done: 400, total: 400, fraction: 1 });
  expect(reports.length).toBeLessThanOrEqual(2 + (20 * (performance.now() - start)) / 1000);
});

test('what was finished before a failure is kept, with how many replicates it is of', async () => {
  // One after the other: the first one has all its four generations, the second fails in its third.
  const error = await rejection(() =>
    replicatedAutophagousLoop({ ...loop, model: failingAt(7), replicates: 3, threads: 1, seed: 1 }),
  );
  expect(error).toBeInstanceOf(LoopError);
  expect(error).toMatchObject({ code: 'ERR_MODEL', name: 'MadloopError', cause: new Error('no more') });
  expect(error.message).toBe('autophagousLoop: generation 3: fit of faulty to 10 samples: no more');
  const { generations } = error as LoopError;
  expect(generations.map(({ t, replicates }) => [t, replicates])).toEqual([
    [1, 2],
    [2, 2],
    [3, 1],
    [4, 1],
  ]);
  const whole = await replicatedAutophagousLoop({ ...loop, replicates: 2, seed: 1 });
  const strip = ({ replicates: _, ...rest }: (typeof generations)[number]) => rest;
  expect(generations.slice(0, 2).map(strip)).toEqual(whole.generations.slice(0, 2));
  expect(generations[3]!.metrics.distance!.standardError).toBeNaN();
});

test('an abort keeps its name, code and cause', async () => {
  const controller = new AbortController();
  const onProgress = () => controller.abort('enough');
  const error = await rejection(() =>
    replicatedAutophagousLoop({
      ...loop,
      replicates: 3,
      generations: 500,
      signal: controller.signal,
      onProgress,
    }),
  );
  expect(error).toMatchObject({ name: 'AbortError', code: 'ERR_ABORTED', cause: 'enough' });
  expect((error as LoopError).generations.length).toBeGreaterThan(0);
});

test.each<[object, string]>([
  [{ replicates: 0 }, 'replicatedAutophagousLoop: replicates must be an integer of at least 1, got 0'],
  [{ series: 1 }, 'replicatedAutophagousLoop: series must be true or false, got 1'],
  [{ threads: 0 }, 'replicatedAutophagousLoop: threads must be an integer from 1'],
  [{ lamda: 1 }, "autophagousLoop: unknown option 'lamda'"],
  [{ generations: 0 }, 'autophagousLoop: generations must be'],
])('refuses %j', async (change, message) => {
  await expectRejection(
    () => replicatedAutophagousLoop({ ...loop, replicates: 2, ...change }),
    'ERR_INVALID_INPUT',
    message,
  );
});

test('refuses no options at all', async () => {
  await expectRejection(
    () => replicatedAutophagousLoop(undefined as never),
    'ERR_INVALID_INPUT',
    'options must be',
  );
});
