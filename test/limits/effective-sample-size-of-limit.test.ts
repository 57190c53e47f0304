import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkJobOptions } from '../../src/engine/job.js';
import {
  checkReferenceCurve,
  effectiveSampleSizeOf,
  effectiveSampleSizesOf,
  type ReferenceCurveParameters,
  type SizeOfLimit,
} from '../../src/limits/effective-sample-size-of-limit.js';
import { expectedDistance } from '../../src/limits/expected-distance.js';
import type { LimitPoint } from '../../src/limits/limit-point-result.js';

const settings = checkJobOptions('effectiveSampleSize', { threads: 2 });

function limit(distance: number, low = distance, high = distance): LimitPoint {
  return {
    distance,
    standardError: (high - low) / 4,
    interval: [low, high],
    generations: 1,
    chains: 1,
    burnIn: 0,
    relaxationTime: 1,
    controls: 0,
    varianceReduction: 1,
    heavyTails: false,
    method: 'monte-carlo',
  };
}

const hundred: ReferenceCurveParameters = { dim: 100, real: 1000, divisor: 'unbiased' };

function scaled(dim: number, scale: number): ReferenceCurveParameters {
  const covariance = new Float64Array(dim * dim);
  for (let i = 0; i < dim; i += 1) covariance[i * (dim + 1)] = scale;
  return {
    dim,
    real: 50,
    divisor: 'unbiased',
    reference: { dim, mean: new Float64Array(dim).fill(3), covariance },
  };
}

