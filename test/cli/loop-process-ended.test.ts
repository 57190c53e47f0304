// Runs of `madloop loop --process` that are ended from outside, by kill -9 at any moment or by a signal, go on as if they had not been.

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import { run, start } from './command.js';
import { processFolder } from './process-folder.js';

let folder: string;

beforeEach(async () => {
  folder = await processFolder('model.mjs');
});

const short = [
  ...[
    'loop',
    '--process',
    `${process.execPath} model.mjs`,
    '--data',
    'real.npy',
    '--real',
    '20',
    '--synthetic',
    '30',
  ],
  ...['--metric-samples', '200', '--generations', '3', '--replicates', '2', '--no-chart'],
];
const file = (...names: string[]): string => readFileSync(join(folder, ...names), 'utf8');
const fits = (): string[] => (existsSync(join(folder, 'fits')) ? file('fits').trim().split('\n') : []);
const begin = (args: readonly string[], wait: number) =>
  start(args, folder, [], { TEST_FITS: join(folder, 'fits'), TEST_WAIT: String(wait) });

test('after kill -9 at any moment no finished generation is fitted again, and the result is the same to the byte', async () => {
  const args = [...short, '--pool', 'accumulate', '--memory', '2'];
  expect((await begin([...args, '-o', 'whole'], 0).outcome).status).toBe(0);
  const all = fits();
  expect(all).toHaveLength(6);
  rmSync(join(folder, 'fits'));
  for (const [kill, wait] of [0, 100, 210].entries()) {
    const before = fits().length;
    const { child, outcome } = begin([...args, '-o', 'killed'], 200);
    // In the first fit of this run, in the second, or between fits.
    while (child.exitCode === null && fits().length < before + 1 + Math.min(kill, 1)) await delay(5);
    await delay(wait);
    expect(child.exitCode).toBeNull();
    child.kill('SIGKILL');
    await outcome;
  }
  const last = await begin([...args, '-o', 'killed'], 0).outcome;
  expect([last.status, last.stderr]).toEqual([0, expect.stringContaining(' generations are finished in ')]);
  for (const name of ['loop.json', 'loop.csv']) expect(file('killed', name)).toBe(file('whole', name));
  expect(new Set(fits())).toEqual(new Set(all));
  expect(fits().length).toBeLessThanOrEqual(all.length + 3);
});

test.each([
  ['SIGTERM', 75, 'madloop: stopped by SIGTERM'],
  ['SIGINT', 130, 'madloop: interrupted'],
] as const)(
  '%s keeps what is finished, and says that the same command goes on',
  async (signal, code, message) => {
    const { child, outcome } = begin([...short, '-o', 'x'], 300);
    while (!existsSync(join(folder, 'x', 'loop-run', 'replicate-1', 'generation-1.json'))) await delay(10);
    child.kill(signal);
    const { status, stdout, stderr } = await outcome;
    expect([status, stdout]).toEqual([code, '']);
    expect(stderr).toContain(
      'loop: what is finished is in x/loop-run, and the same command goes on from there',
    );
    expect(stderr).toContain(message);
    expect(existsSync(join(folder, 'x', 'loop-run-lock'))).toBe(false);
    expect((await begin([...short, '-o', 'x'], 0).outcome).status).toBe(0);
    expect(fits().length).toBeLessThanOrEqual(7);
  },
);

test('belongs to one process at a time', async () => {
  const { child, outcome } = begin([...short, '-o', 'x'], 5_000);
  while (!existsSync(join(folder, 'x', 'loop-run', 'run.json'))) await delay(10);
  const { status, stderr } = await run([...short, '-o', 'x'], folder);
  expect([status, stderr]).toEqual([
    1,
    expect.stringContaining('x/loop-run: another process is at work on this run'),
  ]);
  child.kill('SIGKILL');
  await outcome;
});

test("in its first generation is in nobody's way without --output, and its folder is left alone", async () => {
  const { child, outcome } = begin(short, 100_000);
  while (!existsSync(join(folder, 'madloop-results', 'loop-run', 'run.json'))) await delay(10);
  const { status, stderr } = await begin([...short, '--seed', '1'], 0).outcome;
  expect([status, stderr]).toEqual([0, expect.stringContaining('wrote madloop-results-2/loop.json')]);
  expect(existsSync(join(folder, 'madloop-results', 'loop-run', 'run.json'))).toBe(true);
  child.kill('SIGINT');
  expect((await outcome).status).toBe(130);
  expect(existsSync(join(folder, 'madloop-results'))).toBe(false);
});
