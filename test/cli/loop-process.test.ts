// `madloop loop --process`: a model of the user's own, and runs of it that go on after any end.

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { derivedSeed } from '../../src/base/derived-seed.js';
import { loopCommand } from '../../src/cli/commands/loop.js';
import { forCommandLine } from '../../src/cli/terminal/error-wording.js';
import { exitCodeOf } from '../../src/cli/terminal/exit-codes.js';
import { RandomIntegers } from '../../src/distributions/random-integers.js';
import { pickRows } from '../../src/engine/rows.js';
import { replicatedAutophagousLoop } from '../../src/loops/replicated-autophagous-loop.js';
import { processModel } from '../../src/models/process-model/process-model.js';
import { datasetReference } from '../../src/references/dataset-reference.js';
import type { Outcome } from './command.js';
import { model, processFolder, rows } from './process-folder.js';

let folder: string;

beforeEach(async () => {
  folder = await processFolder('my model.mjs');
});

const command = ['loop', '--process', `'${process.execPath}' my\\ model.mjs`, '--data', 'real.npy'];
const counts = ['--real', '20', '--synthetic', '30', '--metric-samples', '200', '--seed', '5'];
const short = [...command, ...counts, '--generations', '3', '--replicates', '1', '--no-chart'];

// The command in this process: what it prints and says, and how the program would end.
const printed = vi.hoisted(() => ({ stdout: '', stderr: '' }));
vi.mock('../../src/cli/terminal/output.js', async (original) => {
  const real = await original<typeof import('../../src/cli/terminal/output.js')>();
  const tell = (where: 'stdout' | 'stderr', text: string): void => {
    printed[where] += `${text}\n`;
  };
  return {
    ...real,
    print: (text: string) => tell('stdout', text),
    printJson: (document: unknown) => tell('stdout', real.jsonText(document)),
    say: (text: string) => tell('stderr', text),
  };
});

async function madloop(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  Object.assign(printed, { stdout: '', stderr: '' });
  const own = { TEST_FITS: join(folder, 'fits'), ...env };
  const before = { ...process.env };
  const place = process.cwd();
  let status = 0;
  const command = loopCommand(new AbortController().signal)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  try {
    Object.assign(process.env, own);
    process.chdir(folder);
    await command.parseAsync(args.slice(1), { from: 'user' });
  } catch (error) {
    status = exitCodeOf(error);
    const flags = command.options.flatMap(({ long }) => long ?? []);
    printed.stderr += `madloop: ${forCommandLine((error as Error).message, flags)}\n`;
  } finally {
    process.chdir(place);
    process.env = before;
  }
  return { status, ...printed };
}

const file = (...names: string[]): string => readFileSync(join(folder, ...names), 'utf8');
const fits = (): string[] => file('fits').trim().split('\n');
const without = (flag: string, args: readonly string[]): string[] =>
  args.filter((word, i) => word !== flag && args[i - 1] !== flag);

test('prints the table and writes the files of every loop, with what the library computes', async () => {
  const args = [...command, ...counts, '--generations', '4', '--replicates', '2', '--lambda', '0.8'];
  const { status, stdout, stderr } = await madloop([...args, '--image', '2x2', '-o', 'a']);
  expect([status, stderr]).toEqual([0, expect.stringMatching(/^wrote .*loop-samples\.png$/m)]);
  expect(stdout.match(/^ *\d+ .*±/gm)).toHaveLength(4);
  expect(stdout).toMatch(/^fresh data loop: real\.npy, node my model\.mjs, d = 4, /);
  const pictures = ['loop-samples.png', 'loop-samples.svg', 'loop.csv', 'loop.json', 'loop.png', 'loop.svg'];
  expect(readdirSync(join(folder, 'a'))).toEqual(['loop-run', ...pictures]);
  expect(file('a', 'loop.svg')).toContain('my model.mjs');
  expect(file('a', 'loop-samples.svg').match(/>(real|t = \d+)</g)).toHaveLength(5);

  const { parameters, generations } = JSON.parse(file('a', 'loop.json'));
  expect(parameters).toMatchObject({
    process: [process.execPath, 'my model.mjs'],
    programSha256: { 'my model.mjs': expect.stringMatching(/^[0-9a-f]{64}$/) },
    lambdaRange: [0, 1],
    metricSamples: 200,
  });
  for (const name of ['model', 'processes', 'startLimit', 'anyProgram'])
    expect(parameters).not.toHaveProperty(name);

  const order = await new RandomIntegers(derivedSeed(5n, 'held-out')).someOf(150, 150);
  const [heldOut, training] = [
    await pickRows(rows, order.subarray(0, 30)),
    await pickRows(rows, order.subarray(30)),
  ];
  const library = await replicatedAutophagousLoop({
    ...{ variant: 'fresh-data', real: 20, synthetic: 30, lambda: 0.8, generations: 4, replicates: 2, seed: 5 },
    reference: datasetReference(training, { heldOut }),
    model: processModel({ command: [process.execPath, model] }),
    metricSamples: 200,
  });
  expect(generations).toEqual(library.generations.map(({ t, metrics }) => ({ t, ...metrics })));

  // Of its result, on other threads and in more processes.
  const again = await madloop(['loop', 'a/loop.json', '-o', 'b', '--threads', '1', '--processes', '2']);
  expect(again.status).toBe(0);
  for (const name of pictures) expect(file('b', name)).toBe(file('a', name));
});

