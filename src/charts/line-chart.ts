// Line charts with error bands, described as Vega-Lite specifications (plain objects: nothing is loaded here).

/** One curve. Curves with the same `colour` or `dash` label share that colour or dash pattern and its legend entry. */
export interface Curve {
  readonly colour?: string;
  readonly dash?: string;
  readonly points: readonly CurvePoint[];
}

export interface CurvePoint {
  readonly x: number;
  readonly y: number;
  /** Half the height of the error band at this point; NaN or 0 draws none. */
  readonly error: number;
}

/** A horizontal line across the chart. */
export interface Level {
  readonly y: number;
  readonly label: string;
  /** Colour label of the curves it belongs to. */
  readonly colour?: string;
}

export interface LineChart {
  readonly title: string;
  /** Lines of at most 75 letters: the width of the picture allows for that many. */
  readonly subtitle: readonly string[];
  readonly xTitle: string;
  readonly yTitle: string;
  readonly colourTitle?: string;
  readonly dashTitle?: string;
  readonly curves: readonly Curve[];
  readonly levels?: readonly Level[];
}

export type Specification = Readonly<Record<string, unknown>>;

// Okabe & Ito 2008: told apart by colour-blind readers, and in print.
const colours = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#56B4E9', '#E69F00'];
const dashes = [[], [6, 3], [2, 2], [8, 3, 2, 3]];
const font = 'DejaVu Sans, Verdana, sans-serif';

/** The chart as a Vega-Lite specification. Its y axis is logarithmic where the values span more than a factor of 30. */
export function lineChartSpecification(chart: LineChart): Specification {
  const values = chart.curves.flatMap((curve) => curve.points.map((point) => point.y)).filter(Number.isFinite);
  const [smallest, largest] = [Math.min(...values), Math.max(...values)];
  // A logarithm shows what happens to the small values too, where there is none at or below zero.
  const logarithmic = smallest > 0 && largest / smallest > 30;
  const x = {
    field: 'x',
    type: 'quantitative',
    title: chart.xTitle,
    scale: { zero: false, nice: false, padding: 6 },
    axis: { tickMinStep: 1, grid: false, labelFlush: false },
  };
  const y = {
    field: 'y',
    type: 'quantitative',
    title: chart.yTitle,
    scale: logarithmic ? { type: 'log', domain: [smallest / 1.3, largest * 1.3], nice: false } : { zero: true },
    axis: logarithmic
      ? { values: logarithmicTicks(smallest, largest), format: '~g' }
      : { format: '~g', tickCount: 6 },
  };
  const color = colourChannel(chart);
  const detail = { field: 'curve', type: 'nominal' };
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: 480,
    height: 300,
    padding: 10,
    background: 'white',
    title: { text: chart.title, subtitle: chart.subtitle },
    data: { values: chart.curves.flatMap((curve) => curveRows(curve, logarithmic ? smallest / 1.3 : 0)) },
    layer: [
      {
        transform: [{ filter: 'datum.high > datum.low' }],
        mark: { type: 'area', opacity: 0.2, line: false },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color, detail },
      },
      {
        mark: { type: 'line', strokeWidth: 1.75, strokeJoin: 'round' },
        encoding: { x, y, color, ...dashChannel(chart), detail },
      },
      ...levelLayers(chart.levels ?? [], color, y),
    ],
    config: {
      font,
      title: { fontSize: 14, subtitleFontSize: 11, anchor: 'start', subtitlePadding: 4, offset: 12 },
      axis: { labelFontSize: 11, titleFontSize: 12, titleFontWeight: 'normal', gridColor: '#e6e6e6' },
      legend: {
        labelFontSize: 11,
        titleFontSize: 11,
        titleFontWeight: 'normal',
        labelLimit: 0,
        symbolSize: 300,
      },
      view: { stroke: null },
    },
  };
}

/** Colour by label with a legend; one plain colour where the curves have no labels. */
function colourChannel({ curves, colourTitle }: LineChart): object {
  const labels = labelsOf(curves, 'colour');
  if (labels.length === 0) return { value: colours[0] };
  return {
    field: 'colour',
    type: 'nominal',
    title: colourTitle,
    scale: { domain: labels, range: colours.slice(0, labels.length) },
    legend: { symbolType: 'stroke', symbolStrokeWidth: 2, symbolOpacity: 1 },
  };
}

function dashChannel({ curves, dashTitle }: LineChart): object {
  const labels = labelsOf(curves, 'dash');
  if (labels.length === 0) return {};
  const scale = { domain: labels, range: dashes.slice(0, labels.length) };
  return { strokeDash: { field: 'dash', type: 'nominal', title: dashTitle, scale } };
}

function labelsOf(curves: readonly Curve[], channel: 'colour' | 'dash'): string[] {
  return [...new Set(curves.flatMap((curve) => curve[channel] ?? []))];
}

function curveRows(curve: Curve, floor: number): Record<string, unknown>[] {
  const name = `${curve.colour} ${curve.dash ?? ''}`;
  return curve.points
    .filter((point) => Number.isFinite(point.y))
    .map(({ x, y, error }) => {
      const half = Number.isFinite(error) ? error : 0;
      // A band that reaches below every curve, or below zero, would stretch a logarithmic axis for nothing.
      const low = Math.max(y - half, floor);
      return { curve: name, colour: curve.colour, dash: curve.dash ?? '', x, y, low, high: y + half };
    });
}

function levelLayers(levels: readonly Level[], color: object, y: object): Specification[] {
  if (levels.length === 0) return [];
  const data = { values: levels };
  const shared = { y: { ...y, field: 'y' }, color };
  return [
    { data, mark: { type: 'rule', strokeWidth: 1, strokeDash: [1, 3] }, encoding: shared },
    {
      data,
      mark: { type: 'text', align: 'right', baseline: 'bottom', dx: -2, dy: -7, fontSize: 11 },
      encoding: { ...shared, x: { value: 'width' }, text: { field: 'label' } },
    },
  ];
}

/** 1, 2 and 5 times powers of ten where they are few, else every power of ten, or every second one and so on. */
function logarithmicTicks(smallest: number, largest: number): number[] {
  const first = Math.floor(Math.log10(smallest));
  const last = Math.ceil(Math.log10(largest));
  const decades = last - first;
  const step = Math.max(1, Math.ceil(decades / 8));
  const multiples = decades <= 3 ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let exponent = first; exponent <= last; exponent += step) {
    ticks.push(...multiples.map((multiple) => Number(`${multiple}e${exponent}`)));
  }
  return ticks.filter((tick) => tick >= smallest / 1.3 && tick <= largest * 1.3);
}
