import { describe, expect, test } from 'vitest';
import { type LineChart, lineChartSpecification } from '../../src/charts/line-chart.js';
import { renderPng, renderSvg } from '../../src/charts/render.js';

const chart = (values: readonly number[], error = 0.1): LineChart => ({
  title: 'Title of the chart',
  subtitle: ['first line'],
  xTitle: 'generation',
  yTitle: 'distance',
  colourTitle: 'loop',
  curves: [{ colour: 'only', points: values.map((y, i) => ({ x: i + 1, y, error })) }],
});

type Layer = { encoding: { y: { scale: { type?: string }; axis: { values?: number[] } } } };
const layers = (specification: object) => (specification as { layer: Layer[] }).layer;
const rows = (specification: object) =>
  (specification as { data: { values: { low: number; high: number }[] } }).data.values;

describe('the axis', () => {
  test('is linear from 0 for values of one size, logarithmic for values of many', () => {
    const scale = (values: number[]) => layers(lineChartSpecification(chart(values)))[1]!.encoding.y.scale;
    expect(scale([1, 29])).toEqual({ zero: true });
    expect(scale([1, 31]).type).toBe('log');
    expect(scale([0, 31])).toEqual({ zero: true });
  });

  test('has readable ticks: 1, 2 and 5 within a few decades, at most nine powers of ten over many', () => {
    const ticks = (values: number[]) =>
      layers(lineChartSpecification(chart(values)))[1]!.encoding.y.axis.values;
    expect(ticks([0.03, 1.4])).toEqual([0.05, 0.1, 0.2, 0.5, 1]);
    expect(ticks([1e-4, 1])).toEqual([1e-4, 1e-3, 1e-2, 1e-1, 1]);
    expect(ticks([1e-30, 1])!.length).toBeLessThanOrEqual(9);
  });
});

describe('the band', () => {
  test('reaches the error to both sides, never below the axis', () => {
    expect(rows(lineChartSpecification(chart([3, 2], 0.5)))).toMatchObject([
      { low: 2.5, high: 3.5 },
      { low: 1.5, high: 2.5 },
    ]);
    expect(rows(lineChartSpecification(chart([0.2, 2], 0.5)))[0]!.low).toBe(0);
    expect(rows(lineChartSpecification(chart([0.01, 2], 0.5)))[0]!.low).toBeGreaterThan(0);
  });

  test('is missing where there is no error', () => {
    expect(rows(lineChartSpecification(chart([3], Number.NaN)))).toMatchObject([{ low: 3, high: 3 }]);
  });
});

describe('rendering', () => {
  test('gives the same SVG every time, with titles, legend and the curve', async () => {
    const specification = lineChartSpecification(chart([3, 2, 1]));
    const svg = await renderSvg(specification);
    expect(await renderSvg(specification)).toBe(svg);
    for (const text of [
      'Title of the chart',
      'first line',
      'generation',
      'distance',
      'loop',
      'only',
      '#0072B2',
    ]) {
      expect(svg).toContain(text);
    }
  });

  test('draws letters: the font is there, also Greek ones and subscripts', async () => {
    const picture = (text: string) =>
      renderPng(
        `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><text y="15">${text}</text></svg>`,
      );
    const blank = await picture('');
    const missing = await picture('\u{f0000}'); // a letter that no font has
    for (const letter of ['x', 'λ', '±', 'ᵣ', 'ₛ', 'ᵢ', 'ₙ']) {
      expect(await picture(letter), letter).not.toEqual(blank);
      expect(await picture(letter), letter).not.toEqual(missing);
    }
  });
});