test('a model that fails is told by its flag; when it is mended the run goes on, also to more than was asked for', async () => {
  const base = [...command, ...without('--synthetic', counts), '--synthetic-schedule', '0,30,31', '--no-chart'];
  const args = (generations: number, replicates: number, output: string): string[] => [
    ...[...base, '--generations', String(generations), '--replicates', String(replicates), '-o', output],
  ];
  const failed = await madloop(args(3, 2, 'x'), { TEST_FAIL: '51' });
  expect([failed.status, failed.stdout]).toEqual([1, '']);
  expect(failed.stderr).toMatch(
    /madloop: generation 3: fit of --process to 51 samples: --process: fit: the process refused: out of memory\n$/,
  );
  expect(failed.stderr).toContain('the same command goes on from there');
  expect(JSON.parse(file('x', 'loop-unfinished.json')).generations).toHaveLength(2);
  expect((await madloop(args(3, 2, 'x'))).status).toBe(0);
  expect(fits()).toHaveLength(7);
  expect(existsSync(join(folder, 'x', 'loop-unfinished.json'))).toBe(false);

  expect((await madloop(args(5, 3, 'x'))).status).toBe(0);
  expect(fits()).toHaveLength(7 + 2 * 2 + 5);
  expect((await madloop(args(5, 3, 'y'))).status).toBe(0);
  expect(file('x', 'loop.json')).toBe(file('y', 'loop.json'));
  // Fewer are there already.
  expect((await madloop(args(2, 1, 'x'))).status).toBe(0);
  expect(JSON.parse(file('x', 'loop.json')).generations).toHaveLength(2);
  expect(fits()).toHaveLength(2 * 15 + 1);
});

describe('a run that ends before its first generation is finished', () => {
  const fails = ['loop', '--process', `'${process.execPath}' raise.mjs`, ...short.slice(3)];
  const raise = (): void => writeFileSync(join(folder, 'raise.mjs'), 'throw new Error("a slip");');
  const mend = (): void => copyFileSync(model, join(folder, 'raise.mjs'));

  test.each<[string, string[], string]>([
    ['with --output', ['-o', 'o/x'], 'o/x'],
    ['without', [], 'madloop-results'],
  ])('leaves nothing, and the mended model begins anew (%s)', async (_, output, place) => {
    const before = readdirSync(folder).length;
    raise();
    const failed = await madloop([...fails, ...output]);
    expect([failed.status, failed.stdout]).toEqual([1, '']);
    expect(failed.stderr).toContain('a slip');
    expect(failed.stderr).not.toMatch(/finished|goes on/);
    expect(existsSync(join(folder, place))).toBe(false);
    expect(readdirSync(folder)).toHaveLength(before + 1);
    mend();
    const { status, stderr } = await madloop([...fails, ...output]);
    expect([status, stderr]).toEqual([0, expect.stringContaining(`wrote ${place}/loop.json`)]);
    expect(file(place, 'loop.json')).not.toContain('earlierPrograms');
  });

  test('leaves a folder that was there, with what is in it', async () => {
    mkdirSync(join(folder, 'o'));
    writeFileSync(join(folder, 'o', 'notes'), 'mine');
    raise();
    expect((await madloop([...fails, '-o', 'o'])).status).toBe(1);
    expect(readdirSync(join(folder, 'o'))).toEqual(['notes']);
    rmSync(join(folder, 'o', 'notes'));
    expect((await madloop([...fails, '-o', 'o'])).status).toBe(1);
    expect(readdirSync(join(folder, 'o'))).toEqual([]);
  });

  test.each<[string, string[], string]>([
    ['with --output', ['-o', 'x'], 'x'],
    ['without', [], 'madloop-results'],
  ])('even by kill -9: what it left is in the way of no other run (%s)', async (_, output, place) => {
    expect((await madloop([...short, ...output])).status).toBe(0);
    // As it is in the first fit.
    for (const name of ['loop.json', 'loop.csv', 'loop-run/replicate-1'])
      rmSync(join(folder, place, name), { recursive: true });
    mkdirSync(join(folder, place, 'loop-run/replicate-1'));
    writeFileSync(join(folder, 'my model.mjs'), `${readFileSync(model, 'utf8')}// mended\n`);
    const { status, stderr } = await madloop([...without('--seed', short), '--seed', '6', ...output]);
    expect([status, stderr]).toEqual([0, expect.stringContaining(`wrote ${place}/loop.json`)]);
    expect(file(place, 'loop.json')).not.toContain('earlierPrograms');
  });
});

