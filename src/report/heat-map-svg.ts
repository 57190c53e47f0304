// A heat map of a report: a grid of cells that mouse, finger and keyboard can reach.

import { type AxisScale, axisScale, axisTitle } from '../charts/axis-scale.js';
import { type CellState, cellState, type Quantity, reading } from '../charts/cell-state.js';
import { type ColourScale, colourAt } from '../charts/colours.js';
import type { Panel, StudyLayout } from '../charts/study-layout.js';
import { thresholdLines } from '../charts/threshold.js';
import type { Point } from '../charts/threshold-contour.js';
import { numberText } from '../charts/ticks.js';
import type { StudyCell } from '../studies/definition/study-document.js';
import { element, type Markup } from './markup.js';
import { across, axes, height, plot, up, width } from './plot-area.js';

/** Marks in the middle of cells, so that nothing is said by colour alone. */
export const cellMarks: Readonly<
  Partial<Record<CellState, { readonly label: string; readonly path: string }>>
> = {
  inadmissible: { label: 'nₑ < nᵣ', path: 'm-2,2l4,-4' },
  undecided: { label: 'undecided', path: 'm-1.5,0a1.5,1.5 0 1 0 3,0a1.5,1.5 0 1 0 -3,0' },
  refused: { label: 'no answer', path: 'm-2,-2l4,4m-4,0l4,-4' },
  pending: { label: 'not finished', path: 'm-2,0h4' },
};

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
  const x = axisScale(layout.x.axis, layout.x.values);
  const y = axisScale(layout.y.axis, layout.y.values);
  const [xShare, yShare] = [shareOn(x), shareOn(y)];
  // Rows from top to bottom, as they are read.
  const rows = panel.cells
    .map((row, j) =>
      element(
        'g',
        { role: 'row' },
        ...row.map((cell, i) =>
          element('rect', {
            role: 'gridcell',
            class: cell === undefined ? 'absent' : undefined,
            'data-cell': cell && indexOf(cell),
            x: across(xShare(x.edges[i]!)),
            y: up(yShare(y.edges[j + 1]!)),
            width: across(xShare(x.edges[i + 1]!)) - across(xShare(x.edges[i]!)),
            height: up(yShare(y.edges[j]!)) - up(yShare(y.edges[j + 1]!)),
            fill: cellColour(cell, quantity, colours),
          }),
        ),
      ),
    )
    .reverse();
  const place = ([px, py]: Point) => `${across(xShare(px)).toFixed(1)},${up(yShare(py)).toFixed(1)}`;
  const threshold = thresholdLines(panel, x, y)
    .map((line) => `M${line.map(place).join('L')}`)
    .join('');
  const marks = panel.cells
    .flatMap((row, j) =>
      row.map((cell, i) => {
        const mark = cell && cellMarks[cellState(cell)];
        return mark === undefined ? '' : `M${place([x.positions[i]!, y.positions[j]!])}${mark.path}`;
      }),
    )
    .join('');
  return element(
    'svg',
    {
      viewBox: `0 0 ${width} ${height}`,
      role: 'grid',
      'aria-label': label,
      'aria-readonly': 'true',
    },
    element('g', { class: 'cells' }, ...rows),
    element('path', { class: 'marks', d: marks }),
    element('path', { class: 'halo', d: threshold }),
    element('path', { class: 'threshold', d: threshold }),
    axes(axisTitle(layout.x.axis), ticks(x), axisTitle(layout.y.axis), ticks(y), false),
  );
}

function shareOn({ edges }: AxisScale): (position: number) => number {
  const [low, high] = [edges[0]!, edges.at(-1)!];
  return (position) => (position - low) / (high - low);
}

function ticks(scale: AxisScale) {
  const share = shareOn(scale);
  return scale.ticks.map(({ position, label }) => ({ share: share(position), label }));
}

function cellColour(cell: StudyCell | undefined, quantity: Quantity, colours: ColourScale): string | undefined {
  const { value } = reading(cell, quantity);
  if (Number.isFinite(value)) return colourAt(colours, value);
  if (quantity === 'distance') return undefined;
  // n_e without a bound on one side has no number: it is drawn as the end of the scale.
  const state = cellState(cell);
  if (state === 'admissible') return colours.range.at(-1);
  return state === 'inadmissible' ? colours.range[0] : undefined;
}

/** The colours with their numbers, for under a map. */
export function colourBar(colours: ColourScale, title: string, id: string): Markup {
  const [low, high] = [colours.domain[0]!, colours.domain.at(-1)!];
  const share = (value: number) => Math.log(value / low) / Math.log(high / low);
  const bar = { x: plot.left, y: 6, width: plot.right - plot.left, height: 10 };
  return element(
    'svg',
    { class: 'colour-bar', viewBox: `0 0 ${width} 50`, role: 'img', 'aria-label': `Colours of ${title}` },
    element(
      'linearGradient',
      { id },
      ...colours.domain.map((value, k) =>
        element('stop', { offset: share(value), 'stop-color': colours.range[k]! }),
      ),
    ),
    element('rect', { ...bar, fill: `url(#${id})` }),
    ...colours.ticks.map((tick) =>
      element('text', { x: across(share(tick)), y: 30, 'text-anchor': 'middle' }, numberText(tick, 2)),
    ),
    element('text', { x: across(0.5), y: 46, 'text-anchor': 'middle' }, title),
  );
}
