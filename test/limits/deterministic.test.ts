import { describe, expect, it } from 'vitest';
import { checkJobOptions } from '../../src/engine/job.js';
import { deterministicLimitPoint, deterministicLimitPoints } from '../../src/limits/deterministic.js';
import { effectiveSampleSizeOf } from '../../src/limits/effective-sample-size-of-limit.js';
import { resolveLimitPointParameters, type StationaryLoopOptions } from '../../src/limits/parameters.js';
import { forgettingRate } from '../oracle/support/fresh-data-moments.js';

const settings = checkJobOptions('limitPoint', { threads: 2 });

const cell = (options: StationaryLoopOptions) => resolveLimitPointParameters('limitPoint', options);
const limitOf = (options: StationaryLoopOptions) => deterministicLimitPoint(cell(options), settings);

describe("method 'deterministic'", () => {
  it('says what it is and how accurate', async () => {
    const limit = await limitOf({ dim: 100, real: 100, synthetic: 900 });
    expect(limit).toMatchObject({
      method: 'deterministic',
      standardError: Number.NaN,
      interval: [Number.NaN, Number.NaN],
      generations: 0,
      chains: 0,
      controls: 0,
    });
    // E tr S^2 = 155.1542697 and E tr S = 100.4761905
    const spread = (155.1542697 * 100) / 100.4761905 ** 2 - 1;
    expect(limit.accuracy!.dispersion).toBeCloseTo(spread, 8);
    expect(limit.accuracy!.relativeError).toBeCloseTo(0.003 * spread, 10);
    expect(limit.accuracy!.measured).toBe(true);
    const rate = forgettingRate({ dim: 100, real: 100, synthetic: 900, lambda: 1 });
    expect(limit.relaxationTime).toBeCloseTo(1 / (1 - rate), 9);
    expect((await limitOf({ dim: 100, real: 20, synthetic: 900 })).accuracy!.measured).toBe(false);
    expect((await limitOf({ dim: 3, real: 90, synthetic: 900 })).accuracy!.measured).toBe(false);
  });

  it('has the large-n ratios: 1 + q unbiased, the plateau of the bias below', async () => {
    const real = 1e9;
    for (const synthetic of [1e8, 1e9, 1e10]) {
      const parameters = cell({ dim: 100, real, synthetic });
      const limit = await deterministicLimitPoint(parameters, settings);
      const { ratio } = await effectiveSampleSizeOf(limit, parameters, settings);
      expect(ratio).toBeCloseTo(1 + synthetic / (real + synthetic), 5);
    }
    // d = 100, p = 0.1
    for (const [lambda, plateau] of [
      [0.97, 1.2689],
      [0.95, 2.8746],
      [0.93, 4.6976],
      [0.9, 7.5363],
    ] as const) {
      const { distance } = await limitOf({ dim: 100, real: 1e10, synthetic: 9e10, lambda });
      expect(distance).toBeCloseTo(plateau, 4);
    }
  });

  it('is its own reference curve beyond d = 1,000', async () => {
    for (const divisor of ['unbiased', 'mle'] as const) {
      const parameters = cell({ dim: 100_000, real: 200_000, synthetic: 0, divisor });
      const limit = await deterministicLimitPoint(parameters, settings);
      expect((await effectiveSampleSizeOf(limit, parameters, settings)).ratio).toBeCloseTo(1, 8);
    }
  });

  it('scales with a reference of covariance c I', async () => {
    const reference = { mean: [1, 2], covariance: [3, 0, 0, 3] };
    const plain = await limitOf({ dim: 2, real: 10, synthetic: 20, lambda: 0.5 });
    const scaled = await limitOf({ reference, real: 10, synthetic: 20, lambda: 0.5 });
    expect(scaled.distance).toBe(3 * plain.distance);
  });

  it('takes dimensions to 1e5 and counts to 1e9 in milliseconds', async () => {
    const cells = Array.from({ length: 40 }, (_, i) =>
      cell({
        dim: 100_000,
        real: Math.round(10 ** (5 + i / 10)),
        synthetic: 1e9,
        lambda: i % 2 === 0 ? 1 : 0.9,
      }),
    );
    const limits = await deterministicLimitPoints(cells, settings);
    for (const { distance } of limits) expect(distance).toBeGreaterThan(0);
  });

  it('gives the same bytes on any number of threads', async () => {
    const cells = Array.from({ length: 30 }, (_, i) =>
      cell({ dim: 10 + i, real: 20, synthetic: 10 * i, lambda: 0.9 }),
    );
    const expected = await deterministicLimitPoints(cells, { ...settings, threads: 1 });
    for (const threads of [2, 7]) {
      expect(await deterministicLimitPoints(cells, { ...settings, threads })).toEqual(expected);
    }
  });

  it('refuses what the formula does not cover', async () => {
    await expect(
      limitOf({ variant: 'synthetic-augmentation', dim: 2, real: 10, synthetic: 5 }),
    ).rejects.toThrow(
      "limitPoint: variant must be 'fresh-data' for method 'deterministic', got 'synthetic-augmentation'",
    );
    await expect(limitOf({ dim: 2, real: 10, synthetic: 5, memory: 3 })).rejects.toThrow(
      "limitPoint: memory must be 1 for method 'deterministic', got 3",
    );
    const reference = { mean: [0, 0], covariance: [1, 0, 0, 2] };
    await expect(limitOf({ reference, real: 10, synthetic: 5 })).rejects.toThrow(
      "limitPoint: reference.covariance must be a positive multiple of the identity for method 'deterministic', got 2 at row 1, column 1",
    );
    await expect(limitOf({ dim: 10, real: 1, synthetic: 1000 })).rejects.toMatchObject({
      code: 'ERR_NO_VARIANCE',
    });
  });

  it('stops when it is aborted', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    const aborted = deterministicLimitPoint(cell({ dim: 2, real: 10, synthetic: 5 }), { ...settings, signal });
    await expect(aborted).rejects.toMatchObject({ code: 'ERR_ABORTED' });
  });
});
