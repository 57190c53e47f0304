import { describe, expect, test } from 'vitest';
import { axisKind, axisScale } from '../../src/charts/axis-scale.js';
import { colourAt, linearColours, ratioColours, sizeColours } from '../../src/charts/colours.js';
import { heatMap, mapColours } from '../../src/charts/heat-map.js';
import type { HeatMap } from '../../src/charts/heat-map-data.js';
import { lineCharts } from '../../src/charts/line-chart.js';
import type { LineChart } from '../../src/charts/line-chart-data.js';
import { type LoopGeneration, loopCurve } from '../../src/charts/loop-curve.js';
import { cellMarks, pointShapes } from '../../src/charts/marks.js';
import { numberText } from '../../src/charts/numbers.js';
import { studyScale } from '../../src/charts/study-axes.js';
import { studyCurves, studyMap } from '../../src/charts/study-charts.js';
import { studyLayout } from '../../src/charts/study-layout.js';
import { fewLogarithmicTicks, linearTicks } from '../../src/charts/ticks.js';
import { studentHalfWidth } from '../../src/distributions/student-t.js';
import { gridStudy, linesStudy, mapStudy, studyCell } from '../support/studies.js';
import { elementsOf, pathsOf, pointsOf, textsOf } from '../support/svg.js';

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
    expect(studyScale('real', [100, 300, 1000]).kind).toBe('logarithmic');
    expect(studyScale('lambda', [0.1, 0.5, 1]).kind).toBe('linear');
    expect(studyScale('synthetic', [0, 10, 1000]).kind).toBe('ordinal');
    expect(studyScale('memory', [1, 2, 3]).kind).toBe('linear');
    expect(axisKind([0.1, 0.5, 1])).toBe('logarithmic');
  });

  test('has cells that meet half way, the outer ones as wide to both sides', () => {
    const { edges } = axisScale('logarithmic', [100, 1000, 100000]);
    expect(edges).toEqual([1.5, 2.5, 4, 6]);
    expect(axisScale('linear', [7]).edges).toEqual([6.5, 7.5]);
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

describe('a heat map', () => {
  const study = mapStudy();
  const map = studyMap(study, { title: 'Title', subtitle: ['line'] });
  const { svg } = heatMap(map);
  const cells = elementsOf(svg, 'rect').filter(
    (rect) => rect.x !== undefined && rect.fill?.startsWith('url') !== true,
  );

  test('has numbers in cells, a mark for those that need one', () => {
    const [panel] = map.panels;
    const values = panel!.values.flat();
    expect(values).toHaveLength(400);
    expect(values.filter((value) => Number.isNaN(value))).toHaveLength(2);
    const marks = panel!.marks!.flat();
    expect(marks.filter((mark) => mark === 'cross' || mark === 'dash')).toEqual(['cross', 'dash']);
    // Below any bound: the end of the scale.
    const place = map.y.values.indexOf(207);
    expect(panel!.values[place]![0]).toBe(0);
    const inadmissible = study.cells.filter(
      ({ at, result }) => at.lambda === 0.7 && result?.admissible === false,
    );
    expect(marks.filter((mark) => mark === 'stroke')).toHaveLength(inadmissible.length);
  });

  test('marks a model that has nearly shrunk to its mean, unless n_e is below n_r anyway', () => {
    const marksOf = (admissible: boolean) => {
      const shrunk = studyCell({ real: 10, synthetic: 1000, lambda: 0.5 });
      const kept = studyCell({ real: 1000, synthetic: 1000, lambda: 0.5 });
      const cells = [shrunk, kept].map((cell) => ({ ...cell, result: { ...cell.result!, admissible } }));
      return studyMap({ ...gridStudy([{ axis: 'real', values: [10, 1000] }]), cells }).panels[0]!.marks!.flat();
    };
    expect(marksOf(true)).toEqual(['square', undefined]);
    expect(marksOf(false)).toEqual(['stroke', 'stroke']);
  });

  test('draws every cell once: numbers in colour, cells without one in grey with a mark', () => {
    expect(cells).toHaveLength(1200);
    const first = cells.slice(0, 400);
    expect(first.filter(({ fill }) => fill === undefined)).toHaveLength(2);
    // The cell below any bound, fourth from below in the first column: rows run from top to bottom.
    expect(first[16 * 20]!.fill).toBe('#7f3b08');
    const colours = mapColours('ratio', map.panels);
    map.panels[1]!.values.forEach((row, j) => {
      row.forEach((value, i) => {
        expect(cells[400 + (19 - j) * 20 + i]!.fill).toBe(colourAt(colours, value!));
      });
    });
    // Cells lie side by side, and fill their panel.
    const [a, b] = first as [Record<string, string>, Record<string, string>];
    expect(Number(b.x)).toBeCloseTo(Number(a.x) + Number(a.width), 1);
    const area = first.reduce((sum, { width, height }) => sum + Number(width) * Number(height), 0);
    expect(area).toBeCloseTo(230 * 230, -2);
    const marks = pathsOf(svg, 'marks').filter((path) => path['stroke-opacity'] !== undefined);
    const count = (path: Record<string, string>, mark: string) => path.d!.split(mark).length - 1;
    expect(count(marks[0]!, cellMarks.cross)).toBe(1);
    expect(count(marks[0]!, cellMarks.dash)).toBe(1);
    const inadmissible = study.cells.filter(
      ({ at, result }) => at.lambda === 0.85 && result?.admissible === false,
    );
    expect(count(marks[1]!, cellMarks.stroke)).toBe(inadmissible.length);
  });

  test('has the line n_e = n_r on a white edge, where there is one', () => {
    const lines = pathsOf(svg, 'threshold').filter(({ d }) => d !== 'M-6,0H6');
    expect(lines.map(({ d }) => d !== '')).toEqual([true, true, false]);
    expect(pathsOf(svg, 'halo').map(({ d }) => d)).toEqual(lines.map(({ d }) => d));
    // From edge to edge, above where n_s is 700 and below where it is 900.
    const frame = { left: Number(cells[0]!.x), top: Number(cells[0]!.y) };
    const [low, high] = [Math.log10(100) - 2 / 38, Math.log10(10000) + 2 / 38];
    const height = (synthetic: number) => frame.top + (230 * (high - Math.log10(synthetic))) / (high - low);
    const points = pointsOf(lines[0]!).sort(([a], [b]) => a - b);
    expect(points[0]![0]).toBeCloseTo(frame.left, 0);
    expect(points.at(-1)![0]).toBeCloseTo(frame.left + 230, 0);
    for (const [, y] of points) {
      expect(y).toBeLessThan(height(700));
      expect(y).toBeGreaterThan(height(900));
    }
  });

  test('renders: titles, panels, legend, ticks', () => {
    const texts = textsOf(svg);
    for (const text of [
      'Title',
      'line',
      'λ = 0.85',
      'nₑ / nᵣ',
      'nₑ = nᵣ',
      'nₑ &lt; nᵣ',
      'no answer',
      'not finished',
      'nᵣ, real samples',
      '10,000',
    ]) {
      expect(texts).toContain(text);
    }
    // The title of the vertical axis once, no mark explained that is not drawn.
    expect(texts.filter((text) => text === 'nₛ, synthetic samples')).toHaveLength(1);
    expect(texts).not.toContain('undecided');
    for (const word of ['NaN', 'undefined', 'Infinity']) expect(svg).not.toContain(word);
  });

  test('shows limit points with the same line, in colours by size', () => {
    const distances = studyMap(study, { quantity: 'distance' });
    expect(distances).toMatchObject({ colours: 'logarithmic', colourTitle: 'limit point', title: study.title });
    const lines = (svg: string) => pathsOf(svg, 'threshold').map(({ d }) => d);
    expect(lines(heatMap(distances).svg)).toEqual(lines(svg));
  });

  test('of numbers of any sign has linear colours, and a level between them', () => {
    const drawn = heatMap({
      x: { title: 'x', values: [0, 1, 2] },
      y: { title: 'y', values: [0, 1] },
      panels: [
        {
          values: [
            [-1, 0, 1],
            [-1, undefined, Number.NaN],
          ],
        },
      ],
      colours: 'linear',
      colourTitle: 'z',
      level: { value: 0.5, label: 'half' },
    });
    const rects = elementsOf(drawn.svg, 'rect').filter(
      (rect) => rect.x !== undefined && rect.fill !== 'url(#madloop-linear)',
    );
    // From top to bottom, the place without a cell left out.
    const { range } = linearColours([-1, 0, 1]);
    expect(rects.map(({ fill }) => fill)).toEqual([range[0], undefined, range[0], range[4], range.at(-1)]);
    expect(textsOf(drawn.svg)).toEqual(expect.arrayContaining(['half', '-1', '0.5', '1', 'z']));
  });

  test.each<[string, object, string]>([
    [
      'values that do not ascend',
      { x: { title: '', values: [1, 1] } },
      'x.values[1] must be above the one before, 1, got 1',
    ],
    [
      'a row too few',
      { panels: [{ values: [[1, 2]] }] },
      'panels[0].values must have length 2, that of y.values, got 1',
    ],
    [
      'a row too short',
      { panels: [{ values: [[1, 2], [3]] }] },
      'panels[0].values[1] must have length 2, that of x.values, got 1',
    ],
    [
      'no number',
      {
        panels: [
          {
            values: [
              [1, 2],
              [3, 'x'],
            ],
          },
        ],
      },
      'panels[0].values[1][1] must be a number or undefined, got "x"',
    ],
    [
      'another mark',
      {
        panels: [
          {
            values: [
              [1, 2],
              [3, 4],
            ],
            marks: [['star', undefined], []],
          },
        ],
      },
      "panels[0].marks[0][0] must be one of 'stroke', 'ring', 'cross', 'dash', 'square', got \"star\"",
    ],
    [
      'other colours',
      { colours: 'rainbow' },
      "colours must be one of 'ratio', 'logarithmic', 'linear', got \"rainbow\"",
    ],
    [
      'a level of no ratio',
      { level: { value: 0, label: '' } },
      "level.value must be positive unless colours is 'linear', got 0",
    ],
    [
      'a level at no height',
      { colours: 'linear', level: { value: Number.NEGATIVE_INFINITY, label: '' } },
      'level.value must be a finite number, got -Infinity',
    ],
    [
      'an axis with a hole',
      { x: { title: '', values: Object.assign([1], { 2: 3 }) } },
      'x.values[1] must be a finite number',
    ],
    ['a mark of another name', { markLabels: { ringg: 'a' } }, "unknown option 'ringg'; did you mean 'ring'?"],
    [
      'a point beyond the cells',
      { point: { column: 2, row: 0 } },
      'point.column must be an integer from 0 to 1, got 2',
    ],
    [
      'zero on a logarithmic axis',
      { y: { title: '', values: [0, 1], scale: 'logarithmic' } },
      'y.values[0] must be positive on a logarithmic axis, got 0',
    ],
  ])('refuses %s', (_, given, message) => {
    const good = {
      x: { title: '', values: [1, 2] },
      y: { title: '', values: [1, 2] },
      panels: [
        {
          values: [
            [1, 2],
            [3, 4],
          ],
        },
      ],
      colours: 'ratio',
      colourTitle: '',
    };
    expect(() => heatMap({ ...good, ...given } as HeatMap)).toThrow(
      expect.objectContaining({
        code: 'ERR_INVALID_INPUT',
        message: expect.stringContaining(`heatMap: ${message}`),
      }),
    );
  });
});

test('a heat map has a circle around the middle of a cell, and says what it is', () => {
  const map = {
    ...{
      x: { title: '', values: [1, 2] },
      y: { title: '', values: [1, 2] },
      colours: 'linear',
      colourTitle: '',
    },
    panels: [
      {
        values: [
          [1, 2],
          [3, 4],
        ],
        marks: [
          [undefined, 'dash'],
          [undefined, undefined],
        ],
      },
    ],
  } as const satisfies HeatMap;
  expect(heatMap(map).svg).not.toContain('class="point"');
  const { svg } = heatMap({ ...map, point: { column: 1, row: 0, label: 'here' } });
  const [, mark] = /class="marks"[^>]* d="M([\d.,]+)m/.exec(svg)!;
  // With a halo, and in the legend.
  expect(svg.match(/class="point"/g)).toHaveLength(3);
  expect(svg).toContain(`d="M${mark}m-6,0`);
  expect(svg).toContain('>here<');
});

test('a heat map takes its axes as Float64Array', () => {
  const map = <Values>(values: Values): HeatMap<Values> => ({
    x: { title: 'x', values, scale: 'logarithmic' },
    y: { title: 'y', values },
    panels: [
      {
        values: [
          [1, 2, 3],
          [4, 5, 6],
          [7, 8, 9],
        ],
      },
    ],
    colours: 'linear',
    colourTitle: '',
  });
  expect(heatMap(map(Float64Array.of(1, 10, 100))).svg).toBe(heatMap(map([1, 10, 100])).svg);
  expect(() => heatMap(map(Float64Array.of(1, 10, 10)))).toThrow(
    'x.values[2] must be above the one before, 10',
  );
});

test('line charts beside each other have legends of their own, error bars and dots', () => {
  const chart = (colour: string): LineChart => ({
    title: colour,
    xTitle: 'n',
    yTitle: 'limit point',
    colourTitle: 'share',
    xScale: 'logarithmic',
    curves: [
      {
        colour,
        dots: true,
        points: [
          { x: 1000, y: 3, error: 0.2 },
          { x: 100000, y: 2, interval: [1, 2.5] },
        ],
      },
    ],
  });
  const { svg } = lineCharts({ title: 'Both', subtitle: ['line'], charts: [chart('one'), chart('two')] });
  for (const text of ['Both', 'line', 'one', 'two', '1,000', '10,000', '100,000'])
    expect(textsOf(svg)).toContain(text);
  // Title and legend.
  expect(textsOf(svg).filter((text) => text === 'one')).toHaveLength(2);
  // Two error bars and two dots a chart.
  const curves = pathsOf(svg, 'curve').map(({ d }) => d!);
  expect(curves.filter((d) => d.includes('V')).map((d) => d.match(/V/g)!.length)).toEqual([2, 2]);
  const dots = elementsOf(svg, 'path').filter(
    ({ d }) => d!.endsWith(pointShapes[0]!) && !d!.startsWith('M0,0'),
  );
  expect(dots).toHaveLength(4);
  // A bar from 1 to 2.5 about 2 is one and a half times as long below as above, and 3 ± 0.2 is 0.4 long.
  const [, first, second] = /^M[\d.]+,([\d.]+)V[\d.]+M[\d.]+,([\d.]+)V/
    .exec(curves[1]!)!
    .map(Number) as number[];
  const tops = [...curves[1]!.matchAll(/V([\d.]+)/g)].map(([, y]) => Number(y));
  expect((second! - tops[1]!) / (first! - tops[0]!)).toBeCloseTo(1.5 / 0.4, 1);
});

describe('curves of a study', () => {
  const study = linesStudy();

  test('are those of its cells with their intervals, in one chart, with 1 in sight', () => {
    const { title, charts } = studyCurves(study);
    expect([title, charts.length]).toEqual([study.title, 1]);
    const [chart] = charts;
    expect(chart).toMatchObject({ xScale: 'logarithmic', yTitle: 'nₑ / nᵣ', levels: [{ y: 1, label: '' }] });
    expect(chart!.curves.map(({ colour }) => colour)).toEqual(
      [0.003, 0.01, 0.03, 0.1, 1].map((share) => `p = ${share}`),
    );
    const cell = study.cells.find(({ at }) => at.realFraction === 0.01 && at.total === 3000)!;
    expect(chart!.curves[1]!.points[1]).toEqual({
      x: 3000,
      y: cell.result!.ratio,
      interval: [cell.result!.ratioLow, cell.result!.ratioHigh],
    });
    expect(lineCharts(studyCurves(study)).svg).not.toContain('NaN');
  });

  test('are refused where they are of another quantity', () => {
    expect(() => studyCurves(study, { quantity: 'n' as 'ratio' })).toThrow(
      "studyCurves: quantity must be one of 'ratio', 'distance', got \"n\"",
    );
  });
});

describe('the curve of a loop', () => {
  const rows = [
    { t: 1, metrics: { distance: { mean: 2, standardError: 0.25 }, recall: null } },
    {
      t: 2,
      metrics: { distance: { mean: 3, standardError: Number.NaN }, recall: { mean: 1, standardError: 0 } },
    },
  ];

  test('has two standard errors to both sides, whatever made the loop', () => {
    expect(loopCurve(rows, 'distance', { colour: 'a' })).toEqual({
      colour: 'a',
      points: [
        { x: 1, y: 2, error: 0.5 },
        { x: 2, y: 3, error: Number.NaN },
      ],
    });
    expect(
      loopCurve(rows, 'distance', { standardErrors: studentHalfWidth(1, 0.95) }).points[0]!.error,
    ).toBeCloseTo(12.7062 / 4, 4);
    expect(loopCurve(rows, 'recall').points[0]!.y).toBeNaN();
    const flat = rows.map(({ t, metrics }) => ({ t, ...metrics }));
    expect(loopCurve(flat, 'distance')).toEqual(loopCurve(rows, 'distance'));
    expect(loopCurve([{ t: 1, metrics: { distance: 2.5 } }], 'distance').points).toEqual([{ x: 1, y: 2.5 }]);
  });

  test('has a band that ends where the metric does', () => {
    const near = [
      { t: 1, recall: { mean: 0.95, standardError: 0.1 } },
      { t: 2, recall: { mean: 0.125, standardError: 0.125 } },
      { t: 3, recall: 0.5 },
    ];
    const band = (bounds: readonly [number, number]) => loopCurve(near, 'recall', { bounds }).points;
    expect(band([0, 1])).toEqual([
      { x: 1, y: 0.95, interval: [0.75, 1] },
      { x: 2, y: 0.125, interval: [0, 0.375] },
      { x: 3, y: 0.5 },
    ]);
    expect(band([0, Number.POSITIVE_INFINITY])[0]!.interval![1]).toBeCloseTo(1.15, 12);
    expect(band([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])).toEqual(
      loopCurve(near, 'recall').points,
    );
  });

  test('needs generations that have the metric', () => {
    expect(() => loopCurve(rows, 'distanse')).toThrow(
      'loopCurve: metric must be one that the generations have, got "distanse"',
    );
    expect(() => loopCurve([], 'distance')).toThrow('loopCurve: generations must be an array of at least 1');
    // What every object has is no metric.
    for (const name of ['toString', 'constructor', '__proto__']) {
      expect(() => loopCurve(rows, name)).toThrow('loopCurve: metric must be one that the generations have');
      expect(() => loopCurve([{ t: 1 }], name)).toThrow('metric must be one that the generations have');
    }
  });

  test.each<[string, unknown, object | undefined, string]>([
    ['no number', [{ distance: 1 }], undefined, 'generations[0].t must be a finite number, got undefined'],
    ['no object', [rows[0], null], undefined, 'generations[1] must be an object, got null'],
    ['no metrics', [{ t: 1, metrics: null }], undefined, 'generations[0].metrics must be an object, got null'],
    [
      'a metric that is no number',
      [{ t: 1, metrics: { distance: '2' } }],
      undefined,
      'generations[0].metrics.distance must be a number or { mean, standardError }, got "2"',
    ],
    [
      'a mean that is no number',
      [{ t: 1, distance: { mean: '2', standardError: 1 } }],
      undefined,
      'generations[0].distance.mean must be a number, got "2"',
    ],
    [
      'no number of standard errors',
      rows,
      { standardErrors: -1 },
      'standardErrors must be a number of at least 0, got -1',
    ],
    [
      'bounds that are one',
      rows,
      { bounds: [1] },
      'bounds must be two numbers [low, high], got an array of length 1',
    ],
    [
      'bounds the wrong way round',
      rows,
      { bounds: [1, 0] },
      'bounds must have its lower end first, got [1, 0]',
    ],
    ['bounds without an end', rows, { bounds: [0, Number.NaN] }, 'bounds[1] must be a number, got NaN'],
    ['a label that is none', rows, { colour: 1 }, 'colour must be a string, got 1'],
    ['a misspelt label', rows, { color: 'a' }, "unknown option 'color'; did you mean 'colour'?"],
  ])('refuses %s', (_, generations, labels, message) => {
    expect(() => loopCurve(generations as LoopGeneration[], 'distance', labels)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_INPUT', message: `loopCurve: ${message}` }),
    );
  });

  test('takes null, which JSON has for NaN', () => {
    const stored = JSON.parse(JSON.stringify(rows));
    expect(loopCurve(stored, 'distance')).toEqual(loopCurve(rows, 'distance'));
  });
});
