// A heat map of a report: a grid of cells that mouse, finger and keyboard can reach.

import type { Quantity } from '../charts/cell-state.js';
import type { ColourScale } from '../charts/colours.js';
import { mapLegend } from '../charts/heat-map.js';
import { colourBar } from '../charts/legend.js';
import { mapPlot } from '../charts/map-plot.js';
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
  const cells = {
    row: { role: 'row' },
    cell: (j: number, i: number) => {
      const cell = panel.cells[j]![i];
      return { role: 'gridcell', 'data-cell': cell && indexOf(cell) };
    },
  };
  return gridSvg(label, mapPlot(map, map.panels[0]!, colours, plot, cells));
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
