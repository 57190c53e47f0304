import { expect, test } from 'vitest';
import { checkJobOptions, type JobOptions } from '../../src/engine/job.js';
import type { Generation } from '../../src/loops/autophagous-loop.js';
import { replicatedLoop } from '../../src/loops/replicated-loop.js';
import type { FittedGaussian } from '../../src/models/fitted-gaussian.js';
import { gaussian } from '../../src/models/gaussian.js';
import { gaussianReference } from '../../src/references/gaussian-reference.js';

const loop = {
  variant: 'fresh-data',
  model: gaussian(),
  reference: gaussianReference({ dim: 3 }),
  real: 5,
  synthetic: 5,
  generations: 4,
} as const;
const run = (replicates: number, job: JobOptions = {}) =>
  replicatedLoop(loop, { replicates, seed: 1n, job: checkJobOptions('test', job) });

test('averages independent runs, the same for any number of threads', async () => {
  const table = await run(7, { threads: 1 });
  expect(table.map(({ t, realCount, syntheticCount }) => [t, realCount, syntheticCount])).toEqual([
    [1, 5, 0],
    [2, 5, 5],
    [3, 5, 5],
    [4, 5, 5],
  ]);
  expect(table[3]!.metrics.distance!.standardError).toBeGreaterThan(0);
  expect(await run(7, { threads: 3 })).toEqual(table);
});

test('one run has no standard error', async () => {
  const { metrics } = (await run(1))[2]!;
  expect(metrics.trace!.mean).toBeGreaterThan(0);
  expect(metrics.trace!.standardError).toBeNaN();
});

test('shows every generation of the first run, with its model, and waits', async () => {
  const seen: [t: number, trace: number][] = [];
  const visitFirst = async ({ t, model }: Generation<FittedGaussian>) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    const { covariance } = model.moments;
    seen.push([t, covariance[0]! + covariance[4]! + covariance[8]!]);
  };
  const job = checkJobOptions('test', { threads: 3 });
  await replicatedLoop(loop, { replicates: 3, seed: 1n, job, visitFirst });
  // Which replicates there are besides changes nothing in the first.
  const alone = await run(1);
  expect(seen).toEqual(alone.map(({ t, metrics }) => [t, metrics.trace!.mean]));
});

test('counts generations of all runs as progress', async () => {
  const done: number[] = [];
  await run(3, { threads: 2, onProgress: (progress) => done.push(progress.done) });
  expect(done.at(-1)).toBe(12);
  expect(done).toEqual([...new Set(done)].sort((a, b) => a - b));
});

test('a run that fails ends them all with its error', async () => {
  let fits = 0;
  const model = {
    fit: (data: Parameters<ReturnType<typeof gaussian>['fit']>[0]) => {
      fits += 1;
      if (fits === 5) throw new Error('no more');
      return gaussian().fit(data);
    },
  };
  const job = checkJobOptions('test', { threads: 2 });
  await expect(
    replicatedLoop({ ...loop, model, generations: 50 }, { replicates: 4, seed: 1n, job }),
  ).rejects.toThrow('no more');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(fits).toBeLessThan(10);
});
