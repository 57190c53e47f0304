// The part of a report that a study of loops has: words, curves over the generations, maps, a table, provenance.

import { scheduleInFile } from '../base/schedule.js';
import { mapColours } from '../charts/heat-map.js';
import type { LineChart } from '../charts/line-chart-data.js';
import { curveLook, linePlot } from '../charts/line-plot.js';
import {
  curvePanels,
  distinctCells,
  loopMetrics,
  metricMap,
  metricTitle,
} from '../charts/loop-study-charts.js';
import { mapPlot } from '../charts/map-plot.js';
import { element, type Markup, together } from '../charts/markup.js';
import { numberText, shownList, withError } from '../charts/numbers.js';
import { sampleSheet } from '../charts/sample-sheet.js';
import { axisSymbol, axisTitle } from '../charts/study-axes.js';
import type { LoopStudyCell, LoopStudyDocument } from '../studies/definition/loop-study-document.js';
import { height, plot, width } from './grid-svg.js';
import { headingOf } from './heading.js';
import { colourBarSvg } from './heat-map-svg.js';
import { provenanceOf } from './provenance.js';
import { cellsText } from './summary.js';

// More charts of one metric than this say no more.
const mostPanels = 12;

const mostRows = 200;

export function loopStudySection(study: LoopStudyDocument, index: number): Markup {
  const metrics = loopMetrics(study);
  return element(
    'section',
    {},
    element(
      'h2',
      {},
      headingOf(
        study,
        'loops',
        study.axes.map(({ axis }) => axis),
      ),
    ),
    element('p', {}, summary(study)),
    ...metrics.map((metric, i) =>
      // The first metric is what most studies are for.
      element(
        'details',
        { open: i === 0 },
        element('summary', {}, metricTitle(metric)),
        curves(study, metric),
        map(study, metric, `colours-loops-${index}-${i}`),
      ),
    ),
    ...sheets(study),
    element(
      'details',
      { open: study.cells.length <= 50 },
      element('summary', {}, `Table of ${cellsText(study.cells.length)}, in their last generation`),
      table(study, metrics),
    ),
    provenance(study),
  );
}

function summary(study: LoopStudyDocument): string {
  const { replicates } = study;
  const cells = distinctCells(study);
  const equal = study.cells.length - cells.length;
  const others =
    equal === 0
      ? ''
      : ` (${numberText(equal, 9)} more ${equal === 1 ? 'is equal to another' : 'are equal to others'})`;
  const finished = cells.flatMap(({ result }) => result ?? []);
  const verdicts = finished.flatMap(({ verdict }) => verdict?.verdict ?? []);
  const count = (verdict: string): string =>
    numberText(verdicts.filter((found) => found === verdict).length, 9);
  const done = `Of ${numberText(cells.length, 9)} loops${others}, each run ${numberText(replicates, 9)} times, ${numberText(finished.length, 9)} are finished.`;
  if (verdicts.length === 0) return done;
  return `${done} By the distance to the real distribution, ${count('mad')} go MAD, ${count('stable')} are stable and ${count('undecided')} undecided. Bands are 95 % intervals of the mean.`;
}

function curves(study: LoopStudyDocument, metric: string): Markup {
  const panels = curvePanels(study, metric).filter(({ curves }) => curves.length > 0);
  const shown = panels.slice(0, mostPanels);
  const more = panels.length - shown.length;
  return together(
    element('div', { class: 'panels small' }, ...shown.map((chart) => curveFigure(chart, metric))),
    ...(more > 0
      ? [element('p', {}, `... and ${numberText(more, 9)} more charts: madloop/charts draws them.`)]
      : []),
  );
}

function curveFigure(chart: LineChart, metric: string): Markup {
  const label = [`${metricTitle(metric)} over the generations`, chart.title].filter(Boolean).join(', ');
  return element(
    'figure',
    {},
    element('figcaption', {}, chart.title ?? label),
    picture(label, linePlot(chart, plot)),
    legend(chart),
  );
}

function legend(chart: LineChart): Markup {
  if (chart.curves.every(({ colour }) => colour === undefined)) return together();
  return element(
    'ul',
    { class: 'legend' },
    ...chart.curves.map((curve) =>
      element(
        'li',
        {},
        element(
          'svg',
          { viewBox: '-6 -6 12 12', 'aria-hidden': 'true' },
          element('path', { d: 'M-6,0H6', stroke: curveLook(curve, chart).colour, 'stroke-width': 2.5 }),
        ),
        ` ${curve.colour}`,
      ),
    ),
  );
}

