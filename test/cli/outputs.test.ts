// What -o may be, which is found out before anything is computed.

import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { writeMatrix } from '../../src/features/matrix-file.js';
import { run, temporaryFolder } from './command.js';

const folder = temporaryFolder();
const cells = ['--dim', '2', '--real', '10', '--synthetic', '10', '--method', 'deterministic'];
// Hours, if it were begun.
const long = [
  '--dim',
  '200',
  '--real',
  '100',
  '--synthetic',
  '900',
  '--generations',
  '100000',
  '--replicates',
  '1000',
];

beforeAll(async () => {
  await writeMatrix(join(folder, 'x.npy'), matrix(Float64Array.of(1, 2, 3, 5, 8, 13), 3, 2));
  expect((await run(['stats', 'x.npy', '-o', 'x.npz'], folder)).status).toBe(0);
  expect((await run(['study', ...cells, '--store', 'x.sqlite'], folder)).status).toBe(0);
  spawnSync('mkfifo', [join(folder, 'pipe')]);
  for (const ending of ['npz', 'csv', 'html']) {
    spawnSync('mkfifo', [join(folder, `pipe.${ending}`)]);
    symlinkSync('/dev/null', join(folder, `null.${ending}`));
    mkdirSync(join(folder, `folder.${ending}`));
  }
  writeFileSync(join(folder, 'file'), 'kept');
});

/** Every command that writes one file, by the ending of its name. */
const writers: readonly [string, string, readonly string[]][] = [
  ['stats', 'npz', ['stats', 'x.npy']],
  ['stats merge', 'npz', ['stats', 'merge', 'x.npz', 'x.npz']],
  ['study export', 'csv', ['study', 'export', 'x.sqlite']],
  ['report', 'html', ['report', 'x.sqlite']],
];

describe.runIf(process.platform === 'linux').each(writers)('%s', (command, ending, args) => {
  test.each([
    ['pipe', 'it is a FIFO, expected a regular file'],
    ['null', 'it is a device, expected a regular file'],
    ['folder', 'it is a folder, expected a regular file'],
  ])('leaves a %s as it is', async (name, reason) => {
    const output = `${name}.${ending}`;
    const before = lstatSync(join(folder, output));
    const { status, stderr } = await run([...args, '-o', output], folder);
    expect([status, stderr]).toEqual([1, `madloop: cannot write ${output}: ${reason}\n`]);
    const after = lstatSync(join(folder, output));
    expect([after.ino, after.mode]).toEqual([before.ino, before.mode]);
  });

  test('keeps the mode of the file that it replaces', async () => {
    const output = join(folder, `private.${ending}`);
    writeFileSync(output, 'old');
    for (const mode of [0o600, 0o664]) {
      chmodSync(output, mode);
      expect((await run([...args, '-o', output], folder)).status).toBe(0);
      expect(statSync(output).mode & 0o777).toBe(mode);
      expect(readFileSync(output, 'latin1')).not.toBe('old');
    }
  });

  test('refuses a name with another ending, and one of its inputs', async () => {
    const other = await run([...args, '-o', 'x.other'], folder);
    expect([other.status, other.stderr]).toEqual([
      2,
      expect.stringContaining(`${command}: --output must end in .`),
    ]);
    // The input under a name that a result may have.
    const input = args.at(-1)!;
    const nameOf = (what: string) => `${what}-${command.replaceAll(' ', '-')}.${ending}`;
    const names = { same: nameOf('same'), hard: nameOf('hard'), soft: nameOf('soft') };
    const bytes = readFileSync(join(folder, input));
    writeFileSync(join(folder, names.same), bytes);
    linkSync(join(folder, names.same), join(folder, names.hard));
    symlinkSync(names.same, join(folder, names.soft));
    for (const output of [names.same, `./${names.same}`, names.hard, names.soft]) {
      const { status, stderr } = await run([...args.slice(0, -1), names.same, '-o', output], folder);
      expect(stderr).toContain(
        `${command}: --output must be another file than the input ${names.same}, got ${output}`,
      );
      expect(status).toBe(2);
      expect(readFileSync(join(folder, names.same))).toEqual(bytes);
    }
  });

  test('a folder that is a file is told before anything is read', async () => {
    const absent = args.map((argument) => (/^x\./.test(argument) ? `absent-${argument}` : argument));
    const { status, stderr } = await run([...absent, '-o', `file/x.${ending}`], folder);
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(`^madloop: cannot write file/x\\.${ending}: .*\n$`),
    ]);
  });
});

describe('a folder of results', () => {
  test.each([
    ['below a file', 'file/x'],
    ['that is a file', 'file'],
  ])('%s is refused before the loop or the figure is computed', async (_, output) => {
    for (const args of [
      ['loop', ...long],
      ['figure', '10'],
      ['figure', '11'],
    ]) {
      const { status, stdout, stderr } = await run([...args, '-o', output], folder);
      expect([status, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^madloop: cannot write file\/.*\.json: ENOTDIR.*\n$/);
    }
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('kept');
  });

  test('with a device or FIFO in the place of a result is refused, too', async () => {
    mkdirSync(join(folder, 'results'));
    spawnSync('mkfifo', [join(folder, 'results', 'loop.svg')]);
    const { status, stderr } = await run(['loop', ...long, '-o', 'results'], folder);
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining('cannot write results/loop.svg: it is a FIFO'),
    ]);
    expect(readdirSync(join(folder, 'results'))).toEqual(['loop.svg']);
  });

  test('is one that has no loop yet, where none is named', async () => {
    const place = temporaryFolder();
    const loop = (...rest: string[]) =>
      run(['loop', ...cells.slice(0, 6), '--generations', '2', '--no-chart', ...rest], place);
    for (const [seed, folder] of [
      ['1', 'madloop-results'],
      ['2', 'madloop-results-2'],
      ['1', 'madloop-results-3'],
    ] as const)
      expect((await loop('--seed', seed)).stderr).toContain(`wrote ${folder}/loop.json, ${folder}/loop.csv\n`);
    const first = readFileSync(join(place, 'madloop-results', 'loop.json'), 'utf8');
    expect(readFileSync(join(place, 'madloop-results-3', 'loop.json'), 'utf8')).toBe(first);
    // One that is named is written to, as before.
    expect((await loop('--seed', '2', '-o', 'madloop-results')).status).toBe(0);
    expect(readFileSync(join(place, 'madloop-results', 'loop.json'), 'utf8')).not.toBe(first);
  });

  test.each([['-'], ['']])('is not %j', async (output) => {
    for (const command of [
      ['loop', ...long],
      ['figure', '10'],
    ]) {
      const { status, stderr } = await run([...command, '-o', output], folder);
      const message = `madloop: --output must be a folder (--json prints the result on standard output), got '${output}'\n`;
      expect([status, stderr]).toEqual([2, message]);
    }
  });

  test.runIf(process.platform === 'linux')('below /proc is an error, and no wait for ever', async () => {
    // Whoever may write there finds that nothing can be made.
    const { status, stderr } = await run(
      ['loop', ...cells.slice(0, 6), '--generations', '2', '--no-chart', '-o', '/proc/x/y'],
      folder,
    );
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/^madloop: cannot write \/proc\/x\/y\/loop\.json: /),
    ]);
  });

  test('is not made for a command that then fails', async () => {
    const { status } = await run(
      ['loop', '--dim', '2', '--real', '-1', '--synthetic', '5', '-o', 'new'],
      folder,
    );
    expect(status).toBe(2);
    expect(existsSync(join(folder, 'new'))).toBe(false);
  });
});
