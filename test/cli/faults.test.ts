import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { writeMatrix } from '../../src/features/matrix-file.js';
import { run, start, temporaryFolder } from './command.js';
import { without } from './without-package.js';

const digits = fileURLToPath(new URL('../fixtures/digits-small.npy', import.meta.url));
const small = ['loop', '--dim', '2', '--real', '5', '--synthetic', '5', '--generations', '3'];

test.each<[string, string[]]>([
  [
    'the engine',
    [
      'loop',
      '--dim',
      '100',
      '--real',
      '100',
      '--synthetic',
      '900',
      '--generations',
      '1000',
      '--replicates',
      '1000',
    ],
  ],
  [
    'a loop over data',
    [
      'loop',
      '--data',
      digits,
      '--real',
      '10',
      '--synthetic',
      '500',
      '--generations',
      '60',
      '--replicates',
      '10000',
    ],
  ],
  ['a figure', ['figure', '10']],
])('Ctrl-C in the middle of %s exits 130 within a second and leaves no file', async (_, args) => {
  const folder = temporaryFolder();
  const { child, outcome } = start([...args, '-o', 'out'], folder);
  await delay(1500);
  expect(child.exitCode).toBeNull(); // still at work
  const before = performance.now();
  child.kill('SIGINT');
  const { status, stdout, stderr } = await outcome;
  expect(performance.now() - before).toBeLessThan(1000);
  expect([status, stdout, stderr]).toEqual([130, '', 'madloop: interrupted\n']);
  expect(existsSync(join(folder, 'out')) ? readdirSync(join(folder, 'out')) : []).toEqual([]);
});

test('a loop that would run out of data is refused before anything is trained or written', async () => {
  const folder = temporaryFolder();
  // 800 rows are left to train on: enough for eight generations.
  const counts = ['--real', '100', '--synthetic', '50', '--replicates', '1'];
  const args = (generations: string) => [
    'loop',
    '--data',
    digits,
    '--model',
    'gaussian',
    ...counts,
    '--generations',
    generations,
  ];
  const { status, stdout, stderr } = await run([...args('20'), '-o', 'out'], folder);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toBe(
    'madloop: generation 9 wants 100 real rows, but 0 of 800 are left. ' +
      'Take at most 8 generations, fewer real samples, or --replace\n',
  );
  expect(readdirSync(folder)).toEqual([]);
  // Each piece of advice works, in the same folder.
  for (const advised of [args('8'), [...args('20'), '--replace']]) {
    expect((await run([...advised, '-o', 'out', '--no-chart'], folder)).status).toBe(0);
  }
});

test('a reader that goes away is no failure: the files are still written', async () => {
  const folder = temporaryFolder();
  const { child, outcome } = start([...small, '-o', 'out'], folder);
  child.stdout!.destroy();
  child.stderr!.destroy();
  expect((await outcome).status).toBe(0);
  expect(readdirSync(join(folder, 'out'))).toEqual(['loop.csv', 'loop.json', 'loop.png', 'loop.svg']);
});

test('a folder that cannot be written exits 1 and names the file', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), 'kept');
  const { status, stderr } = await run([...small, '-o', 'file'], folder);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^madloop: cannot write file\/loop\.json: /);
  expect(readdirSync(folder)).toEqual(['file']);
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('kept');
});

test('without @resvg/resvg-js the numbers and the SVG are written and the message has the command', async () => {
  const folder = temporaryFolder();
  const name = '@resvg/resvg-js';
  const { status, stdout, stderr } = await run([...small, '-o', 'out'], folder, without(name));
  expect(status).toBe(1);
  expect(stdout).toContain('distance');
  expect(stderr).toContain(`PNG pictures need the package ${name}`);
  expect(stderr).toContain('npm i @resvg/resvg-js@2');
  expect(readdirSync(join(folder, 'out'))).toEqual(['loop.csv', 'loop.json', 'loop.svg']);
  const plain = await run([...small, '-o', 'plain', '--no-chart'], folder, without(name));
  expect(plain.status).toBe(0);
});

test.each([3, 57, 199])('NaN in a data file is named by its file and row: row %i', async (row) => {
  const folder = temporaryFolder();
  const elements = Float64Array.from({ length: 400 }, (_, i) => Math.sin(i * i));
  elements[2 * row + 1] = Number.NaN;
  await writeMatrix(join(folder, 'x.npy'), matrix(elements, 200, 2));
  const counts = ['--real', '10', '--synthetic', '10', '--generations', '2'];
  const { status, stdout, stderr } = await run(['loop', '--data', 'x.npy', ...counts, '--json'], folder);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(
    new RegExp(`^madloop: loop: .*x\\.npy must be finite, got NaN at row ${row}, column 1\n$`),
  );
});