describe('effectiveSampleSizeOf', () => {
  it('inverts expectedDistance, for either divisor', async () => {
    for (const divisor of ['unbiased', 'mle'] as const) {
      for (const [dim, n] of [
        [1, 2.5],
        [3, 3],
        [20, 7],
        [20, 21.5],
        [100, 1234.5],
        [300, 1e6],
      ] as const) {
        const distance = await expectedDistance({ dim, samples: n, divisor });
        const size = await effectiveSampleSizeOf(limit(distance), { dim, real: 10, divisor }, settings);
        expect(Math.abs(size.effectiveSampleSize / n - 1), `${divisor}, d = ${dim}, n = ${n}`).toBeLessThan(
          1e-9,
        );
        expect(size.ratio).toBe(size.effectiveSampleSize / 10);
        expect(size.bounded).toBe('yes');
      }
    }
  });

  it('takes its interval from the ends of the limit, the other way round', async () => {
    const [near, at, far] = await Promise.all(
      [900, 1000, 1100].map((samples) => expectedDistance({ dim: 100, samples })),
    );
    const size = await effectiveSampleSizeOf(limit(at!, far, near), hundred, settings);
    expect(size.interval[0]).toBeCloseTo(900, 6);
    expect(size.interval[1]).toBeCloseTo(1100, 6);
    expect(size.ratioInterval).toEqual([size.interval[0] / 1000, size.interval[1] / 1000]);
  });

  it('is admissible, not admissible or undecided by the interval of the ratio', async () => {
    const distance = async (samples: number) => expectedDistance({ dim: 100, samples });
    const admissible = async (low: number, high: number) => {
      const estimate = limit(await distance((low + high) / 2), await distance(high), await distance(low));
      return (await effectiveSampleSizeOf(estimate, hundred, settings)).admissible;
    };
    expect(await admissible(1001, 1100)).toBe(true);
    expect(await admissible(900, 999)).toBe(false);
    expect(await admissible(999, 1100)).toBe('undecided');
    expect(await admissible(900, 1001)).toBe('undecided');
  });

  it('says so where no number of samples fits', async () => {
    const worst = await expectedDistance({ dim: 100, samples: 2 });
    const below = await effectiveSampleSizeOf(limit(2 * worst, 1.9 * worst, 2.1 * worst), hundred, settings);
    expect(below).toMatchObject({ bounded: 'below-2', effectiveSampleSize: Number.NaN, interval: [0, 2] });
    expect(below.admissible).toBe(false);
    const partly = await effectiveSampleSizeOf(
      limit(1.01 * worst, 0.9 * worst, 1.1 * worst),
      hundred,
      settings,
    );
    expect(partly.bounded).toBe('below-2');
    expect(partly.interval[0]).toBe(0);
    expect(partly.interval[1]).toBeGreaterThan(2);
    const endless = await effectiveSampleSizeOf(limit(1e-14, 1e-15, 1e-13), hundred, settings);
    expect(endless).toMatchObject({ bounded: 'unbounded', effectiveSampleSize: Number.POSITIVE_INFINITY });
    expect(endless.interval[1]).toBe(Number.POSITIVE_INFINITY);
    expect(endless.admissible).toBe(true);
    const vague = await effectiveSampleSizeOf(limit(1, -0.5, 3.5), hundred, settings);
    expect(vague.interval[1]).toBe(Number.POSITIVE_INFINITY);
    expect(vague.admissible).toBe('undecided');
  });

  it('falls strictly with the distance', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: -8, max: 0, noNaN: true }),
        fc.double({ min: 1e-9, max: 1, noNaN: true }),
        async (dim, exponent, step) => {
          const worst = await expectedDistance({ dim, samples: 2 });
          const far = worst * 10 ** exponent;
          const near = far / (1 + step);
          const [a, b] = await effectiveSampleSizesOf(
            [far, near].map((distance) => ({ limit: limit(distance), parameters: { ...hundred, dim } })),
            settings,
          );
          expect(b!.effectiveSampleSize).toBeGreaterThan(a!.effectiveSampleSize);
        },
      ),
      { seed: 4, numRuns: 100 },
    );
  });

  it('measures in units of a reference with covariance c I', async () => {
    const plain = await effectiveSampleSizeOf(limit(0.9), { dim: 8, real: 50, divisor: 'unbiased' }, settings);
    const size = await effectiveSampleSizeOf(limit(0.9 * 4), scaled(8, 4), settings);
    expect(size.effectiveSampleSize).toBeCloseTo(plain.effectiveSampleSize, 9);
  });

  it('refuses other references, naming the element', async () => {
    const parameters = scaled(3, 2);
    parameters.reference!.covariance[5] = 0.5;
    const message =
      'effectiveSampleSize: reference.covariance must be a positive multiple of the identity for an effective sample size, got 0.5 at row 1, column 2';
    await expect(effectiveSampleSizeOf(limit(1), parameters, settings)).rejects.toThrow(message);
    expect(() => checkReferenceCurve('effectiveSampleSize', parameters)).toThrow(message);
    parameters.reference!.covariance[5] = 0;
    expect(() => checkReferenceCurve('effectiveSampleSize', parameters)).not.toThrow();
    parameters.reference!.covariance[8] = 1;
    expect(() => checkReferenceCurve('effectiveSampleSize', parameters)).toThrow('got 1 at row 2, column 2');
    expect(() => checkReferenceCurve('effectiveSampleSize', scaled(2, 0))).toThrow('got 0 at row 0, column 0');
  });

  it('has no interval without a standard error, and decides within the stated accuracy', async () => {
    const deterministic = (distance: number): LimitPoint => ({
      ...limit(distance, Number.NaN, Number.NaN),
      standardError: Number.NaN,
      method: 'deterministic',
      accuracy: { relativeError: 0.01, dispersion: 0.5, measured: true },
    });
    const atReal = await expectedDistance({ dim: 100, samples: 1000 });
    const admissible = async (distance: number) => {
      const size = await effectiveSampleSizeOf(deterministic(distance), hundred, settings);
      expect(size.interval).toEqual([Number.NaN, Number.NaN]);
      expect(size.ratioInterval).toEqual([Number.NaN, Number.NaN]);
      return size.admissible;
    };
    expect(await admissible(0.98 * atReal)).toBe(true);
    expect(await admissible(0.995 * atReal)).toBe('undecided');
    expect(await admissible(1.005 * atReal)).toBe('undecided');
    expect(await admissible(1.02 * atReal)).toBe(false);
  });
});

describe('effectiveSampleSizesOf', () => {
  it('gives the bytes of one at a time, on any number of threads', async () => {
    const cells = Array.from({ length: 40 }, (_, i) => ({
      limit: limit(0.1 * (i + 1), 0.099 * (i + 1), 0.101 * (i + 1)),
      parameters: { dim: 1 + (i % 7) * 10, real: 100, divisor: i % 3 === 0 ? 'mle' : 'unbiased' } as const,
    }));
    const numbers = (sizes: readonly SizeOfLimit[]) =>
      sizes.map(({ effectiveSampleSize, interval }) => [effectiveSampleSize, ...interval]);
    const together = numbers(await effectiveSampleSizesOf(cells, settings));
    const alone = [];
    for (const { limit, parameters } of cells)
      alone.push(await effectiveSampleSizeOf(limit, parameters, settings));
    expect(together).toEqual(numbers(alone));
    for (const threads of [1, 7]) {
      expect(numbers(await effectiveSampleSizesOf(cells, { ...settings, threads }))).toEqual(together);
    }
  });

  it('takes none', async () => {
    expect(await effectiveSampleSizesOf([], settings)).toEqual([]);
  });
});
