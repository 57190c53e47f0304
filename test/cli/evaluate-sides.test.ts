// `madloop evaluate` with what users have at hand: files of others, few rows, unequal sizes. What one metric cannot give leaves
// the others, and is said in the words of the command line.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import type { Matrix } from '../../src/base/shapes.js';
import { moments } from '../../src/distributions/moments.js';
import { writeMatrix } from '../../src/features/matrix-file.js';
import { readStatistics, writeStatistics } from '../../src/features/statistics-file.js';
import { frechetDistance } from '../../src/metrics/frechet.js';
import { kernelDistance } from '../../src/metrics/kernel-distance.js';
import { normals } from '../support/numbers.js';
import { npyBytes, zipBytes } from '../support/zip-bytes.js';
import { run, temporaryFolder } from './command.js';

const dim = 6;
const sample = (rows: number, seed: number, scale = 1, cols = dim) =>
  matrix(
    normals(rows * cols, seed).map((value) => scale * value + 0.3),
    rows,
    cols,
  );
const real = sample(300, 1);
const generated = sample(250, 2, 1.1);
let folder: string;

const float64 = (shape: number[], values: ArrayLike<number>) =>
  npyBytes('<f8', shape, Buffer.from(Float64Array.from(values).buffer));
const npz = (name: string, arrays: Record<string, Uint8Array>) =>
  writeFile(
    join(folder, name),
    zipBytes(Object.entries(arrays).map(([array, bytes]) => ({ name: `${array}.npy`, bytes }))),
  );
const npy = (name: string, x: Matrix) => writeMatrix(join(folder, name), x);

interface Printed {
  readonly status: number | null;
  readonly stderr: string;
  readonly metrics: readonly {
    readonly metric: string;
    readonly k?: number;
    readonly value: number;
    readonly standardError: number | null;
    readonly interval: readonly [number, number] | null;
    readonly heavyTails?: boolean;
  }[];
  readonly notes: readonly string[];
}

async function evaluate(...args: string[]): Promise<Printed> {
  const { status, stdout, stderr } = await run(['evaluate', ...args, '--json'], folder);
  const { metrics = [], notes = [] } = stdout === '' ? {} : JSON.parse(stdout);
  return { status, stderr, metrics, notes };
}

const namesOf = ({ metrics }: Printed) =>
  metrics.map(({ metric, k }) => (k === undefined ? metric : `${metric} ${k}`));
const metricOf = ({ metrics }: Printed, name: string) => metrics.find(({ metric }) => metric === name)!;

beforeAll(async () => {
  folder = temporaryFolder();
  await npy('real.npy', real);
  await npy('generated.npy', generated);
  const { mean, covariance } = await moments(real);
  const [m, s] = [float64([dim], mean), float64([dim, dim], covariance)];
  const features = float64([300, dim], real.data);
  await npz('mean-cov.npz', { mean: m, cov: s });
  await npz('mu-cov.npz', { mu: m, cov: s });
  await npz('models.npz', { 'a.mu': m, 'a.cov': s, 'b.mu': float64([1], [0]), 'b.cov': float64([1, 1], [1]) });
  await npz('beside.npz', { mu: m, sigma: s, feats: features, sigma_s: float64([2, 2], [1, 0, 0, 1]) });
  await npz('two.npz', { a: features, b: features });
});

