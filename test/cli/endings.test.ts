// How commands end: with which status, and what is to be done next.

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { run, start, temporaryFolder } from './command.js';

test.each([
  [['report', 'none.sqlite', '-o', 'report.html']],
  [['study', 'status', 'none.sqlite']],
  [['study', 'export', 'none.sqlite']],
  [['study', 'export', 'none.sqlite', '-o', 'a.csv']],
  [['study', 'merge', 'none.sqlite', '-o', 'all.sqlite']],
])('%j: a store that is not there is wrong input, as every file', async (args) => {
  const folder = temporaryFolder();
  const { status, stdout, stderr } = await run(args, folder);
  expect([status, stdout, stderr]).toEqual([2, '', 'madloop: none.sqlite: there is no such file\n']);
});

test.each(['limit', 'ess'])('%s: a limit without a variance cannot be had by trying again', async (command) => {
  const args = [command, '--dim', '2', '--real', '1', '--synthetic', '5'];
  const { status, stdout, stderr } = await run(args, temporaryFolder());
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^madloop: the distance must have a finite variance, got real = 1/);
});

test('a store of another seed is refused with the flag that keeps both', async () => {
  const folder = temporaryFolder();
  const study = ['study', '--dim', '2', '--real', '10', '--synthetic', '20', '--relative-error', '0.05'];
  expect((await run(study, folder)).status).toBe(0);
  const { status, stderr } = await run([...study, '--seed', '3'], folder);
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /another study or engine; it was left as it is:\n {2}seed: 0 -> 3\n {2}\(--store names another file/,
  );
});

test('a figure that is interrupted says that the same command goes on', async () => {
  const folder = temporaryFolder();
  const { child, outcome } = start(['figure', '31', '--threads', '1', '-o', '.'], folder);
  while (!existsSync(join(folder, 'figure-31-share.sqlite')) && child.exitCode === null) await delay(20);
  child.kill('SIGINT');
  expect(await outcome).toMatchObject({
    status: 130,
    stderr: expect.stringMatching(
      /^figure 31: what is finished is in the store, and the same command goes on from there\nmadloop: interrupted\n$/,
    ),
  });
});

test.each([
  ['deeper', 'dim: 2\n real: 5\n', /at line 1, column 6:.*\n\(line 2 is indented more than line 1\)\n$/s],
  ['not closed', 'dim: [1, 2\nreal: 3\n', /at line 2, column 1:.*\^\n$/s],
])('YAML with a line that is %s: which line', async (_, text, message) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a.yaml'), text);
  const { status, stderr } = await run(['study', 'a.yaml'], folder);
  expect(status).toBe(2);
  expect(stderr).toMatch(message);
});
