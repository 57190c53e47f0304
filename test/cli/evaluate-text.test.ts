// What the first screen of `madloop evaluate` says: how much of a distance is bias, and what it cannot say.

import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { writeMatrix } from '../../src/features/matrix-file.js';
import { frechetDistanceInfinity, frechetDistanceInterval } from '../../src/index.js';
import { normals } from '../support/numbers.js';
import { run, temporaryFolder } from './command.js';

let folder: string;
const cols = 48;
const sample = (rows: number, seed: number, columns = cols) =>
  matrix(normals(rows * columns, seed), rows, columns);
// Of the same law: the distance of the distributions is 0.
const [one, other] = [sample(300, 1), sample(240, 2)];

beforeAll(async () => {
  folder = temporaryFolder();
  const files = {
    one,
    other,
    short: sample(30, 3),
    few: sample(4, 4),
    long: sample(1_000, 5, 4),
    other4: sample(1_000, 6, 4),
  };
  for (const [name, x] of Object.entries(files)) await writeMatrix(join(folder, `${name}.npy`), x);
  await run(['stats', 'one.npy', '-o', 'one.npz', '--extractor', 'e'], folder);
});

const evaluate = (...args: string[]) => run(['evaluate', ...args], folder);
async function document(...args: string[]) {
  const { status, stdout, stderr } = await evaluate(...args, '--json');
  const { metrics, ...rest } = JSON.parse(stdout);
  const row = (name: string) => metrics.find(({ metric }: { metric: string }) => metric === name);
  return { status, stderr, row, ...rest };
}

describe('two samples of the same distribution', () => {
  test('the screen: whose rows, the bias beside each distance, what the numbers are of, in 80 columns', async () => {
    const { status, stdout, stderr } = await evaluate('one.npy', 'other.npy');
    expect(status).toBe(0);
    expect(stderr).toBe(
      'madloop: few rows: fewer than 10 for each column, so that most of a small Fréchet distance is bias: ' +
        'one.npy has 300 for 48, other.npy has 240 for 48\n',
    );
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    const number = '-?[\\d.]+';
    const measured = `${number} ± ${number} +${number} to ${number}`;
    expect(stdout).toMatch(
      new RegExp(
        `^${[
          'real:      one.npy, 300 rows of 48 columns',
          'generated: other.npy, 240 rows of 48 columns',
          '',
          'metric +value +95 % interval +bias, about',
          `frechetDistance +${measured} +${number}`,
          `frechetDistanceInfinity +${measured} +second order`,
          `kernelDistance +${measured} +none`,
          ...['precision', 'recall', 'density', 'coverage'].map((name) => `${name} \\(k = 5\\) +${measured}`),
          '',
          '±: one standard error',
          'bias: how far the mean over samples of these sizes lies above the distributions',
          'frechetDistance: interval of that mean, which the bias is part of',
          'frechetDistanceInfinity: of the distributions, extrapolated over both samples',
          'kernelDistance: of the distributions',
        ].join('\n')}\n$`,
      ),
    );
  });

  test('FD∞ is of both sides by default, and holds 0; the document has all that the screen has', async () => {
    const { row, parameters, real, generated, notes, stderr } = await document('one.npy', 'other.npy');
    expect(parameters.extrapolate).toBe('both');
    expect([real, generated]).toEqual([
      { file: 'one.npy', rows: 300, cols },
      { file: 'other.npy', rows: 240, cols },
    ]);
    const plain = await frechetDistanceInterval(one, other);
    expect(row('frechetDistance')).toMatchObject({ value: plain.distance, bias: plain.bias });
    expect(plain.bias).toBeGreaterThan(0.9 * plain.distance);
    const infinite = await frechetDistanceInfinity(one, other, { extrapolate: 'both' });
    const { value, interval, bias, biasRemoved } = row('frechetDistanceInfinity');
    expect([value, interval, bias]).toEqual([infinite.distance, infinite.interval, null]);
    expect(biasRemoved).toBeCloseTo(infinite.points[0]!.distance - infinite.distance, 6);
    expect(interval[0]).toBeLessThan(0);
    expect(interval[1]).toBeGreaterThan(0);
    expect(row('kernelDistance').bias).toBe(0);
    expect(row('precision').bias).toBeUndefined();
    expect(notes).toEqual([expect.stringMatching(/^few rows: /)]);
    expect(stderr).toBe(`madloop: ${notes[0]}\n`);
  });

  test("--extrapolate generated is the paper's, with the bias of the real samples, and says so", async () => {
    const { row, parameters } = await document('one.npy', 'other.npy', '--extrapolate', 'generated');
    expect(parameters.extrapolate).toBe('generated');
    const { distance } = await frechetDistanceInfinity(one, other);
    const { value, bias, standardError } = row('frechetDistanceInfinity');
    expect(value).toBe(distance);
    // The distance of the distributions is 0: what is left is bias.
    expect(Math.abs(value - bias)).toBeLessThan(4.5 * standardError);
    expect(bias).toBeGreaterThan(5 * standardError);
    const { stdout } = await evaluate('one.npy', 'other.npy', '--extrapolate', 'generated');
    expect(stdout.replace(/\n {3}/g, ' ')).toMatch(
      /generated samples alone; the real side counts as exact, and its own bias stays\n/,
    );
  });
});

