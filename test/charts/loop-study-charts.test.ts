import { describe, expect, test } from 'vitest';
import { heatMap } from '../../src/charts/heat-map.js';
import { lineCharts } from '../../src/charts/line-chart.js';
import { loopStudyCurves, loopStudyMap } from '../../src/charts/loop-study-charts.js';
import { studentHalfWidth } from '../../src/distributions/student-t.js';
import { loopStudy } from '../support/loop-studies.js';
import { expectThrow } from '../support/rejection.js';

const study = loopStudy([
  { axis: 'variant', values: ['fresh-data', 'fully-synthetic'] },
  { axis: 'real', values: [10, 100, 1000, 3000, 10000, 30000, 100000] },
  { axis: 'lambda', values: [1, { schedule: [1, 0.9, 0.8, 0.7, 0.6] }] },
]);

describe('the curves of a study of loops', () => {
  test('run over the generations, with a colour for the last axis of few values and a chart for each value of the others', () => {
    const { charts, title } = loopStudyCurves(study);
    expect(title).toBe('Loops made from formulas');
    expect(charts).toHaveLength(14);
    expect(charts[0]).toMatchObject({
      title: 'variant = fresh-data, nᵣ = 10',
      yTitle: 'squared Wasserstein-2 distance',
    });
    expect(charts[0]!.curves.map(({ colour }) => colour)).toEqual(['λ = 1', 'λ = 1, 0.9, …, 0.6']);
    const found = study.cells[1]!.result!.metrics.distance!;
    expect(charts[0]!.curves[1]!.points).toEqual(
      found.mean.map((y, i) => ({ x: i + 1, y, error: studentHalfWidth(3, 0.95) * found.standardError[i]! })),
    );
    expect(lineCharts({ charts }).svg).toContain('nᵣ = 100,000');
  });

  test('of all charts have one vertical axis, and loops that are the same one chart', () => {
    const growing = loopStudy(study.axes, (cell) => {
      const { result } = cell;
      if (result === null) return cell;
      const isSynthetic = cell.at.variant === 'fully-synthetic';
      const distance = {
        ...result.metrics.distance!,
        mean: isSynthetic ? [1, 50, 2000] : [0.1, 0.2, 0.3],
        standardError: [0.01, 0.01, 0.01],
      };
      // As many real samples as you like, which the loop does not see.
      const parameters = isSynthetic ? { ...cell.parameters, real: 0 } : cell.parameters;
      return { ...cell, parameters, result: { ...result, metrics: { distance } } };
    });
    const { charts } = loopStudyCurves(growing);
    expect(charts.map(({ title }) => title!.split(',')[0])).toEqual([
      ...Array.from({ length: 7 }, () => 'variant = fresh-data'),
      'variant = fully-synthetic',
    ]);
    // What makes no difference: all of its values.
    expect(charts.at(-1)!.title).toBe('variant = fully-synthetic, nᵣ = 10, 100, …, 100,000');
    const axisOf = (chart: (typeof charts)[number]) =>
      [...lineCharts({ charts: [chart] }).svg.matchAll(/text-anchor="end"[^>]*>([\d.,e]+)</g)].map(
        ([, mark]) => mark,
      );
    expect(axisOf(charts[0]!).length).toBeGreaterThan(3);
    for (const chart of charts) expect(axisOf(chart)).toEqual(axisOf(charts[0]!));
  });

  test('of loops that are the same are called by all that they are of', () => {
    const counts = loopStudy([{ axis: 'real', values: [10, 20, 30] }], (cell) => ({
      ...cell,
      parameters: { real: 0 },
    }));
    const { charts } = loopStudyCurves(counts);
    expect(charts.map(({ curves }) => curves.map(({ colour }) => colour))).toEqual([['nᵣ = 10, 20, 30']]);
  });

  test('are of the metric that is asked for, and of the cells that are finished', () => {
    const some = loopStudy(study.axes, (cell, i) =>
      i % 2 === 0 ? cell : { ...cell, finished: 1, result: null },
    );
    const { charts } = loopStudyCurves(some, { metric: 'trace' });
    expect(charts.map(({ curves }) => curves.length)).toEqual(Array.from({ length: 14 }, () => 1));
    expect(charts[0]!.curves[0]!.points[0]!.y).toBeLessThan(0);
    expectThrow(
      () => loopStudyCurves(study, { metric: 'recall' }),
      'ERR_INVALID_INPUT',
      'distance, trace',
      '"recall"',
    );
  });

  test('of a fraction have bands and an axis from 0 to 1', () => {
    const values = { mean: [0.97, 0.02], standardError: [0.05, 0.05] };
    const fractions = loopStudy([{ axis: 'real', values: [10, 20] }], (cell) => {
      const { result } = cell;
      return result === null
        ? cell
        : { ...cell, result: { ...result, metrics: { recall: { ...result.metrics.distance!, ...values } } } };
    });
    const { charts } = loopStudyCurves(fractions, { metric: 'recall' });
    const [first] = charts[0]!.curves;
    expect(first!.points.map(({ interval }) => [interval![0] >= 0, interval![1]])).toEqual([
      [true, 1],
      [true, expect.closeTo(0.02 + studentHalfWidth(3, 0.95) * 0.05)],
    ]);
    const marks = [...lineCharts({ charts }).svg.matchAll(/text-anchor="end"[^>]*>([\d.]+)</g)];
    expect(marks.map(([, mark]) => mark)).toEqual(['0', '0.2', '0.4', '0.6', '0.8', '1']);
  });

  test('of a list of cells tell these apart by what was given for them', () => {
    const list = loopStudy([{ axis: 'i', values: [1, 2, 3] }], (cell, i) => ({
      ...cell,
      at: i === 0 ? { lambda: 0.5 } : { lambda: 1, real: 10 * i },
    }));
    const { charts } = loopStudyCurves({ ...list, axes: [] });
    expect(charts.flatMap(({ curves }) => curves)).toHaveLength(3);
  });
});

describe('the map of a study of loops', () => {
  test('is over the two axes of numbers with most values, of the last generation', () => {
    const axes = [
      { axis: 'pool', values: ['latest', 'accumulate'] },
      { axis: 'real', values: [100, 10, 1000] },
      { axis: 'synthetic', values: [5, 50] },
    ];
    const map = loopStudyMap(loopStudy(axes, (cell, i) => (i === 7 ? { ...cell, result: null } : cell)));
    expect([map.x.title, map.y.title, map.x.values]).toEqual([
      'nᵣ, real samples',
      'nₛ, synthetic samples',
      [10, 100, 1000],
    ]);
    expect(map.panels.map(({ title }) => title)).toEqual(['pool = latest', 'pool = accumulate']);
    // Level 1 + index + 4 generations, and the mean of the replicates' 0, 0.1, 0.2, 0.3.
    const value = (index: number) => expect.closeTo(5.15 + index, 10);
    expect(map.panels.map(({ values }) => values)).toEqual([
      [
        [value(2), value(0), value(4)],
        [value(3), value(1), value(5)],
      ],
      [
        [value(8), value(6), value(10)],
        [value(9), Number.NaN, value(11)],
      ],
    ]);
    expect(map.colours).toBe('logarithmic');
    expect(heatMap(map).svg).toContain('pool = accumulate');
    expect(loopStudyMap(loopStudy(axes), { metric: 'trace' }).colours).toBe('linear');
  });

  test('needs two axes of numbers', () =>
    expectThrow(
      () => loopStudyMap(study),
      'ERR_INVALID_INPUT',
      'study must have two axes of numbers, got fewer',
    ));
});
