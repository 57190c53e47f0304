import { describe, expect, test } from 'vitest';
import type { Frame } from '../../src/charts/axes.js';
import { lineChart, lineCharts } from '../../src/charts/line-chart.js';
import type { LineChart } from '../../src/charts/line-chart-data.js';
import { linePlot, linePlotScales } from '../../src/charts/line-plot.js';
import { renderPng } from '../../src/charts/render-png.js';
import { valueScale } from '../../src/charts/value-scale.js';
import { elementsOf, pathsOf, pointsOf, textsOf } from '../support/svg.js';

const chart = (values: readonly number[], error = 0.1): LineChart => ({
  title: 'Title of the chart',
  subtitle: ['first line'],
  xTitle: 'generation',
  yTitle: 'distance',
  colourTitle: 'loop',
  curves: [{ colour: 'only', points: values.map((y, i) => ({ x: i + 1, y, error })) }],
});

describe('the axis', () => {
  test('is linear from 0 for values of one size, logarithmic for values of many', () => {
    expect(valueScale([1, 29])).toMatchObject({ logarithmic: false, domain: [0, 30] });
    expect(valueScale([1, 31]).logarithmic).toBe(true);
    expect(valueScale([0, 31])).toMatchObject({ logarithmic: false, domain: [0, 35] });
  });

  test('has readable ticks: 1, 2 and 5 within a few decades, at most nine powers of ten over many', () => {
    const ticks = (values: number[]) => valueScale(values).ticks.map(({ value }) => value);
    expect(ticks([0.03, 1.4])).toEqual([0.05, 0.1, 0.2, 0.5, 1]);
    expect(ticks([1e-4, 1])).toEqual([1e-4, 1e-3, 1e-2, 1e-1, 1]);
    expect(ticks([1e-30, 1]).length).toBeLessThanOrEqual(9);
  });

  test('has room for error bars, and some scale where there is nothing to draw', () => {
    expect(valueScale([1, 9], [-3, 11]).domain).toEqual([0, 12]);
    // Not for a hair above a mark.
    expect(valueScale([0.4, 0.9999], [1.0001]).domain).toEqual([0, 1]);
    expect(valueScale([-1, 9], [-3, 11]).domain[0]).toBeLessThanOrEqual(-3);
    expect(valueScale([1, 100], [1e-9, 1e3]).domain).toEqual([1 / 1.3, 1e3]);
    for (const values of [[], [Number.NaN], [0], [0, 0]]) {
      const { domain } = valueScale(values);
      expect(domain[1]).toBeGreaterThan(domain[0]);
    }
  });

  test('marks whole generations only, as many as there is room for', () => {
    const marks = (count: number) =>
      textsOf(lineChart(chart(Array.from({ length: count }, () => 1))).svg).filter((text) =>
        /^\d+$/.test(text),
      );
    expect(marks(3).filter((text) => text !== '0' && text !== '1')).toEqual(['2', '3']);
    expect(marks(40)).toEqual(expect.arrayContaining(['5', '10', '40']));
    expect(marks(40)).not.toContain('7');
  });
});

describe('the band', () => {
  const frame: Frame = { left: 50, top: 10, right: 450, bottom: 310 };
  /** The ends of the band at each point, in the chart's own numbers. */
  const band = (drawn: LineChart): [low: number, high: number][] => {
    const scales = linePlotScales(drawn, frame);
    const [path] = pathsOf(linePlot(drawn, frame).markup, 'band');
    const places = pointsOf(path!);
    return drawn.curves[0]!.points.map(({ x }) => {
      const heights = places.filter(([at]) => Math.abs(at - scales.x(x)) < 0.1).map(([, y]) => y);
      // The scale is affine, in the logarithm perhaps: found from two of its values.
      const [zero, one] = [scales.y(1), scales.y(2)];
      const logarithmic = Math.abs(scales.y(4) - one - (one - zero)) < 1e-9;
      const value = (y: number) => {
        const steps = (y - zero) / (one - zero);
        return logarithmic ? 2 ** steps : 1 + steps;
      };
      return [value(Math.max(...heights)), value(Math.min(...heights))];
    });
  };

  test('reaches the error to both sides, never below the axis', () => {
    const [first, second] = band(chart([3, 2], 0.5));
    for (const [actual, expected] of [
      [first, [2.5, 3.5]],
      [second, [1.5, 2.5]],
    ] as const) {
      expect(actual![0]).toBeCloseTo(expected[0]!, 2);
      expect(actual![1]).toBeCloseTo(expected[1]!, 2);
    }
    expect(band(chart([0.2, 2], 0.5))[0]![0]).toBeCloseTo(0, 2);
    const [low] = band(chart([0.01, 2], 0.5))[0]!;
    expect(low).toBeCloseTo(0.01 / 1.3, 4);
  });

  test('is missing where there is no error', () => {
    expect(pathsOf(lineChart(chart([3], Number.NaN)).svg, 'band')[0]).toMatchObject({ d: '' });
    expect(pathsOf(lineChart(chart([3, 2, 1], 0)).svg, 'band')[0]).toMatchObject({ d: '' });
  });
});

