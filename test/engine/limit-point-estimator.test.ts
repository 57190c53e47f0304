// The engine's object for a limit point in progress: its lifetime, and what it takes for one.

import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { native } from '../../src/engine/native.js';
import type { NativeLimitPointEstimator, NativeLimitPointWork } from '../../src/engine/native-types.js';
import { runScript, workerUrl } from '../support/child.js';

const request = {
  variant: 'fresh-data',
  divisor: 'unbiased',
  ...{ dim: 3, real: 6, synthetic: 9, lambda: 0.9, memory: 1, relativeError: 0.02, seed: 1n },
} as const;

const estimatorOf = (change: object = {}) => new (native().LimitPointEstimator)({ ...request, ...change });

/** A script's estimator and job. */
const helpers = `
  const estimatorOf = (change = {}) => new (addon().LimitPointEstimator)({ variant: 'fresh-data', divisor: 'unbiased',
    dim: 3, real: 6, synthetic: 9, lambda: 0.9, memory: 1, relativeError: 0.02, seed: 1n, ...change });
  const start = (estimator, count) => {
    const sums = new Float64Array(count * estimator.width);
    const job = addon().startLimitPointChains({ threads: 2, work: [{ estimator, first: 0, count, sums }] });
    return job.promise.then(() => sums);
  };
`;

async function run(work: readonly NativeLimitPointWork[]): Promise<void> {
  await native().startLimitPointChains({ threads: 2, work }).promise;
}

const workOf = (estimator: NativeLimitPointEstimator, first: number, count: number) => ({
  ...{ estimator, first, count },
  sums: new Float64Array(count * estimator.width),
});

describe('an estimator of the engine', () => {
  test('runs chains in several jobs at once, prepared by whichever comes first', async () => {
    const reference = { dim: 2, referenceCovariance: Float64Array.of(4, 1, 1, 1) };
    for (const change of [{}, reference, { variant: 'synthetic-augmentation', memory: 2 }]) {
      const alone = workOf(estimatorOf(change), 0, 12);
      await run([alone]);
      const shared = estimatorOf(change);
      const parts = Array.from({ length: 6 }, (_, i) => workOf(shared, 2 * i, 2));
      await Promise.all([run(parts.slice(0, 3)), run(parts.slice(3, 5)), run(parts.slice(5))]);
      expect(parts.flatMap(({ sums }) => [...sums])).toEqual([...alone.sums]);
    }
  });

  test('copies its reference', async () => {
    const covariance = Float64Array.of(4, 1, 1, 1);
    const [kept, changed] = [0, 1].map(() => estimatorOf({ dim: 2, referenceCovariance: covariance }));
    const [before, after] = [workOf(kept!, 0, 2), workOf(changed!, 0, 2)];
    await run([before]);
    covariance.fill(0);
    await run([after]);
    expect(after.sums).toEqual(before.sums);
  });

  test('tries again where its first job was stopped', async () => {
    const dim = 300;
    const referenceCovariance = Float64Array.from({ length: dim * dim }, (_, i) =>
      i % (dim + 1) === 0 ? 2 : 1,
    );
    const estimator = estimatorOf({ dim, real: 400, synthetic: 400, referenceCovariance });
    const job = native().startLimitPointChains({ threads: 2, work: [workOf(estimator, 0, 4)] });
    job.cancel();
    await expect(job.promise).rejects.toThrow(expect.objectContaining({ code: 'ERR_ABORTED' }));
    const [again, fresh] = [
      workOf(estimator, 0, 1),
      workOf(estimatorOf({ ...request, dim, real: 400, synthetic: 400, referenceCovariance }), 0, 1),
    ];
    await run([again, fresh]);
    expect(again.sums).toEqual(fresh.sums);
  });

  test('is no object of another kind', () => {
    const estimator = estimatorOf();
    const start = (value: unknown) => () =>
      native().startLimitPointChains({
        threads: 1,
        work: [{ ...workOf(estimator, 0, 1), estimator: value as NativeLimitPointEstimator }],
      });
    for (const other of [
      {},
      Object.create(estimator),
      new Date(),
      5,
      undefined,
      native().LimitPointEstimator,
    ]) {
      expect(start(other)).toThrow("estimator must be an object of the engine's");
    }
    const { next, add } = Object.getPrototypeOf(estimator);
    expect(() => next.call({})).toThrow();
    expect(() => add.call(new Map(), { first: 0, sums: new Float64Array(1) })).toThrow();
    expect(() => (native().LimitPointEstimator as unknown as () => void)()).toThrow();
  });

  test.each([
    [{ dim: 1.5 }, 'LimitPointEstimator: dim must be an integer'],
    [{ variant: 'fully-synthetic' }, 'LimitPointEstimator: variant must be one of the known words'],
    [{ seed: 1 }, 'LimitPointEstimator: seed must be a BigInt'],
    [{ referenceCovariance: new Float64Array(4) }, 'referenceCovariance must have length 9, got 4'],
    [{ state: new Float32Array(9) }, 'state must be a Float64Array'],
    [{ real: 1, synthetic: 999, lambda: 1 }, 'the distance must have a finite variance'],
  ])('refuses %j', (change, message) => {
    expect(() => estimatorOf(change)).toThrow(message);
  });

  test('outlives its object while a job runs', async () => {
    const { code, output, errors } = await runScript(
      `${helpers}
      const kept = estimatorOf();
      const expected = await start(kept, 400);
      for (let round = 0; round < 20; round += 1) {
        const job = start(estimatorOf(), 400);
        for (let i = 0; i < 5; i += 1) { gc(); await new Promise((resolve) => setImmediate(resolve)); }
        const sums = await job;
        if (sums.some((value, i) => value !== expected[i])) throw new Error('other sums');
      }
      console.log('the same');`,
      ['--expose-gc'],
    );
    expect({ code, output, errors }).toEqual({ code: 0, output: 'the same\n', errors: '' });
  });

  test('goes with its worker in mid-job, 20 times, without a crash', async () => {
    const script = workerUrl(`${helpers}
      const jobs = [estimatorOf(), estimatorOf({ dim: 60, real: 100, synthetic: 100 })].map((one) => start(one, 20_000));
      parentPort.postMessage('running');
      await Promise.all(jobs);
    `);
    for (let round = 0; round < 20; round += 1) {
      const worker = new Worker(script);
      await once(worker, 'message');
      await sleep((7 * round) % 40);
      expect(await worker.terminate()).toBe(1);
    }
  });
});
