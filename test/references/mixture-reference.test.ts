import { describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { covarianceForms } from '../../src/distributions/mixture.js';
import { moments } from '../../src/distributions/moments.js';
import { mixtureReference } from '../../src/references/mixture-reference.js';
import { toRows } from '../support/numbers.js';
import { plainMixture, posterior } from '../support/plain-mixture.js';

const means = matrix(Float64Array.of(0, 0, 4, 1, -2, 3), 3, 2);
const weights = [0.2, 0.5, 0.3];
const covariances = {
  full: [1, 0.5, 0.5, 2, 0.3, -0.1, -0.1, 0.2, 2, 0, 0, 0.1],
  tied: [1, 0.5, 0.5, 2],
  diagonal: [1, 2, 0.3, 0.2, 2, 0.1],
  spherical: [1, 0.2, 3],
};

describe('mixtureReference', () => {
  test.each(covarianceForms)('has the moments and the density of its parameters: %s', async (form) => {
    const reference = mixtureReference({ means, weights, covariance: form, covariances: covariances[form] });
    const plain = plainMixture(reference);
    const found = await reference.moments();
    for (let i = 0; i < 2; i += 1) {
      const mean = (j: number) => weights.reduce((sum, w, k) => sum + w * plain.means[k]![j]!, 0);
      expect(found.mean[i]).toBeCloseTo(mean(i), 13);
      for (let j = 0; j < 2; j += 1) {
        const second = weights.reduce(
          (sum, w, k) => sum + w * (plain.covariances[k]![i]![j]! + plain.means[k]![i]! * plain.means[k]![j]!),
          0,
        );
        expect(found.covariance[2 * i + j]).toBeCloseTo(second - mean(i) * mean(j), 12);
      }
    }
    const n = 50_000;
    const x = await reference.open(0n).draw(n, { generation: 1, seed: 4n });
    const sample = await moments(x);
    for (let i = 0; i < 2; i += 1) {
      const standardError = Math.sqrt(found.covariance[3 * i]! / n);
      expect(Math.abs(sample.mean[i]! - found.mean[i]!)).toBeLessThan(4.5 * standardError);
      const fourth = toRows(x.data, 2).reduce((sum, row) => sum + (row[i]! - found.mean[i]!) ** 4, 0) / n;
      const errorOfVariance = Math.sqrt((fourth - found.covariance[3 * i]! ** 2) / n);
      expect(Math.abs(sample.covariance[3 * i]! - found.covariance[3 * i]!)).toBeLessThan(
        4.5 * errorOfVariance,
      );
    }
    const some = { data: x.data.slice(0, 600), rows: 300, cols: 2 };
    const densities = await reference.logDensity(some);
    for (const [i, row] of toRows(some.data, 2).entries())
      expect(densities[i]).toBeCloseTo(posterior(plain, row).log, 11);
  });

  test('draws anew for every seed, and the same for equal ones', async () => {
    const reference = mixtureReference({ means, covariances: covariances.full });
    expect([...reference.weights]).toEqual([1 / 3, 1 / 3, 1 / 3]);
    const draw = (seed: bigint) => reference.open(0n).draw(5, { generation: 1, seed });
    expect(await draw(1n)).toEqual(await draw(1n));
    expect(await draw(1n)).not.toEqual(await draw(2n));
  });

  test('a singular component has its density within its range', async () => {
    const flat = mixtureReference({
      means: matrix(Float64Array.of(1, 2, 3), 1, 3),
      covariances: [4, 0, 2, 0, 0, 0, 2, 0, 1], // of (2, 0, 1)^T (2, 0, 1): variance 5 along it
    });
    const x = matrix(Float64Array.of(1, 2, 3, 3, 2, 4), 2, 3); // the mean, and one deviation away
    const [at, away] = await flat.logDensity(x);
    expect(at).toBeCloseTo(-0.5 * Math.log(2 * Math.PI * 5), 12);
    expect(away! - at!).toBeCloseTo(-0.5, 12);
  });

  test.each<[object, RegExp]>([
    [{}, /mixtureReference: means must be a Matrix/],
    [{ means }, /covariances must be an array of numbers, got undefined/],
    [{ means, covariances: [1, 2] }, /options\.covariances must have 12 values \(3 components in 2 dim.*got 2/],
    [{ means, covariances: covariances.tied, covariance: 'shared' }, /covariance must be one of 'full'/],
    [{ means, weights: [1], covariances: covariances.full }, /options\.weights must have 3 values.*got 1/],
  ])('refuses %j', (options, message) => {
    expect(() => mixtureReference(options as never)).toThrow(message);
  });

  test.each<[string, object, string, RegExp]>([
    ['weights', { weights: [0.5, 0.5, 0.5] }, 'ERR_INVALID_INPUT', /weights must sum to 1, got 1\.5/],
    ['a weight', { weights: [1.5, -0.5, 0] }, 'ERR_INVALID_INPUT', /weights must not be negative, got -0\.5/],
    [
      'a covariance',
      { covariances: [1, 2, 2, 1, ...covariances.full.slice(4)] },
      'ERR_NOT_POSITIVE_SEMIDEFINITE',
      /covariance of component 0/,
    ],
    [
      'a variance',
      { covariance: 'spherical', covariances: [1, -1, 1] },
      'ERR_NOT_POSITIVE_SEMIDEFINITE',
      /covariances must not be negative, got -1 at 1/,
    ],
  ])('finds out about bad values of %s when it draws', async (_, options, code, message) => {
    const reference = mixtureReference({ means, covariances: covariances.full, ...options });
    await expect(reference.open(0n).draw(5, { generation: 1, seed: 1n })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });
});