describe('the legend', () => {
  const two: LineChart = {
    xTitle: 'x',
    yTitle: 'y',
    colourTitle: 'colours',
    dashTitle: 'dashes',
    curves: ['a', 'b'].flatMap((colour) =>
      ['solid', 'broken'].map((dash) => ({ colour, dash, points: [{ x: 1, y: 2 }] })),
    ),
  };

  test('names each colour and each dash once, as the curves have them', () => {
    const { svg } = lineChart(two);
    for (const label of ['colours', 'a', 'b', 'dashes', 'solid', 'broken']) {
      expect(textsOf(svg).filter((text) => text === label)).toHaveLength(1);
    }
    const lines = pathsOf(svg, 'curve').map((path) => [path.stroke, path['stroke-dasharray']]);
    expect(lines).toEqual([
      ['#0072B2', undefined],
      ['#0072B2', '6 3'],
      ['#D55E00', undefined],
      ['#D55E00', '6 3'],
    ]);
    const swatches = elementsOf(svg, 'path').filter(({ d }) => d === 'M-12,0H12');
    expect(swatches.map((path) => path['stroke-dasharray'])).toEqual([undefined, undefined, undefined, '6 3']);
    expect(swatches.slice(0, 2).map(({ stroke }) => stroke)).toEqual(['#0072B2', '#D55E00']);
  });

  test('is shared by charts that have the same', () => {
    const count = (second: LineChart) =>
      textsOf(lineCharts({ charts: [two, second] }).svg).filter((text) => text === 'dashes').length;
    expect(count({ ...two, yTitle: 'other' })).toBe(1);
    expect(count({ ...two, curves: two.curves.slice(0, 3).reverse() })).toBe(2);
  });
});

test('a level is a line at its value in its colour, with its label', () => {
  const drawn = {
    ...chart([1, 3]),
    levels: [
      { y: 2, label: 'limit', colour: 'only' },
      { y: 1, label: '' },
    ],
  };
  const { svg } = lineChart(drawn);
  const levels = pathsOf(svg, 'level');
  expect(levels.map(({ stroke }) => stroke)).toEqual(['#0072B2', '#1c1c1c']);
  const [curve] = pathsOf(svg, 'curve');
  const [one, three] = pointsOf(curve!).map(([, y]) => y);
  expect(pointsOf(levels[0]!)[0]![1]).toBeCloseTo((one! + three!) / 2, 0);
  expect(pointsOf(levels[1]!)[0]![1]).toBeCloseTo(one!, 1);
  expect(textsOf(svg).filter((text) => text === 'limit')).toHaveLength(1);
});

test('a curve goes on where a point has no value', () => {
  const { svg } = lineChart(chart([1, Number.NaN, 3]));
  expect(pointsOf(pathsOf(svg, 'curve')[0]!)).toHaveLength(2);
  expect(svg).not.toContain('NaN');
});

describe('rendering', () => {
  test('gives the same SVG every time, with titles, legend and the curve', () => {
    const { svg } = lineChart(chart([3, 2, 1]));
    expect(lineChart(chart([3, 2, 1])).svg).toBe(svg);
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

  test('escapes what titles bring', async () => {
    const drawn = lineChart({ ...chart([1]), title: '</text><script>&"', subtitle: ['<'] });
    expect(drawn.svg).not.toContain('<script>');
    expect((await drawn.png()).length).toBeGreaterThan(1000);
  });

  test('is as large as its texts and as its scale says', async () => {
    const width = (svg: string) => Number(elementsOf(svg, 'svg')[0]!.width);
    const long = lineChart({ ...chart([1]), subtitle: ['n'.repeat(150)] });
    expect(width(long.svg)).toBeGreaterThan(150 * 6.9);
    const sides = async (scale?: number) =>
      Buffer.from(await long.png(scale === undefined ? undefined : { scale })).readUInt32BE(16);
    expect([await sides(), await sides(1)]).toEqual([3 * width(long.svg), width(long.svg)]);
    await expect(long.png({ scale: 0 })).rejects.toThrow('png: scale must be a number from 0.1 to 20, got 0');
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

describe('what cannot be drawn is refused', () => {
  const good = chart([1, 2]);
  const point = (given: object) => ({ ...good, curves: [{ points: [{ x: 1, y: 1, ...given }] }] });
  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'lineChart: chart must be an object, got undefined'],
    [
      'a misspelt member',
      { ...good, xtitle: 'x' },
      "lineChart: unknown option 'xtitle'; did you mean 'xTitle'?",
    ],
    [
      'no title of an axis',
      { ...good, yTitle: undefined },
      'lineChart: yTitle must be a string, got undefined',
    ],
    [
      'no curve',
      { ...good, curves: [] },
      'lineChart: curves must be an array of at least 1, got an array of length 0',
    ],
    [
      'no point',
      { ...good, curves: [{ points: [] }] },
      'lineChart: curves[0].points must be an array of at least 1, got an array of length 0',
    ],
    [
      'a place that is none',
      point({ x: Number.NaN }),
      'curves[0].points[0].x must be a finite number, got NaN',
    ],
    [
      'zero on a logarithmic axis',
      { ...point({ x: 0 }), xScale: 'logarithmic' },
      'curves[0].points[0].x must be positive on a logarithmic axis, got 0',
    ],
    [
      'a scale of another name',
      { ...good, xScale: 'log' },
      "xScale must be one of 'linear', 'logarithmic', 'ordinal'",
    ],
    [
      'a negative error',
      point({ error: -1 }),
      'curves[0].points[0].error must be a number of at least 0, or NaN, got -1',
    ],
    [
      'an interval from above',
      point({ interval: [2, 1] }),
      'curves[0].points[0].interval must have its lower end first, got [2, 1]',
    ],
    [
      'a level nowhere',
      { ...good, levels: [{ y: 1 / 0, label: '' }] },
      'levels[0].y must be a finite number, got Infinity',
    ],
  ])('%s', (_, given, message) => {
    let error: unknown;
    try {
      lineChart(given as LineChart);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'ERR_INVALID_INPUT', message: expect.stringContaining(message) });
  });

  test('charts by their place', () => {
    const charts = [good, { ...good, curves: [] }];
    expect(() => lineCharts({ charts })).toThrow('lineCharts: charts[1].curves must be');
  });
});
