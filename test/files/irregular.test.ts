// Files that are none: to open some of them would wait for ever, in a thread that cannot be stopped.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readMatrix } from '../../src/features/matrix-file.js';
import { momentsOfFile } from '../../src/features/moments-of-file.js';
import { readStatistics } from '../../src/features/statistics-file.js';
import { run } from '../cli/command.js';
import { expectRejection } from '../support/rejection.js';

const folder = mkdtempSync(join(tmpdir(), 'madloop-irregular-'));
const server = createServer();
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const counts = ['--real', '5', '--synthetic', '5'];

describe.runIf(process.platform === 'linux')('what is no regular file is refused at once', () => {
  beforeAll(async () => {
    spawnSync('mkfifo', [join(folder, 'fifo')]);
    mkdirSync(join(folder, 'folder'));
    await new Promise<void>((resolve) => server.listen(join(folder, 'socket'), resolve));
  });

  const kinds: readonly [string, string, RegExp][] = [
    ['a FIFO', join(folder, 'fifo'), /it is a FIFO, expected a regular file/],
    ['a folder', join(folder, 'folder'), /it is a folder, expected a regular file/],
    ['a socket', join(folder, 'socket'), /ENXIO/],
    ['a device', '/dev/zero', /it is a device, expected a regular file/],
  ];

  test.each(kinds)('%s, by every function that reads a file', async (_, path, reason) => {
    for (const read of [readMatrix, readStatistics, momentsOfFile]) {
      const error = await read(path).then(
        () => undefined,
        (rejected) => rejected,
      );
      expect(error).toMatchObject({ code: 'ERR_FILE', message: expect.stringMatching(reason) });
      expect(error.message).toContain(`cannot read ${path}: `);
    }
  });

  test('a folder in the place of features, with where features of images come from', async () => {
    const path = join(folder, 'folder');
    const way = '; if it holds images, features are needed, a row a sample: madloop features makes them';
    for (const read of [readMatrix, readStatistics, momentsOfFile]) {
      await expectRejection(() => read(path), 'ERR_FILE', way);
    }
    for (const args of [
      ['evaluate', path, path],
      ['stats', path, '-o', 'out.npz'],
      ['stats', 'merge', path, path, '-o', 'out.npz'],
      ['loop', '--data', path, ...counts],
    ]) {
      expect((await run(args, folder)).stderr).toContain(way);
    }
    expect((await run(['study', path], folder)).stderr).not.toContain('images');
  });

  test('and others read their files meanwhile', async () => {
    const reading = Array.from({ length: 16 }, () =>
      expectRejection(() => readMatrix(join(folder, 'fifo')), 'ERR_FILE', 'FIFO'),
    );
    expect((await readFile(new URL(import.meta.url), 'utf8')).length).toBeGreaterThan(0);
    await Promise.all(reading);
  });

  test.each(kinds)('%s, by every command', async (_, path, reason) => {
    for (const args of [
      ['stats', path, '-o', 'out.npz'],
      ['stats', 'merge', path, path, '-o', 'out.npz'],
      ['evaluate', path, path],
      ['loop', '--data', path, ...counts],
      ['loop', path],
      ['study', path],
    ]) {
      const { status, stdout, stderr } = await run(args, folder);
      expect(stderr).toMatch(reason);
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr.split('\n')).toHaveLength(2);
    }
  });
});
