// From a study of loops to curves over the generations, and to maps over two of its axes.

import { mustError, readable } from '../base/check.js';
import { resolve, string, type TableOf } from '../base/options.js';
import type {
  LoopAxisValue,
  LoopStudyCell,
  LoopStudyDocument,
} from '../studies/definition/loop-study-document.js';
import type { HeatMap } from './heat-map-data.js';
import type { Curve, LineChart } from './line-chart-data.js';
import { errorBar, metricEnds } from './loop-curve.js';
import { numberText, shownList } from './numbers.js';
import { axisLabel, axisTitle, studyScale } from './study-axes.js';
import { extent } from './ticks.js';
import { titleOptions } from './title-options.js';

/** What is shown of a study of loops. */
export interface LoopStudyChartOptions {
  /** Default: the distance, else the first metric there is. */
  readonly metric?: string | undefined;
  /** Default: the study's. */
  readonly title?: string | undefined;
  readonly subtitle?: readonly string[] | undefined;
}

interface OfStudy {
  readonly study: LoopStudyDocument;
}

export const loopStudyChartOptions = {
  metric: string()
    .or(({ study }: OfStudy) => loopMetrics(study)[0] ?? 'distance', 'the distance, else the first there is')
    .doc('the metric that is shown'),
  title: string()
    .or(({ study }: OfStudy) => study.title, "the study's")
    .doc('above the chart'),
  subtitle: titleOptions.subtitle,
} satisfies TableOf<LoopStudyChartOptions>;

/** What a metric is called in titles. */
const metricTitles: Readonly<Record<string, string>> = {
  distance: 'squared Wasserstein-2 distance',
  meanNormSquared: 'squared distance of the means',
  trace: 'trace of the covariance',
  logDeterminant: 'log determinant of the covariance',
  frechetDistance: 'Fréchet distance of samples',
};

export function metricTitle(metric: string): string {
  return metricTitles[metric] ?? metric;
}

/** The metrics that finished cells have, the distance first. */
export function loopMetrics({ cells }: LoopStudyDocument): string[] {
  const names = new Set(cells.flatMap(({ result }) => Object.keys(result?.metrics ?? {})));
  return [...names].sort((a, b) => Number(b === 'distance') - Number(a === 'distance'));
}

/** A quantity that varies in a study, with its values in their order. */
interface Dimension {
  readonly axis: string;
  readonly values: readonly LoopAxisValue[];
}

// There are colours for six curves.
const mostCurves = 6;

/**
 * A study of loops as line charts for `lineCharts`: a metric over the generations, with 95 % bands of its mean; there is a curve for
 * each value of one axis (the last one with at most six), and a chart for each value of the others. Cells that are not finished
 * have no curve.
 *
 * Throws ERR_INVALID_INPUT: a metric that no finished cell has.
 *
 * @example
 * const { svg } = lineCharts(loopStudyCurves(await readStudy('loops.sqlite'), { metric: 'trace' }));
 */
export function loopStudyCurves(
  study: LoopStudyDocument,
  options?: LoopStudyChartOptions,
): { readonly title: string; readonly subtitle: readonly string[]; readonly charts: readonly LineChart[] } {
  const where = 'loopStudyCurves';
  return readable(where, 'study', () => {
    const { metric, ...texts } = resolve(where, options, loopStudyChartOptions, { study });
    checkMetric(where, study, metric);
    return { ...texts, charts: curvePanels(study, metric) };
  });
}

/** The charts of `loopStudyCurves`. */
export function curvePanels(study: LoopStudyDocument, metric: string): LineChart[] {
  const charts = panelCharts(study, metric);
  const points = charts.flatMap(({ curves }) => curves.flatMap((curve) => curve.points));
  const values = points.map(({ y }) => y).filter(Number.isFinite);
  if (charts.length === 1 || values.length === 0) return charts;
  const ends = points.flatMap(({ y, error = 0, interval = [y - error, y + error] }) => interval);
  const [least, most] = extent([...values, ...ends.filter(Number.isFinite)]);
  const [smallest] = extent(values);
  // Error bars below a positive value need no room: on a logarithmic axis there may be none.
  const yExtent = [smallest > 0 ? smallest : least, most] as const;
  return charts.map((chart) => ({ ...chart, yExtent }));
}