describe('the record of a run', () => {
  test.each<[string, string[], RegExp]>([
    ['another count', ['--synthetic', '40'], /synthetic: 30 -> 40/],
    ['another seed', ['--seed', '6'], /seed: "5" -> "6"/],
    ['another metric', ['--metrics', 'trace'], /metrics: none -> \["trace"\]/],
    [
      'another command',
      ['--process', `'${process.execPath}' './my model.mjs'`],
      /process: .*my model\.mjs.* -> /,
    ],
  ])('is not that of %s', async (_, change, message) => {
    expect((await madloop([...short, '-o', 'x'])).status).toBe(0);
    const before = file('x', 'loop-run', 'run.json');
    const args = short.filter((word, i) => word !== change[0] && short[i - 1] !== change[0]);
    const { status, stderr } = await madloop([...args, ...change, '-o', 'x']);
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(stderr).toContain('x/loop-run is of another run; it was left as it is (give another --output');
    expect(file('x', 'loop-run', 'run.json')).toBe(before);
  });

  test('is found by the same command without --output, which takes the next folder for another run', async () => {
    const other = [...without('--seed', short), '--seed', '6'];
    for (const [own, place, isCut] of [
      [short, 'madloop-results', false],
      [other, 'madloop-results-2', false],
      [short, 'madloop-results', true],
      [other, 'madloop-results-2', false],
    ] as const) {
      // As if it had been stopped before its last files.
      for (const name of isCut ? ['loop.json', 'loop.csv'] : []) rmSync(join(folder, place, name));
      expect((await madloop(own)).stderr).toContain(`wrote ${place}/loop.json`);
    }
    expect(fits()).toHaveLength(6);
  });

  test('is not that of a changed program, unless it is said to be', async () => {
    expect((await madloop([...short, '-o', 'x'])).status).toBe(0);
    const { programSha256 } = JSON.parse(file('x', 'loop.json')).parameters;
    writeFileSync(join(folder, 'my model.mjs'), `${readFileSync(model, 'utf8')}// mended\n`);
    const more = [...without('--generations', short), '--generations', '4', '-o', 'x'];
    const refused = await madloop(more);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(
      /\(--any-program goes on with the changed files\):\n {2}programSha256: .* -> /,
    );
    const repeated = await madloop(['loop', 'x/loop.json', '-o', 'y']);
    expect([repeated.status, repeated.stderr]).toEqual([
      2,
      expect.stringMatching(
        /process must name the files that the result was made with \(--any-program takes others\), got another my model\.mjs\n$/,
      ),
    ]);
    // As from another folder.
    renameSync(join(folder, 'my model.mjs'), join(folder, 'away.mjs'));
    const elsewhere = await madloop(['loop', 'x/loop.json', '-o', 'y']);
    expect([elsewhere.status, elsewhere.stderr]).toEqual([
      2,
      expect.stringMatching(/, got no file my model\.mjs in this folder\n$/),
    ]);
    renameSync(join(folder, 'away.mjs'), join(folder, 'my model.mjs'));
    expect((await madloop([...more, '--any-program'])).status).toBe(0);
    const { parameters, earlierPrograms } = JSON.parse(file('x', 'loop.json'));
    expect(earlierPrograms).toEqual([programSha256]);
    expect(parameters.programSha256).not.toEqual(programSha256);
    expect(fits()).toHaveLength(4);
    // From now on it is the program.
    expect((await madloop(more)).status).toBe(0);
    expect((await madloop(['loop', 'x/loop.json', '--any-program', '-o', 'y'])).status).toBe(0);
  });

  test.each<[string, string, (path: string) => void]>([
    [
      'cut short',
      'replicate-1/generation-2.json',
      (path) => writeFileSync(path, readFileSync(path).subarray(0, 40)),
    ],
    [
      'another generation',
      'replicate-1/generation-2.json',
      (path) => copyFileSync(path.replace('2.json', '1.json'), path),
    ],
    ['of another format', 'run.json', (path) => writeFileSync(path, '{ "format": 2 }')],
    [
      'changed',
      'replicate-1/for-4-from-3.npy',
      (path) => writeFileSync(path, Buffer.alloc(statSync(path).size)),
    ],
    ['gone', 'replicate-1/for-4-from-3.npy', rmSync],
  ])('that is damaged (%s) is told, and left alone', async (_, name, damage) => {
    expect((await madloop([...short, '-o', 'x'])).status).toBe(0);
    damage(join(folder, 'x', 'loop-run', name));
    const { status, stderr } = await madloop([
      ...without('--generations', short),
      '--generations',
      '4',
      '-o',
      'x',
    ]);
    expect([status, stderr]).toEqual([1, expect.stringContaining(`x/loop-run/${name} is damaged: `)]);
  });

  test('is nowhere with --json alone, which says so', async () => {
    const { status, stdout, stderr } = await madloop([...short, '--json']);
    expect([status, stderr]).toEqual([
      0,
      expect.stringContaining('loop: nothing is kept without --output: if it is stopped, all is lost\n'),
    ]);
    expect(JSON.parse(stdout).generations).toHaveLength(3);
    expect(readdirSync(folder).sort()).toEqual(['fits', 'my model.mjs', 'real.npy']);
  });
});

