import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { version as packageVersion } from '../../src/engine/version.js';
import { matrix, writeMatrix } from '../../src/index.js';
import { run, temporaryFolder } from './command.js';

const folder = temporaryFolder();
const study = ['--dim', '2', '--real', '10', '--synthetic', '10', '--relative-error', '0.2'];
const small = ['loop', '--dim', '2', '--real', '5', '--synthetic', '5', '--generations', '2'];

describe('madloop', () => {
  test('--version and --help succeed', async () => {
    for (const flag of ['--version', '-v', '-V']) {
      expect(await run([flag], folder)).toEqual({ status: 0, stdout: `${packageVersion}\n`, stderr: '' });
    }
    const help = await run(['--help'], folder);
    expect(help.status).toBe(0);
    for (const verb of ['info', 'loop', 'stats', 'figure']) expect(help.stdout).toContain(verb);
  });

  test('info --json prints one JSON document and nothing else', async () => {
    const { status, stdout, stderr } = await run(['info', '--json'], folder);
    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({
      version: packageVersion,
      eigen: expect.any(String),
      kernels: { exponentials: expect.any(String), 'tile product, float64': expect.any(String) },
    });
    expect((await run(['info'], folder)).stdout).toContain(`madloop ${packageVersion}`);
  });

  test.each<[string, string[], RegExp]>([
    [
      'an unknown flag, with the nearest one',
      [...small, '--lamda', '1'],
      /unknown option '--lamda'\n?.*--lambda/,
    ],
    ['an unknown command, with the nearest one', ['lop'], /unknown command 'lop'\n?.*loop/],
    [
      'a missing argument, with those that there are',
      ['evaluate', 'real.npy'],
      /^madloop: missing required argument 'generated'\nusage: madloop evaluate \[options\] <real> <generated>\n$/,
    ],
    [
      'a missing argument of a command with others below it',
      ['stats'],
      /^madloop: missing required argument 'features'\nusage: madloop stats \[options\] \[command\] <features>\n$/,
    ],
    [
      'a flag of another program',
      ['limit', '--guidance-scale', '7.5'],
      /\n\(--guidance is w = scale - 1: 6\.5 for/,
    ],
    ['a flag without its value', ['loop', '--dim'], /option '--dim <d>' argument missing/],
    [
      'a value out of range',
      [...small, '--lambda', '2'],
      /^madloop: --lambda must be a number from 0 to 1, got 2/,
    ],
    [
      'a value that is no number',
      [...small, '--dim', 'ten'],
      /^madloop: --dim must be an integer of at least 1, got "ten"/,
    ],
    [
      'a missing parameter',
      ['loop', '--real', '5', '--synthetic', '5'],
      /^madloop: --dim must be an integer of at least 1, and is not given/,
    ],
    [
      'threads that are none',
      [...small, '--threads', '0'],
      /--threads must be an integer of at least 1, got 0/,
    ],
    [
      'a model of data without data',
      [...small, '--model', 'gmm'],
      /model is for real data: it needs --data FILE\.npy/,
    ],
    [
      'a figure that is not there',
      ['figure', '9'],
      /there is no figure 9 here, but 10, 11, 12, 14, 15, 30 and 31/,
    ],
    ['a parameter file that is not there', ['loop', 'absent.json'], /cannot read absent\.json/],
    [
      'a data file that is not there',
      ['loop', '--data', 'absent.npy', '--real', '5', '--synthetic', '5'],
      /absent\.npy/,
    ],
  ])('%s is wrong usage: exit 2, one message on standard error, no files', async (_, args, message) => {
    const { status, stdout, stderr } = await run(args, folder);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^madloop: /);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('without a command it shows how it is used, and fails', async () => {
    const { status, stdout, stderr } = await run([], folder);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Usage: madloop');
  });

  test('--debug shows where an error came from', async () => {
    expect((await run([...small, '--lambda', '2', '--debug'], folder)).stderr).toMatch(/\n {4}at /);
  });

  test.each<[string, string, RegExp]>([
    ['an unknown key', '{"dimension": 3}', /unknown option 'dimension'/],
    [
      'a wrong value',
      '{"lambda": 3, "dim": 2, "real": 5, "synthetic": 5}',
      /file\.json: lambda must be a number from 0 to 1, got 3/,
    ],
    ['no JSON', '{"dim": ', /file\.json is not JSON/],
    ['no object', '[1, 2]', /file\.json: the document must be an object of parameters/],
    [
      "another command's result",
      '{"madloop": "0.1.0", "command": "figure 10", "parameters": {}}',
      /command must be 'loop', got "figure 10"/,
    ],
  ])('a parameter file with %s is refused', async (_, text, message) => {
    const file = join(temporaryFolder(), 'file.json');
    writeFileSync(file, text);
    const { status, stderr } = await run(['loop', file], folder);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe('what a terminal would obey', () => {
  const obeyed = '\u001b[31m\u202e\u009b';
  const plain = '\\u001b[31m\\u202e\\u009b';

  test.each<[string, string[]]>([
    ['a command', [`lo${obeyed}p`]],
    ['a flag', ['loop', `--${obeyed}`]],
    ['a parameter file', ['loop', `${obeyed}.json`]],
    ['a file of features', ['stats', `${obeyed}.npy`, '-o', 'x.npz']],
    ['an output', ['stats', 'x.npy', '-o', `${obeyed}`]],
    ['a store', ['study', 'status', `${obeyed}.sqlite`]],
  ])('in the name of %s is shown, not sent', async (_, args) => {
    const { stderr } = await run(args, folder);
    expect(stderr).toContain(plain);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
    expect(stderr).not.toMatch(/[\u001b\u009b\u202e]/);
  });

  test('a tag of YAML that nobody knows prints nothing of its own', async () => {
    writeFileSync(join(folder, 'tag.yaml'), 'dim: !mine 2\nreal: 5\nsynthetic: 5\n');
    const { status, stderr } = await run(['loop', 'tag.yaml'], folder);
    expect([status, stderr]).toEqual([2, 'madloop: tag.yaml: dim must be an integer of at least 1, got "2"\n']);
    rmSync(join(folder, 'tag.yaml'));
  });
});

// The user of a command has called no function, and gives no options in braces.
describe('errors are in the words of the command line', () => {
  test.each<[string, string[], string]>([
    [
      'a flag that is not given',
      ['limit', '--dim', '3'],
      '--real must be an integer of at least 1, and is not given',
    ],
    [
      'a share that leaves no real sample',
      ['limit', '--dim', '2', '--total', '5', '--real-fraction', '.01'],
      'real samples of --total and --real-fraction must be an integer of at least 1, got 0',
    ],
    ['a folder for a store', ['study', ...study, '-s', '.'], '.: it is a folder, expected a regular file'],
    ['a device', ['study', 'export', '/dev/null'], '/dev/null: it is a device, expected a regular file'],
    ['no store', ['report', 'none.sqlite', '-o', 'r.html'], 'none.sqlite: there is no such file'],
    [
      'a study without sizes',
      ['study', '--dim', '2'],
      'sample counts must be given as --real and --synthetic, or as --total and --real-fraction, got none',
    ],
    [
      'half of a total where the other count is the answer',
      ['threshold', '--dim', '2', '--lambda', '.5', '--total', '9'],
      'threshold: sample counts must be given as --real, or as --total and --real-fraction, got --total',
    ],
    [
      'data that are used up',
      ['loop', '--data', 'rows.npy', '--model', 'gaussian', '--real', '20', '--synthetic', '20'],
      'generation 3 wants 20 real rows, but 8 of 48 are left. Take at most 2 generations, fewer real samples, or --replace',
    ],
  ])('%s', async (_, args, message) => {
    await writeMatrix(
      join(folder, 'rows.npy'),
      matrix(
        Float64Array.from({ length: 180 }, (__, i) => Math.sin(i * i)),
        60,
        3,
      ),
    );
    const { status, stderr } = await run(args, folder);
    expect(status).not.toBe(0);
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(`madloop: ${message}`);
    expect(stderr).not.toMatch(/runStudy|readStudy|autophagousLoop|datasetReference|undefined/);
  });

  test('--replace draws rows again and again', async () => {
    const { status, stderr } = await run(
      [
        'loop',
        '--data',
        'rows.npy',
        '--model',
        'gaussian',
        '--real',
        '20',
        '--synthetic',
        '20',
        '--replace',
        '--no-chart',
      ],
      folder,
    );
    expect([status, stderr]).toEqual([0, expect.stringContaining('wrote ')]);
  });
});
