// Heat maps of n_e / n_r over two axes of a study, as Vega-Lite specifications.

import type { StudyDocument } from '../studies/definition/study-document.js';
import { type AxisScale, axisScale, axisTitle } from './axis-scale.js';
import { type CellState, cellState, reading } from './cell-state.js';
import { chartConfig, type Specification, schema } from './chart-style.js';
import { type ColourScale, ratioColours } from './colours.js';
import { type Panel, type StudyLayout, studyLayout } from './study-layout.js';
import { thresholdLines } from './threshold.js';

export interface HeatMapText {
  readonly title: string;
  readonly subtitle: readonly string[];
}

// Marks in the middle of cells, so that nothing is said by colour alone. In the order of the legend.
const marks: readonly { state: CellState; label: string; shape: string }[] = [
  { state: 'inadmissible', label: 'nₑ < nᵣ', shape: 'M-1,1L1,-1' },
  { state: 'undecided', label: 'undecided', shape: 'circle' },
  { state: 'refused', label: 'no answer', shape: 'M-1,-1L1,1M-1,1L1,-1' },
  { state: 'pending', label: 'not finished', shape: 'M-1,0L1,0' },
];

/** A heat map for each value of the study's further dimensions, all with the same colours. */
export function heatMapSpecification(study: StudyDocument, text: HeatMapText): Specification {
  const layout = studyLayout(study);
  const x = axisScale(layout.x.axis, layout.x.values);
  const y = axisScale(layout.y.axis, layout.y.values);
  const colours = ratioColours(study.cells.map((cell) => reading(cell, 'ratio').value));
  const states = new Set(layout.panels.flatMap(({ cells }) => cells.flat().map(cellState)));
  const shown = marks.filter(({ state }) => states.has(state));
  const columns = Math.min(layout.panels.length, 3);
  const size = columns === 1 ? 380 : 230;
  return {
    $schema: schema,
    padding: 10,
    background: 'white',
    title: { text: text.title, subtitle: text.subtitle },
    columns,
    concat: layout.panels.map((panel, i) => ({
      width: size,
      height: size,
      title: { text: panel.label, fontSize: 12, anchor: 'middle', fontWeight: 'normal', offset: 6 },
      layer: panelLayers({ panel, layout, x, y, colours, shown, first: i % columns === 0 }),
    })),
    resolve: { scale: { color: 'shared', shape: 'shared' } },
    config: {
      ...chartConfig,
      concat: { spacing: 22 },
      view: { stroke: '#888888' },
    },
  };
}

interface PanelParts {
  readonly panel: Panel;
  readonly layout: StudyLayout;
  readonly x: AxisScale;
  readonly y: AxisScale;
  readonly colours: ColourScale;
  readonly shown: typeof marks;
  /** Leftmost of its row: it alone has the title of the y axis. */
  readonly first: boolean;
}

function panelLayers({ panel, layout, x, y, colours, shown, first }: PanelParts): Specification[] {
  const horizontal = { type: 'quantitative', ...channel(x), title: axisTitle(layout.x.axis) };
  const vertical = { type: 'quantitative', ...channel(y), title: first ? axisTitle(layout.y.axis) : null };
  const rows = cellRows(panel, x, y, colours);
  const lines = thresholdLines(panel, x, y).flatMap((line, id) =>
    line.map(([px, py], order) => ({ x: px, y: py, id, order })),
  );
  const area = {
    x: { field: 'left', ...horizontal },
    x2: { field: 'right' },
    y: { field: 'bottom', ...vertical },
    y2: { field: 'top' },
  };
  const line = (stroke: string, strokeWidth: number): Specification => ({
    data: { values: lines },
    mark: { type: 'line', stroke, strokeWidth, strokeJoin: 'round', clip: true },
    encoding: {
      x: { field: 'x', ...horizontal },
      y: { field: 'y', ...vertical },
      detail: { field: 'id', type: 'nominal' },
      order: { field: 'order', type: 'quantitative' },
    },
  });
  const drawn = rows.filter(({ state }) => shown.some((mark) => mark.state === state));
  return [
    {
      data: { values: rows.filter(({ value }) => value === null) },
      mark: { type: 'rect', fill: '#dddddd' },
      encoding: area,
    },
    {
      data: { values: rows.filter(({ value }) => value !== null) },
      mark: 'rect',
      encoding: {
        ...area,
        color: {
          field: 'value',
          type: 'quantitative',
          scale: { type: 'log', domain: colours.domain, range: colours.range },
          title: 'nₑ / nᵣ',
          legend: { values: colours.ticks, format: '.2~g', gradientLength: 150 },
        },
      },
    },
    {
      data: { values: drawn },
      mark: { type: 'point', strokeWidth: 1, size: 12, stroke: '#222222', opacity: 0.75 },
      encoding: {
        x: { field: 'x', ...horizontal },
        y: { field: 'y', ...vertical },
        shape: {
          field: 'mark',
          type: 'nominal',
          title: 'cells',
          scale: { domain: shown.map(({ label }) => label), range: shown.map(({ shape }) => shape) },
          legend: { symbolSize: 40, symbolStrokeColor: '#222222' },
        },
      },
    },
    line('white', 4),
    line('black', 1.8),
  ];
}

/** Scale and axis of a channel that holds positions. */
function channel(scale: AxisScale): object {
  const labels = Object.fromEntries(scale.ticks.map(({ position, label }) => [String(position), label]));
  return {
    scale: { domain: [scale.edges[0]!, scale.edges.at(-1)!], nice: false, zero: false },
    axis: {
      values: scale.ticks.map(({ position }) => position),
      labelExpr: `${JSON.stringify(labels)}[toString(datum.value)]`,
      grid: false,
      labelOverlap: true,
    },
  };
}

function cellRows(panel: Panel, x: AxisScale, y: AxisScale, colours: ColourScale) {
  const [lowest, highest] = [colours.domain[0]!, colours.domain.at(-1)!];
  return panel.cells.flatMap((row, j) =>
    row.flatMap((cell, i) => {
      const state = cellState(cell);
      if (state === 'absent') return [];
      const { value } = reading(cell, 'ratio');
      // n_e without a bound on one side has no number: it is drawn as the end of the scale.
      const beyond = state === 'admissible' ? highest : state === 'inadmissible' ? lowest : null;
      return [
        {
          left: x.edges[i]!,
          right: x.edges[i + 1]!,
          bottom: y.edges[j]!,
          top: y.edges[j + 1]!,
          x: x.positions[i]!,
          y: y.positions[j]!,
          value: Number.isFinite(value) ? value : beyond,
          state,
          mark: marks.find((mark) => mark.state === state)?.label ?? '',
        },
      ];
    }),
  );
}
