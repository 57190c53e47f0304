// Curves in a frame: lines with bands of error, or points with error bars.

import { type Axis, axes, type Frame, fontSize } from './axes.js';
import { axisScale } from './axis-scale.js';
import { ink } from './chart.js';
import { curveColours } from './colours.js';
import { d3 } from './d3.js';
import type { Curve, CurvePoint, LineChart } from './line-chart-data.js';
import { dashes, missingPoint, pointShapes } from './marks.js';
import { type Attributes, element, type Markup } from './markup.js';
import { valueScale } from './value-scale.js';

/** What a page adds to make the points of a chart elements that can be reached. */
export interface PointAttributes {
  /** For the group that holds a curve. */
  readonly curve: (curve: number) => Attributes;
  /** For a point of it; where it has some, it is drawn without a number too, as a cross at the foot of the chart. */
  readonly point: (curve: number, point: number) => Attributes | undefined;
}

/** Both axes of a chart: where a number is drawn, and what is marked. */
export interface LinePlotScales {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  /** The least value that the vertical axis has. */
  readonly floor: number;
  readonly axes: { readonly x: Axis; readonly y: Axis };
}

// From the first and the last point to the edges of the frame.
const inset = 8;

export function linePlotScales(chart: LineChart, { left, top, right, bottom }: Frame): LinePlotScales {
  const xs = [...new Set(chart.curves.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  const horizontal = axisScale(chart.xScale ?? 'linear', xs, Math.round((right - left) / 60));
  const [first, last] = [horizontal.positions[0]!, horizontal.positions.at(-1)!];
  const across = d3.scale.scaleLinear([first, last], [left + inset, right - inset]);
  const placeOf = new Map(xs.map((x, i) => [x, horizontal.positions[i]!]));
  const vertical = valueScale(
    [
      ...chart.curves.flatMap(({ points }) => points.map(({ y }) => y)),
      ...(chart.levels ?? []).map(({ y }) => y),
      ...(chart.yExtent ?? []),
    ],
    chart.curves.flatMap(({ points }) => points.flatMap(intervalOf)),
    chart.curves.flatMap(({ bounds = [] }) => (bounds.every(Number.isFinite) ? bounds : [])),
  );
  const up = (vertical.logarithmic ? d3.scale.scaleLog : d3.scale.scaleLinear)(vertical.domain, [bottom, top]);
  const x = (position: number) => (first === last ? (left + right) / 2 : across(position));
  return {
    x: (value) => x(placeOf.get(value)!),
    y: (value) => up(value),
    floor: vertical.domain[0],
    axes: {
      x: {
        title: chart.xTitle,
        ticks: horizontal.ticks.map(({ position, label }) => ({ at: x(position), label })),
      },
      y: { title: chart.yTitle, ticks: vertical.ticks.map(({ value, label }) => ({ at: up(value), label })) },
    },
  };
}

/** The ends of a point's error bar; none where it has no error. */
function intervalOf({ y, error, interval }: CurvePoint): readonly [number, number] | readonly [] {
  const [low, high] = interval ?? [y - (error ?? Number.NaN), y + (error ?? Number.NaN)];
  return high > low && Number.isFinite(low) && Number.isFinite(high) ? [low, high] : [];
}

/** The labels of a channel in the order in which curves bring them. */
export function labelsOf(curves: readonly Curve[], channel: 'colour' | 'dash'): string[] {
  return [...new Set(curves.flatMap((curve) => curve[channel] ?? []))];
}

/** How a curve is drawn, by its labels: those without a label like those of the first. */
export function curveLook({ colour, dash }: Pick<Curve, 'colour' | 'dash'>, { curves }: LineChart) {
  const index = Math.max(0, labelsOf(curves, 'colour').indexOf(colour ?? ''));
  return {
    colour: curveColours[index % curveColours.length]!,
    shape: pointShapes[index % pointShapes.length]!,
    dash: dashes[Math.max(0, labelsOf(curves, 'dash').indexOf(dash ?? '')) % dashes.length],
  };
}

/** The chart without title and legend, its axes around `frame`. */
export function linePlot(chart: LineChart, frame: Frame, attributes?: PointAttributes): Markup {
  const scales = linePlotScales(chart, frame);
  const { curves, levels = [] } = chart;
  return element(
    'g',
    {},
    axes(frame, scales.axes.x, scales.axes.y, true),
    ...curves.filter(({ dots }) => !dots).map((curve) => band(curve, chart, scales)),
    ...levels.map(({ y, colour }) =>
      element('path', {
        class: 'level',
        fill: 'none',
        stroke: colour === undefined ? ink : curveLook({ colour }, chart).colour,
        'stroke-dasharray': '1.5 3',
        d: `M${frame.left},${scales.y(y).toFixed(1)}H${frame.right}`,
      }),
    ),
    element('g', { class: 'cells' }, ...curves.map((_, j) => curveMarkup(j, chart, scales, frame, attributes))),
    ...levels
      .filter(({ label }) => label !== '')
      .map(({ y, label, colour }) =>
        element(
          'text',
          {
            x: frame.right - 2,
            y: scales.y(y) - 8,
            'text-anchor': 'end',
            'font-size': fontSize,
            // A white edge keeps it apart from curves behind it.
            stroke: 'white',
            'stroke-width': 3,
            'paint-order': 'stroke',
            fill: colour === undefined ? ink : curveLook({ colour }, chart).colour,
          },
          label,
        ),
      ),
  );
}

/** The area between the ends of the error bars. */
function band(curve: Curve, chart: LineChart, { x, y, floor }: LinePlotScales): Markup {
  const points = curve.points.filter(isFinitePoint);
  const area = d3.shape
    .area<CurvePoint>()
    .digits(1)
    .defined((point) => intervalOf(point).length > 0)
    .x((point) => x(point.x))
    // A band that reaches below every curve, or below zero, would stretch the axis for nothing.
    .y0((point) => y(Math.max(intervalOf(point)[0]!, floor)))
    .y1((point) => y(Math.max(intervalOf(point)[1]!, floor)));
  return element('path', {
    class: 'band',
    fill: curveLook(curve, chart).colour,
    'fill-opacity': 0.2,
    d: area(points) ?? '',
  });
}

function curveMarkup(
  j: number,
  chart: LineChart,
  { x, y, floor }: LinePlotScales,
  { bottom }: Frame,
  attributes: PointAttributes | undefined,
): Markup {
  const curve = chart.curves[j]!;
  const look = curveLook(curve, chart);
  const place = ({ x: at }: CurvePoint, value: number) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`;
  const line = d3.shape
    .line<CurvePoint>()
    .digits(1)
    .x((point) => x(point.x))
    .y((point) => y(point.y));
  const path = (d: string, dash?: string) =>
    element('path', {
      class: 'curve',
      fill: 'none',
      stroke: look.colour,
      'stroke-width': 1.75,
      'stroke-linejoin': 'round',
      'stroke-dasharray': dash,
      d,
    });
  const finite = curve.points.filter(isFinitePoint);
  const bars = finite.flatMap((point) => {
    const [low, high] = intervalOf(point);
    return low === undefined || high === undefined || high < floor
      ? []
      : [`M${place(point, Math.max(low, floor))}V${y(high).toFixed(1)}`];
  });
  const dots = curve.points.flatMap((point, k) => {
    const own = attributes?.point(j, k);
    if (isFinitePoint(point))
      return [element('path', { ...own, fill: look.colour, d: `M${place(point, point.y)}${look.shape}` })];
    const foot = `M${x(point.x).toFixed(1)},${bottom - 7}${missingPoint}`;
    return own === undefined
      ? []
      : [element('path', { ...own, class: 'missing', stroke: look.colour, d: foot })];
  });
  return element(
    'g',
    attributes?.curve(j) ?? {},
    path(line(finite) ?? '', look.dash),
    ...(curve.dots ? [path(bars.join('')), ...dots] : []),
  );
}

function isFinitePoint({ y }: CurvePoint): boolean {
  return Number.isFinite(y);
}
