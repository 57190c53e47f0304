// Frechet distances against multi-precision references: covariances of condition 1 to 2^53, singular ones with overlapping and
// orthogonal ranges, graded ones, moments that are rank-deficient by rounding, samples with fewer rows than columns, far from the
// origin, near and exact copies of each other, at scales from 2^-1000 to 2^930.

import { describe, expect, test } from 'vitest';
import type { Gaussian, Matrix } from '../../src/base/shapes.js';
import { moments } from '../../src/distributions/moments.js';
import { frechetDistance } from '../../src/metrics/frechet.js';
import { frechetDistanceInterval } from '../../src/metrics/frechet-distance-interval.js';
import { type FrechetCase, type FrechetSide, frechetCases, sideOf } from '../support/frechet-sides.js';

const cases = frechetCases();

async function traceOf(side: Matrix | Gaussian): Promise<number> {
  const { covariance, dim } = 'covariance' in side ? side : await moments(side);
  return Array.from({ length: dim }, (_, i) => covariance[i * (dim + 1)]!).reduce((a, b) => a + b, 0);
}

async function errorsOf({ a, b, distance: reference }: FrechetCase) {
  const [sideA, sideB] = [sideOf(a), sideOf(b)];
  const { distance, errorBound, wasserstein2 } = await frechetDistance(sideA, sideB);
  const traces = (await traceOf(sideA)) + (await traceOf(sideB));
  return { error: Math.abs(distance - Number(reference)), distance, errorBound, wasserstein2, traces };
}

const scaleOf = (side: FrechetSide) => side.scale ?? 0;

describe('frechetDistance, against multi-precision references', () => {
  test('no error is above its bound, and no distance below 0', async () => {
    expect(cases.length).toBeGreaterThan(600);
    const beyond: unknown[] = [];
    for (const one of cases) {
      const { error, errorBound, distance } = await errorsOf(one);
      if (!(error <= errorBound && distance >= 0)) beyond.push({ ...one, error, errorBound });
    }
    expect(beyond).toEqual([]);
  });

  test('samples keep 1e-12 of the traces, and say so, however far from the origin', async () => {
    const samples = cases.filter(({ a, b }) => a.kind === 'rows' && b.kind === 'rows' && scaleOf(a) === 0);
    expect(samples.length).toBeGreaterThan(150);
    const bounds: number[] = [];
    for (const one of samples) {
      const { error, errorBound, traces } = await errorsOf(one);
      expect(error).toBeLessThanOrEqual(1e-12 * traces);
      bounds.push(errorBound / traces);
    }
    expect(Math.max(...bounds)).toBeLessThan(2e-11);
    expect(bounds.sort((a, b) => a - b)[Math.floor(bounds.length / 2)]).toBeLessThan(1e-13);
  });

  test('well-conditioned covariances are known to 1e-12 of the traces, also where columns differ in scale', async () => {
    for (const one of cases) {
      const clear = ({ kind, ...side }: FrechetSide) =>
        kind === 'identity' ||
        kind === 'diagonal' ||
        kind === 'graded' ||
        (kind === 'rotated' && 'bits' in side && side.bits <= 13);
      if (!clear(one.a) || !clear(one.b) || scaleOf(one.a) !== scaleOf(one.b)) continue;
      const { error, traces } = await errorsOf(one);
      expect(error).toBeLessThanOrEqual(1e-12 * traces);
    }
  });

  test('wasserstein2 is the root of the distance, also where that underflows', async () => {
    for (const { a, b, distance } of cases) {
      if (a.kind !== 'rows' || b.kind !== 'rows') continue;
      if (Math.abs(scaleOf(a)) < 400 || Math.abs(scaleOf(b)) < 400) continue;
      const { wasserstein2 } = await frechetDistance(sideOf(a), sideOf(b));
      const [, digits, exponent] = /^(.*)e([+-]\d+)$/.exec(distance) ?? ['', distance, '0'];
      const even = 2 * Math.floor(Number(exponent) / 2);
      const expected = Math.sqrt(Number(digits) * 10 ** (Number(exponent) - even)) * 10 ** (even / 2);
      expect(expected).toBeGreaterThan(0);
      expect(Math.abs(wasserstein2 / expected - 1)).toBeLessThan(1e-12);
    }
  });
});

describe('scales at which squares are no doubles', () => {
  const scaled = (side: FrechetSide, scale: number) => sideOf({ ...side, scale } as FrechetSide);
  const one: FrechetSide = { kind: 'rows', n: 20, dim: 3, seed: 5 };
  const other: FrechetSide = { kind: 'rows', n: 15, dim: 3, seed: 6 };

  test('subnormal distances have an error, and a bound on it', async () => {
    const { distance, errorBound, wasserstein2 } = await frechetDistance(
      scaled(one, -532),
      scaled(other, -532),
    );
    expect(distance).toBeGreaterThan(0);
    expect(errorBound).toBeGreaterThan(0);
    const plain = await frechetDistance(scaled(one, 0), scaled(other, 0));
    expect(wasserstein2 / 2 ** -532).toBe(plain.wasserstein2);
  });

  test('distances beyond the largest double have a Wasserstein distance and an interval', async () => {
    const plain = await frechetDistanceInterval(scaled(one, 0), scaled(other, 0));
    for (const scale of [-600, 600]) {
      const result = await frechetDistanceInterval(scaled(one, scale), scaled(other, scale));
      expect(result.distance).toBe(scale < 0 ? 0 : Number.POSITIVE_INFINITY);
      expect(result.wasserstein2 / 2 ** scale).toBe(plain.wasserstein2);
    }
    const within = await frechetDistanceInterval(scaled(one, 450), scaled(other, 450));
    expect(within.standardError / 2 ** 900).toBe(plain.standardError);
    expect(within.interval.map((end) => end / 2 ** 900)).toEqual(plain.interval);
  });
});
