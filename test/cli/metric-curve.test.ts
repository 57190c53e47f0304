import { expect, test } from 'vitest';
import { metricCurve } from '../../src/cli/terminal/metric-curve.js';

const generations = [
  {
    t: 1,
    metrics: { precision: { mean: 0.95, standardError: 0.02 }, density: { mean: 0.95, standardError: 0.02 } },
  },
  {
    t: 2,
    metrics: { precision: { mean: 0.02, standardError: 0.03 }, density: { mean: 0.02, standardError: 0.03 } },
  },
  { t: 3, metrics: { precision: { mean: 0.5, standardError: null }, density: null } },
];

test('bands end where a metric does: fractions at 0 and 1, all others at 0', () => {
  const bands = (metric: string) =>
    metricCurve(generations as never, metric, { colour: 'a', standardErrors: 3 }).points.map(({ interval }) =>
      interval?.map((end) => Number(end.toFixed(6))),
    );
  expect(bands('precision')).toEqual([
    [0.89, 1],
    [0, 0.11],
    [Number.NaN, Number.NaN],
  ]);
  expect(bands('density').slice(0, 2)).toEqual([
    [0.89, 1.01],
    [0, 0.11],
  ]);
  expect(metricCurve([{ t: 1, metrics: { recall: 0.5 } }], 'recall', {})).toEqual({
    points: [{ x: 1, y: 0.5 }],
  });
});