test('heavy tails of either side: which intervals may hold less often, on standard error and in the document', async () => {
  const heavy = (rows: number, seed: number) => {
    const { data, cols } = sample(rows, seed);
    return matrix(
      data.map((value) => value * value * value),
      rows,
      cols,
    );
  };
  await npy('real.npy', real);
  await npy('generated.npy', generated);
  await npy('heavy.npy', heavy(250, 12));
  const metrics = ['frechetDistance', 'frechetDistanceInfinity', 'kernelDistance'];
  const told = `heavy tails: a few rows decide these moments, and 95 % intervals may hold less often: ${metrics.join(', ')}`;
  const outcome = await evaluate('real.npy', 'heavy.npy');
  expect(outcome.notes).toContain(told);
  expect(outcome.stderr).toContain(`madloop: ${told}`);
  for (const metric of metrics) expect(metricOf(outcome, metric).heavyTails).toBe(true);
  expect(metricOf(outcome, 'precision').heavyTails).toBeUndefined();
  // Extrapolated over the generated side alone.
  const turned = await evaluate('heavy.npy', 'real.npy', '--extrapolate', 'generated');
  expect(metricOf(turned, 'frechetDistanceInfinity').heavyTails).toBe(false);
  expect(turned.notes.join()).toContain('less often: frechetDistance, kernelDistance');
  const light = await evaluate('real.npy', 'generated.npy');
  expect(light.notes).toEqual([]);
  expect(metricOf(light, 'kernelDistance').heavyTails).toBe(false);
});

