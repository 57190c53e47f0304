// A line chart of a report: curves of points with error bars that mouse, finger and keyboard can reach.

import type { Quantity } from '../charts/cell-state.js';
import { curveLook, linePlot } from '../charts/line-plot.js';
import { element, type Markup, together } from '../charts/markup.js';
import { axisLabel } from '../charts/study-axes.js';
import { panelCurves } from '../charts/study-charts.js';
import type { Panel, StudyLayout } from '../charts/study-layout.js';
import type { StudyCell } from '../studies/definition/study-document.js';
import { gridSvg, plot } from './grid-svg.js';

export interface LineChartPart {
  readonly layout: StudyLayout;
  readonly panel: Panel;
  readonly quantity: Quantity;
  readonly label: string;
  readonly indexOf: (cell: StudyCell) => number;
}

export function lineChartSvg({ layout, panel, quantity, label, indexOf }: LineChartPart): Markup {
  const points = {
    curve: (j: number) => ({ role: 'row', 'aria-label': axisLabel(layout.y.axis, layout.y.values[j]!) }),
    point: (j: number, i: number) => {
      const cell = panel.cells[j]![i];
      return cell && { role: 'gridcell', 'data-cell': indexOf(cell) };
    },
  };
  return gridSvg(label, linePlot(panelCurves(layout, panel, quantity), plot, points));
}

/** Which curve is which. */
export function curveLegend(layout: StudyLayout, panel: Panel): Markup {
  const chart = panelCurves(layout, panel, 'ratio');
  if (chart.curves.length < 2) return together();
  return element(
    'ul',
    { class: 'legend' },
    ...chart.curves.map((curve) => {
      const { shape, colour } = curveLook(curve, chart);
      return element(
        'li',
        {},
        element(
          'svg',
          { viewBox: '-6 -6 12 12', 'aria-hidden': 'true' },
          element('path', { d: `M0,0${shape}`, fill: colour }),
        ),
        ` ${curve.colour}`,
      );
    }),
  );
}