function panelCharts(study: LoopStudyDocument, metric: string): LineChart[] {
  const dimensions = dimensionsOf(study);
  const few = dimensions.filter(({ values }) => values.length <= mostCurves);
  const colour = few.at(-1) ?? dimensions.at(-1);
  const others = dimensions.filter((dimension) => dimension !== colour);
  const bounds = metricEnds(metric);
  const equal = equalCells(study);
  const valuesOf = (cell: LoopStudyCell, axis: string) => valuesAt(equal.get(cell)!, axis);
  return panelsOf([...equal.keys()], others, valuesOf).map(({ label, cells }) => ({
    ...(label !== '' && { title: label }),
    xTitle: 'generation t',
    yTitle: metricTitle(metric),
    curves: cells.flatMap((cell): Curve[] => {
      const found = cell.result?.metrics[metric];
      if (found === undefined) return [];
      const points = found.mean.map((y, i) => ({
        x: i + 1,
        y,
        ...errorBar(y, study.intervalFactor * found.standardError[i]!, bounds),
      }));
      return [
        {
          points,
          ...(bounds && { bounds }),
          ...(colour && { colour: labelOf(colour.axis, valuesOf(cell, colour.axis)) }),
        },
      ];
    }),
  }));
}

/**
 * A study of loops as a heat map for `heatMap`: a metric of the last generation over two axes of numbers, those with most values; there
 * is a panel for each value of the others.
 *
 * Throws ERR_INVALID_INPUT: a study without two such axes, a metric that no finished cell has.
 *
 * @example
 * const { svg } = heatMap(loopStudyMap(await readStudy('loops.sqlite')));
 */
export function loopStudyMap(study: LoopStudyDocument, options?: LoopStudyChartOptions): HeatMap {
  const where = 'loopStudyMap';
  return readable(where, 'study', () => {
    const { metric, ...texts } = resolve(where, options, loopStudyChartOptions, { study });
    checkMetric(where, study, metric);
    const map = metricMap(study, metric);
    if (map === undefined) throw mustError(where, 'study', 'have two axes of numbers', 'fewer');
    return { ...texts, ...map };
  });
}

/** The map of `loopStudyMap`; undefined where two axes of numbers are missing. */
export function metricMap(
  study: LoopStudyDocument,
  metric: string,
): Omit<HeatMap, 'title' | 'subtitle'> | undefined {
  const dimensions = dimensionsOf(study);
  const numeric = dimensions.filter(isNumeric).sort((a, b) => b.values.length - a.values.length);
  const [first, second] = numeric;
  if (first === undefined || second === undefined) return undefined;
  // In the order of the study: the axis that comes first runs to the right.
  const [x, y] = dimensions.indexOf(first) < dimensions.indexOf(second) ? [first, second] : [second, first];
  const others = dimensions.filter((dimension) => dimension !== x && dimension !== y);
  const final = (cell: LoopStudyCell | undefined): number | undefined =>
    cell && (cell.result?.metrics[metric]?.final.mean ?? Number.NaN);
  const panels = panelsOf(study.cells, others).map(({ label, cells }) => {
    const place = (a: LoopAxisValue | undefined, b: LoopAxisValue | undefined): string => `${a} ${b}`;
    // Of several in one place the first.
    const at = new Map(cells.toReversed().map((cell) => [place(cell.at[x.axis], cell.at[y.axis]), cell]));
    return {
      title: label,
      values: ascending(y).map((b) => ascending(x).map((a) => final(at.get(place(a, b))))),
    };
  });
  const numbers = panels.flatMap(({ values }) => values.flat()).filter((value) => Number.isFinite(value));
  return {
    ...{ x: mapAxis(x), y: mapAxis(y), panels },
    colours: numbers.every((value) => value! > 0) ? 'logarithmic' : 'linear',
    colourTitle: metricTitle(metric),
  };
}

