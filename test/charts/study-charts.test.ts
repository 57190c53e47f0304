import { describe, expect, test } from 'vitest';
import { axisScale } from '../../src/charts/axis-scale.js';
import { colourAt, ratioColours, sizeColours } from '../../src/charts/colours.js';
import { heatMapSpecification } from '../../src/charts/heat-map.js';
import { type LineChart, lineChartsSpecification } from '../../src/charts/line-chart.js';
import { renderSvg } from '../../src/charts/render.js';
import { studyLayout } from '../../src/charts/study-layout.js';
import { fewLogarithmicTicks, linearTicks, numberText } from '../../src/charts/ticks.js';
import { gridStudy, linesStudy, mapStudy, studyCell } from '../support/studies.js';

describe('ticks', () => {
  test('of a linear axis are 1, 2 or 5 times a power of ten apart, without the dust of arithmetic', () => {
    expect(linearTicks(0.1, 1)).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
    expect(linearTicks(0, 12, 6)).toEqual([0, 2, 4, 6, 8, 10, 12]);
    expect(linearTicks(3, 3)).toEqual([3]);
  });

  test('of a short logarithmic axis are few', () => {
    expect(fewLogarithmicTicks(93, 1070)).toEqual([100, 200, 500, 1000]);
    expect(fewLogarithmicTicks(90, 11000)).toEqual([100, 1000, 10000]);
  });

  test('read as numbers do', () => {
    expect([0.003, 0.67, 10000, 1234.5678, 123456, 2e9, 0].map((value) => numberText(value))).toEqual([
      '0.003',
      '0.67',
      '10,000',
      '1,235',
      '123,456',
      '2e+9',
      '0',
    ]);
  });
});

describe('the scale of an axis', () => {
  test('is logarithmic over decades, linear for lambda, by order where a zero is among decades', () => {
    expect(axisScale('real', [100, 300, 1000]).kind).toBe('logarithmic');
    expect(axisScale('lambda', [0.1, 0.5, 1]).kind).toBe('linear');
    expect(axisScale('synthetic', [0, 10, 1000]).kind).toBe('ordinal');
    expect(axisScale('memory', [1, 2, 3]).kind).toBe('linear');
  });

  test('has cells that meet half way, the outer ones as wide to both sides', () => {
    const { edges } = axisScale('real', [100, 1000, 100000]);
    expect(edges).toEqual([1.5, 2.5, 4, 6]);
    expect(axisScale('dim', [7]).edges).toEqual([6.5, 7.5]);
  });
});

describe('colours', () => {
  test('are neutral at 1, and as strong for a ratio as for its reciprocal', () => {
    const scale = ratioColours([0.2, 2]);
    expect(colourAt(scale, 1)).toBe('#f7f7f7');
    expect(scale.domain[0]! * scale.domain.at(-1)!).toBeCloseTo(1, 12);
    expect(scale.domain.at(-1)).toBe(5);
    expect(colourAt(scale, 1e-9)).toBe(scale.range[0]);
    expect(colourAt(scale, 1e9)).toBe(scale.range.at(-1));
    const channel = (colour: string, at: number) => Number.parseInt(colour.slice(at, at + 2), 16);
    // Below 1 more red than blue, above it the other way round.
    for (const ratio of [1.05, 1.5, 3]) {
      const [above, below] = [colourAt(scale, ratio), colourAt(scale, 1 / ratio)];
      expect(channel(above, 5)).toBeGreaterThan(channel(above, 1));
      expect(channel(below, 1)).toBeGreaterThan(channel(below, 5));
    }
  });

  test('of sizes grow lighter', () => {
    const scale = sizeColours([3, 0.5, 40]);
    expect([scale.domain[0], scale.domain.at(-1)]).toEqual([0.5, 40]);
    const lightness = scale.range.map((colour) =>
      [1, 3, 5].reduce(
        (sum, at, k) => sum + Number.parseInt(colour.slice(at, at + 2), 16) * [0.3, 0.59, 0.11][k]!,
        0,
      ),
    );
    expect(lightness).toEqual([...lightness].sort((a, b) => a - b));
  });

  test('have some scale where there is nothing to colour', () => {
    expect(ratioColours([]).domain.every(Number.isFinite)).toBe(true);
    expect(sizeColours([]).domain.every(Number.isFinite)).toBe(true);
  });
});

