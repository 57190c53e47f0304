// A heat map of a report: a picture of cells, which the page's script finds by their places for mouse, finger and keyboard.

import { cellPicture } from '../charts/cell-picture.js';
import type { Quantity } from '../charts/cell-state.js';
import type { ColourScale } from '../charts/colours.js';
import { mapLegend } from '../charts/heat-map.js';
import { colourBar } from '../charts/legend.js';
import { cellEdges, mapPlot } from '../charts/map-plot.js';
import { element, type Markup } from '../charts/markup.js';
import { layoutMap } from '../charts/study-charts.js';
import type { Panel, StudyLayout } from '../charts/study-layout.js';
import type { StudyCell } from '../studies/definition/study-document.js';
import { gridSvg, plot, width } from './grid-svg.js';

export interface HeatMapPart {
  readonly layout: StudyLayout;
  readonly panel: Panel;
  readonly quantity: Quantity;
  readonly colours: ColourScale;
  readonly label: string;
  /** The index of a cell in the study. */
  readonly indexOf: (cell: StudyCell) => number;
}

export function heatMapSvg({ layout, panel, quantity, colours, label, indexOf }: HeatMapPart): Markup {
  const map = layoutMap(layout, [panel], quantity);
  const { x, y } = cellEdges(map, plot);
  const short = (edges: readonly number[]) => JSON.stringify(edges.map((edge) => Number(edge.toFixed(2))));
  const indices = panel.cells.map((row) => row.map((cell) => (cell === undefined ? null : indexOf(cell))));
  return gridSvg(label, mapPlot(map, map.panels[0]!, colours, plot, cellPicture), {
    'data-x': short(x),
    'data-y': short(y),
    'data-cells': JSON.stringify(inSteps(indices) ?? indices),
  });
}

/** Indices that rise by the same step along a row and by another from row to row, as in a grid: the first one and both steps. */
function inSteps(
  indices: readonly (readonly (number | null)[])[],
): readonly [first: number, alongRow: number, toNextRow: number] | undefined {
  const first = indices[0]![0]!;
  const along = (indices[0]![1] ?? first) - first;
  const up = (indices[1]?.[0] ?? first) - first;
  const isGrid = indices.every((row, j) => row.every((index, i) => index === first + along * i + up * j));
  return isGrid ? [first, along, up] : undefined;
}

/** The colours with their numbers, for under a map. */
export function colourBarSvg(colours: ColourScale, title: string, id: string): Markup {
  const bar = colourBar(colours, { title, id, length: plot.right - plot.left, upright: false });
  return element(
    'svg',
    { class: 'colour-bar', viewBox: `0 0 ${width} 50`, role: 'img', 'aria-label': `Colours of ${title}` },
    element('g', { transform: `translate(${plot.left} 6)` }, bar.markup),
  );
}

/** What the line and the marks in the cells of a study's maps say. */
export function markLegend(layout: StudyLayout): Markup {
  return element(
    'ul',
    { class: 'legend' },
    ...mapLegend(layoutMap(layout, layout.panels, 'ratio')).map(({ swatch, label }) =>
      element('li', {}, element('svg', { viewBox: '-6 -6 12 12', 'aria-hidden': 'true' }, swatch), ` ${label}`),
    ),
  );
}
