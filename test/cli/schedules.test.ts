// Schedules by flags and in files: what a user writes is what a list means to the functions, and results repeat themselves.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { simulateGaussianLoop } from '../../src/gaussian-loop/simulate-gaussian-loop.js';
import { run, temporaryFolder } from './command.js';

const digits = fileURLToPath(new URL('../fixtures/digits-small.npy', import.meta.url));
const small = ['--dim', '2', '--generations', '4', '--replicates', '3'];
const folder = temporaryFolder();

const json = async (...args: string[]) => {
  const { status, stdout, stderr } = await run(['loop', ...args, '--json'], folder);
  expect([status, stderr]).toEqual([0, expect.any(String)]);
  return JSON.parse(stdout);
};

describe('madloop loop', () => {
  const flags = [
    '--real-schedule',
    '10,20,40',
    '--synthetic-schedule',
    '0, 5,9',
    '--lambda-schedule',
    '1,0.9,0.5',
  ];

  test('takes schedules by flags, and writes them as files have them', async () => {
    const document = await json(...small, ...flags);
    const schedules = { real: [10, 20, 40], synthetic: [0, 5, 9], lambda: [1, 0.9, 0.5] };
    expect(document.parameters).toMatchObject({
      real: { schedule: [10, 20, 40] },
      synthetic: { schedule: [0, 5, 9] },
      lambda: { schedule: [1, 0.9, 0.5] },
      initial: 10,
    });
    const { generations } = await simulateGaussianLoop({
      ...{ variant: 'fresh-data', dim: 2, generations: 4, replicates: 3 },
      ...schedules,
    });
    expect(document.generations).toEqual(JSON.parse(JSON.stringify(generations)));
  });

  test('a result repeats itself, and a flag overrides the file', async () => {
    const document = await json(...small, ...flags);
    const file = join(folder, 'loop.json');
    writeFileSync(file, JSON.stringify(document));
    expect(await json(file)).toEqual(document);
    const changed = await json(file, '--real', '10', '--lambda-schedule', '1');
    expect(changed.parameters).toMatchObject({
      real: 10,
      lambda: { schedule: [1] },
      synthetic: { schedule: [0, 5, 9] },
    });
  });

  test('takes schedules from YAML, and shows them in the chart', async () => {
    const file = join(folder, 'loop.yaml');
    const text =
      'dim: 2\nreal:\n  schedule: [10, 20, 40, 80, 160]\nsynthetic: { schedule: [0, 5] }\ngenerations: 3\nreplicates: 2\n';
    writeFileSync(file, text);
    const { status, stderr } = await run(['loop', file, '-o', 'yaml'], folder);
    expect([status, stderr]).toEqual([0, expect.stringContaining('wrote')]);
    const { parameters } = JSON.parse(readFileSync(join(folder, 'yaml/loop.json'), 'utf8'));
    expect(parameters.real).toEqual({ schedule: [10, 20, 40, 80, 160] });
    const chart = readFileSync(join(folder, 'yaml/loop.svg'), 'utf8');
    expect(chart).toContain('nᵣ = (10, 20, …, 160), nₛ = (0, 5), λ = 1');
  });

  test('with real data, too: metrics and samples have the bias of the next generation', async () => {
    const data = [
      '--data',
      digits,
      '--held-out',
      '300',
      '--real',
      '20',
      '--synthetic',
      '30',
      '--replicates',
      '1',
    ];
    const measured = ['--generations', '2', '--metrics', 'variance'];
    const variances = async (...lambda: string[]) => {
      const { generations } = await json(...data, ...measured, ...lambda);
      return generations.map((generation: { variance: { mean: number } }) => generation.variance.mean);
    };
    const constant = await variances('--lambda', '0.5');
    // Generation 1 is measured with the bias of generation 2, and generation 2 with that of generation 3.
    expect(await variances('--lambda-schedule', '1,0.5,0.5')).toEqual(constant);
    const [first, second] = await variances('--lambda-schedule', '1,0.5,0');
    expect(first).toBe(constant[0]);
    expect(second).toBeLessThan(1e-9);
  });

  test.each([
    [['--real', '10', '--real-schedule', '10,20'], '--real must be left out beside --real-schedule, got 10'],
    [
      ['--real-schedule', '10,0', '--synthetic', '5'],
      'loop: entry 2 of --real-schedule must be an integer of at least 1, got 0',
    ],
    [
      ['--real-schedule', '10,x', '--synthetic', '5'],
      'loop: entry 2 of --real-schedule must be an integer of at least 1, got "x"',
    ],
    [
      ['--real-schedule', '', '--synthetic', '5'],
      'loop: entry 1 of --real-schedule must be an integer of at least 1, got ""',
    ],
    [
      ['--real', '5', '--synthetic', '5', '--lambda-schedule', '1,2'],
      'loop: entry 2 of --lambda-schedule must be a number from 0 to 1, got 2',
    ],
    [['--real', '10,20', '--synthetic', '5'], 'loop: --real must be an integer of at least 1, got "10,20"'],
  ])('refuses %j in the words of the flags', async (args, message) => {
    const { status, stdout, stderr } = await run(['loop', ...small, ...args, '--json'], folder);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  test.each([
    [
      'real: [10, 20]\nsynthetic: 5\n',
      'real must be a number or { schedule: [...] }, as a plain list is an axis of a study, got an array of length 2',
    ],
    ['real: { schedule: [10, 1.5] }\nsynthetic: 5\n', 'real[1] must be an integer of at least 1, got 1.5'],
    ['real: { schedules: [10] }\nsynthetic: 5\n', 'real must be an integer of at least 1, got an object'],
    [
      'real: { schedule: [10], from: 2 }\nsynthetic: 5\n',
      'real must be an integer of at least 1, got an object',
    ],
    [
      'memory: { schedule: [1, 2] }\nreal: 5\nsynthetic: 5\n',
      'memory must be an integer of at least 1, got an object',
    ],
  ])('refuses a file with %j', async (text, message) => {
    const file = join(folder, 'wrong.yaml');
    writeFileSync(file, `dim: 2\n${text}`);
    const { status, stderr } = await run(['loop', 'wrong.yaml', '--json'], folder);
    expect(status).toBe(2);
    expect(stderr).toContain(`wrong.yaml: ${message}`);
  });
});

describe('commands of limit points', () => {
  test('have no flags for schedules, and refuse those of a file', async () => {
    const flag = await run(['limit', '--dim', '2', '--real-schedule', '10,20', '--synthetic', '10'], folder);
    expect([flag.status, flag.stderr]).toEqual([
      2,
      expect.stringContaining("unknown option '--real-schedule'"),
    ]);
    writeFileSync(
      join(folder, 'limit.json'),
      JSON.stringify({ dim: 2, real: { schedule: [10, 20] }, synthetic: 10 }),
    );
    const file = await run(['limit', 'limit.json'], folder);
    const message =
      'limit.json: real must be one number, as a loop with a schedule has no limit point, got an object';
    expect([file.status, file.stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  test('a study has axes, and no schedules', async () => {
    writeFileSync(
      join(folder, 'study.yaml'),
      'dim: 2\nreal: { schedule: [10, 20] }\nsynthetic: 10\nlambda: 0.5\n',
    );
    const { status, stderr } = await run(['study', 'study.yaml'], folder);
    const message = 'real must be one number, as a loop with a schedule has no limit point, got an object';
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});