describe('the layout of a study', () => {
  test('puts the two longest axes into the chart and makes panels of the others', () => {
    const { kind, x, y, panels } = studyLayout(mapStudy());
    expect([kind, x.axis, y.axis]).toEqual(['heat-map', 'real', 'synthetic']);
    expect(panels.map(({ label }) => label)).toEqual(['λ = 0.7', 'λ = 0.85', 'λ = 1']);
    for (const { cells } of panels) {
      cells.forEach((row, j) => {
        row.forEach((cell, i) => {
          expect([cell!.at.real, cell!.at.synthetic]).toEqual([x.values[i], y.values[j]]);
        });
      });
    }
  });

  test('draws curves where the second axis is short', () => {
    const { kind, x, y } = studyLayout(linesStudy());
    expect([kind, x.axis, y.axis]).toEqual(['lines', 'total', 'realFraction']);
    expect(y.values).toEqual([0.003, 0.01, 0.03, 0.1, 1]);
  });

  test('of a list takes what differs, and loses no cell', () => {
    const cells = [10, 20, 40].flatMap((synthetic) => [
      studyCell({ synthetic, lambda: 1 }),
      studyCell({ synthetic, lambda: 0.5 }),
    ]);
    const mle = cells.map((cell) => ({ ...cell, parameters: { ...cell.parameters, divisor: 'mle' } }));
    const study = { ...gridStudy([]), axes: [], cells: [...cells, ...mle] };
    const { x, y, panels } = studyLayout(study);
    expect([x.axis, y.axis]).toEqual(['synthetic', 'lambda']);
    expect(panels.map(({ label }) => label)).toEqual(['divisor = unbiased', 'divisor = mle']);
    expect(panels.flatMap((panel) => panel.cells.flat()).filter((cell) => cell !== undefined)).toHaveLength(12);
  });

  test('of a single cell is a point', () => {
    const { x, y, panels } = studyLayout({ ...gridStudy([]), cells: [studyCell({})] });
    expect([x.values.length, y.values.length, panels.length]).toEqual([1, 1, 1]);
  });
});

type Mark = { data?: { values: Record<string, unknown>[] } };
const marksOf = (specification: object) =>
  (specification as { concat: { layer: Mark[] }[] }).concat.map(({ layer }) =>
    layer.map((mark) => mark.data!.values),
  );

describe('a heat map', () => {
  const study = mapStudy();
  const specification = heatMapSpecification(study, { title: 'Title', subtitle: ['line'] });

  test('draws every cell once: numbers in colour, cells without one in grey with a mark', () => {
    const [grey, coloured, marks] = marksOf(specification)[0]!;
    expect(grey!.map(({ mark }) => mark)).toEqual(['no answer', 'not finished']);
    expect(coloured).toHaveLength(398);
    // Below any bound: the end of the scale.
    expect(coloured!.find(({ x, y }) => x === 2 && y === Math.log10(207))?.value).toBe(0.1);
    const inadmissible = study.cells.filter(
      ({ at, result }) => at.lambda === 0.7 && result?.admissible === false,
    );
    expect(marks!.filter(({ mark }) => mark === 'nₑ < nᵣ')).toHaveLength(inadmissible.length);
  });

  test('renders: titles, panels, legend, ticks', async () => {
    const svg = await renderSvg(specification);
    for (const text of ['Title', 'λ = 0.85', 'nₑ / nᵣ', 'no answer', 'nᵣ, real samples', '10,000']) {
      expect(svg).toContain(`>${text}</text>`);
    }
    expect(svg).not.toContain('NaN');
    expect(svg).not.toContain('undefined');
  });
});

test('line charts beside each other have legends of their own, error bars and dots', async () => {
  const chart = (colour: string): LineChart => ({
    title: colour,
    subtitle: [],
    xTitle: 'n',
    yTitle: 'limit point',
    colourTitle: 'share',
    logarithmicX: true,
    curves: [
      {
        colour,
        dots: true,
        points: [
          { x: 1000, y: 3, error: 0.2 },
          { x: 100000, y: 2, error: 0.2 },
        ],
      },
    ],
  });
  const svg = await renderSvg(lineChartsSpecification('Both', ['line'], [chart('one'), chart('two')]));
  for (const text of ['Both', 'one', 'two', '1,000', '10,000', '100,000'])
    expect(svg).toContain(`>${text}</text>`);
  // Two error bars and two dots a chart.
  expect(svg.match(/aria-roledescription="rule mark"/g)).toHaveLength(4);
  expect(svg.match(/aria-roledescription="point"/g)).toHaveLength(4);
});
