import { describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { moments } from '../../src/distributions/moments.js';
import { gaussian } from '../../src/models/gaussian.js';

const samples = matrix(Float64Array.of(1, 2, 3, 5, 5, 2, 7, 9), 4, 2);

describe('gaussian', () => {
  test('fits mean and covariance, divisor n - 1 unless n is asked for', async () => {
    const { mean, covariance } = await moments(samples);
    const unbiased = (await gaussian().fit(samples)).moments;
    const mle = (await gaussian({ divisor: 'mle' }).fit(samples)).moments;
    expect(unbiased.mean).toEqual(mean);
    expect(unbiased.covariance).toEqual(covariance);
    expect(mle.mean).toEqual(mean);
    // 20/3 (variance of 1, 3, 5, 7) times 3/4 is 5.
    expect(mle.covariance[0]).toBeCloseTo(5, 14);
    for (const [i, element] of mle.covariance.entries()) expect(element).toBeCloseTo(0.75 * covariance[i]!, 14);
  });

  test('samples its own distribution, the mean alone at lambda 0', async () => {
    const fitted = await gaussian().fit(samples);
    const x = await fitted.sample(3, { lambda: 0, seed: 9 });
    expect([x.rows, x.cols]).toEqual([3, 2]);
    expect([...x.data]).toEqual([4, 4.5, 4, 4.5, 4, 4.5]);
    expect(await fitted.sample(5, { lambda: 1, seed: 9 })).toEqual(
      await fitted.sample(5, { lambda: 1, seed: '9' }),
    );
  });

  test.each([
    ['a single sample', () => gaussian().fit(matrix(Float64Array.of(1, 2), 1, 2)), /at least 2 rows, got 1/],
    ['NaN', () => gaussian().fit(matrix(Float64Array.of(1, 2, Number.NaN, 4), 2, 2)), /NaN.*row 1.*column 0/],
    [
      'lambda above 1',
      async () => (await gaussian().fit(samples)).sample(2, { lambda: 1.1 }),
      /lambda must be a number from 0 to 1, got 1\.1/,
    ],
    [
      'count 0',
      async () => (await gaussian().fit(samples)).sample(0),
      /count must be an integer of at least 1, got 0/,
    ],
  ])('rejects %s', async (_, call, message) => {
    await expect(call()).rejects.toMatchObject({
      code: 'ERR_INVALID_INPUT',
      message: expect.stringMatching(message),
    });
  });

  test('refuses another divisor', () => {
    expect(() => gaussian({ divisor: 'n' as never })).toThrow(
      /gaussian: divisor must be one of 'unbiased', 'mle', got "n"/,
    );
  });
});
