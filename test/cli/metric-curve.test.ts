import { expect, test } from 'vitest';
import { lineChart } from '../../src/charts/line-chart.js';
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
    bounds: [0, 1],
    points: [{ x: 1, y: 0.5 }],
  });
});

/** The numbers on the vertical axis of a chart of these metrics. */
function marks(...metrics: readonly string[]): string[] {
  const curves = metrics.map((metric) => metricCurve(generations as never, metric, {}));
  const { svg } = lineChart({ xTitle: 't', yTitle: 'y', curves });
  return [...svg.matchAll(/text-anchor="end"[^>]*>([\d.]+)</g)].map(([, mark]) => mark!);
}

test('fractions have a linear axis with both of their ends, whatever their values and whatever else is drawn', () => {
  // From 0.02 to 0.95: more than the factor of 30 beyond which distances have a logarithmic axis.
  expect(marks('density')).not.toContain('0');
  for (const metrics of [['precision'], ['density', 'precision']]) {
    expect(marks(...metrics)).toEqual(['0', '0.2', '0.4', '0.6', '0.8', '1']);
  }
});
