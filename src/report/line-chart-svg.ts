// A line chart of a report: curves of points with error bars that mouse, finger and keyboard can reach.

import { axisLabel, axisScale, axisTitle } from '../charts/axis-scale.js';
import { type Quantity, reading } from '../charts/cell-state.js';
import { curveColours } from '../charts/colours.js';
import { mostCurves, type Panel, type StudyLayout } from '../charts/study-layout.js';
import { valueScale } from '../charts/value-scale.js';
import type { StudyCell } from '../studies/definition/study-document.js';
import { element, type Markup, together } from './markup.js';
import { across, axes, height, plot, up, width } from './plot-area.js';

// Circle, square, triangle, diamond, cross, triangle downwards: a curve is known by its shape too.
const shapes = [
  'm-4,0a4,4 0 1 0 8,0a4,4 0 1 0 -8,0z',
  'm-3.5,-3.5h7v7h-7z',
  'm0,-4.5l4.5,8h-9z',
  'm0,-5l5,5l-5,5l-5,-5z',
  'm-1.5,-4.5h3v3h3v3h-3v3h-3v-3h-3v-3h3z',
  'm0,4.5l4.5,-8h-9z',
];

// A cross at the foot of the chart: a cell without a number.
const missing = 'm-3,-3l6,6m-6,0l6,-6';

export interface LineChartPart {
  readonly layout: StudyLayout;
  readonly panel: Panel;
  readonly quantity: Quantity;
  readonly quantityTitle: string;
  readonly label: string;
  readonly indexOf: (cell: StudyCell) => number;
}

export function lineChartSvg({
  layout,
  panel,
  quantity,
  quantityTitle,
  label,
  indexOf,
}: LineChartPart): Markup {
  const x = axisScale(layout.x.axis, layout.x.values);
  const readings = panel.cells.map((row) => row.map((cell) => reading(cell, quantity)));
  const values = readings.flat().flatMap(({ value, low, high }) => [value, low, high]);
  // 1 is where synthetic data begin to help: the axis holds it.
  const scale = valueScale(quantity === 'ratio' ? [...values, 1] : values);
  const xShare = (position: number) => {
    const [first, last] = [x.positions[0]!, x.positions.at(-1)!];
    return last === first ? 0.5 : 0.03 + (0.94 * (position - first)) / (last - first);
  };
  const onScale = scale.logarithmic ? Math.log : (value: number) => value;
  const [bottom, top] = scale.domain.map(onScale) as [number, number];
  const yAt = (value: number) => up((onScale(value) - bottom) / (top - bottom));
  const rows = panel.cells.map((row, j) => {
    const colour = curveColours[j % mostCurves]!;
    const points = row.flatMap((cell, i) => (cell === undefined ? [] : [{ cell, i, ...readings[j]![i]! }]));
    const finite = points.filter(({ value }) => Number.isFinite(value));
    const place = (i: number, value: number) =>
      `${across(xShare(x.positions[i]!)).toFixed(1)},${yAt(value).toFixed(1)}`;
    const bars = finite
      .filter(({ low, high }) => high > low)
      .map(({ i, low, high }) => {
        const from = scale.logarithmic ? Math.max(low, scale.domain[0]) : low;
        return `M${place(i, from)}V${yAt(high).toFixed(1)}`;
      });
    return element(
      'g',
      { role: 'row', 'aria-label': axisLabel(layout.y.axis, layout.y.values[j]!) },
      element('path', {
        class: 'curve',
        stroke: colour,
        d: finite.map(({ i, value }, k) => `${k === 0 ? 'M' : 'L'}${place(i, value)}`).join(''),
      }),
      element('path', { class: 'curve', stroke: colour, d: bars.join('') }),
      ...points.map(({ cell, i, value }) =>
        Number.isFinite(value)
          ? element('path', {
              role: 'gridcell',
              'data-cell': indexOf(cell),
              fill: colour,
              d: `M${place(i, value)}${shapes[j % shapes.length]!}`,
            })
          : element('path', {
              role: 'gridcell',
              class: 'missing',
              'data-cell': indexOf(cell),
              stroke: colour,
              d: `M${across(xShare(x.positions[i]!)).toFixed(1)},${plot.bottom - 7}${missing}`,
            }),
      ),
    );
  });
  const one =
    quantity === 'ratio'
      ? [element('path', { class: 'one', d: `M${plot.left},${yAt(1).toFixed(1)}H${plot.right}` })]
      : [];
  return element(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, role: 'grid', 'aria-label': label, 'aria-readonly': 'true' },
    axes(
      axisTitle(layout.x.axis),
      x.ticks.map((tick) => ({ share: xShare(tick.position), label: tick.label })),
      quantityTitle,
      scale.ticks.map(({ value, label }) => ({ share: (onScale(value) - bottom) / (top - bottom), label })),
      true,
    ),
    ...one,
    element('g', { class: 'cells' }, ...rows),
  );
}

/** Which curve is which. */
export function curveLegend({ y }: StudyLayout): Markup {
  if (y.values.length < 2) return together();
  return element(
    'ul',
    { class: 'legend' },
    ...y.values.map((value, j) =>
      element(
        'li',
        {},
        element(
          'svg',
          { viewBox: '-6 -6 12 12', 'aria-hidden': 'true' },
          element('path', { d: `M0,0${shapes[j % shapes.length]!}`, fill: curveColours[j % mostCurves]! }),
        ),
        ` ${axisLabel(y.axis, value)}`,
      ),
    ),
  );
}