function isNumeric(dimension: Dimension): dimension is NumericDimension {
  return dimension.values.every((value) => typeof value === 'number');
}

interface NumericDimension extends Dimension {
  readonly values: readonly number[];
}

function ascending({ values }: NumericDimension): number[] {
  return [...values].sort((a, b) => a - b);
}

function mapAxis(dimension: NumericDimension): HeatMap['x'] {
  const values = ascending(dimension);
  return { title: axisTitle(dimension.axis), values, scale: studyScale(dimension.axis, values).kind };
}

function checkMetric(where: string, study: LoopStudyDocument, metric: string): void {
  const known = loopMetrics(study);
  if (known.length > 0 && !known.includes(metric))
    throw mustError(where, 'metric', `be one that the study has (${known.join(', ')})`, JSON.stringify(metric));
}

/** What varies: the axes of a grid, or whatever was given for the cells of a list. */
function dimensionsOf({ axes, cells }: LoopStudyDocument): Dimension[] {
  if (axes.length > 0) return [...axes];
  const names = [...new Set(cells.flatMap(({ at }) => Object.keys(at)))];
  return names.map((axis) => {
    const values = new Map(
      cells.flatMap(({ at }) => (at[axis] === undefined ? [] : [[key(at[axis]), at[axis]]])),
    );
    return { axis, values: [...values.values()] };
  });
}

/**
 * The first of all cells that are the same loop, as those are that differ in what has no effect: real samples in the fully synthetic
 * loop, an option of another model.
 */
export function distinctCells(study: LoopStudyDocument): readonly LoopStudyCell[] {
  return [...equalCells(study).keys()];
}

/** The same, each with all that are equal to it, itself the first. */
function equalCells({ cells }: LoopStudyDocument): Map<LoopStudyCell, readonly LoopStudyCell[]> {
  const groups = new Map<string, LoopStudyCell[]>();
  for (const cell of cells) {
    const parameters = JSON.stringify(cell.parameters);
    const group = groups.get(parameters);
    if (group === undefined) groups.set(parameters, [cell]);
    else group.push(cell);
  }
  return new Map([...groups.values()].map((group) => [group[0]!, group]));
}

/** The values that cells have on an axis, each once; none where the axis is not given for them. */
function valuesAt(cells: readonly LoopStudyCell[], axis: string): LoopAxisValue[] {
  const values = new Map<string, LoopAxisValue>();
  for (const { at } of cells) {
    const value = at[axis];
    if (value !== undefined && !values.has(key(value))) values.set(key(value), value);
  }
  return [...values.values()];
}

/** The cells by what `valuesOf` says that they have on these axes, in the order of the study. */
function panelsOf(
  cells: readonly LoopStudyCell[],
  axes: readonly Dimension[],
  valuesOf = (cell: LoopStudyCell, axis: string) => valuesAt([cell], axis),
): { readonly label: string; readonly cells: readonly LoopStudyCell[] }[] {
  const panels = new Map<string, LoopStudyCell[]>();
  for (const cell of cells) {
    const label = axes
      .filter(({ axis }) => cell.at[axis] !== undefined)
      .map(({ axis }) => labelOf(axis, valuesOf(cell, axis)))
      .join(', ');
    const others = panels.get(label);
    if (others === undefined) panels.set(label, [cell]);
    else others.push(cell);
  }
  return [...panels].map(([label, cells]) => ({ label, cells }));
}

/** Of cells that are the same loop all the values: what they differ in has no effect. */
function labelOf(axis: string, values: readonly LoopAxisValue[]): string {
  const [value] = values;
  if (value === undefined) return `${axisTitle(axis)} as above`;
  if (values.length > 1) return axisLabel(axis, shownList(values.map(shownValue)));
  return axisLabel(axis, typeof value === 'number' ? value : shownValue(value));
}

function shownValue(value: LoopAxisValue): string {
  if (typeof value === 'object') return shownList(value.schedule);
  return typeof value === 'number' ? numberText(value, 6) : String(value);
}

function key(value: LoopAxisValue): string {
  return JSON.stringify(value);
}
