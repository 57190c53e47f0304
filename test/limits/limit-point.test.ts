import { describe, expect, it, test } from 'vitest';
import { checkJobOptions } from '../../src/engine/job.js';
import { type LimitPointOptions, limitPoint } from '../../src/index.js';
import { chainSeed, LimitPointEstimator } from '../../src/limits/limit-point-estimator.js';
import { resolveLimitPointParameters } from '../../src/limits/parameters.js';
import { simulateChains } from '../../src/limits/simulate-chains.js';
import { expectRejection } from '../support/rejection.js';

const loop = { dim: 3, real: 6, synthetic: 9, lambda: 0.9 };

function estimator(options: object): LimitPointEstimator {
  return new LimitPointEstimator('test', resolveLimitPointParameters('test', options));
}

async function sumsOf(
  of: LimitPointEstimator,
  first: number,
  count: number,
  threads = 2,
): Promise<Float64Array> {
  const [sums] = await simulateChains([{ estimator: of, first, count }], checkJobOptions('test', { threads }));
  return sums!;
}

describe('limitPoint', () => {
  test('says what it estimated and how', async () => {
    const limit = await limitPoint({ dim: 4, real: 60, synthetic: 90, lambda: 0.9 });
    expect(Object.keys(limit)).toEqual([
      'distance',
      'standardError',
      'interval',
      'generations',
      'chains',
      'burnIn',
      'relaxationTime',
      'controls',
      'varianceReduction',
      'heavyTails',
      'method',
    ]);
    const { distance, standardError, interval, chains, generations, burnIn } = limit;
    expect(standardError).toBeLessThanOrEqual(1e-3 * distance);
    expect(standardError).toBeGreaterThan(0);
    expect(interval[0]).toBeLessThan(distance);
    expect((interval[1] - distance) / standardError).toBeCloseTo((distance - interval[0]) / standardError, 6);
    expect((interval[1] - distance) / standardError).toBeGreaterThan(1.95);
    expect(generations % chains).toBe(0);
    expect(generations / chains).toBeGreaterThan(burnIn);
    expect(limit).toMatchObject({ method: 'monte-carlo', controls: 17 });
    expect(limit.varianceReduction).toBeGreaterThan(20);
    // rho = (q^2 + lambda q + ...) / 2, about lambda q = 0.54.
    expect(limit.relaxationTime).toBeGreaterThan(1 / (1 - 0.54));
    expect(limit.relaxationTime).toBeLessThan(2.5);
  });

  test('reports progress within a chain: in many dimensions one takes long', async () => {
    const stop = new AbortController();
    const fractions: number[] = [];
    const onProgress = ({ fraction }: { fraction: number }) => {
      if (fraction === 0) return;
      fractions.push(fraction);
      stop.abort();
    };
    const options = { dim: 600, real: 1_000, synthetic: 100, threads: 1, signal: stop.signal, onProgress };
    await expect(limitPoint(options)).rejects.toMatchObject({ code: 'ERR_ABORTED' });
    // Of 12 chains or more.
    expect(fractions[0]).toBeLessThan(1 / 30);
  });

  test('says where the distance has heavy tails', async () => {
    const two = await limitPoint({ dim: 1, real: 2, synthetic: 2, relativeError: 0.1 });
    expect(two.heavyTails).toBe(true);
    // 6 degrees of freedom.
    expect((two.interval[1] - two.distance) / two.standardError).toBeCloseTo(2.44691, 4);
    expect(await limitPoint({ ...loop, relativeError: 0.1 })).toMatchObject({ heavyTails: false });
  });

  test('gives the same bits for any number of threads', async () => {
    const slow = { ...loop, relativeError: 2e-3 };
    const one = await limitPoint({ ...slow, threads: 1 });
    expect(await limitPoint({ ...slow, threads: 2 })).toEqual(one);
    expect(await limitPoint({ ...slow, threads: 7 })).toEqual(one);
    expect((await limitPoint({ ...slow, seed: 1 })).distance).not.toBe(one.distance);
  });

  test('reports progress that never falls and ends at its total', async () => {
    const seen: number[] = [];
    let last: unknown;
    await limitPoint({
      ...loop,
      relativeError: 5e-4,
      onProgress: (progress) => {
        seen.push(progress.fraction);
        last = progress;
      },
    });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(last).toEqual({ done: 1_000, total: 1_000, fraction: 1 });
  });

  test('stops when its signal says so', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('enough')), 50);
    await expectRejection(
      () => limitPoint({ dim: 50, real: 60, synthetic: 600, relativeError: 1e-6, signal: controller.signal }),
      'ERR_ABORTED',
      'limitPoint',
    );
  });

  test.each([1e12, 1e15])('is what it is in theory at %d samples, whatever the reference', async (n) => {
    // For lambda = 1 and n >> d a limit is that of n_e = n (1 + q) real samples, q = 1/2, whose fit is at distance tr C / n_e +
    // sum_ij c_i c_j (1 + [i = j]) / (2 (c_i + c_j) n_e) from C = diag(c).
    for (const c of [
      [1, 1],
      [1, 0.01],
      [5, 0.2],
    ]) {
      const pairs = c.flatMap((x, i) => c.map((y, j) => (x * y * (i === j ? 2 : 1)) / (2 * (x + y))));
      const expected = [...c, ...pairs].reduce((sum, value) => sum + value, 0) / (1.5 * n);
      const reference = { mean: [0, 0], covariance: [c[0]!, 0, 0, c[1]!] };
      const options = { dim: 2, real: n, synthetic: n, relativeError: 0.02 };
      const limit = await limitPoint(c[1] === 1 ? options : { ...options, reference });
      expect(limit.standardError).toBeLessThanOrEqual(0.02 * limit.distance);
      expect(Math.abs(limit.distance - expected)).toBeLessThan(4.5 * limit.standardError);
    }
  });

  test('is of references at any scale: distances and standard errors scale with it', async () => {
    const at = (scale: number) =>
      limitPoint({
        reference: {
          mean: new Float64Array(3),
          covariance: Float64Array.of(1, 0, 0, 0, 0.5, 0, 0, 0, 0.1).map((x) => x * scale),
        },
        ...{ real: 10, synthetic: 10, lambda: 0.9, relativeError: 5e-3 },
      });
    const once = await at(1);
    for (const scale of [1e-200, 1e-160, 1e150, 1e300]) {
      const { distance, standardError, interval } = await at(scale);
      expect(Math.abs(distance / scale - once.distance)).toBeLessThan(6 * once.standardError);
      expect(standardError / scale / once.standardError).toBeGreaterThan(0.8);
      expect(standardError / scale / once.standardError).toBeLessThan(1.25);
      expect((interval[0] + interval[1]) / 2 / distance).toBeCloseTo(1, 9);
    }
  });

  test('is of references of any rank: dimensions without variance make no difference', async () => {
    const of = (
      values: readonly number[],
      dim: number,
      counts: { real: number; synthetic: number; lambda: number },
    ) => {
      const covariance = new Float64Array(dim * dim);
      for (const [i, value] of values.entries()) covariance[i * (dim + 1)] = value;
      return limitPoint({
        reference: { mean: new Float64Array(dim), covariance },
        ...counts,
        relativeError: 0.05,
      });
    };
    // In five dimensions the second and third would take control variates of degree 2, in two they do not.
    for (const [real, synthetic, lambda] of [
      [3, 20, 0.8],
      [8, 8, 0.8],
      [13, 40, 1],
      [17, 20, 0.8],
    ] as const) {
      const counts = { real, synthetic, lambda };
      const [one, two] = [await of([1, 0.3], 2, counts), await of([1, 0.3], 5, counts)];
      const error = Math.hypot(one.standardError, two.standardError);
      expect(Math.abs(one.distance - two.distance)).toBeLessThan(4.5 * error);
      expect(error / one.distance).toBeLessThan(0.05);
    }
  });

  test('refuses a distance without variance', async () => {
    await expectRejection(
      () => limitPoint({ dim: 100, real: 1, synthetic: 999 }),
      'ERR_NO_VARIANCE',
      'limitPoint: the distance must have a finite variance, got real = 1, synthetic = 999, lambda = 1: more real samples, or a smaller lambda, give it one',
    );
    // A little real data, or bias, and it has one.
    await limitPoint({ dim: 2, real: 3, synthetic: 6, relativeError: 0.2 });
    await limitPoint({ dim: 2, real: 1, synthetic: 9, lambda: 0.7, relativeError: 0.1 });
  });

  test('refuses at once what would run for days', async () => {
    await expectRejection(
      () => limitPoint({ dim: 2, real: 2, synthetic: 1e9 }),
      'ERR_NO_CONVERGENCE',
      'seconds of one core, got 0.001 and 1200 chains of about',
      "the loop's relaxation time is 7.89e+8 generations",
    );
  });

  it.each([
    [{ real: 0 }, 'limitPoint: real must be an integer of at least 1'],
    [{ real: 1, synthetic: 0 }, 'limitPoint: real + synthetic must be at least 2'],
    [{ variant: 'synthetic-augmentation', real: 1 }, 'limitPoint: real must be an integer of at least 2'],
    [{ variant: 'fully-synthetic' }, "limitPoint: variant must be 'fresh-data' or 'synthetic-augmentation'"],
    [{ lambda: 1.1 }, 'limitPoint: lambda must be'],
    [{ dim: 2.5 }, 'limitPoint: dim must be'],
    [{ synthetic: undefined }, 'limitPoint: synthetic must be'],
    [{ memory: 0 }, 'limitPoint: memory must be'],
    [{ divisor: 'n' }, 'limitPoint: divisor must be'],
    [{ relativeError: 1e-9 }, 'limitPoint: relativeError must be'],
    [{ relativeError: Number.NaN }, 'limitPoint: relativeError must be'],
    [{ seed: -1 }, 'limitPoint: seed must be'],
    [{ method: 'magic' }, 'limitPoint: method must be'],
    [
      { reference: { mean: [0, 0, 0], covariance: new Array(9).fill(0) } },
      'reference covariance must not be zero',
    ],
    [{ replicates: 4 }, 'replicates'],
  ])('refuses %j', async (change, message) => {
    await expectRejection(
      () => limitPoint({ ...loop, ...change } as LimitPointOptions),
      'ERR_INVALID_INPUT',
      message,
    );
  });

  test('refuses a reference that is no covariance', async () => {
    await expectRejection(
      () => limitPoint({ real: 6, synthetic: 9, reference: { mean: [0, 0], covariance: [1, 2, 2, 1] } }),
      'ERR_NOT_POSITIVE_SEMIDEFINITE',
      'limitPoint',
    );
  });
});

