import { readdirSync, readFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { moments } from '../../src/distributions/moments.js';
import { readMatrix, writeMatrix } from '../../src/features/matrix-file.js';
import { readStatistics } from '../../src/features/statistics-file.js';
import { run, start, temporaryFolder } from './command.js';

const digits = fileURLToPath(new URL('../fixtures/digits-small.npy', import.meta.url));
const foreign = fileURLToPath(new URL('../fixtures/npy/pytorch-fid.npz', import.meta.url));
const two = fileURLToPath(new URL('../fixtures/npy/two-matrices.npz', import.meta.url));

test('writes the statistics of features, shows them, and says where', async () => {
  const folder = temporaryFolder();
  const outcome = await run(['stats', digits, '-o', 'new/a.npz', '--extractor', 'pixels'], folder);
  expect([outcome.status, outcome.stderr]).toEqual([0, 'wrote new/a.npz\n']);
  const statistics = await readStatistics(join(folder, 'new/a.npz'));
  expect(statistics).toMatchObject({ ...(await moments(await readMatrix(digits))), extractor: 'pixels' });
  expect(outcome.stdout).toMatch(/^count +dim +meanNormSquared +trace +extractor +hash\n +1000 +49 .* pixels /);
  expect(outcome.stdout).toContain(statistics.hash.slice(0, 12));
});

test('merges parts; --json prints one document and nothing else', async () => {
  const folder = temporaryFolder();
  const all = await readMatrix(digits);
  const part = (begin: number, end: number) =>
    matrix(all.data.slice(begin * all.cols, end * all.cols), end - begin, all.cols);
  await writeMatrix(join(folder, '1.npy'), part(0, 300));
  await writeMatrix(join(folder, '2.npy'), part(300, 1000));
  for (const name of ['1', '2']) {
    expect((await run(['stats', `${name}.npy`, '-o', `${name}.npz`, '--threads', '1'], folder)).status).toBe(0);
  }
  const merged = await run(['stats', 'merge', '1.npz', '2.npz', '-o', 'all.npz', '--json'], folder);
  expect([merged.status, merged.stderr]).toEqual([0, 'wrote all.npz\n']);
  const { hash } = await readStatistics(join(folder, 'all.npz'));
  expect(JSON.parse(merged.stdout)).toMatchObject({
    command: 'stats merge',
    files: ['1.npz', '2.npz'],
    output: 'all.npz',
    count: 1000,
    dim: 49,
    extractor: null,
    hash,
  });
});

test.each<[string, string[], RegExp]>([
  ['no output', ['stats', digits], /stats: option '-o, --output <file.npz>' must be given/],
  ['no output of a merge', ['stats', 'merge', foreign], /stats merge: option '-o, --output/],
  ['features that are not there', ['stats', 'absent.npy', '-o', 'x.npz'], /cannot read absent\.npy/],
  [
    'an array that is not there',
    ['stats', two, '--array', 'fake', '-o', 'x.npz'],
    /no array "fake"; it holds "real"/,
  ],
  ['several matrices', ['stats', two, '-o', 'x.npz'], /holds several matrices/],
  ['statistics for features', ['stats', foreign, '-o', 'x.npz'], /expected features/],
  ['an empty extractor', ['stats', digits, '--extractor', '', '-o', 'x.npz'], /--extractor must be a text/],
  [
    'a merge without counts',
    ['stats', 'merge', foreign, foreign, '-o', 'x.npz'],
    /madloop: \S+\.npz: count must be known/,
  ],
  ['a merge of features', ['stats', 'merge', digits, '-o', 'x.npz'], /expected an \.npz file/],
  ['a flag of the other', ['stats', 'merge', foreign, '--array', 'a', '-o', 'x'], /unknown option '--array'/],
])('%s is wrong usage: exit 2, one message on standard error, no files', async (_, args, message) => {
  const folder = temporaryFolder();
  const { status, stdout, stderr } = await run(args, folder);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^madloop: .*\n$/);
  expect(stderr).toMatch(message);
  expect(readdirSync(folder)).toEqual([]);
});

test('a place that cannot be written exits 1; the file that is there stays', async () => {
  const folder = temporaryFolder();
  await copyFile(foreign, join(folder, 'kept'));
  const { status, stderr } = await run(['stats', digits, '-o', 'kept/a.npz'], folder);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^madloop: cannot write kept\/a\.npz: /);
  expect(readFileSync(join(folder, 'kept'))).toEqual(readFileSync(foreign));
});

test('Ctrl-C exits 130 within a second and leaves no file', async () => {
  const folder = temporaryFolder();
  await writeMatrix(join(folder, 'large.npy'), matrix(new Float32Array(40_000 * 2048), 40_000, 2048));
  const { child, outcome } = start(['stats', 'large.npy', '-o', 'x.npz', '--threads', '1'], folder);
  await delay(1000);
  expect(child.exitCode).toBeNull(); // still at work
  const before = performance.now();
  child.kill('SIGINT');
  const { status, stderr } = await outcome;
  expect(performance.now() - before).toBeLessThan(1000);
  expect([status, stderr]).toEqual([130, 'madloop: interrupted\n']);
  expect(readdirSync(folder)).toEqual(['large.npy']);
});