function map(study: LoopStudyDocument, metric: string, id: string): Markup {
  const found = metricMap(study, metric);
  if (found === undefined) return together();
  const colours = mapColours(found.colours, found.panels);
  return element(
    'div',
    { class: 'panels small' },
    ...found.panels.slice(0, mostPanels).map((panel) => {
      const over = `${metricTitle(metric)} in the last generation`;
      const label = [over, panel.title].filter(Boolean).join(', ');
      return element(
        'figure',
        {},
        element('figcaption', {}, label),
        picture(label, mapPlot(found, panel, colours, plot)),
      );
    }),
    element('figure', {}, colourBarSvg(colours, metricTitle(metric), id)),
  );
}

function picture(label: string, content: Markup): Markup {
  return element('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label }, content);
}

/** Samples of the first run of some cells, where rows are images: a line a generation. */
function sheets({ cells, replicates }: LoopStudyDocument): Markup[] {
  const all = cells.flatMap(({ at, result }) =>
    result?.shown === undefined ? [] : [{ at, shown: result.shown }],
  );
  if (all.length === 0) return [];
  const figures = all.slice(0, mostPanels).map(({ at, shown: { generations, height, width, samples } }) => {
    const cols = height * width;
    const length = samples.length / generations.length;
    const lines = generations.map((t, i) => ({
      label: `t = ${t}`,
      samples: { data: samples.subarray(i * length, (i + 1) * length), rows: length / cols, cols },
    }));
    const label = Object.entries(at).map(([axis, value]) => `${axisSymbol(axis)} = ${valueText(value)}`);
    return element('figure', { class: 'sheet' }, element('figcaption', {}, label.join(', ')), {
      markup: sampleSheet(lines, { height, width }).svg,
    });
  });
  const more = all.length - figures.length;
  return [
    element(
      'details',
      {},
      element(
        'summary',
        {},
        `Samples of ${replicates === 1 ? 'the run' : 'the first run'} of ${cellsText(figures.length)}${more > 0 ? `, of ${numberText(all.length, 9)}` : ''}`,
      ),
      element('div', { class: 'panels' }, ...figures),
    ),
  ];
}

function table({ cells, axes, replicates }: LoopStudyDocument, metrics: readonly string[]): Markup {
  const names =
    axes.length > 0 ? axes.map(({ axis }) => axis) : [...new Set(cells.flatMap(({ at }) => Object.keys(at)))];
  const heads = [...names.map(axisSymbol), ...metrics.map(metricTitle), 'verdict'];
  const row = (cell: LoopStudyCell): string[] => [
    ...names.map((name) => valueText(cell.at[name])),
    ...metrics.map((metric) => finalText(cell, metric)),
    cell.result?.verdict?.verdict ??
      cell.error ??
      (cell.result ? '' : `${cell.finished} of ${replicates} runs`),
  ];
  const more = cells.length - mostRows;
  return element(
    'div',
    { class: 'table' },
    element(
      'table',
      {},
      element('thead', {}, element('tr', {}, ...heads.map((name) => element('th', { scope: 'col' }, name)))),
      element(
        'tbody',
        {},
        ...cells
          .slice(0, mostRows)
          .map((cell) => element('tr', {}, ...row(cell).map((text) => element('td', {}, text)))),
      ),
    ),
    ...(more > 0
      ? [element('p', {}, `... and ${numberText(more, 9)} more: madloop study export --rows cells`)]
      : []),
  );
}

function finalText({ result }: LoopStudyCell, metric: string): string {
  const final = result?.metrics[metric]?.final;
  return final && Number.isFinite(final.mean) ? withError(final.mean, final.standardError) : '';
}

function valueText(value: unknown): string {
  const schedule = scheduleInFile(value);
  if (schedule !== undefined) return shownList(schedule as readonly number[]);
  if (typeof value === 'number') return numberText(value, 6);
  return typeof value === 'object' ? JSON.stringify(value) : String(value ?? '');
}

/** Everything that is needed to make the study again. */
function provenance({ axes, fixed, replicates, seed, provenance }: LoopStudyDocument): Markup {
  return provenanceOf(
    [
      ...axes.map(({ axis, values }) => [axisTitle(axis), values.map(valueText).join('; ')] as const),
      ...Object.entries(fixed).map(([name, value]) => [axisTitle(name), valueText(value)] as const),
      ['replicates', String(replicates)],
      ['seed', seed],
    ],
    provenance,
  );
}
