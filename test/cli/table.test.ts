import { describe, expect, test } from 'vitest';
import { withError } from '../../src/charts/numbers.js';
import { loopChart, loopTable } from '../../src/cli/loop/loop-result.js';
import { intervalText } from '../../src/cli/terminal/interval-text.js';
import { loopHeading } from '../../src/cli/terminal/loop-words.js';
import { studyTable } from '../../src/cli/terminal/study-result.js';
import { tableText } from '../../src/cli/terminal/table.js';
import type { StudyCellResult, StudyDocument } from '../../src/studies/definition/study-document.js';

describe('withError', () => {
  test.each<[number, number, string]>([
    [12.29351, 0.01284, '12.294 ± 0.013'],
    [1234.5678, 45.6, '1235 ± 46'],
    [123456, 7891, '123456 ± 7891'],
    [0.5, 0, '0.5'],
    [1 / 3, Number.NaN, '0.3333333'],
    [2.5e-12, 3.1e-13, '2.5e-12 ± 3.1e-13'],
    [-0.011, 0.0131, '-0.011 ± 0.013'],
    [-0.0004, 0.31, '0.00 ± 0.31'],
    [-0.02, 31, '0 ± 31'],
  ])('shows %f ± %f with as many digits as mean something', (mean, standardError, text) => {
    expect(withError(mean, standardError)).toBe(text);
  });
});

test('an end of an interval that rounds to zero has no sign', () => {
  expect(intervalText([-0.00004, 0.0312], 0.012)).toBe('0.000 to 0.031');
  expect(intervalText([-0.012, -0.00004], 0.012)).toBe('-0.012 to 0.000');
});

test('columns are aligned on the right', () => {
  expect(
    tableText(
      ['t', 'x'],
      [
        ['1', '12.5'],
        ['10', '3'],
      ],
    ),
  ).toBe(' t      x\n 1   12.5\n10      3');
});

test('a long run is shown in about 30 lines, first and last among them', () => {
  const rows = Array.from({ length: 5000 }, (_, i) => ({
    t: i + 1,
    metrics: { distance: { mean: i, standardError: 1 } },
  }));
  const lines = loopTable({ parameters: {}, rows }).split('\n').slice(2, -2);
  expect(lines.length).toBeGreaterThan(20);
  expect(lines.length).toBeLessThanOrEqual(30);
  expect(lines[0]).toMatch(/^ +1 /);
  expect(lines.at(-1)).toMatch(/^5000 /);
});

/** Whether every line can be read on a terminal of 80 columns. */
function fits(text: string): boolean {
  return text.split('\n').every((line) => line.length <= 80);
}

