// The part of a report that one study has: words, chart, table, provenance.

import { axisLabel, axisSymbol, axisTitle } from '../charts/axis-scale.js';
import { cellState, type Quantity, reading } from '../charts/cell-state.js';
import { ratioColours, sizeColours } from '../charts/colours.js';
import { type Dimension, type StudyLayout, studyLayout } from '../charts/study-layout.js';
import { numberText } from '../charts/ticks.js';
import type { StudyCell, StudyDocument } from '../studies/definition/study-document.js';
import { cellMarks, colourBar, heatMapSvg } from './heat-map-svg.js';
import { curveLegend, lineChartSvg } from './line-chart-svg.js';
import { element, type Markup } from './markup.js';
import { summary } from './summary.js';

const quantities: readonly { readonly name: Quantity; readonly title: string }[] = [
  { name: 'ratio', title: 'nₑ / nᵣ' },
  { name: 'distance', title: 'limit point' },
];

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
    element('h2', {}, study.title),
    element('p', {}, summary(study, varying).join(' ')),
    element(
      'div',
      { class: 'controls' },
      quantityChoice(index),
      ...layout.further.map((dimension, k) => slider(dimension, k)),
    ),
    element(
      'div',
      { class: 'view' },
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
    ),
    provenance(study),
  );
}

function quantityChoice(index: number): Markup {
  return element(
    'fieldset',
    {},
    element('legend', {}, 'Show'),
    ...quantities.map(({ name, title }, k) =>
      element(
        'label',
        {},
        element('input', { type: 'radio', name: `quantity-${index}`, value: name, checked: k === 0 }),
        ` ${title}`,
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

function panels(
  study: StudyDocument,
  layout: StudyLayout,
  quantity: (typeof quantities)[number],
  index: number,
): Markup[] {
  const places = new Map(study.cells.map((cell, i) => [cell, i]));
  const indexOf = (cell: StudyCell) => places.get(cell)!;
  const values = study.cells.map((cell) => reading(cell, quantity.name).value).filter(Number.isFinite);
  const colours = quantity.name === 'ratio' ? ratioColours(values) : sizeColours(values);
  return layout.panels.map((panel) => {
    const over = layout.y.values.length > 1 ? ` and ${axisSymbol(layout.y.axis)}` : '';
    const title = `${quantity.title} over ${axisSymbol(layout.x.axis)}${over}`;
    const part = {
      layout,
      panel,
      quantity: quantity.name,
      label: [title, panel.label].filter(Boolean).join(', '),
      indexOf,
    };
    const key = [quantity.name, ...panel.at].join(' ');
    const chart =
      layout.kind === 'heat-map'
        ? [
            heatMapSvg({ ...part, colours }),
            colourBar(colours, quantity.title, `colours-${index}-${key.replaceAll(' ', '-')}`),
            markLegend(study),
          ]
        : values.length === 0
          ? [element('p', {}, 'Nothing to draw yet.')]
          : [lineChartSvg({ ...part, quantityTitle: quantity.title }), curveLegend(layout)];
    return element('figure', { 'data-panel': key }, element('figcaption', {}, part.label), ...chart);
  });
}

/** What the marks in the cells of a map say. */
function markLegend({ cells }: StudyDocument): Markup {
  const states = new Set(cells.map(cellState));
  const entry = (path: Markup, label: string) =>
    element('li', {}, element('svg', { viewBox: '-6 -6 12 12', 'aria-hidden': 'true' }, path), ` ${label}`);
  return element(
    'ul',
    { class: 'legend' },
    entry(element('path', { class: 'threshold', d: 'M-6,0H6' }), 'nₑ = nᵣ'),
    ...Object.entries(cellMarks)
      .filter(([state]) => states.has(state as keyof typeof cellMarks))
      .map(([, { label, path }]) => entry(element('path', { class: 'marks', d: `M0,0${path}` }), label)),
  );
}

/** Everything that is needed to make the study again. */
function provenance(study: StudyDocument): Markup {
  const { madloop, instructionSet, created } = study.provenance;
  const rows: readonly (readonly [string, string])[] = [
    ...study.axes.map(
      ({ axis, values }) => [axisTitle(axis), values.map((value) => numberText(value, 6)).join('; ')] as const,
    ),
    ...Object.entries(study.fixed).map(([name, value]) => [axisTitle(name), fixedText(value)] as const),
    ['method', study.method],
    ['relative error', String(study.relativeError)],
    ['seed', study.seed],
    ['made by', `madloop ${madloop}, instruction set ${instructionSet}`],
    ['begun', created],
  ];
  return element(
    'details',
    {},
    element('summary', {}, 'Parameters and provenance'),
    element('dl', {}, ...rows.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)])),
  );
}

function fixedText(value: unknown): string {
  if (typeof value === 'number') return numberText(value, 6);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
