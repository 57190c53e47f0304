// The part of a report that one study has: words, chart, table, provenance.

import { type Quantity, reading } from '../charts/cell-state.js';
import { mapColours } from '../charts/heat-map.js';
import { element, type Markup } from '../charts/markup.js';
import { numberText } from '../charts/numbers.js';
import { axisLabel, axisSymbol, axisTitle } from '../charts/study-axes.js';
import { layoutMap, quantityTitles } from '../charts/study-charts.js';
import { type Dimension, type StudyLayout, studyLayout } from '../charts/study-layout.js';
import type { StudyCell, StudyDocument } from '../studies/definition/study-document.js';
import { headingOf } from './heading.js';
import { colourBarSvg, heatMapSvg, markLegend } from './heat-map-svg.js';
import { curveLegend, lineChartSvg } from './line-chart-svg.js';
import { provenanceOf } from './provenance.js';
import { summary } from './summary.js';

const quantities: readonly Quantity[] = ['ratio', 'distance'];

/** `index`: the place of the study in the report. */
export function studySection(study: StudyDocument, index: number): Markup {
  const layout = studyLayout(study);
  const varying: readonly Dimension[] = [
    ...layout.further,
    layout.x,
    ...(layout.y.values.length > 1 ? [layout.y] : []),
  ];
  return element(
    'section',
    {
      'data-study': index,
      'data-varying': JSON.stringify(varying.map(({ axis }) => [axis, axisSymbol(axis)])),
    },
    element(
      'h2',
      {},
      headingOf(
        study,
        loopTitle(study),
        varying.map(({ axis }) => axis),
      ),
    ),
    element(
      'div',
      { class: 'view' },
      element('p', { class: 'words' }, summary(study, varying).join(' ')),
      element(
        'div',
        { class: 'controls' },
        quantityChoice(index),
        ...layout.further.map((dimension, k) => slider(dimension, k)),
      ),
      element(
        'div',
        { class: 'panels' },
        ...quantities.flatMap((quantity) => panels(study, layout, quantity, index)),
      ),
      element(
        'p',
        { class: 'values' },
        'Point at the chart, or move in it with the arrow keys, to read its values.',
      ),
    ),
    element(
      'details',
      { open: study.cells.length <= 50 },
      element('summary', {}, `Table of ${numberText(study.cells.length, 9)} cells`),
      element('div', { class: 'table' }),
      ...columnNotes(study),
    ),
    provenance(study),
  );
}

function loopTitle({ fixed }: StudyDocument): string {
  return `limit points of the ${String(fixed.variant).replaceAll('-', ' ')} loop`;
}

/** What the columns of the table mean that the words above it do not explain. */
function columnNotes({ method }: StudyDocument): Markup[] {
  if (method !== 'monte-carlo') return [];
  const notes =
    'chains: independent runs of the loop that were simulated; generations: of all of them together; variance reduction: ' +
    'how many times as many chains the same precision would have taken without quantities whose expectations are known exactly.';
  return [element('p', { class: 'notes' }, notes)];
}

function quantityChoice(index: number): Markup {
  return element(
    'fieldset',
    {},
    element('legend', {}, 'Show'),
    ...quantities.map((quantity, k) =>
      element(
        'label',
        {},
        element('input', { type: 'radio', name: `quantity-${index}`, value: quantity, checked: k === 0 }),
        ` ${quantityTitles[quantity]}`,
      ),
    ),
  );
}

function slider({ axis, values }: Dimension, k: number): Markup {
  const labels = values.map((value) => axisLabel(axis, value));
  return element(
    'label',
    { class: 'slider' },
    `${axisTitle(axis)} `,
    element('input', {
      type: 'range',
      min: 0,
      max: values.length - 1,
      step: 1,
      value: 0,
      'data-dimension': k,
      'data-labels': JSON.stringify(labels),
      'aria-valuetext': labels[0]!,
    }),
    element('output', {}, labels[0]!),
  );
}

function panels(study: StudyDocument, layout: StudyLayout, quantity: Quantity, index: number): Markup[] {
  const places = new Map(study.cells.map((cell, i) => [cell, i]));
  const indexOf = (cell: StudyCell) => places.get(cell)!;
  const empty = !study.cells.some((cell) => Number.isFinite(reading(cell, quantity).value));
  const map = layoutMap(layout, layout.panels, quantity);
  const colours = mapColours(map.colours, map.panels);
  return layout.panels.map((panel) => {
    const over = layout.y.values.length > 1 ? ` and ${axisSymbol(layout.y.axis)}` : '';
    const title = `${quantityTitles[quantity]} over ${axisSymbol(layout.x.axis)}${over}`;
    const part = {
      layout,
      panel,
      quantity,
      label: [title, panel.label].filter(Boolean).join(', '),
      indexOf,
    };
    const key = [quantity, ...panel.at].join(' ');
    const chart =
      layout.kind === 'heat-map'
        ? [
            heatMapSvg({ ...part, colours }),
            colourBarSvg(colours, quantityTitles[quantity], `colours-${index}-${key.replaceAll(' ', '-')}`),
            markLegend(layout),
          ]
        : empty
          ? [element('p', {}, 'Nothing to draw yet.')]
          : [lineChartSvg(part), curveLegend(layout, panel)];
    return element('figure', { 'data-panel': key }, element('figcaption', {}, part.label), ...chart);
  });
}

/** Everything that is needed to make the study again. */
function provenance({ axes, fixed, method, relativeError, seed, provenance }: StudyDocument): Markup {
  return provenanceOf(
    [
      ...axes.map(
        ({ axis, values }) =>
          [axisTitle(axis), values.map((value) => numberText(value, 6)).join('; ')] as const,
      ),
      ...Object.entries(fixed).map(([name, value]) => [axisTitle(name), fixedText(value)] as const),
      ['method', method],
      ['relative error', String(relativeError)],
      ['seed', seed],
    ],
    provenance,
  );
}

function fixedText(value: unknown): string {
  if (typeof value === 'number') return numberText(value, 6);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
