// From a study to the curves and the map that show it.

import { readable } from '../base/check.js';
import { oneOf, resolve, string, type TableOf } from '../base/options.js';
import type { StudyCell, StudyDocument } from '../studies/definition/study-document.js';
import { type CellState, cellState, type Quantity, reading } from './cell-state.js';
import type { HeatMap, HeatMapPanel } from './heat-map-data.js';
import type { LineChart } from './line-chart-data.js';
import type { CellMark } from './marks.js';
import { axisLabel, axisTitle, studyScale } from './study-axes.js';
import { type NumericDimension, type Panel, type StudyLayout, studyLayout } from './study-layout.js';
import { titleOptions } from './title-options.js';

/** What is shown of a study. */
export interface StudyChartOptions {
  /** 'ratio': n_e / n_r with its 95 % interval; 'distance': the limit point, ± 1.96 standard errors. Default 'ratio'. */
  readonly quantity?: Quantity | undefined;
  /** Default: the study's. */
  readonly title?: string | undefined;
  readonly subtitle?: readonly string[] | undefined;
}

export const studyChartOptions = {
  quantity: oneOf(['ratio', 'distance'])
    .or('ratio')
    .doc("'ratio': n_e / n_r with its 95 % interval; 'distance': the limit point, ± 1.96 standard errors"),
  title: string()
    .or(({ study }: { readonly study: StudyDocument }) => study.title, "the study's")
    .doc('above the chart'),
  subtitle: titleOptions.subtitle,
} satisfies TableOf<StudyChartOptions>;

export const quantityTitles: Readonly<Record<Quantity, string>> = { ratio: 'nₑ / nᵣ', distance: 'limit point' };

const stateMarks: Readonly<Partial<Record<CellState, CellMark>>> = {
  inadmissible: 'stroke',
  undecided: 'ring',
  refused: 'cross',
  pending: 'dash',
  collapsed: 'square',
};

const markLabels: Readonly<Record<CellMark, string>> = {
  stroke: 'nₑ < nᵣ',
  ring: 'undecided',
  cross: 'no answer',
  dash: 'not finished',
  square: 'collapsed',
};

/**
 * A study as a heat map for `heatMap`: its two numeric quantities with most values are the axes, and there is a panel for
 * each value of the others. The line is n_e = n_r, whatever is shown. Cells with n_e < n_r have a stroke, those whose
 * interval holds 1 a ring, those in which the model nearly shrinks to its mean a square (unless n_e < n_r), those without an answer a
 * cross, those not finished a dash.
 *
 * Throws ERR_INVALID_INPUT.
 *
 * @example
 * const { svg } = heatMap(studyMap(await readStudy('study.sqlite'), { title: 'Where synthetic data help' }));
 */
export function studyMap(study: StudyDocument, options?: StudyChartOptions): HeatMap {
  return readable('studyMap', 'study', () => {
    const { quantity, ...texts } = resolve('studyMap', options, studyChartOptions, { study });
    const layout = studyLayout(study);
    return { ...texts, ...layoutMap(layout, layout.panels, quantity) };
  });
}

/**
 * A study as line charts for `lineCharts`: the numeric quantity with most values is the axis, there is a curve for each
 * value of the second one, and a chart for each value of the others.
 *
 * Throws ERR_INVALID_INPUT.
 *
 * @example
 * const { svg } = lineCharts(studyCurves(await readStudy('study.sqlite'), { quantity: 'distance' }));
 */
export function studyCurves(
  study: StudyDocument,
  options?: StudyChartOptions,
): { readonly title: string; readonly subtitle: readonly string[]; readonly charts: readonly LineChart[] } {
  return readable('studyCurves', 'study', () => {
    const { quantity, ...texts } = resolve('studyCurves', options, studyChartOptions, { study });
    const layout = studyLayout(study);
    return {
      ...texts,
      charts: layout.panels.map((panel) => ({ ...panelCurves(layout, panel, quantity), title: panel.label })),
    };
  });
}

/** Some panels of a study as a map. */
export function layoutMap(
  { x, y }: StudyLayout,
  panels: readonly Panel[],
  quantity: Quantity,
): Omit<HeatMap, 'title' | 'subtitle'> {
  return {
    x: mapAxis(x),
    y: mapAxis(y),
    panels: panels.map((panel) => panelMap(panel, quantity)),
    colours: quantity === 'ratio' ? 'ratio' : 'logarithmic',
    colourTitle: quantityTitles[quantity],
    level: { value: 1, label: 'nₑ = nᵣ' },
    markLabels,
  };
}

function mapAxis({ axis, values }: NumericDimension): HeatMap['x'] {
  return { title: axisTitle(axis), values, scale: studyScale(axis, values).kind };
}

function panelMap({ cells, label }: Panel, quantity: Quantity): HeatMapPanel {
  const table = <Entry>(entry: (cell: StudyCell | undefined) => Entry) => cells.map((row) => row.map(entry));
  return {
    title: label,
    values: table((cell) => cell && shownValue(cell, quantity)),
    marks: table((cell) => stateMarks[cellState(cell)]),
    levelOf: table((cell) => reading(cell, 'ratio').value),
  };
}

function shownValue(cell: StudyCell, quantity: Quantity): number {
  const { value } = reading(cell, quantity);
  if (Number.isFinite(value) || quantity === 'distance') return value;
  // n_e without a bound on one side has no number: it is drawn as the end of the scale.
  const state = cellState(cell);
  if (state === 'admissible' || state === 'collapsed') return Number.POSITIVE_INFINITY;
  return state === 'inadmissible' ? 0 : Number.NaN;
}

/** One panel of a study as a chart: a curve for each value of y, with a point for each of x, without a value where there is no cell. */
export function panelCurves({ x, y }: StudyLayout, { cells }: Panel, quantity: Quantity): LineChart {
  return {
    xTitle: axisTitle(x.axis),
    yTitle: quantityTitles[quantity],
    xScale: studyScale(x.axis, x.values).kind,
    curves: cells.map((row, j) => ({
      ...(y.values.length > 1 && { colour: axisLabel(y.axis, y.values[j]!) }),
      dots: true,
      points: row.map((cell, i) => {
        const { value, low, high } = reading(cell, quantity);
        return { x: x.values[i]!, y: value, interval: [low, high] as const };
      }),
    })),
    // 1 is where synthetic data begin to help: the axis holds it.
    levels: quantity === 'ratio' ? [{ y: 1, label: '' }] : [],
  };
}
