import { expect, test } from 'vitest';
import { madTestText } from '../../src/cli/commands/mad-test.js';
import { madTest } from '../../src/verdict/mad-test.js';

// Replicates with a slope, and noise of their own that is no drift.
const series = (replicates: number, slope: number) =>
  Array.from({ length: replicates }, (_, r) =>
    Array.from({ length: 8 }, (_, t) => 10 + slope * t + 0.1 * Math.sin(3 * r + 5 * t)),
  );

const textOf = async (metric: string | null, replicates: number, slope: number, direction = 'increasing') =>
  madTestText(
    'x.json',
    metric,
    await madTest(series(replicates, slope), { direction: direction as 'increasing' }),
  ).replace(/\s+/g, ' ');

test('one replicate is undecided for a reason that is said', async () => {
  expect(await textOf('distance', 1, 0.5)).toMatch(
    /verdict undecided .* undecided, .*: one replicate has no interval/,
  );
  expect(await textOf('distance', 2, 0.5)).not.toContain('one replicate');
});

test.each<[string | null, number, boolean]>([
  ['trace', -0.5, true],
  ['trace', 0, true],
  ['recall', 0, true],
  ['trace', 0.5, false],
  [null, -0.5, true],
  [null, 0, false],
  ['of my own', -0.5, true],
  // Better where it falls.
  ['distance', -0.5, false],
])('%s with slope %d: a hint at the other direction %s', async (metric, slope, hinted) => {
  expect((await textOf(metric, 20, slope)).includes('--direction decreasing')).toBe(hinted);
  expect(await textOf(metric, 20, slope, 'decreasing')).not.toContain('--direction');
});
