import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { limitPoint } from '../../src/limits/limit-point.js';
import { run, temporaryFolder } from './command.js';

const args = [
  'limit',
  '--dim',
  '3',
  '--real',
  '6',
  '--synthetic',
  '9',
  '--lambda',
  '0.9',
  '--relative-error',
  '0.01',
];
const options = { dim: 3, real: 6, synthetic: 9, lambda: 0.9, relativeError: 0.01 };

describe('madloop limit', () => {
  test('prints one small table', async () => {
    const { status, stdout } = await run(args, temporaryFolder());
    expect(status).toBe(0);
    const [heading, names, row, ...rest] = stdout.split('\n');
    expect(heading).toBe('fresh data loop: d = 3, n_r = 6, n_s = 9, lambda = 0.9, seed 0');
    expect(names).toMatch(/distance +95 % interval +chains/);
    const { distance, chains } = await limitPoint(options);
    expect(row).toContain(distance.toFixed(3).slice(0, 4));
    expect(row).toContain(String(chains));
    expect(rest).toEqual(['', '±: one standard error', '']);
  });

  test('prints a JSON document that repeats the run', async () => {
    const folder = temporaryFolder();
    const { status, stdout } = await run([...args, '--json', '--seed', '18446744073709551615'], folder);
    expect(status).toBe(0);
    const document = JSON.parse(stdout);
    expect(document).toEqual({
      madloop: expect.any(String),
      instructionSet: expect.any(String),
      command: 'limit',
      parameters: {
        variant: 'fresh-data',
        memory: 1,
        divisor: 'unbiased',
        method: 'monte-carlo',
        seed: '18446744073709551615',
        ...options,
      },
      ...(await limitPoint({ ...options, seed: 2n ** 64n - 1n })),
    });
    const file = join(folder, 'limit.json');
    writeFileSync(file, stdout);
    expect((await run(['limit', file, '--json', '--threads', '1'], folder)).stdout).toBe(stdout);
  });

  test('--method deterministic prints the large-d limit, which a file repeats, and no interval', async () => {
    const folder = temporaryFolder();
    const deterministic = [...args, '--method', 'deterministic'];
    const { distance } = await limitPoint({ ...options, method: 'deterministic' });
    const { status, stdout } = await run(deterministic, folder);
    expect(status).toBe(0);
    expect(stdout).toContain(distance.toPrecision(6));
    expect(stdout).not.toMatch(/interval|NaN/);
    const json = await run([...deterministic, '--json'], folder);
    expect(JSON.parse(json.stdout)).toMatchObject({ method: 'deterministic', distance, standardError: null });
    const file = join(folder, 'limit.json');
    writeFileSync(file, json.stdout);
    expect((await run(['limit', file, '--json'], folder)).stdout).toBe(json.stdout);
  });

  test('exits with 2 for wrong input, naming the parameter', async () => {
    for (const [flags, message] of [
      [['--real', '0'], 'madloop: --real must be'],
      [['--lambda', 'high'], 'madloop: --lambda must be'],
      [['--relative-error', '0'], 'madloop: --relative-error must be'],
      [['--generations', '4'], 'unknown option'],
    ] as const) {
      const { status, stdout, stderr } = await run([...args, ...flags], temporaryFolder());
      expect(status).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toContain(message);
    }
  });
});