test('many rows are not warned of', async () => {
  const { stderr, notes, row } = await document('long.npy', 'other4.npy');
  expect([stderr, notes]).toEqual(['', []]);
  expect(row('frechetDistance').bias).toBeGreaterThan(0);
});

test('statistics: FD∞ is of the generated side, whose bias alone is removed; the heading says what they are of', async () => {
  const { stdout, stderr } = await evaluate('one.npz', 'other.npy');
  expect(stdout).toMatch(/^real: {6}one\.npz, statistics of 300 rows of 48 columns by e\n/);
  expect(stdout).toMatch(/\nfrechetDistanceInfinity .* -\n/);
  expect(stdout.replace(/\n {3}/g, ' ')).toContain('counts as exact, and its own bias (-: unknown) stays');
  expect(stderr).toContain('one.npz has 300 for 48');
});

describe('statistics count as exact, whatever their count', () => {
  const note = (file: string) =>
    `frechetDistance: ${file} holds statistics, which count as exact: what the rows behind them add to error and bias is in no number here`;

  test.each([
    ['real', 'one.npz', 'one.npz', 'other.npy'],
    ['generated', 'one.npz', 'other.npy', 'one.npz'],
  ])('at the foot and in the notes (%s)', async (_, file, ...sides) => {
    const text = (await evaluate(...sides)).stdout.replace(/\n {3}/g, ' ');
    expect(text).toContain(
      '\nbias: how far the mean over samples of this size lies above their distribution\n',
    );
    expect(text).toContain(`\n${note(file)}\n`);
    const { notes, row } = await document(...sides);
    expect(notes).toContain(note(file));
    // So both are smaller than those of the same rows.
    const both = await document('one.npy', 'other.npy');
    for (const name of ['bias', 'standardError'])
      expect(row('frechetDistance')[name]).toBeLessThan(0.9 * both.row('frechetDistance')[name]);
    expect(both.notes.join()).not.toContain('exact');
  });

  test('but of two of them there is no error to speak of', async () => {
    expect((await document('one.npz', 'one.npz')).notes.join()).not.toContain('count as exact');
  });
});

test('flags that statistics leave without an effect are named', async () => {
  const inVain = async (...args: string[]): Promise<string[]> =>
    (await document(...args)).notes.filter((note: string) => note.startsWith('of no effect'));
  const what = 'of no effect where a side is statistics: ';
  expect(await inVain('one.npz', 'other.npy', '--k', '9', '--blocks', '3', '--seed', '1')).toEqual([
    `${what}--k, --blocks`,
  ]);
  expect(await inVain('other.npy', 'one.npz', '--convention', 'prdc', '--extrapolate', 'generated')).toEqual([
    `${what}--convention, --extrapolate`,
  ]);
  expect(await inVain('one.npz', 'one.npz', '--seed', '1', '--any-extractor')).toEqual([`${what}--seed`]);
  expect(await inVain('one.npz', 'other.npy', '--extrapolate', 'generated')).toEqual([]);
  expect(await inVain('one.npy', 'other.npy', '--k', '9', '--blocks', '3')).toEqual([]);
});

test.each([
  [
    ['one.npz', 'other.npy', '--extrapolate', 'both'],
    'must be generated where the real side is statistics, got both',
  ],
  [
    ['one.npy', 'other.npy', '--extrapolate', 'both', '--no-infinity'],
    'must be left out with --no-infinity, got both',
  ],
  [['one.npy', 'other.npy', '--extrapolate', 'all'], `must be one of 'generated', 'both', got "all"`],
])('%j is refused before anything is computed', async (args, message) => {
  const { status, stdout, stderr } = await evaluate(...args);
  expect([status, stdout, stderr]).toEqual([2, '', `madloop: --extrapolate ${message}\n`]);
});

test('a real side that is too small for both is named, with what there is instead', async () => {
  const { stderr, row } = await document('few.npy', 'one.npy', '--k', '1');
  expect(row('frechetDistanceInfinity')).toBeUndefined();
  expect(stderr).toContain(
    'FD∞ left out: the 4 rows of few.npy are too few for 48 columns to extrapolate from (--extrapolate generated takes them as they are)',
  );
  const generated = await document('few.npy', 'one.npy', '--k', '1', '--extrapolate', 'generated');
  expect(generated.row('frechetDistanceInfinity').value).toBeGreaterThan(0);
});

