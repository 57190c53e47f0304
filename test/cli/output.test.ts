// What is printed arrives whole, or the command says that it did not.

import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { main, run, temporaryFolder } from './command.js';

const folder = temporaryFolder();
const loop = ['loop', '--dim', '2', '--real', '5', '--synthetic', '5', '--generations', '40'];
const sizes = Array.from({ length: 60 }, (_, i) => 10 + i).join(',');
const cells = ['--dim', '2', '--real', sizes, '--synthetic', '20', '--method', 'deterministic'];
const study = ['study', ...cells, '--store', 'store.sqlite'];
expect((await run(study, folder)).status).toBe(0);

/** Commands that print more than 2,048 bytes and write no other file. */
const printing: readonly [string, readonly string[]][] = [
  ['JSON', [...loop, '--json']],
  ['help', ['loop', '--help']],
  ['help by the command of that name', ['help', 'study']],
  ['an export', ['study', 'export', 'store.sqlite']],
  ['the state of studies', ['study', 'status', ...Array(40).fill('store.sqlite')]],
];
/** And others. */
const all: readonly [string, readonly string[]][] = [
  ...printing,
  ['the table of a study', study],
  ['the JSON of a study', [...study, '--json']],
  ['the version', ['--version']],
  ['the JSON of info', ['info', '--json']],
];

/** Runs `madloop` by a line of bash, in which "$@" is the command. */
function inShell(script: string, args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['-c', script, 'bash', process.execPath, main, ...args],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  );
  return { status, stdout, stderr };
}

describe.runIf(process.platform === 'linux')('standard output that is a file', () => {
  test.each(printing)('%s: every byte is in it', async (_, args) => {
    const { status } = inShell('"$@" > whole', args);
    expect(status).toBe(0);
    const whole = readFileSync(join(folder, 'whole'), 'utf8');
    expect(whole.length).toBeGreaterThan(2048);
    expect(whole).toBe((await run(args, folder)).stdout);
  });

  // A file system that fills up takes a part of what is written, as a limit does.
  test.each(printing)('%s: what did not fit is told, by one line and exit status 1', (_, args) => {
    const { status, stderr } = inShell('ulimit -f 2; "$@" > cut', args);
    expect(stderr).toBe('madloop: cannot write standard output: EFBIG\n');
    expect(status).toBe(1);
    expect(readFileSync(join(folder, 'cut')).length).toBe(2048);
  });

  test.each(all)('%s: a device that is full from the start', (_, args) => {
    const { status, stderr } = inShell('"$@" > /dev/full', args);
    expect(stderr).toMatch(
      /^(60 of 60 cells done; kept in \S+\n)?madloop: cannot write standard output: ENOSPC\n$/,
    );
    expect(status).toBe(1);
  });

  test('the files of a command are written all the same', () => {
    const { status, stderr } = inShell('"$@" > /dev/full', [...loop, '--no-chart', '-o', 'out']);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^wrote out\/loop\.json, out\/loop\.csv\nmadloop: cannot write standard output: ENOSPC\n$/,
    );
    expect(readdirSync(join(folder, 'out'))).toEqual(['loop.csv', 'loop.json']);
    rmSync(join(folder, 'out'), { recursive: true });
  });

  test('a full standard error changes nothing', () => {
    const { status, stdout } = inShell('"$@" 2> /dev/full', [...loop, '--json']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout).generations).toHaveLength(40);
  });
});

const python = spawnSync('python3', ['--version']).status === 0;

test.runIf(python)('a non-blocking pipe whose reader is slow gets every byte', async () => {
  const long = ['loop', '--dim', '2', '--real', '5', '--synthetic', '5', '--generations', '1000', '--json'];
  // A pipe holds 64 KiB; the text is longer.
  const nonBlocking =
    'python3 -c "import os, sys; os.set_blocking(1, False); os.execv(sys.argv[1], sys.argv[1:])"';
  const { stdout } = inShell(`${nonBlocking} "$@" | (sleep 1; cat)`, long);
  expect(stdout.length).toBeGreaterThan(100_000);
  expect(stdout).toBe((await run(long, folder)).stdout);
});

test('a pipe whose reader goes away is no failure', () => {
  const { status, stdout, stderr } = inShell(`"$@" | head -1; exit \${PIPESTATUS[0]}`, [...loop, '--json']);
  expect([status, stdout, stderr]).toEqual([0, '{\n', '']);
});

const nonBlockingPython = 'import os, sys; os.set_blocking(1, False); os.execv(sys.argv[1], sys.argv[1:])';

describe
  .runIf(process.platform === 'linux')
  .each<[string, readonly string[]]>([
    ['blocking', []],
    ...(python ? [['non-blocking', ['python3', '-c', nonBlockingPython]] as [string, string[]]] : []),
  ])('a %s pipe that nobody reads', (_, before) => {
  test.each(['SIGINT', 'SIGTERM'] as const)('does not keep the process from ending by %s', async (signal) => {
    const long = ['loop', '--dim', '2', '--real', '5', '--synthetic', '5', '--generations', '8000', '--json'];
    const [program, ...args] = [...before, process.execPath, main, ...long];
    const child = spawn(program!, args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      // It has begun to print, and then more than any buffer holds.
      await new Promise((resolve) => child.stdout.once('readable', resolve));
      await delay(500);
      expect(child.exitCode).toBe(null);
      const ended = new Promise((resolve) => child.once('exit', (_, by) => resolve(by)));
      child.kill(signal);
      expect(await Promise.race([ended, delay(2_000, 'it goes on')])).toBe(signal);
    } finally {
      child.kill('SIGKILL');
    }
  });
});
