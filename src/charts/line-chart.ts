// Line charts with error bands, described as Vega-Lite specifications (plain objects: nothing is loaded here).

import { chartConfig, type Specification, schema } from './chart-style.js';
import { curveColours } from './colours.js';
import { extent, fewLogarithmicTicks } from './ticks.js';
import { valueScale } from './value-scale.js';

/** One curve. Curves with the same `colour` or `dash` label share that colour or dash pattern and its legend entry. */
export interface Curve {
  readonly colour?: string;
  readonly dash?: string;
  readonly points: readonly CurvePoint[];
  /** Dots with error bars in place of a band: for points that stand for themselves. */
  readonly dots?: boolean;
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
  /** Written above the line; may be empty. */
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
  readonly logarithmicX?: boolean;
  readonly curves: readonly Curve[];
  readonly levels?: readonly Level[];
}

const dashes = [[], [6, 3], [2, 2], [8, 3, 2, 3]];
const shapes = ['circle', 'square', 'triangle-up', 'diamond', 'cross', 'triangle-down'];

/** The chart as a Vega-Lite specification. Its y axis is logarithmic where the values span more than a factor of 30. */
export function lineChartSpecification(chart: LineChart): Specification {
  return {
    $schema: schema,
    padding: 10,
    background: 'white',
    ...view(chart, 480, 300),
    config: chartConfig,
  };
}

/** Charts beside each other, each with its own axes, under one title. */
export function lineChartsSpecification(
  title: string,
  subtitle: readonly string[],
  charts: readonly LineChart[],
): Specification {
  return {
    $schema: schema,
    padding: 10,
    background: 'white',
    title: { text: title, subtitle },
    spacing: 40,
    hconcat: charts.map((chart) => view(chart, 330, 300)),
    resolve: { scale: { color: 'independent', shape: 'independent', strokeDash: 'independent' } },
    config: { ...chartConfig, concat: { spacing: 30 } },
  };
}

function view(chart: LineChart, width: number, height: number): Specification {
  const values = chart.curves.flatMap((curve) => curve.points.map((point) => point.y));
  const { logarithmic, domain, ticks } = valueScale(values);
  const x = { field: 'x', type: 'quantitative', title: chart.xTitle, ...horizontalScale(chart) };
  const y = {
    field: 'y',
    type: 'quantitative',
    title: chart.yTitle,
    scale: logarithmic ? { type: 'log', domain, nice: false } : { zero: true },
    axis: logarithmic
      ? { values: ticks.map(({ value }) => value), format: ',~g' }
      : { format: ',~f', tickCount: 6 },
  };
  const dots = chart.curves.some((curve) => curve.dots);
  const color = colourChannel(chart, dots);
  const detail = { field: 'curve', type: 'nominal' };
  return {
    width,
    height,
    title: { text: chart.title, subtitle: chart.subtitle },
    data: { values: chart.curves.flatMap((curve) => curveRows(curve, logarithmic ? domain[0] : 0)) },
    layer: [
      {
        transform: [{ filter: '!datum.dots && datum.high > datum.low' }],
        mark: { type: 'area', opacity: 0.2, line: false },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color, detail },
      },
      {
        mark: { type: 'line', strokeWidth: 1.75, strokeJoin: 'round' },
        encoding: { x, y, color, ...dashChannel(chart), detail },
      },
      ...(dots ? dotLayers(chart, { x, y, color }) : []),
      ...levelLayers(chart.levels ?? [], color, y),
    ],
  };
}

function horizontalScale({ logarithmicX, curves }: LineChart): object {
  if (!logarithmicX) {
    return {
      scale: { zero: false, nice: false, padding: 6 },
      axis: { tickMinStep: 1, grid: false, labelFlush: false },
    };
  }
  const values = curves.flatMap((curve) => curve.points.map((point) => point.x));
  const ticks = fewLogarithmicTicks(...extent(values));
  return {
    scale: { type: 'log', nice: false, padding: 6 },
    axis: { values: ticks, format: ',~f', grid: false, labelFlush: false },
  };
}

/** Error bars, and a dot of a shape of its own for each colour. */
function dotLayers(
  chart: LineChart,
  { x, y, color }: { x: object; y: object; color: object },
): Specification[] {
  const labels = labelsOf(chart.curves, 'colour');
  const scale = { domain: labels, range: shapes.slice(0, labels.length) };
  const shape =
    labels.length === 0 ? {} : { shape: { field: 'colour', type: 'nominal', title: chart.colourTitle, scale } };
  const transform = [{ filter: 'datum.dots' }];
  return [
    {
      transform: [{ filter: 'datum.dots && datum.high > datum.low' }],
      mark: { type: 'rule', strokeWidth: 1.25 },
      encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
    },
    {
      transform,
      mark: { type: 'point', filled: true, opacity: 1, size: 45 },
      encoding: { x, y, color, ...shape },
    },
  ];
}

/** Colour by label with a legend; one plain colour where the curves have no labels. */
function colourChannel({ curves, colourTitle }: LineChart, dots: boolean): object {
  const labels = labelsOf(curves, 'colour');
  if (labels.length === 0) return { value: curveColours[0] };
  return {
    field: 'colour',
    type: 'nominal',
    title: colourTitle,
    scale: { domain: labels, range: curveColours.slice(0, labels.length) },
    legend: dots
      ? { symbolSize: 70, symbolOpacity: 1 }
      : { symbolType: 'stroke', symbolStrokeWidth: 2, symbolOpacity: 1 },
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
  const name = [curve.colour, curve.dash].filter(Boolean).join(' ');
  return curve.points
    .filter((point) => Number.isFinite(point.y))
    .map(({ x, y, error }) => {
      const half = Number.isFinite(error) ? error : 0;
      // A band that reaches below every curve, or below zero, would stretch a logarithmic axis for nothing.
      const low = Math.max(y - half, floor);
      return {
        curve: name,
        colour: curve.colour,
        dash: curve.dash ?? '',
        dots: curve.dots ?? false,
        x,
        y,
        low,
        high: y + half,
      };
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
