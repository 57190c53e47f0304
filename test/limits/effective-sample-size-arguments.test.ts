// Bad options, and what both calls do with job options.

import { describe, expect, it } from 'vitest';
import { admissibleThreshold } from '../../src/limits/admissible-threshold.js';
import { effectiveSampleSize } from '../../src/limits/effective-sample-size.js';
import { expectRejection } from '../support/rejection.js';

type Untyped = (options: unknown) => Promise<unknown>;

const cell = { dim: 2, real: 10, synthetic: 20 };
const threshold = { dim: 2, real: 10, lambda: 0.5 };

describe('effectiveSampleSize', () => {
  it.each([
    [{ ...cell, lamda: 1 }, "unknown option 'lamda'; did you mean 'lambda'?"],
    [{ ...cell, dim: 1.5 }, 'dim must be an integer of at least 1, got 1.5'],
    [{ ...cell, lambda: 2 }, 'lambda must be a number from 0 to 1, got 2'],
    [{ ...cell, relativeError: 0 }, 'relativeError must be a number from 0.000001 to 0.5, got 0'],
    [{ ...cell, method: 'exact' }, `method must be one of 'monte-carlo', 'deterministic', got "exact"`],
    [{ ...cell, variant: 'fully-synthetic' }, 'the fully synthetic loop has no limit point'],
    [{ ...cell, memory: 2, method: 'deterministic' }, "memory must be 1 for method 'deterministic', got 2"],
    [
      { ...cell, dim: undefined, reference: { mean: [0, 0], covariance: [2, 0, 0, 1] } },
      'reference.covariance must be a positive multiple of the identity for an effective sample size, got 1 at row 1, column 1',
    ],
  ])('rejects %o', async (options, message) => {
    await expectRejection(
      () => (effectiveSampleSize as Untyped)(options),
      'ERR_INVALID_INPUT',
      'effectiveSampleSize: ',
      message,
    );
  });

  it('can be aborted, and reports progress that ends at its total', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(effectiveSampleSize({ ...cell, signal })).rejects.toMatchObject({ code: 'ERR_ABORTED' });
    const seen: number[] = [];
    await effectiveSampleSize({ ...cell, onProgress: ({ fraction }) => seen.push(fraction) });
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });
});

describe('admissibleThreshold', () => {
  it.each([
    [{ ...threshold, synthetic: 3 }, "unknown option 'synthetic'"],
    [{ ...threshold, dim: 0 }, 'dim must be an integer of at least 1, got 0'],
    [{ ...threshold, dim: 20_000 }, 'dim must be at most 10000, got 20000'],
    [{ ...threshold, real: 1 }, 'real must be at least 2, got 1'],
    [{ dim: 2, real: 10 }, 'lambda must be a number from 0 to 1, got undefined'],
    [{ ...threshold, divisor: 'n' }, `divisor must be one of 'unbiased', 'mle', got "n"`],
    [{ ...threshold, relativeError: 1 }, 'relativeError must be a number from 0.00001 to 0.1, got 1'],
    [{ ...threshold, seed: -1 }, 'seed must be'],
  ])('rejects %o', async (options, message) => {
    await expectRejection(
      () => (admissibleThreshold as Untyped)(options),
      'ERR_INVALID_INPUT',
      'admissibleThreshold: ',
      message,
    );
  });

  it('can be aborted, and reports progress that ends at its total', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(admissibleThreshold({ ...threshold, signal })).rejects.toMatchObject({ code: 'ERR_ABORTED' });
    const seen: number[] = [];
    await admissibleThreshold({ ...threshold, onProgress: ({ fraction }) => seen.push(fraction) });
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });
});
