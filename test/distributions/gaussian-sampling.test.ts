import { describe, expect, test } from 'vitest';
import { sampleGaussian } from '../../src/distributions/gaussian-sampling.js';
import { moments } from '../../src/distributions/moments.js';

const gaussian = {
  dim: 3,
  mean: Float64Array.of(1, -2, 0.5),
  covariance: Float64Array.of(2, 0.6, 0, 0.6, 1, -0.3, 0, -0.3, 0.5),
};

describe('sampleGaussian', () => {
  // Standard errors: sqrt(S_ii / n) of a mean, sqrt((S_ij^2 + S_ii S_jj) / n) of a covariance. Twelve comparisons a case
  // at z <= 4.5: a false alarm in 1e4 cases.
  test.each([[1], [0.25]])('draws from N(mean, lambda covariance) at lambda %f', async (lambda) => {
    const count = 40_000;
    const sample = await moments(await sampleGaussian(gaussian, count, { lambda, seed: 5 }));
    const s = (i: number, j: number) => lambda * gaussian.covariance[i * 3 + j]!;
    for (let i = 0; i < 3; i += 1) {
      const meanError = Math.sqrt(s(i, i) / count);
      expect(Math.abs(sample.mean[i]! - gaussian.mean[i]!) / meanError).toBeLessThan(4.5);
      for (let j = 0; j < 3; j += 1) {
        const error = Math.sqrt((s(i, j) ** 2 + s(i, i) * s(j, j)) / count);
        expect(Math.abs(sample.covariance[i * 3 + j]! - s(i, j)) / error).toBeLessThan(4.5);
      }
    }
  });

  test('draws the mean at lambda 0', async () => {
    const { data, rows, cols } = await sampleGaussian(gaussian, 4, { lambda: 0, seed: 1 });
    expect([rows, cols]).toEqual([4, 3]);
    expect(Array.from(data)).toEqual([0, 1, 2, 3].flatMap(() => Array.from(gaussian.mean)));
  });

  test('draws the same bytes for any number of threads, and others for another seed', async () => {
    const draw = (threads: number, seed: bigint) =>
      sampleGaussian(gaussian, 1_001, { lambda: 1, seed }, { threads });
    const first = await draw(1, 9n);
    expect(await draw(2, 9n)).toEqual(first);
    expect(await draw(7, 9n)).toEqual(first);
    expect(await draw(1, 10n)).not.toEqual(first);
    expect(await draw(1, 9n + 2n ** 63n)).not.toEqual(first);
  });
});
