// `madloop features`: one run at a time writes an output.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { readMatrix } from '../../src/features/matrix-file.js';
import { start, temporaryFolder } from '../cli/command.js';
import { fakePackages } from './fake-packages.js';

const folder = temporaryFolder();
const count = 6;

beforeAll(() => {
  writeFileSync(join(folder, 'any.onnx'), 'any');
  for (const [i, name] of ['one', 'other'].entries()) {
    mkdirSync(join(folder, name));
    for (let j = 0; j < count; j += 1)
      writeFileSync(
        join(folder, name, `${j}.png`),
        Uint8Array.from({ length: 12 }, () => 100 * i + j),
      );
  }
});

/** A run that makes as many rows as the file "rows" says, or all. */
const begin = (images: string, output: string, held: 'held' | 'free' = 'free') =>
  start(
    [
      ...['features', images, '--onnx', 'any.onnx', '--range', '0,255', '--resize', 'none', '--batch', '1'],
      ...['--threads', '1', '-o', output],
    ],
    folder,
    [],
    { ...fakePackages(), ...(held === 'held' && { TEST_ROWS: join(folder, 'rows') }) },
  );
const allow = (rows: number) => writeFileSync(join(folder, 'rows'), String(rows));
const until = async (name: string) => {
  while (!existsSync(join(folder, name))) await delay(5);
};

test('a second run into an output is refused at once, whatever its images, and the first one ends as if alone', async () => {
  allow(0);
  const first = begin('one', 'x.npy', 'held');
  // Before the first row, and when it has said who it is.
  for (const [rows, file, who] of [
    [0, 'x.npy.partial', ''],
    [1, 'x.npy.partial.json', ` (process ${first.child.pid} on ${hostname()})`],
  ] as const) {
    allow(rows);
    await until(file);
    const second = await begin('other', 'x.npy').outcome;
    expect([second.status, second.stdout, second.stderr]).toEqual([
      1,
      '',
      expect.stringContaining(`x.npy: another run is writing this output${who}`),
    ]);
    expect(second.stderr).toMatch(/; wait for it, or give another --output\n$/);
  }
  allow(count);
  expect((await first.outcome).status).toBe(0);
  expect(readdirSync(folder).filter((name) => name.startsWith('x.npy'))).toEqual(['x.npy']);
  const { data, cols } = await readMatrix(join(folder, 'x.npy'));
  expect(Array.from({ length: count }, (_, i) => data[i * cols])).toEqual([0, 1, 2, 3, 4, 5]);
});

test('the lock of a run that was killed is no lock, and what it has is gone on with', async () => {
  allow(1);
  const killed = begin('one', 'y.npy', 'held');
  await until('y.npy.partial.json');
  killed.child.kill('SIGKILL');
  await killed.outcome;
  expect(existsSync(join(folder, 'y.npy.partial-lock'))).toBe(true);
  const { status, stderr } = await begin('one', 'y.npy').outcome;
  expect([status, stderr]).toEqual([0, expect.stringMatching(/goes on behind 1 of 6 images\nwrote y\.npy\n$/)]);
  expect((await begin('one', 'z.npy').outcome).status).toBe(0);
  const bytes = (name: string) => readFileSync(join(folder, name));
  expect(bytes('y.npy').equals(bytes('z.npy'))).toBe(true);
  expect(readdirSync(folder).filter((name) => name.startsWith('y.npy'))).toEqual(['y.npy']);
});
