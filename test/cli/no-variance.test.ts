import { expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { noVarianceNotes } from '../../src/cli/evaluate/no-variance.js';

const files = { real: 'real.npy', generated: 'fake.npy' };
const { signal } = new AbortController();
const notesOf = (real: Parameters<typeof noVarianceNotes>[0]['real'], generated: typeof real) =>
  noVarianceNotes({ real, generated }, files, signal);

const row = Float32Array.of(1, -2, 0.5);
const equal = matrix(
  Float32Array.from({ length: 3000 }, (_, i) => row[i % 3]!),
  1000,
  3,
);
const lastDiffers = matrix(Float32Array.from(equal.data).fill(7, 2999), 1000, 3);
const statistics = (variance: number) => ({
  dim: 2,
  count: undefined,
  hash: '',
  mean: new Float64Array(2),
  covariance: Float64Array.of(variance, 0, 0, 0),
});

test('a side of equal rows, or without a covariance, is told', async () => {
  expect(await notesOf(lastDiffers, equal)).toEqual([
    'no variance: the 1,000 rows of fake.npy are all equal, so the generated side has no variance at all',
  ]);
  expect(await notesOf(statistics(0), lastDiffers)).toEqual([
    'no variance: the covariance of real.npy is zero, so the real side has no variance at all',
  ]);
  expect(await notesOf(equal, equal)).toHaveLength(2);
});

test('no other is', async () => {
  expect(await notesOf(statistics(1e-300), lastDiffers)).toEqual([]);
  // Of one row nobody knows.
  expect(await notesOf(matrix(row, 1, 3), lastDiffers)).toEqual([]);
});
