// What a line chart shows.

import { describe, invalid, isArray, mustError } from '../base/check.js';
import {
  boolean,
  checked,
  finite,
  list,
  object,
  oneOf,
  string,
  type TableOf,
  type ValuesOf,
} from '../base/options.js';
import type { AxisKind } from './axis-scale.js';
import { titleOptions } from './title-options.js';

/** A point of a curve. */
export interface CurvePoint {
  readonly x: number;
  /** NaN: no value; the curve goes on to the next point. */
  readonly y: number;
  /** Half the height of the error bar or band about y. NaN, 0 or absent: none. */
  readonly error?: number | undefined;
  /** The ends of the error bar, where they are not equally far from y: in place of `error`. */
  readonly interval?: readonly [low: number, high: number] | undefined;
}

/** One curve. Curves with the same `colour` or `dash` label share that colour or pattern, and its entry in the legend. */
export interface Curve {
  readonly colour?: string | undefined;
  readonly dash?: string | undefined;
  readonly points: readonly CurvePoint[];
  /** Points with error bars in place of a band: for points that stand for themselves. Default false. */
  readonly dots?: boolean | undefined;
  /**
   * What its values can be, [0, 1] for a fraction. With two finite ends of some curve the vertical axis is linear, whatever the values are,
   * and has room for both.
   */
  readonly bounds?: readonly [low: number, high: number] | undefined;
}

/** A horizontal line across the chart. */
export interface Level {
  readonly y: number;
  /** Written above the line; may be empty. */
  readonly label: string;
  /** Colour label of the curves that it belongs to. Absent: black. */
  readonly colour?: string | undefined;
}

/** A chart of curves over one axis. */
export interface LineChart {
  readonly title?: string | undefined;
  /** Lines below the title. */
  readonly subtitle?: readonly string[] | undefined;
  readonly xTitle: string;
  readonly yTitle: string;
  /** What the colours and dashes stand for: titles of the legend. */
  readonly colourTitle?: string | undefined;
  readonly dashTitle?: string | undefined;
  /** How x runs: 'ordinal' puts its values one step apart. Default 'linear'. */
  readonly xScale?: AxisKind | undefined;
  readonly curves: readonly Curve[];
  readonly levels?: readonly Level[] | undefined;
  /** Values that the vertical axis has room for, whatever the curves': charts beside each other that have the same have one axis. */
  readonly yExtent?: readonly [low: number, high: number] | undefined;
}

/** Charts beside each other under one title, each with axes of its own. */
export interface LineCharts {
  readonly title?: string | undefined;
  readonly subtitle?: readonly string[] | undefined;
  readonly charts: readonly LineChart[];
}

/** Two numbers in order. */
export const intervalOption = checked('[low, high]', checkInterval);

const pointOptions = {
  x: finite()
    .and((where, argument, x, { xScale }: { readonly xScale: AxisKind }) => {
      if (xScale === 'logarithmic' && x <= 0)
        throw invalid(where, argument, 'be positive on a logarithmic axis', x);
    })
    .doc('on a logarithmic axis positive'),
  y: checked('number or NaN', (where, argument, y) => {
    if (typeof y !== 'number') throw invalid(where, argument, 'be a number', y);
    return y;
  }).doc('NaN: no value; the curve goes on to the next point'),
  error: checked('number of at least 0, or NaN', (where, argument, error) => {
    if (typeof error !== 'number' || error < 0)
      throw invalid(where, argument, 'be a number of at least 0, or NaN', error);
    return error;
  })
    .optional('none')
    .doc('half the height of the error bar or band'),
  interval: intervalOption
    .optional('none')
    .doc('ends of the error bar where they are not equally far from y, in place of error'),
} satisfies TableOf<CurvePoint>;

/** The same without NaN; infinite ends are none. */
export const boundsOption = intervalOption.and((where, argument, bounds) => {
  const missing = bounds.findIndex(Number.isNaN);
  if (missing >= 0) throw invalid(where, `${argument}[${missing}]`, 'be a number', Number.NaN);
});

const curveOptions = {
  colour: string().optional('none').doc('curves with the same share a colour and its entry in the legend'),
  dash: string().optional('none').doc('curves with the same share a pattern and its entry in the legend'),
  points: list(object(pointOptions, ['xScale']), 1),
  dots: boolean().or(false).doc('points with error bars in place of a band'),
  bounds: boundsOption
    .optional('none')
    .doc('ends of what its values can be: two finite ones are those of a linear axis'),
} satisfies TableOf<Curve>;

/** The labels of a curve, as options of their own. */
export const curveLabels = { colour: curveOptions.colour, dash: curveOptions.dash };

const levelOptions = {
  y: finite().doc('height of a line across the chart'),
  label: string().or('', 'none').doc('written above the line'),
  colour: string().optional('black').doc('label of the curves whose colour it has'),
} satisfies TableOf<Level>;

export const axisKinds: readonly AxisKind[] = ['linear', 'logarithmic', 'ordinal'];

export const lineChartOptions = {
  ...titleOptions,
  xTitle: string().doc('of the horizontal axis'),
  yTitle: string().doc('of the vertical axis'),
  colourTitle: string().or('', 'none').doc('what the colours stand for: title of the legend'),
  dashTitle: string().or('', 'none').doc('what the patterns stand for: title of the legend'),
  xScale: oneOf(axisKinds).or('linear').doc("how x runs; 'ordinal' puts its values one step apart"),
  curves: list(object(curveOptions, ['xScale']), 1),
  levels: list(object(levelOptions)).or(() => []),
  yExtent: boundsOption
    .optional("the curves' values")
    .doc('values that the vertical axis has room for: charts that have the same have one axis'),
} satisfies TableOf<LineChart>;

export const lineChartsOptions = {
  ...titleOptions,
  charts: list(object(lineChartOptions), 1),
} satisfies TableOf<LineCharts>;

/** A chart that was checked. */
export type CheckedLineChart = ValuesOf<typeof lineChartOptions>;

function checkInterval(where: string, argument: string, value: unknown): readonly [number, number] {
  if (!isArray(value) || value.length !== 2 || !value.every((end) => typeof end === 'number')) {
    throw invalid(where, argument, 'be two numbers [low, high]', value);
  }
  const [low, high] = value as [number, number];
  if (low > high)
    throw mustError(where, argument, 'have its lower end first', `[${describe(low)}, ${describe(high)}]`);
  return [low, high];
}
