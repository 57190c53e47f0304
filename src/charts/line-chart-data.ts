// What a line chart shows.

import { checkBoolean, checkChoice, checkOptions, describe, invalid, mustError } from '../base/check.js';
import type { AxisKind } from './axis-scale.js';
import { checkList, checkText, checkTexts } from './check-chart.js';

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
}

/** Charts beside each other under one title, each with axes of its own. */
export interface LineCharts {
  readonly title?: string | undefined;
  readonly subtitle?: readonly string[] | undefined;
  readonly charts: readonly LineChart[];
}

const chartNames = [
  'title',
  'subtitle',
  'xTitle',
  'yTitle',
  'colourTitle',
  'dashTitle',
  'xScale',
  'curves',
  'levels',
] as const;

export const axisKinds: readonly AxisKind[] = ['linear', 'logarithmic', 'ordinal'];

/** A chart that can be drawn; `prefix` stands before the names of its members in messages. Errors: ERR_INVALID_INPUT. */
export function checkLineChart(where: string, prefix: string, value: unknown): LineChart {
  const argument = prefix === '' ? 'chart' : prefix.slice(0, -1);
  if (value === undefined) throw invalid(where, argument, 'be an object', value);
  const given = checkOptions(where, argument, value, chartNames);
  const named = (name: string) => `${prefix}${name}`;
  const xScale =
    given.xScale === undefined ? 'linear' : checkChoice(where, named('xScale'), given.xScale, axisKinds);
  const optional = (name: 'title' | 'colourTitle' | 'dashTitle') =>
    checkText(where, named(name), given[name] ?? '');
  return {
    title: optional('title'),
    subtitle: checkTexts(where, named('subtitle'), given.subtitle ?? []),
    xTitle: checkText(where, named('xTitle'), given.xTitle),
    yTitle: checkText(where, named('yTitle'), given.yTitle),
    colourTitle: optional('colourTitle'),
    dashTitle: optional('dashTitle'),
    xScale,
    curves: checkList(where, named('curves'), given.curves, 1).map((curve, j) =>
      checkCurve(where, named(`curves[${j}]`), curve, xScale),
    ),
    levels: checkList(where, named('levels'), given.levels ?? [], 0).map((level, j) =>
      checkLevel(where, named(`levels[${j}]`), level),
    ),
  };
}

export function checkLineCharts(where: string, value: unknown): LineCharts {
  const { title, subtitle, charts } = checkOptions(where, 'charts', value, ['title', 'subtitle', 'charts']);
  return {
    title: checkText(where, 'title', title ?? ''),
    subtitle: checkTexts(where, 'subtitle', subtitle ?? []),
    charts: checkList(where, 'charts', charts, 1).map((chart, i) =>
      checkLineChart(where, `charts[${i}].`, chart),
    ),
  };
}

function checkCurve(where: string, argument: string, value: unknown, xScale: AxisKind): Curve {
  const { colour, dash, points, dots } = checkOptions(where, argument, value, [
    'colour',
    'dash',
    'points',
    'dots',
  ]);
  return {
    ...(colour !== undefined && { colour: checkText(where, `${argument}.colour`, colour) }),
    ...(dash !== undefined && { dash: checkText(where, `${argument}.dash`, dash) }),
    points: checkList(where, `${argument}.points`, points, 1).map((point, k) =>
      checkPoint(where, `${argument}.points[${k}]`, point, xScale),
    ),
    dots: dots === undefined ? false : checkBoolean(where, `${argument}.dots`, dots),
  };
}

function checkPoint(where: string, argument: string, value: unknown, xScale: AxisKind): CurvePoint {
  const { x, y, error, interval } = checkOptions(where, argument, value, ['x', 'y', 'error', 'interval']);
  if (typeof x !== 'number' || !Number.isFinite(x))
    throw invalid(where, `${argument}.x`, 'be a finite number', x);
  if (xScale === 'logarithmic' && x <= 0) {
    throw invalid(where, `${argument}.x`, 'be positive on a logarithmic axis', x);
  }
  if (typeof y !== 'number') throw invalid(where, `${argument}.y`, 'be a number', y);
  if (error !== undefined && !(typeof error === 'number' && !(error < 0))) {
    throw invalid(where, `${argument}.error`, 'be a number of at least 0, or NaN', error);
  }
  return {
    x,
    y,
    ...(error !== undefined && { error }),
    ...(interval !== undefined && { interval: checkInterval(where, `${argument}.interval`, interval) }),
  };
}

function checkInterval(where: string, argument: string, value: unknown): readonly [number, number] {
  if (!Array.isArray(value) || value.length !== 2 || !value.every((end) => typeof end === 'number')) {
    throw invalid(where, argument, 'be two numbers [low, high]', value);
  }
  const [low, high] = value as [number, number];
  if (low! > high!)
    throw mustError(where, argument, 'have its lower end first', `[${describe(low)}, ${describe(high)}]`);
  return [low, high];
}

function checkLevel(where: string, argument: string, value: unknown): Level {
  const { y, label, colour } = checkOptions(where, argument, value, ['y', 'label', 'colour']);
  if (typeof y !== 'number' || !Number.isFinite(y))
    throw invalid(where, `${argument}.y`, 'be a finite number', y);
  return {
    y,
    label: checkText(where, `${argument}.label`, label ?? ''),
    ...(colour !== undefined && { colour: checkText(where, `${argument}.colour`, colour) }),
  };
}
