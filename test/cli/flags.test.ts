// From tables of options to the flags of commands, and from the library's errors to what names them.

import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { adviseOptions } from '../../src/advice/options.js';
import { MadloopError } from '../../src/base/errors.js';
import { boolean, callback, integer, number, oneOf, seed, text } from '../../src/base/options.js';
import { rewordErrors } from '../../src/cli/terminal/error-wording.js';
import { addFlags, addSubcommands, flagName, givenByFlags, helpOf } from '../../src/cli/terminal/flags.js';
import { namesOf } from '../../src/cli/terminal/given-parameters.js';
import { limitPointParameters as limitPointOptions } from '../../src/limits/estimate-limit-point.js';

const table = {
  real: integer(1).doc('real samples'),
  realFixed: integer(0).or(0).doc('of them the same ones'),
  initial: integer(2)
    .or(({ real }: { real: number }) => real, 'as realFixed')
    .doc('first samples'),
  lambda: number(0, 1).or(1).doc('sampling bias').flag('<bias>'),
  relativeError: number(1e-6, 0.5).or(1e-3).in('parts').doc('error'),
  pool: oneOf(['latest', 'accumulate', 'subsample']).or('latest').doc('what is kept'),
  subsample: integer(2)
    .or(() => 2, '`initial`, or all')
    .doc("with `pool: 'subsample'`: samples of the pool, not `valueOf` it"),
  seed: seed(),
  quiet: boolean().or(false).doc('no progress'),
  onProgress: callback().optional().doc('no flag'),
};

const parsed = (...args: string[]) => {
  const command = new Command('test').exitOverride().configureOutput({ writeErr: () => {} });
  addFlags(command, table, { seed: '-s' });
  return command.parse(args, { from: 'user' }).opts();
};

describe('flags', () => {
  test('take the values that the kinds of their options say', () => {
    expect(parsed('--real', '1e2', '--relative-error', 'x', '-s', '12', '--quiet', '--pool', 'none')).toEqual({
      ...{ real: 100, relativeError: 'x', seed: '12', quiet: true, pool: 'none' },
    });
    expect(() => parsed('--on-progress', 'x')).toThrow('unknown option');
  });

  test('given are told from others', () => {
    expect(givenByFlags({ real: 3, lambda: undefined, output: 'x' }, table)).toEqual({ real: 3 });
  });

  test.each([
    ['real', 'real samples'],
    ['realFixed', 'of them the same ones (default: 0)'],
    ['initial', 'first samples (default: as --real-fixed)'],
    ['lambda', 'sampling bias (0 to 1; default: 1)'],
    ['relativeError', 'error (1e-6 to 0.5; parts; default: 0.001)'],
    ['pool', 'what is kept: latest (default), accumulate or subsample'],
    ['subsample', 'with --pool subsample: samples of the pool, not `valueOf` it (default: --initial, or all)'],
    ['seed', 'decides every random number (default: 0)'],
  ])('explain %s', (name, help) => expect(helpOf(name, table)).toBe(help));

  test.each([limitPointOptions, adviseOptions])(
    'the dimension goes by the flag that gives a reference, where there is one',
    (options) => {
      const { dim } = options;
      const data = text('be a path').optional().doc('features').flag('<file.npy>');
      expect(helpOf('dim', { dim, data })).toMatch(/^dimension .*, unless --data gives it\b/);
      expect(helpOf('dim', { dim })).not.toMatch(/unless|reference|covariance/);
    },
  );

  test('are named after options', () => {
    expect(['real', 'realFixed', 'aBC'].map(flagName)).toEqual(['--real', '--real-fixed', '--a-b-c']);
  });
});

describe('a command with others below it', () => {
  const run = async (...args: string[]) => {
    const seen: unknown[] = [];
    const act = (name: string) => (_: unknown, flags: object) => void seen.push([name, flags]);
    const command = (name: string) => new Command(name).argument('[x]').option('--json').action(act(name));
    const outer = addSubcommands(command('outer').option('--only'), [command('inner')]);
    const program = new Command().enablePositionalOptions().addCommand(outer);
    await program.parseAsync(args, { from: 'user' });
    return seen;
  };

  test('leaves them the flags that stand behind their names', async () => {
    expect(await run('outer', 'inner', '--json')).toEqual([['inner', { json: true }]]);
    expect(await run('outer', 'x', '--json', '--only')).toEqual([['outer', { json: true, only: true }]]);
  });

  test('refuses its own flags before them', async () => {
    await expect(run('outer', '--only', 'inner')).rejects.toThrow("outer inner: unknown option '--only'");
    await expect(run('outer', '--json', 'inner')).rejects.toThrow("outer inner: unknown option '--json'");
  });
});

describe('errors', () => {
  const words = async (message: string, nameOf: (name: string) => string | undefined) =>
    rewordErrors(nameOf, () => {
      throw new MadloopError('ERR_INVALID_INPUT', message);
    }).then(
      () => 'none',
      (error: Error) => error.message,
    );
  const files: Record<string, string> = {
    a: 'real.npy',
    b: 'made.npy',
    'list[1]': 'two.npz',
    'list[0]': 'one.npz',
  };

  test.each([
    ['f: a must be finite, got NaN', 'real.npy must be finite, got NaN'],
    ['f: a and b must be equal, got 1 and 2', 'real.npy and made.npy must be equal, got 1 and 2'],
    ['f: list[1].count must be that of list[0], got 2', 'two.npz: count must be that of one.npz, got 2'],
    ['f: c must be 1, got a', 'f: c must be 1, got a'],
    ["f: unknown option 'a'", "f: unknown option 'a'"],
  ])('%s', async (message, expected) => expect(await words(message, (name) => files[name])).toBe(expected));

  test.each([
    ['loop: real must be 3, got 4', '--real must be 3, got 4'],
    ['loop: realFixed + real must be 3, got 4', '--real-fixed + --real must be 3, got 4'],
    ['study: the cell {"real":1}: real must be 3, got 1', 'the cell {"real":1}: --real must be 3, got 1'],
    ['loop: lambda must be 3, got 4', 'a.json: lambda must be 3, got 4'],
    ['loop: reference.mean must be 3, got 4', 'a.json: reference: mean must be 3, got 4'],
    ['loop: dim must be 3, got 4', 'loop: dim must be 3, got 4'],
  ])('%s', async (message, expected) => {
    const content = { real: 1, lambda: 3, reference: {} };
    expect(await words(message, namesOf(table, { real: 4 }, { file: 'a.json', content }))).toBe(expected);
  });
});
