// A heat map in a frame: a cell for each pair of values, the line at a level, marks.

import { axes, type Frame } from './axes.js';
import { type AxisScale, axisScale } from './axis-scale.js';
import { type ColourScale, colourAt } from './colours.js';
import { d3 } from './d3.js';
import type { HeatMap, HeatMapPanel, MapAxis } from './heat-map-data.js';
import { cellMarks } from './marks.js';
import { type Attributes, element, type Markup } from './markup.js';
import { thresholdLines } from './threshold.js';
import type { Point } from './threshold-contour.js';

/** What a page adds to make the cells of a map elements that can be reached. */
export interface CellAttributes {
  /** For the group that holds the cells of a row. */
  readonly row: Attributes;
  /** For the cell in row j, column i. With these, places where there is no cell are drawn too. */
  readonly cell: (j: number, i: number) => Attributes;
}

export function mapAxisScale({ values, scale = 'linear' }: MapAxis): AxisScale {
  return axisScale(scale, values);
}

/** A panel of a map without title and legend, its axes around `frame`. */
export function mapPlot(
  map: HeatMap,
  panel: HeatMapPanel,
  colours: ColourScale,
  frame: Frame,
  attributes?: CellAttributes,
): Markup {
  const [x, y] = [mapAxisScale(map.x), mapAxisScale(map.y)];
  const across = d3.scale.scaleLinear([x.edges[0]!, x.edges.at(-1)!], [frame.left, frame.right]);
  const up = d3.scale.scaleLinear([y.edges[0]!, y.edges.at(-1)!], [frame.bottom, frame.top]);
  // Rows from top to bottom, as they are read.
  const rows = panel.values
    .map((row, j) =>
      element(
        'g',
        attributes?.row ?? {},
        ...row.flatMap((value, i) => {
          if (value === undefined && attributes === undefined) return [];
          const place = {
            x: across(x.edges[i]!),
            y: up(y.edges[j + 1]!),
            width: across(x.edges[i + 1]!) - across(x.edges[i]!),
            height: up(y.edges[j]!) - up(y.edges[j + 1]!),
          };
          const look =
            value === undefined
              ? { class: 'absent' }
              : { fill: Number.isNaN(value) ? undefined : colourAt(colours, value) };
          return [element('rect', { ...attributes?.cell(j, i), ...look, ...place })];
        }),
      ),
    )
    .reverse();
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
    // Cells that have no number are grey.
    element('g', { class: 'cells', fill: '#dddddd', 'shape-rendering': 'crispEdges' }, ...rows),
    element('path', { class: 'marks', fill: 'none', stroke: '#222222', 'stroke-opacity': 0.7, d: marks }),
    line('halo', '#ffffff', 4),
    line('threshold', '#000000', 1.75),
    axes(
      frame,
      { title: map.x.title, ticks: ticks(x, across) },
      { title: map.y.title, ticks: ticks(y, up) },
      false,
    ),
  );
}

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
