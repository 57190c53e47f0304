// A heat map in a frame: a cell for each pair of values, the line at a level, marks.

import { axes, type Frame } from './axes.js';
import { type AxisScale, axisScale } from './axis-scale.js';
import { type ColourScale, colourAt } from './colours.js';
import { d3 } from './d3.js';
import type { HeatMap, HeatMapPanel, MapAxis } from './heat-map-data.js';
import { cellMarks, pointCircle } from './marks.js';
import { element, type Markup } from './markup.js';
import { thresholdLines } from './threshold.js';
import type { Point } from './threshold-contour.js';

/** Where the cells of a map meet: from left to right, and from the bottom row up. */
export interface CellEdges {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** Draws the cells of a panel. Cells that have no number are grey. */
export type CellDrawing = (values: HeatMapPanel['values'], colours: ColourScale, edges: CellEdges) => Markup;

export function mapAxisScale({ values, scale = 'linear' }: MapAxis): AxisScale {
  return axisScale(scale, values);
}

/** A panel of a map without title and legend, its axes around `frame`. */
export function mapPlot(
  map: HeatMap,
  panel: HeatMapPanel,
  colours: ColourScale,
  frame: Frame,
  drawCells: CellDrawing = cellRectangles,
): Markup {
  const [x, y] = [mapAxisScale(map.x), mapAxisScale(map.y)];
  const { across, up } = positions(x, y, frame);
  const place = ([px, py]: Point) => `${across(px).toFixed(1)},${up(py).toFixed(1)}`;
  const marks = (panel.marks ?? [])
    .flatMap((row, j) =>
      row.map((mark, i) =>
        mark === undefined ? '' : `M${place([x.positions[i]!, y.positions[j]!])}${cellMarks[mark]}`,
      ),
    )
    .join('');
  const { level } = map;
  const threshold =
    level === undefined
      ? ''
      : thresholdLines(aboveLevel(panel, level.value, colours.logarithmic), x, y)
          .map((line) => `M${line.map(place).join('L')}`)
          .join('');
  const { point } = map;
  const circle = (stroke: string, width: number) =>
    element('path', {
      class: 'point',
      fill: 'none',
      stroke,
      'stroke-width': width,
      d: `M${place([x.positions[point!.column]!, y.positions[point!.row]!])}${pointCircle}`,
    });
  const line = (name: string, stroke: string, width: number) =>
    element('path', {
      class: name,
      fill: 'none',
      stroke,
      'stroke-width': width,
      'stroke-linejoin': 'round',
      d: threshold,
    });
  const ticks = (scale: AxisScale, at: (position: number) => number) =>
    scale.ticks.map(({ position, label }) => ({ at: at(position), label }));
  return element(
    'g',
    {},
    drawCells(panel.values, colours, cellEdges(map, frame)),
    element('path', { class: 'marks', fill: 'none', stroke: '#222222', 'stroke-opacity': 0.7, d: marks }),
    line('halo', '#ffffff', 4),
    line('threshold', '#000000', 1.75),
    ...(point === undefined ? [] : [circle('#ffffff', 4), circle('#000000', 1.75)]),
    axes(
      frame,
      { title: map.x.title, ticks: ticks(x, across) },
      { title: map.y.title, ticks: ticks(y, up) },
      false,
    ),
  );
}

/** Where the cells of a map whose axes are around `frame` meet. */
export function cellEdges(map: Pick<HeatMap, 'x' | 'y'>, frame: Frame): CellEdges {
  const [x, y] = [mapAxisScale(map.x), mapAxisScale(map.y)];
  const { across, up } = positions(x, y, frame);
  return { x: x.edges.map(across), y: y.edges.map(up) };
}

function positions(x: AxisScale, y: AxisScale, frame: Frame) {
  return {
    across: d3.scale.scaleLinear([x.edges[0]!, x.edges.at(-1)!], [frame.left, frame.right]),
    up: d3.scale.scaleLinear([y.edges[0]!, y.edges.at(-1)!], [frame.bottom, frame.top]),
  };
}

/** A rectangle for each cell. */
const cellRectangles: CellDrawing = (values, colours, { x, y }) => {
  // Rows from top to bottom, as they are read.
  const rows = values
    .map((row, j) =>
      element(
        'g',
        {},
        ...row.flatMap((value, i) => {
          if (value === undefined) return [];
          const fill = Number.isNaN(value) ? undefined : colourAt(colours, value);
          const [left, top] = [x[i]!, y[j + 1]!];
          return [element('rect', { fill, x: left, y: top, width: x[i + 1]! - left, height: y[j]! - top })];
        }),
      ),
    )
    .reverse();
  return element('g', { class: 'cells', fill: '#dddddd', 'shape-rendering': 'crispEdges' }, ...rows);
};

/** How far numbers are above the level: positive above it, negative below; in the logarithm where the colours are. */
function aboveLevel(
  { values, levelOf = values }: HeatMapPanel,
  level: number,
  logarithmic: boolean,
): number[][] {
  const above = (value: number) => (logarithmic ? Math.log(value / level) : value - level);
  return levelOf.map((row) =>
    row.map((value) => {
      const height = above(value ?? Number.NaN);
      return Number.isFinite(height) ? height : Number.NaN;
    }),
  );
}