test('with fewer rows than columns no number stands for the bias, which is most of it', async () => {
  const { row, notes } = await document('one.npy', 'short.npy');
  expect(row('frechetDistance')).toMatchObject({
    bias: null,
    interval: [expect.any(Number), expect.any(Number)],
  });
  const reason = 'frechetDistance is mostly bias, with fewer rows than columns in short.npy';
  expect(notes).toContain(reason);
  const { stdout, stderr } = await evaluate('one.npy', 'short.npy');
  expect(stdout).toMatch(/\nfrechetDistance .* -\n/);
  expect(stdout).toContain(`\n-: ${reason}\n`);
  expect(stderr).not.toContain(reason);
});

test.each([
  [['--subsets', '3'], 'kernelDistance has no interval: subsets share rows (disjoint blocks have one)'],
  [
    ['--k', '2'],
    'no intervals at k = 2: they come from halves of the samples, and half of the 4 rows of few.npy is not more than k',
  ],
])('%j: at the foot of the table is why a - stands', async (flags, reason) => {
  const { stdout, stderr } = await evaluate('one.npy', 'few.npy', ...flags);
  expect(stdout.replace(/\n {3}/g, ' ')).toContain(`\n-: ${reason}\n`);
  expect(stderr).not.toContain(reason);
  expect((await document('one.npy', 'few.npy', ...flags)).notes).toContain(reason);
});

describe('a k that the rows are too few for, in terms of files and rows', () => {
  test('the default', async () => {
    const { stderr, status } = await document('one.npy', 'few.npy');
    expect(status).toBe(0);
    expect(stderr).toContain(
      'precision, recall, density and coverage left out: k = 5, the default, takes more than 5 rows of either side, and few.npy has 4 (--k sets it)',
    );
  });

  test.each([
    [['few.npy', 'one.npy', '--k', '7'], '--k must be an integer from 1 to 3, as few.npy has 4 rows, got 7'],
    [
      ['one.npy', 'short.npy', '--k', '3,6000'],
      '--k must be an integer from 1 to 29, as short.npy has 30 rows, got 6000',
    ],
  ])('%j', async (args, message) => {
    const { status, stderr } = await evaluate(...args, '--no-infinity');
    expect(status).toBe(2);
    expect(stderr.trimEnd().split('\n').at(-1)).toBe(`madloop: ${message}`);
  });
});

describe('rows that both samples have', () => {
  const noteOf = (shared: string, generated: string, name: string) =>
    `shared rows: ${shared} of the ${generated} rows of ${name} are rows of long.npy, number for number: ` +
    'intervals hold for samples that are independent, which copies are not';

  test('are said: of the same file, and of a few copies among others, in another type', async () => {
    const [long, others] = [sample(1_000, 5, 4), sample(600, 7, 4)];
    // Rows 3, 3 again, 500 and 999 of the real sample; one that differs in its last column alone is none.
    const copies = [3, 3, 500, 999].map((row) => [...long.data.subarray(4 * row, 4 * row + 4)]);
    const near = [...copies[0]!.slice(0, 3), 0.5];
    const data = [...others.data.subarray(0, 400), ...copies.flat(), ...near, ...others.data.subarray(400)];
    await writeMatrix(join(folder, 'mixed.npy'), matrix(Float64Array.from(data), 605, 4));
    const single = { ...long, data: Float32Array.from(long.data) };
    await writeMatrix(join(folder, 'single.npy'), single);
    const doubled = { ...long, data: Float64Array.from(single.data) };
    await writeMatrix(join(folder, 'doubled.npy'), doubled);
    for (const [args, note] of [
      [['long.npy', 'long.npy'], noteOf('1,000', '1,000', 'long.npy')],
      [['long.npy', 'mixed.npy'], noteOf('4', '605', 'mixed.npy')],
      [['single.npy', 'doubled.npy'], noteOf('1,000', '1,000', 'doubled.npy').replace('long', 'single')],
    ] as const) {
      const { stderr, notes } = await document(...args, '--no-infinity');
      expect([stderr, notes]).toEqual([`madloop: ${note}\n`, [note]]);
    }
    expect((await document('single.npy', 'long.npy', '--no-infinity')).notes).toEqual([]);
  });
});

test('a k that is a large part of the rows is warned of, for each side and k', async () => {
  await writeMatrix(join(folder, 'six.npy'), sample(6, 8, 8));
  await writeMatrix(join(folder, 'six too.npy'), sample(6, 9, 8));
  const { notes, row } = await document('six.npy', 'six too.npy');
  expect(row('precision').value).toBe(1);
  const told = (...where: string[]) =>
    'few rows: fewer than 10 for each of the k neighbours, so that balls reach far beyond their places, and precision, recall, ' +
    `density and coverage are high whatever the samples: ${where.join(', ')}`;
  expect(notes).toContain(told('k = 5 of the 6 of six.npy', 'k = 5 of the 6 of six too.npy'));
  expect((await document('one.npy', 'other.npy', '--k', '24,25', '--no-infinity')).notes).toContain(
    told('k = 25 of the 240 of other.npy'),
  );
});