describe('statistics under other names', () => {
  let expected: number;
  beforeAll(async () => {
    expected = (await frechetDistance(real, generated)).distance;
  });

  test.each([
    [['mean-cov.npz', 'generated.npy']],
    [['mu-cov.npz', 'generated.npy', '--real-mean', 'mu', '--real-covariance', 'cov']],
    [['models.npz', 'generated.npy', '--real-mean', 'a.mu', '--real-covariance', 'a.cov']],
    [['generated.npy', 'mu-cov.npz', '--generated-mean', 'mu', '--generated-covariance', 'cov']],
    [['beside.npz', 'generated.npy', '--real-array', 'feats']],
    [['generated.npy', 'beside.npz', '--generated-array', 'feats']],
  ])('%j', async (args) => {
    const outcome = await evaluate(...args, '--no-infinity');
    expect(outcome.status).toBe(0);
    expect(metricOf(outcome, 'frechetDistance').value).toBeCloseTo(expected, 9);
  });

  test.each([
    [
      ['mu-cov.npz', 'generated.npy'],
      ['--real-mean', '--real-covariance', '"cov" by --real-array'],
    ],
    [
      ['generated.npy', 'mu-cov.npz'],
      ['--generated-mean', '"cov" by --generated-array'],
    ],
    [
      ['models.npz', 'generated.npy'],
      ['several models ("a", "b")', '--real-mean and --real-covariance'],
    ],
    [['two.npz', 'generated.npy'], ['holds several matrices, expected --real-array to name one']],
    [
      ['mu-cov.npz', 'generated.npy', '--real-mean', 'mu'],
      ['--real-covariance must be given as well where --real-mean is'],
    ],
    [
      ['mu-cov.npz', 'generated.npy', '--real-mean', 'mu', '--real-covariance', 'cov', '--real-array', 'cov'],
      ['--real-array and --real-mean must not be given both'],
    ],
    [['generated.npy', 'real.npy', '--generated-array', 'x'], ['is a .npy file']],
  ])('%j is refused', async (args, pieces) => {
    const { status, stdout, stderr } = await run(['evaluate', ...args], folder);
    expect([status, stdout]).toEqual([2, '']);
    for (const piece of pieces) expect(stderr).toContain(piece);
    expect(stderr).not.toMatch(/option '/);
  });

  test('features beside statistics are pointed out', async () => {
    const { notes, stderr } = await evaluate('beside.npz', 'generated.npy', '--no-infinity');
    const note =
      'beside.npz: its statistics are taken; "feats" (300, 6) could be read as features: --real-array feats';
    expect(notes[0]).toBe(note);
    expect(stderr).toContain(`madloop: ${note}\n`);
    expect(stderr).not.toContain('sigma_s');
  });

  test('stats makes ours of them, and merges them', async () => {
    const flags = ['--mean', 'mu', '--covariance', 'cov'];
    const made = await run(['stats', 'mu-cov.npz', ...flags, '--extractor', 'e', '-o', 'made.npz'], folder);
    expect([made.status, made.stderr]).toEqual([0, 'wrote made.npz\n']);
    expect(made.stdout).toMatch(/unknown/);
    const { mean, covariance } = await moments(real);
    expect(await readStatistics(join(folder, 'made.npz'))).toMatchObject({ mean, covariance, extractor: 'e' });
    for (const [args, message] of [
      [['stats', 'mu-cov.npz', '-o', 'x.npz'], 'name them by --mean and --covariance'],
      [['stats', 'mu-cov.npz', '--mean', 'mu', '-o', 'x.npz'], '--covariance must be given as well'],
      [['stats', 'mu-cov.npz', ...flags, '--array', 'cov', '-o', 'x.npz'], 'must not be given both'],
      [['stats', 'two.npz', '-o', 'x.npz'], 'expected --array to name one of them'],
      [['stats', 'merge', 'mu-cov.npz', ...flags, '-o', 'x.npz'], 'mu-cov.npz: count must be known'],
      [['loop', '--data', 'mu-cov.npz', '--real', '20', '--synthetic', '20'], '"cov" by --data-array'],
      [['loop', '--data', 'two.npz', '--real', '20', '--synthetic', '20'], 'expected --data-array to name one'],
    ] as const) {
      const { status, stderr } = await run(args, folder);
      expect(status).toBe(2);
      expect(stderr).toContain(message);
    }
    const loop = ['--real', '20', '--synthetic', '20', '--generations', '2', '--replicates', '2', '--json'];
    const outcome = await run(['loop', '--data', 'two.npz', '--data-array', 'a', ...loop], folder);
    expect(outcome.status).toBe(0);
    expect(JSON.parse(outcome.stdout).parameters.dataArray).toBe('a');
  });
});

test('statistics of different extractors are not compared, unless told to', async () => {
  const { dim, mean, covariance } = await moments(real);
  await writeStatistics(join(folder, 'inception.npz'), { dim, mean, covariance, extractor: 'inception-v3' });
  await writeStatistics(join(folder, 'clip.npz'), { dim, mean, covariance, extractor: 'clip-vit' });
  const refused = await run(['evaluate', 'inception.npz', 'clip.npz'], folder);
  expect([refused.status, refused.stdout]).toEqual([2, '']);
  expect(refused.stderr).toContain(
    'inception.npz and clip.npz must have features of the same extractor, unless --any-extractor is given, ' +
      'got "inception-v3" and "clip-vit"',
  );
  const compared = await evaluate('inception.npz', 'clip.npz', '--any-extractor');
  expect(compared.status).toBe(0);
  expect(compared.metrics).toMatchObject([{ metric: 'frechetDistance', value: 0, interval: null }]);
  expect(compared.notes.join('\n')).toMatch(
    /FD∞ left out: it needs the generated samples, and clip\.npz holds/,
  );
  expect(compared.notes.join('\n')).toMatch(/statistics alone leave no samples to estimate errors from/);
});

describe('each metric by itself', () => {
  const manifold = (k: number) =>
    ['precision', 'recall', 'density', 'coverage'].map((metric) => `${metric} ${k}`);

  beforeAll(async () => {
    await npy('five.npy', sample(5, 3));
    await npy('three.npy', sample(3, 4));
    await npy('two.npy', sample(2, 5));
    await npy('huge.npy', sample(99, 6, 1e60));
    await npy('huge2.npy', sample(99, 7, 1e60));
  });

  test('five rows: all but what k = 5, the default, takes more rows for', async () => {
    const outcome = await evaluate('real.npy', 'five.npy', '--no-infinity');
    expect([outcome.status, namesOf(outcome)]).toEqual([0, ['frechetDistance', 'kernelDistance']]);
    expect(outcome.stderr).toContain(
      'left out: k = 5, the default, takes more than 5 rows of either side, and five.npy has 5 (--k sets it)',
    );
  });

  test('k = 3 and 5 of five rows: 3 is printed, 5 fails the command afterwards', async () => {
    const outcome = await evaluate('five.npy', 'real.npy', '--no-infinity', '--k', '3,5');
    expect(namesOf(outcome)).toEqual(['frechetDistance', 'kernelDistance', ...manifold(3)]);
    expect(metricOf(outcome, 'precision').interval).toBeNull();
    expect(outcome.notes.join()).toContain('no intervals at k = 3');
    expect(outcome.status).toBe(2);
    expect(outcome.stderr.trimEnd().split('\n').at(-1)).toBe(
      'madloop: --k must be an integer from 1 to 4, as five.npy has 5 rows, got 5',
    );
  });

  test('three rows: a distance without an interval, and why', async () => {
    const outcome = await evaluate('real.npy', 'three.npy', '--no-infinity', '--k', '1');
    expect(outcome.status).toBe(0);
    expect(namesOf(outcome)).toEqual(['frechetDistance', 'kernelDistance', ...manifold(1)]);
    const { value, standardError } = metricOf(outcome, 'frechetDistance');
    expect([value, standardError]).toEqual([(await frechetDistance(real, sample(3, 4))).distance, null]);
    expect(outcome.notes).toContain('frechetDistance has no interval: it takes 4 rows, and three.npy has 3');
    expect(metricOf(outcome, 'kernelDistance').interval).not.toBeNull();
  });

  test('two rows leave the kernel distance without an interval, too', async () => {
    const outcome = await evaluate('real.npy', 'two.npy', '--no-infinity', '--k', '1');
    expect(outcome.status).toBe(0);
    expect(metricOf(outcome, 'kernelDistance').interval).toBeNull();
    expect(outcome.notes).toContain(
      'kernelDistance has no interval: it takes 3 rows of either side, and two.npy has 2',
    );
  });

  test('numbers too large for the kernel leave the others; a smaller factor brings it back', async () => {
    const outcome = await evaluate('huge.npy', 'huge2.npy', '--no-infinity');
    expect([outcome.status, namesOf(outcome)]).toEqual([0, ['frechetDistance', ...manifold(5)]]);
    expect(outcome.stderr).toMatch(/kernel distance left out: the kernel must stay .* or set --gamma\n/);
    const scaled = await evaluate('huge.npy', 'huge2.npy', '--no-infinity', '--gamma', '1e-130');
    expect(namesOf(scaled)).toContain('kernelDistance');
  });

  test('a side whose rows are all equal is told: numbers do not say so', async () => {
    await npy('equal.npy', matrix(new Float64Array(20 * dim).fill(1), 20, dim));
    const { status, stderr, notes } = await evaluate('real.npy', 'equal.npy', '--no-infinity');
    expect(status).toBe(0);
    const [note] = notes.filter((each) => each.startsWith('no variance'));
    expect(note).toMatch(/: the 20 rows of equal\.npy are all equal/);
    expect(stderr).toContain(`madloop: ${note}\n`);
  });

  test('what is wrong with all of them is said once, and nothing is printed', async () => {
    await npy('wide.npy', sample(30, 1, 1, 5));
    const { status, stdout, stderr } = await run(['evaluate', 'real.npy', 'wide.npy', '--no-infinity'], folder);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toBe('madloop: real.npy and wide.npy must have the same dimension, got 6 and 5 columns\n');
  });

  test.each([
    [['--blocks', '200'], '--blocks must be an integer from 1 to 125, got 200'],
    [['--block-size', '1'], '--block-size must be an integer of at least 2, got 1'],
    [['--block-size', 'all'], '--block-size must be an integer of at least 2, got "all"'],
    [['--gamma', '-1'], '--gamma must be a number of at least 0'],
    [['--subsets', '2', '--blocks', '2'], '--blocks and --subsets must not be given both'],
  ])('%j ends the command before it computes anything', async (flags, message) => {
    const { status, stdout, stderr } = await run(['evaluate', 'real.npy', 'generated.npy', ...flags], folder);
    expect([status, stdout, stderr.startsWith(`madloop: ${message}`)]).toEqual([2, '', true]);
  });
});

describe('the kernel distance of unequal sizes', () => {
  const [few, many] = [sample(400, 8), sample(2_500, 9)];
  beforeAll(async () => {
    await npy('few.npy', few);
    await npy('many.npy', many);
  });

  test('is of all rows, with an error, whatever the seed', async () => {
    const expected = await kernelDistance(few, many, { error: 'jackknife' });
    for (const seed of ['0', '7']) {
      const outcome = await evaluate('few.npy', 'many.npy', '--no-infinity', '--seed', seed);
      const { value, standardError } = metricOf(outcome, 'kernelDistance');
      expect(value).toBeCloseTo(expected.distance, 10);
      expect(standardError! / expected.standardError).toBeCloseTo(1, 8);
      expect(outcome.notes).toEqual([]);
    }
  });

  test('takes flags for its blocks, and says which rows are in none', async () => {
    const blocks = await evaluate('few.npy', 'many.npy', '--no-infinity', '--block-size', '40,100');
    expect(metricOf(blocks, 'kernelDistance')).toMatchObject({ blocks: 10, blockSizes: { a: 40, b: 100 } });
    expect(blocks.notes).toEqual([
      'kernelDistance is of 1000 of the 2500 rows of many.npy, those in its blocks',
    ]);
    const subsets = await evaluate('few.npy', 'many.npy', '--no-infinity', '--subsets', '5');
    expect(metricOf(subsets, 'kernelDistance')).toMatchObject({ blocks: 5, interval: null });
    expect(subsets.notes).toEqual([
      'kernelDistance has no interval: subsets share rows (disjoint blocks have one)',
    ]);
  });
});

describe('a covariance without a mean is no features', () => {
  const at = (flag: string) => new RegExp(`looks like a covariance without a mean.*by ${flag}\n$`, 's');
  test.each([
    ['the real side', ['evaluate', 'cov.npy', 'generated.npy'], at('--real-array')],
    ['the generated side', ['evaluate', 'real.npy', 'cov.npz'], at('--generated-array')],
    ['both sides', ['evaluate', 'cov.npz', 'cov.npz'], at('--real-array')],
    ['stats', ['stats', 'cov.npy', '-o', 'x.npz'], at('--array')],
    ['loop', ['loop', '--data', 'cov.npz', '--generations', '2'], at('--data-array')],
  ])('%s', async (_, args, message) => {
    const { covariance } = await moments(real);
    const cov = float64([dim, dim], covariance);
    await npz('cov.npz', { cov });
    await writeFile(join(folder, 'cov.npy'), cov);
    const { status, stdout, stderr } = await run(args, folder);
    expect(stderr).toMatch(message);
    expect([status, stdout]).toEqual([2, '']);
  });

  test('unless it is named', async () => {
    const { status } = await run(['stats', 'cov.npz', '--array', 'cov', '-o', 'named.npz'], folder);
    expect(status).toBe(0);
  });
});

test.each([
  [
    'evaluate',
    ['evaluate', 'one.npy', 'generated.npy', '--k', '1'],
    '--k must be below the rows of either side, at least 2 each, got 1 row',
  ],
  [
    'loop',
    ['loop', '--data', 'three.npy', '--held-out', '2'],
    'three.npy must have at least 4 rows, 2 of them to measure with, got 3',
  ],
])('%s says that there are too few rows', async (_, args, message) => {
  await npy('one.npy', sample(1, 3));
  await npy('three.npy', sample(3, 3));
  const { status, stderr } = await run(args, folder);
  expect(stderr).toContain(message);
  expect(stderr).not.toMatch(/from \d+ to/);
  expect(status).toBe(2);
});