describe('80 columns hold', () => {
  const metrics = ['frechetDistance', 'precision', 'recall', 'density', 'coverage', 'variance', 'distance'];
  const parameters = { variant: 'fresh-data', dim: 49, real: 60, synthetic: 240, lambda: 1, replicates: 5 };
  const loop = (count: number) =>
    loopTable({
      parameters: { ...parameters, memory: 1, initial: 60, seed: '0' },
      rows: [1, 2, 20].map((t) => ({
        t,
        metrics: Object.fromEntries(
          metrics.slice(0, count).map((name, i) => [name, { mean: 0.62345 + i, standardError: 0.00234 }]),
        ),
      })),
    });

  test('a loop with five metrics, with one digit less of its errors', () => {
    expect(loop(5)).toBe(
      'fresh data loop: d = 49, n_r = 60, n_s = 240, lambda = 1, replicates 5, seed 0\n' +
        ' t  frechetDistance      precision         recall        density       coverage\n' +
        ' 1    0.623 ± 0.002  1.623 ± 0.002  2.623 ± 0.002  3.623 ± 0.002  4.623 ± 0.002\n' +
        ' 2    0.623 ± 0.002  1.623 ± 0.002  2.623 ± 0.002  3.623 ± 0.002  4.623 ± 0.002\n' +
        '20    0.623 ± 0.002  1.623 ± 0.002  2.623 ± 0.002  3.623 ± 0.002  4.623 ± 0.002\n' +
        '\nmeans of 5 runs ± one standard error',
    );
  });

  test('a loop with seven metrics in two parts, each with its generations', () => {
    expect(fits(loop(7))).toBe(true);
    const parts = loop(7).split('\n').slice(1).join('\n').split('\n\n');
    expect(parts.map((part) => part.split('\n')[0]!.trim().split(/ +/))).toEqual([
      ['t', ...metrics.slice(0, 4)],
      ['t', ...metrics.slice(4)],
      expect.anything(),
    ]);
    for (const part of parts.slice(0, 2)) expect(part).toMatch(/\n20 .*± 0\.0023/);
  });

  const result = (distance: number, standardError: number | null): StudyCellResult => ({
    ...{ distance, standardError, effectiveSampleSize: 14671.234, low: 14_600, high: 14_800 },
    ...{ ratio: 1.467123, ratioLow: 1.46567, ratioHigh: 1.46901, admissible: 'undecided', bounded: 'yes' },
    ...{ generations: 1, chains: 1, varianceReduction: 1 },
  });
  const study = (axes: readonly string[], distance: number, standardError: number | null) =>
    studyTable({
      ...{ name: 's', title: 's', relativeError: 0.001, seed: '0', method: 'monte-carlo' },
      axes: axes.map((axis) => ({ axis, values: [10_000] })),
      fixed: { variant: 'fresh-data', dim: 100, memory: 1 },
      cells: [
        {
          at: Object.fromEntries(axes.map((axis) => [axis, 10_000])),
          parameters: { real: 10_000, synthetic: 10_000, lambda: 1, memory: 1 },
          result: result(distance, standardError),
        },
      ],
    } as unknown as StudyDocument);

  test('a study says where the model has nearly shrunk to its mean', () => {
    const parameters = { dim: 20, real: 2, lambda: 0.5, memory: 1, variant: 'fresh-data', divisor: 'unbiased' };
    const text = studyTable({
      ...{ name: 's', title: 's', relativeError: 0.001, seed: '0', method: 'monte-carlo' },
      ...{ axes: [{ axis: 'synthetic', values: [2, 200] }], fixed: {} },
      cells: [2, 200].map((synthetic) => ({
        ...{ at: { synthetic }, parameters: { ...parameters, synthetic } },
        result: { ...result(1, 0.001), admissible: true },
      })),
    } as unknown as StudyDocument);
    expect(text).toMatch(/\n +2 .* yes\n +200 .* collapsed\n/);
    expect(text).toContain('collapsed: the model has nearly shrunk to its mean');
  });

  test.each([
    [['real', 'synthetic'], 12.34567, 0.0123, '12.346 ± 0.012'],
    [['real', 'synthetic', 'lambda'], 12.34567, 0.0123, '12.35 ± 0.01'],
    [['real', 'synthetic', 'lambda'], 0.37499412, 9.8e-7, '0.374994'],
    [['total', 'realFraction', 'lambda', 'memory'], 12.34567, 0.0123, '12.3457'],
    [['real', 'synthetic', 'lambda'], 12.34567, null, '12.34567'],
  ])('a study over %j in one line a cell', (axes, distance, standardError, shown) => {
    const text = study(axes, distance, standardError);
    expect(fits(text)).toBe(true);
    expect(text).toContain(shown);
    expect(text.split('\n').filter((line) => /\d{5} .*undecided$/.test(line))).toHaveLength(1);
  });

  test('a table too wide for all of that, in parts that repeat what a row is of', () => {
    const names = Array.from({ length: 12 }, (_, j) => `column ${j}`);
    const text = tableText(names, [names.map((_, j) => `value ${j}`)], { keys: 2 });
    expect(fits(text)).toBe(true);
    const parts = text.split('\n\n');
    expect(parts.length).toBe(2);
    for (const part of parts) expect(part).toMatch(/^ ?column 0 +column 1 +.*\n +value 0 +value 1 /);
    for (const j of names.keys()) expect(text).toContain(`value ${j}`);
  });

  test('a heading in lines that end between parameters, without a folder', () => {
    const heading = loopHeading({
      ...{ variant: 'combined', data: '/home/me/a folder/rows.npy', model: 'gmm', components: 10, dim: 49 },
      ...{ real: 120, realFixed: 60, realFresh: [10, 20, 30, 40, 50], synthetic: 240, lambda: [1, 0.5] },
      ...{ memory: 2, pool: 'subsample', subsample: 300, divisor: 'unbiased', replicates: 5, seed: '7' },
    });
    expect(heading).toBe(
      'combined loop: rows.npy, gmm, d = 49, n_f = 60, n_r = (10, 20, …, 50),\n' +
        '  n_s = 240, lambda = (1, 0.5), memory 2, pool subsample, of 300, components 10,\n' +
        '  replicates 5, seed 7',
    );
  });

  test('lambda in digits that can be copied, beside the guidance that it was given by', () => {
    const counts = { variant: 'fresh-data', dim: 3, initial: 10, real: 10, synthetic: 10 };
    const lambda = 1 / 1.2;
    expect(loopHeading({ ...counts, lambda })).toContain('n_s = 10, lambda = 0.833333');
    expect(loopHeading({ ...counts, lambda: [1, lambda] })).toContain('lambda = (1, 0.833333)');
    // A program's own range may go above 1.
    expect(loopHeading({ ...counts, lambda: 1.25 })).toContain('lambda = 1.25');
    const parameters = { ...counts, memory: 1, pool: 'latest', divisor: 'unbiased', replicates: 2, seed: '0' };
    const distance = { mean: 1, standardError: 0.1 };
    const rows = [1, 2].map((t) => ({ t, metrics: { distance } }));
    const result = { parameters: { ...parameters, lambda }, rows, guidance: 0.2 };
    expect(loopTable(result)).toMatch(/lambda =\s0\.833333\s\(guidance\sw\s=\s0\.2,\sa\sscale\sof\s1\.2\),/);
    expect(loopChart(result).svg).toContain('λ = 0.833333 (guidance w = 0.2, a scale of 1.2)');
  });

  test('a heading of a loop without later real samples has none', () => {
    const counts = { initial: 50, real: 0, synthetic: 20 };
    expect(loopHeading({ variant: 'fully-synthetic', dim: 4, ...counts })).toBe(
      'fully synthetic loop: d = 4, n_ini = 50, n_s = 20',
    );
  });

  test('a heading with the command of a model, of a long one the beginning', () => {
    const heading = (...process: string[]) =>
      loopHeading({ variant: 'fresh-data', data: 'real.npy', process, dim: 8 });
    expect(heading('/usr/bin/python3', 'model.py')).toBe('fresh data loop: real.npy, python3 model.py, d = 8');
    expect(heading('python3', 'model.py', '--hidden', '512,512', '--epochs', '100', '--rate', '0.001')).toBe(
      'fresh data loop: real.npy, python3 model.py --hidden 512,512 --epo…, d = 8',
    );
  });
});
