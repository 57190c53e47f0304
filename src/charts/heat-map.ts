// Heat maps beside each other with one legend.

import { resolve } from '../base/options.js';
import { type Axis, type Frame, roomBelow, roomLeft } from './axes.js';
import { type Block, below, beside, type Chart, chartOf } from './chart.js';
import { type ColourScale, linearColours, ratioColours, sizeColours } from './colours.js';
import { type HeatMap, type HeatMapPanel, heatMapOptions, type MapColours } from './heat-map-data.js';
import { colourBar, type LegendEntry, legendBlock } from './legend.js';
import { mapAxisScale, mapPlot } from './map-plot.js';
import { type CellMark, cellMarks, pointCircle } from './marks.js';
import { element, together } from './markup.js';

/**
 * Draws a heat map, or several with the same axes and colours, three in a row: a rectangle for each cell, the line at a
 * level, marks in the cells, so that nothing is said by colour alone.
 *
 * Throws ERR_INVALID_INPUT: a member that is missing, unknown or of another type, values of an axis that do not ascend or,
 * on a logarithmic one, are not positive, rows and columns that are not as many as the axes have values.
 *
 * @example
 * const { svg } = heatMap({
 *   x: { title: 'real samples', values: [100, 1000, 10000], scale: 'logarithmic' },
 *   y: { title: 'sampling bias', values: [0.5, 1] },
 *   panels: [{ values: [[0.4, 0.5, 0.7], [1.2, 1.5, 2]] }],
 *   colours: 'ratio',
 *   colourTitle: 'gain',
 *   level: { value: 1, label: 'no gain' },
 * });
 */
export function heatMap(map: HeatMap<readonly number[] | Float64Array>): Chart {
  const checked = resolve({ where: 'heatMap', argument: 'map', required: true }, map, heatMapOptions);
  const { panels, title, subtitle } = checked;
  const colours = mapColours(checked.colours, panels);
  const columns = Math.min(panels.length, 3);
  const size = columns === 1 ? 380 : 230;
  const blocks = panels.map((panel, i) => panelBlock(checked, panel, colours, size, i % columns === 0));
  const rows = Array.from({ length: Math.ceil(panels.length / columns) }, (_, row) =>
    beside(14, blocks.slice(row * columns, (row + 1) * columns)),
  );
  const legend = below(16, [
    colourBar(colours, {
      title: checked.colourTitle,
      id: `madloop-${checked.colours}`,
      length: 150,
      upright: true,
    }),
    legendBlock([{ title: '', entries: mapLegend(checked).map(enlarged) }]),
  ]);
  return chartOf(title, subtitle, beside(22, [below(14, rows), legend]));
}

/** The colours that all panels share. */
export function mapColours(colours: MapColours, panels: readonly Pick<HeatMapPanel, 'values'>[]): ColourScale {
  const scale = { ratio: ratioColours, logarithmic: sizeColours, linear: linearColours }[colours];
  return scale(panels.flatMap(({ values }) => values.flat().filter((value) => value !== undefined)));
}

/** What the line, the circle and the marks say that are in some panel. */
export function mapLegend({ panels, level, point, markLabels = {} }: HeatMap): LegendEntry[] {
  const used = new Set(panels.flatMap(({ marks = [] }) => marks.flat()));
  const shown = (Object.entries(markLabels) as [CellMark, string][]).filter(([mark]) => used.has(mark));
  return [
    ...(level === undefined || level.label === ''
      ? []
      : [
          {
            label: level.label,
            swatch: element('path', {
              class: 'threshold',
              stroke: '#000000',
              'stroke-width': 1.75,
              d: 'M-6,0H6',
            }),
          },
        ]),
    ...(point === undefined || point.label === ''
      ? []
      : [
          {
            label: point.label,
            swatch: element('path', {
              class: 'point',
              fill: 'none',
              stroke: '#000000',
              d: `M0,0${pointCircle}`,
              transform: 'scale(0.6)',
            }),
          },
        ]),
    ...shown.map(([mark, label]) => ({
      label,
      swatch: element('path', { class: 'marks', fill: 'none', stroke: '#222222', d: `M0,0${cellMarks[mark]}` }),
    })),
  ];
}

// Marks are small, so that they fit into cells.
function enlarged({ swatch, label }: LegendEntry): LegendEntry {
  return { label, swatch: element('g', { transform: 'scale(1.6)' }, swatch) };
}

function panelBlock(
  map: HeatMap,
  panel: HeatMapPanel,
  colours: ColourScale,
  size: number,
  first: boolean,
): Block {
  const top = map.panels.some(({ title }) => title !== '') ? 24 : 8;
  // The title of the vertical axis stands at the leftmost panel of a row alone.
  const shown = first ? map : { ...map, y: { ...map.y, title: '' } };
  const numbers: Axis = {
    title: shown.y.title,
    ticks: mapAxisScale(shown.y).ticks.map(({ label }) => ({ at: 0, label })),
  };
  const left = roomLeft(numbers);
  const frame: Frame = { left, top, right: left + size, bottom: top + size };
  const middle = { x: left + size / 2, y: 14, 'text-anchor': 'middle', 'font-size': 12 };
  return {
    width: frame.right + 6,
    height: frame.bottom + roomBelow,
    markup: together(
      ...(panel.title ? [element('text', middle, panel.title)] : []),
      mapPlot(shown, panel, colours, frame),
    ),
  };
}