describe('an estimator', () => {
  test('gives the same bits however its chains are split', async () => {
    const whole = estimator({ ...loop, relativeError: 0.02 });
    const split = estimator({ ...loop, relativeError: 0.02 });
    for (let wanted = whole.next(); wanted; wanted = whole.next()) {
      whole.add(wanted.first, await sumsOf(whole, wanted.first, wanted.count));
    }
    for (let wanted = split.next(); wanted; wanted = split.next()) {
      const count = Math.min(wanted.count, 5);
      split.add(wanted.first, await sumsOf(split, wanted.first, count, 1));
    }
    expect(split.result()).toEqual(whole.result());
  });

  test('shares no random numbers with another, and takes common ones where asked', async () => {
    const first = await sumsOf(estimator(loop), 0, 1);
    expect(await sumsOf(estimator(loop), 0, 1)).toEqual(first);
    expect(await sumsOf(estimator({ ...loop, seed: 1 }), 0, 1)).not.toEqual(first);
    // With lambda = 0 no synthetic sample is random: the real ones alone tell the cells apart.
    const unbiased = (synthetic: number, commonRandomNumbers: boolean) =>
      new LimitPointEstimator('test', {
        ...resolveLimitPointParameters('test', { ...loop, lambda: 0, synthetic }),
        commonRandomNumbers,
      });
    const mean = async (of: LimitPointEstimator) =>
      (await sumsOf(of, 0, 1))[0]! + of.native.schedule.recordings * of.native.schedule.centre;
    const [own, ownNext] = [await mean(unbiased(9, false)), await mean(unbiased(10, false))];
    const [common, commonNext] = [await mean(unbiased(9, true)), await mean(unbiased(10, true))];
    expect(Math.abs(common - commonNext)).toBeLessThan(0.5 * Math.abs(own - ownNext));
  });

  test('has a seed of its own for every loop, whatever the precision', () => {
    const seedOf = (change: object) => chainSeed(resolveLimitPointParameters('test', { ...loop, ...change }));
    const seeds = [
      {},
      { dim: 4 },
      { real: 7 },
      { synthetic: 10 },
      { lambda: 0.8 },
      { memory: 2 },
      { divisor: 'mle' },
      { seed: 1 },
      { variant: 'synthetic-augmentation' },
      { reference: { mean: [0, 0, 0], covariance: [2, 0, 0, 0, 1, 0, 0, 0, 1] } },
    ].map(seedOf);
    expect(new Set(seeds).size).toBe(seeds.length);
    expect(seedOf({ relativeError: 0.01 })).toBe(seeds[0]);
  });

  test('goes on from its state as if nothing had happened', async () => {
    const options = { ...loop, relativeError: 0.02 };
    let subject = estimator(options);
    const whole = estimator(options);
    for (let wanted = subject.next(); wanted; wanted = subject.next()) {
      const count = Math.min(wanted.count, 7);
      const sums = await sumsOf(whole, wanted.first, count);
      subject.add(wanted.first, sums);
      whole.add(wanted.first, sums);
      const state = subject.state();
      subject = new LimitPointEstimator('test', resolveLimitPointParameters('test', options), state);
      expect(subject.state()).toEqual(state);
      expect(subject.next()).toEqual(whole.next());
    }
    expect(subject.result()).toEqual(whole.result());
    const other = (change: object, state: Float64Array) => () =>
      new LimitPointEstimator('test', resolveLimitPointParameters('test', { ...options, ...change }), state);
    expect(other({ dim: 4 }, whole.state())).toThrow(
      'test: limit point estimator: state must be of this limit point',
    );
    expect(other({ real: 60 }, whole.state())).toThrow('state must have the length');
    expect(other({}, new Float64Array(3))).toThrow('state must be of version 2, got 0');
  });

  test('begins again with a longer burn-in where its halves differ', async () => {
    const subject = estimator(loop);
    const { burnIn, recordings } = subject.native.schedule;
    const wanted = subject.next()!;
    const sums = await sumsOf(subject, wanted.first, wanted.count);
    // Every distance of the first halves too large by 1: the chains' sums, and their sums of products.
    const controls = Array.from({ length: 256 }, (_, c) => c).find(
      (c) => (c + 1) * (c + 6) === 2 * subject.width,
    )!;
    for (let chain = 0; chain < wanted.count; chain += 1) {
      const own = sums.subarray(chain * subject.width, (chain + 1) * subject.width);
      const product = (i: number) => 2 * (controls + 1) + (i * (i + 1)) / 2;
      own[product(0)]! += 2 * own[0]! + recordings / 2;
      for (let i = 1; i <= controls; i += 1) own[product(i)]! += own[i]!;
      own[0]! += recordings / 2;
    }
    subject.add(wanted.first, sums);
    expect(subject.native.schedule.burnIn).toBe(4 * burnIn);
    expect(subject.next()).toMatchObject({ first: 0, count: wanted.count });
    expect(() => subject.result()).toThrow('not finished');
    while (subject.next()) {
      const { first, count } = subject.next()!;
      subject.add(first, await sumsOf(subject, first, count));
    }
    const { generations, chains } = subject.result();
    expect(subject.result().burnIn).toBe(4 * burnIn);
    // Those that were thrown away count as well.
    expect(generations).toBeGreaterThan(chains * (4 * burnIn + 1));
  });

  test('takes its chains in order, and no others', async () => {
    const subject = estimator(loop);
    const sums = new Float64Array(subject.width);
    expect(() => subject.add(1, sums)).toThrow('were wanted');
    expect(() => subject.add(0, new Float64Array(subject.width + 1))).toThrow('were wanted');
    expect(() => subject.add(0, new Float64Array(1_202 * subject.width))).toThrow('were wanted');
  });
});
