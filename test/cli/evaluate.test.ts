import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { writeMatrix } from '../../src/features/matrix-file.js';
import { readStatistics, writeStatistics } from '../../src/features/statistics-file.js';
import { frechetDistance } from '../../src/metrics/frechet.js';
import { precisionRecall } from '../../src/metrics/precision-recall.js';
import { normals } from '../support/numbers.js';
import { run, temporaryFolder } from './command.js';

const real = matrix(normals(300 * 4, 1), 300, 4);
const generated = matrix(
  normals(250 * 4, 2).map((value) => 0.9 * value),
  250,
  4,
);
let folder: string;

beforeAll(async () => {
  folder = temporaryFolder();
  await writeMatrix(join(folder, 'real.npy'), real);
  await writeMatrix(join(folder, 'generated.npy'), generated);
  expect((await run(['stats', 'real.npy', '-o', 'real.npz'], folder)).status).toBe(0);
});

test('every metric with its interval, as the library gives it', async () => {
  const outcome = await run(['evaluate', 'real.npy', 'generated.npy', '--k', '3,5', '--json'], folder);
  expect([outcome.status, outcome.stderr]).toEqual([0, '']);
  const { metrics, ...made } = JSON.parse(outcome.stdout);
  expect(made).toMatchObject({
    real: { file: 'real.npy', rows: 300, cols: 4 },
    parameters: { k: [3, 5], convention: 'kynkaanniemi', seed: '0' },
  });
  const manifold = ['precision', 'recall', 'density', 'coverage'];
  expect(metrics.map(({ metric }: { metric: string }) => metric)).toEqual([
    'frechetDistance',
    'frechetDistanceInfinity',
    'kernelDistance',
    ...manifold,
    ...manifold,
  ]);
  expect(metrics[0].value).toBeCloseTo((await frechetDistance(real, generated)).distance, 12);
  expect(metrics[7]).toMatchObject({
    metric: 'precision',
    k: 5,
    value: (await precisionRecall(real, generated)).precision,
  });
  for (const { metric, value, interval } of metrics) {
    if (metric === 'kernelDistance') continue; // one block has no error
    expect(interval[0]).toBeLessThanOrEqual(value);
    expect(interval[1]).toBeGreaterThanOrEqual(value);
  }
});

test('a table for reading', async () => {
  const { stdout } = await run(['evaluate', 'real.npy', 'generated.npy', '--convention', 'prdc'], folder);
  expect(stdout).toMatch(
    /\nmetric +value +95 % interval +bias, about\nfrechetDistance +[\d.]+ ± [\d.]+ +[\d.]+ to [\d.]+ +[\d.]+\n/,
  );
  expect(stdout).toMatch(/recall \(k = 5\) +0\.\d+ ± 0\.\d+/);
});

test('statistics for one side: what they allow, and why no more', async () => {
  const outcome = await run(['evaluate', 'real.npz', 'generated.npy', '--no-infinity', '--json'], folder);
  expect(outcome.status).toBe(0);
  expect(outcome.stderr).toContain('need the samples of both sides');
  const { metrics } = JSON.parse(outcome.stdout);
  expect(metrics).toHaveLength(1);
  expect(metrics[0].value).toBeCloseTo((await frechetDistance(real, generated)).distance, 10);
  expect(metrics[0].standardError).toBeGreaterThan(0);
});

test.each([
  { rows: 22, cols: 10, given: true }, // two points, halves of 11
  { rows: 21, cols: 10, given: false },
  { rows: 8, cols: 1, given: true },
  { rows: 7, cols: 1, given: false },
])('FD∞ of $rows x $cols samples wherever it can be had: $given', async ({ rows, cols, given }) => {
  const name = `${rows}x${cols}.npy`;
  await writeMatrix(join(folder, name), matrix(normals(rows * cols, 3), rows, cols));
  const { status, stdout, stderr } = await run(['evaluate', name, name, '--k', '1', '--json'], folder);
  expect(status).toBe(0);
  const names = JSON.parse(stdout).metrics.map(({ metric }: { metric: string }) => metric);
  expect(names.includes('frechetDistanceInfinity')).toBe(given);
  expect(stderr.includes('FD∞ left out')).toBe(!given);
});

test.each([
  [['nope.npy', 'real.npy'], 'cannot read nope.npy'],
  [['real.npy', 'generated.npy', '--k', '1.5'], '--k must be integers of at least 1, as 5 or 3,5,10, got 1.5'],
  [
    ['real.npy', 'generated.npy', '--k', '250', '--no-infinity'],
    'must be an integer from 1 to 249, as generated.npy has 250 rows, got 250',
  ],
  [
    ['real.npy', 'generated.npy', '--convention', 'both'],
    "madloop: --convention must be one of 'kynkaanniemi', 'prdc', got \"both\"",
  ],
])('wrong input %j', async (args, message) => {
  const { status, stdout, stderr } = await run(['evaluate', ...args], folder);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
});

test.each([
  ['evaluate', ['wide.npy'], [], 'real.npy and wide.npy must have the same dimension, got 4 and 5'],
  ['evaluate', ['nan.npy'], [], 'nan.npy must be finite, got NaN at row 3, column 2'],
  [
    'evaluate',
    ['generated.npy'],
    ['--k', '3,250'],
    '--k must be an integer from 1 to 249, as generated.npy has 250 rows, got 250',
  ],
  ['evaluate', ['generated.npy'], ['--seed', 'x'], '--seed must be a safe integer'],
  ['evaluate', ['one.npy'], [], 'one.npy must have at least 2 rows to have a covariance, got 1'],
  ['stats merge', ['real.npz', 'peer.npz'], ['-o', 'all.npz'], 'peer.npz: count must be known'],
])('%s of %j %j names the file or flag that is wrong', async (command, files, flags, message) => {
  await writeMatrix(join(folder, 'wide.npy'), matrix(normals(30 * 5, 1), 30, 5));
  await writeMatrix(join(folder, 'one.npy'), matrix(normals(4, 1), 1, 4));
  const values = normals(40, 1);
  values[14] = Number.NaN;
  await writeMatrix(join(folder, 'nan.npy'), { data: values, rows: 10, cols: 4 });
  // As pytorch-fid writes it, without a count.
  const { mean, covariance } = await readStatistics(join(folder, 'real.npz'));
  await writeStatistics(join(folder, 'peer.npz'), { dim: 4, mean, covariance });
  const inputs = command === 'evaluate' ? ['real.npy', ...files, '--no-infinity'] : files;
  const { status, stderr } = await run([...command.split(' '), ...inputs, ...flags], folder);
  expect(status).toBe(2);
  expect(stderr.trim().split('\n').at(-1)).toContain(`madloop: ${message}`);
});