test('lambda may be what --lambda-range says, in metrics of samples, too', async () => {
  const args = [...short, '--lambda', '1.5', '--metrics', 'variance,trace', '--json'];
  const refused = await madloop(args);
  expect([refused.status, refused.stderr]).toEqual([
    2,
    'madloop: --lambda must be a number from 0 to 1, got 1.5\n',
  ]);
  const { status, stdout } = await madloop([...args, '--lambda-range', '0,2']);
  expect(status).toBe(0);
  const { parameters, generations } = JSON.parse(stdout);
  expect(parameters).toMatchObject({ lambda: 1.5, lambdaRange: [0, 2] });
  expect(generations[0].variance.mean).toBeGreaterThan(generations[0].trace.mean);
});

test.each<[string[], number, string]>([
  [['--process', "python3 'x.py"], 2, '--process must close the quote \' of character 9, got "python3 \'x.py"'],
  [
    ['--process', 'A=1 python3 x.py'],
    2,
    '--process must begin with a program (env A=... PROGRAM sets a variable)',
  ],
  [
    ['--process', 'no-such-program x'],
    1,
    'fit of --process to 20 samples: --process: start: the process no-such-program x cannot be started',
  ],
  [['--model', 'gaussian'], 2, '--model must be left out with --process, got "gaussian"'],
  [['--components', '3'], 2, '--components must be left out with --process, got 3'],
  [
    ['--lambda-range', '0.5'],
    2,
    '--lambda-range must be [least, most] with 0 <= least <= 1 <= most, finite, got ',
  ],
  [['--start-limit', '0'], 2, '--start-limit must be a number from '],
  [['--processes', '0'], 2, '--processes must be an integer of at least 1, got 0'],
])('refuses %j', async (change, status, message) => {
  const args = [...without(change[0]!, short), ...change];
  const outcome = await madloop(args);
  expect(outcome.stderr).toContain(message);
  expect(outcome.status).toBe(status);
});

test('its options are for a process, and that for data', async () => {
  const plain = ['loop', '--data', 'real.npy', ...counts];
  const limit = await madloop([...without('--metric-samples', plain), '--fit-limit', '5']);
  expect([limit.status, limit.stderr]).toEqual([
    2,
    'madloop: --fit-limit must be left out without --process, got 5\n',
  ]);
  const vae = await madloop([...plain, '--model', 'vae']);
  expect(vae.stderr).toMatch(
    /--model must be one of 'gaussian', .*, got "vae"; a model of your own: --process\n$/,
  );
  const gaussian = await madloop(['loop', '--dim', '2', '--real', '5', '--synthetic', '5', '--process', 'x']);
  expect(gaussian.stderr).toContain('--process is for real data: it needs --data FILE.npy');
});

test('a time limit that was too short does not make it another run', async () => {
  const slow = { TEST_WAIT: '400' };
  const late = await madloop([...short, '--fit-limit', '0.2', '-o', 'x'], slow);
  expect([late.status, late.stderr]).toEqual([
    1,
    expect.stringContaining('took longer than its time limit of 0.2 s'),
  ]);
  expect((await madloop([...short, '--fit-limit', '60', '-o', 'x'])).status).toBe(0);
});
